package dev.strongroom.sql.validate;

import dev.strongroom.sql.rel.ScanRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a FROM clause, or a part of it, offers: rows, the columns found by bare name (and shown by {@code *}), and the relations
 * found by qualified name. Expressions are over the rel's row.
 */
record FromItem(RelNode rel, List<Visible> columns, List<Entry> relations) {
    FromItem {
        columns = List.copyOf(columns);
        relations = List.copyOf(relations);
    }

    /**
     * A column.
     *
     * @param tableOid table it comes from, 0 for none
     */
    record Visible(String name, RexNode expression, int tableOid, int columnNumber) {
        Visible shift(int offset) {
            return offset == 0 ? this : new Visible(name, RexUtil.shift(expression, offset), tableOid, columnNumber);
        }

        Visible renamed(String newName) {
            return new Visible(newName, expression, tableOid, columnNumber);
        }
    }

    /**
     * A relation under its name in the query.
     *
     * @param schema schema it may be qualified with, null under an alias
     * @param scan the scan behind it, null if it is none
     * @param offset where the scan's fields begin in the row
     * @param nullable whether an outer join may turn it into nulls
     */
    record Entry(
            String alias,
            @Nullable String schema,
            List<Visible> columns,
            @Nullable ScanRel scan,
            int offset,
            boolean nullable) {
        Entry {
            columns = List.copyOf(columns);
        }

        Entry shift(int by) {
            return by == 0
                    ? this
                    : new Entry(
                            alias,
                            schema,
                            columns.stream().map(column -> column.shift(by)).toList(),
                            scan,
                            offset + by,
                            nullable);
        }

        Entry asNullable() {
            return new Entry(alias, schema, columns, scan, offset, true);
        }
    }

    /** One relation under one name, all columns visible. */
    static FromItem of(RelNode rel, String alias, @Nullable String schema, List<Visible> columns) {
        ScanRel scan = rel instanceof ScanRel direct ? direct : null;
        return new FromItem(rel, columns, List.of(new Entry(alias, schema, columns, scan, 0, false)));
    }

    /** The columns of a rel's row under given names. */
    static List<Visible> columnsOf(RelNode rel, List<String> names) {
        List<Visible> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(new Visible(names.get(i), RexInputRef.of(i, rel.getRowType()), 0, 0));
        }
        return columns;
    }

    FromItem withRel(RelNode newRel) {
        return new FromItem(newRel, columns, relations);
    }

    int width() {
        return rel.getRowType().getFieldCount();
    }
}
