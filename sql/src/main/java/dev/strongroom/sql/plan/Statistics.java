package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.statistics.ColumnStatistics;
import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.catalog.statistics.TableStatistics;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.sql.rel.CostPlanner;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.TableFacts;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Table;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/** Sizes from storage, which counts rows and pages all the time; distributions from ANALYZE. One statement's, one thread. */
final class Statistics implements TableFacts {
    private static final double SYSTEM_ROWS = 400;
    private static final double UNKNOWN_ROWS = 1000;

    private final Analysis analysis;
    private final PlanningContext context;
    private final CatalogSnapshot catalog;
    private final Map<Integer, Double> rows = new HashMap<>();
    private final Map<Integer, Double> pages = new HashMap<>();
    private final Map<Integer, TableStatistics> analyzed = new HashMap<>();

    private final Map<RelNode, PlanCost> queries = new IdentityHashMap<>();

    Statistics(Analysis analysis, PlanningContext context) {
        this.analysis = analysis;
        this.context = context;
        this.catalog = context.catalog();
    }

    /** Those of a node's statement. */
    static Statistics of(RelNode rel) {
        return (Statistics) CostPlanner.factsOf(rel);
    }

    CatalogSnapshot catalog() {
        return catalog;
    }

    /** Keys and predicate of an index over expressions or of a partial one. */
    IndexText indexText(TableDefinition table, IndexDefinition index) {
        return IndexText.of(analysis, table, index);
    }

    @Override
    public double rows(Relation relation) {
        return rows.computeIfAbsent(relation.oid(), oid -> {
            Table table = storage(relation);
            if (table != null) {
                return (double) Math.max(1, table.estimatedRows());
            }
            return relation instanceof SystemTable ? SYSTEM_ROWS : UNKNOWN_ROWS;
        });
    }

    @Override
    public double pageCost(Relation relation) {
        return pages.computeIfAbsent(relation.oid(), oid -> {
            Table table = storage(relation);
            double count = table == null ? 1 : Math.max(1, table.estimatedPages());
            return count * (PlanCost.PAGE + PlanCost.OPEN_SEALED_PAGE);
        });
    }

    private @Nullable Table storage(Relation relation) {
        Database database = context.database();
        return database != null && relation instanceof TableDefinition table
                ? database.table(catalog.layout(table))
                : null;
    }

    @Override
    public boolean isUnique(Relation relation, BitSet columns) {
        if (!(relation instanceof TableDefinition table)) {
            return relation instanceof SystemTable && columns.get(0);
        }
        for (IndexDefinition index : catalog.indexes(table.oid())) {
            if (index.unique()
                    && index.valid()
                    && index.predicate() == null
                    && index.parts().stream().allMatch(part -> part.column() > 0 && columns.get(part.column() - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Remembers the cost of a query in an expression. */
    void planned(RelNode query, PlanCost cost) {
        queries.put(query, cost);
    }

    @Override
    public PlanCost queryCost(RelNode query) {
        return queries.getOrDefault(query, PlanCost.ZERO);
    }

    @Override
    public @Nullable ColumnStatistics column(Relation relation, int column) {
        StatisticsStore statistics = context.statistics();
        if (statistics == null || column >= relation.columns().size()) {
            return null;
        }
        TableStatistics found = analyzed.computeIfAbsent(
                relation.oid(), oid -> statistics.find(oid).orElse(null));
        return found == null ? null : found.column(column + 1).orElse(null);
    }
}
