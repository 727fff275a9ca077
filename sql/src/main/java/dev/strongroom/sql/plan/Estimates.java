package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Table;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Row counts and selectivities, by table sizes and PostgreSQL's default guesses. */
final class Estimates {
    static final double PAGE_COST = 1.0;
    static final double ROW_COST = 0.01;
    static final double OPERATOR_COST = 0.0025;
    static final double LOOKUP_COST = 0.5;

    private static final double EQUAL = 0.005;
    private static final double RANGE = 1.0 / 3;
    private static final double MATCH = 0.05;
    private static final double SYSTEM_ROWS = 400;
    private static final double UNKNOWN_ROWS = 1000;

    private final CatalogSnapshot catalog;
    private final @Nullable Database database;

    Estimates(CatalogSnapshot catalog, @Nullable Database database) {
        this.catalog = catalog;
        this.database = database;
    }

    double tableRows(ScanRel scan) {
        if (scan.relation() instanceof TableDefinition table && database != null) {
            return Math.max(1, storage(table).estimatedRows());
        }
        return scan.relation() instanceof SystemTable ? SYSTEM_ROWS : UNKNOWN_ROWS;
    }

    double tablePages(ScanRel scan) {
        if (scan.relation() instanceof TableDefinition table && database != null) {
            return Math.max(1, storage(table).estimatedPages());
        }
        return 10;
    }

    private Table storage(TableDefinition table) {
        Objects.requireNonNull(database);
        return database.table(catalog.layout(table));
    }

    /** Share of a scan's rows for which all conditions hold. */
    double selectivity(ScanRel scan, List<RexNode> conditions) {
        double result = 1;
        for (RexNode condition : conditions) {
            result *= selectivity(scan, condition);
        }
        return result;
    }

    private double selectivity(ScanRel scan, RexNode condition) {
        if (condition.getKind() == SqlKind.EQUALS && condition instanceof RexCall call) {
            for (RexNode operand : call.getOperands()) {
                if (operand instanceof RexInputRef reference && isUnique(scan, reference.getIndex())) {
                    return 1 / tableRows(scan);
                }
            }
            return Math.max(EQUAL, 1 / tableRows(scan));
        }
        return selectivity(condition);
    }

    /** Share of rows for which a condition holds, nothing being known of its columns. */
    double selectivity(RexNode condition) {
        return switch (condition.getKind()) {
            case EQUALS, IS_NULL -> EQUAL;
            case NOT_EQUALS, IS_NOT_NULL -> 1 - EQUAL;
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> RANGE;
            case AND ->
                ((RexCall) condition)
                        .getOperands().stream().mapToDouble(this::selectivity).reduce(1, (a, b) -> a * b);
            case OR ->
                1
                        - ((RexCall) condition)
                                .getOperands().stream()
                                        .mapToDouble(operand -> 1 - selectivity(operand))
                                        .reduce(1, (a, b) -> a * b);
            case NOT -> 1 - selectivity(((RexCall) condition).getOperands().getFirst());
            case LITERAL -> condition.isAlwaysTrue() ? 1 : 0;
            default -> condition instanceof RexCall call && call.getOperands().size() == 2 ? MATCH : 0.5;
        };
    }

    /** Whether a field alone is a unique key of its table. */
    boolean isUnique(ScanRel scan, int field) {
        if (!(scan.relation() instanceof TableDefinition table)) {
            return scan.relation() instanceof SystemTable && field == 0;
        }
        for (IndexDefinition index : catalog.indexes(table.oid())) {
            if (index.unique()
                    && index.predicate() == null
                    && index.parts().size() == 1
                    && index.parts().getFirst().column() == field + 1) {
                return true;
            }
        }
        return false;
    }

    /** Distinct values of a field. */
    double distinct(ScanRel scan, int field) {
        double rows = tableRows(scan);
        return isUnique(scan, field) ? rows : Math.max(1, Math.min(rows, Math.max(200, rows / 10)));
    }

    static double sortCost(double rows) {
        return 2 * OPERATOR_COST * rows * Math.max(1, Math.log(Math.max(2, rows)) / Math.log(2));
    }
}
