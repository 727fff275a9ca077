package dev.strongroom.sql.parse.node;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/**
 * An operator written as symbols that Calcite has none for, such as {@code ->>} or {@code ~*}, and any operator given as
 * {@code OPERATOR(schema.op)}. One operand means prefix, two infix.
 */
public final class PgOperator extends SqlSpecialOperator {
    private final @Nullable String schema;

    public PgOperator(@Nullable String schema, String symbol) {
        super(symbol, SqlKind.OTHER, 60);
        this.schema = schema;
    }

    /** Schema it was qualified with, null without one. */
    public @Nullable String schema() {
        return schema;
    }

    /** The operator's characters. */
    public String symbol() {
        return getName();
    }

    @Override
    public SqlSyntax getSyntax() {
        return SqlSyntax.SPECIAL;
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        SqlWriter.Frame frame = writer.startList("(", ")");
        if (call.operandCount() == 2) {
            call.operand(0).unparse(writer, 60, 61);
        }
        writer.print(schema == null ? getName() : "OPERATOR(" + schema + "." + getName() + ")");
        writer.setNeedWhitespace(true);
        call.operand(call.operandCount() - 1).unparse(writer, 61, 60);
        writer.endList(frame);
    }
}
