package dev.strongroom.sql.parse.node;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/**
 * {@code left op ANY (right)} and {@code left op ALL (right)} where right is an array expression, or a query under an operator
 * Calcite's own SOME and ALL do not know. Two operands.
 */
public final class PgQuantified extends SqlSpecialOperator {
    private final SqlOperator comparison;
    private final boolean all;

    public PgQuantified(SqlOperator comparison, boolean all) {
        super(comparison.getName() + (all ? " ALL" : " ANY"), SqlKind.OTHER, 60);
        this.comparison = comparison;
        this.all = all;
    }

    /** The operator applied to each element. */
    public SqlOperator comparison() {
        return comparison;
    }

    public boolean all() {
        return all;
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        call.operand(0).unparse(writer, 60, 61);
        writer.print(getName());
        SqlWriter.Frame frame = writer.startList("(", ")");
        call.operand(1).unparse(writer, 0, 0);
        writer.endList(frame);
    }
}
