package dev.strongroom.sql.parse.node;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A SELECT as the parser makes it: Calcite's, with DISTINCT ON and row locking. FROM may be null, the select list empty. Plain
 * DISTINCT is the keyword list's {@code DISTINCT}, as in Calcite.
 */
public final class PgSelect extends SqlSelect {
    private final List<SqlNode> distinctOn;
    private final List<RowLocking> locking;

    /** Parts of a SELECT that Calcite has places for. */
    public record Clauses(
            @Nullable SqlNodeList keywords,
            SqlNodeList selectList,
            @Nullable SqlNode from,
            @Nullable SqlNode where,
            @Nullable SqlNodeList groupBy,
            @Nullable SqlNode having,
            SqlNodeList windows) {}

    public PgSelect(SqlParserPos pos, Clauses clauses, List<SqlNode> distinctOn, List<RowLocking> locking) {
        super(
                pos,
                clauses.keywords(),
                clauses.selectList(),
                clauses.from(),
                clauses.where(),
                clauses.groupBy(),
                clauses.having(),
                clauses.windows(),
                null,
                null,
                null,
                null,
                SqlNodeList.EMPTY);
        this.distinctOn = List.copyOf(distinctOn);
        this.locking = List.copyOf(locking);
    }

    /** Expressions of DISTINCT ON; empty without it. */
    public List<SqlNode> distinctOn() {
        return distinctOn;
    }

    /** FOR UPDATE and its kin; they belong to the whole query whose body this is. */
    public List<RowLocking> locking() {
        return locking;
    }

    /** The same SELECT with locking clauses. */
    public PgSelect withLocking(List<RowLocking> clauses) {
        return new PgSelect(
                getParserPosition(),
                new Clauses(
                        keywords(), getSelectList(), getFrom(), getWhere(), getGroup(), getHaving(), getWindowList()),
                distinctOn,
                clauses);
    }

    private @Nullable SqlNodeList keywords() {
        return (SqlNodeList) getOperandList().get(0);
    }
}
