package dev.strongroom.sql.change;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.execute.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables a plan writes to, with those its foreign keys lead to, which are resolved when first needed. Belongs to one plan;
 * thread-safe because plans are shared.
 */
public final class TargetTables {
    private final CatalogSnapshot catalog;
    private final TableExpressions expressions;
    private final Map<Integer, TargetTable> targets = new HashMap<>();

    public TargetTables(CatalogSnapshot catalog, TableExpressions expressions) {
        this.catalog = catalog;
        this.expressions = expressions;
    }

    /** The table of an OID, ready to be written to. */
    public synchronized TargetTable target(int tableOid) {
        TargetTable known = targets.get(tableOid);
        if (known != null) {
            return known;
        }
        if (!(catalog.relation(tableOid).orElse(null) instanceof TableDefinition table)) {
            throw ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation with OID " + tableOid + " does not exist")
                    .exception();
        }
        TargetTable target = new TargetTable(this, table, catalog.layout(table), columns(table), checks(table));
        targets.put(tableOid, target);
        return target;
    }

    CatalogSnapshot catalog() {
        return catalog;
    }

    @Nullable
    Expr columnDefault(TableDefinition table, Column column) {
        return expressions.columnDefault(table, column);
    }

    private List<TargetColumn> columns(TableDefinition table) {
        List<TargetColumn> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            columns.add(new TargetColumn(
                    column.name(),
                    column.pgType(),
                    column.notNull(),
                    column.dropped(),
                    column.generated() ? expressions.generated(table, column) : null));
        }
        return columns;
    }

    private List<CheckedCondition> checks(TableDefinition table) {
        List<CheckedCondition> checks = new ArrayList<>();
        for (Constraint constraint : catalog.constraints(table.oid())) {
            if (constraint instanceof Constraint.Check check) {
                checks.add(new CheckedCondition(check.name(), expressions.check(table, check)));
            }
        }
        checks.sort(Comparator.comparing(CheckedCondition::name));
        return checks;
    }
}
