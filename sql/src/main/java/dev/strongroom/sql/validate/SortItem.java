package dev.strongroom.sql.validate;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/** One item of an ORDER BY list, PostgreSQL's default for nulls filled in: last ascending, first descending. */
record SortItem(SqlNode node, boolean descending, boolean nullsFirst) {
    static SortItem of(SqlNode item) {
        SqlNode node = item;
        Boolean nullsFirst = null;
        if (node.getKind() == SqlKind.NULLS_FIRST || node.getKind() == SqlKind.NULLS_LAST) {
            nullsFirst = node.getKind() == SqlKind.NULLS_FIRST;
            node = ((SqlCall) node).operand(0);
        }
        boolean descending = node.getKind() == SqlKind.DESCENDING;
        if (descending) {
            node = ((SqlCall) node).operand(0);
        }
        return new SortItem(node, descending, nullsFirst == null ? descending : nullsFirst);
    }
}
