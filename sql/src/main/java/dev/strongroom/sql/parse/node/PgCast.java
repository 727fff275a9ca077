package dev.strongroom.sql.parse.node;

import dev.strongroom.sql.parse.statement.TypeName;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/**
 * {@code x::type}, {@code CAST(x AS type)} and {@code type 'literal'}: an operator with one operand per written type. The name
 * is {@code ::type}.
 */
public final class PgCast extends SqlSpecialOperator {
    private final TypeName type;

    public PgCast(TypeName type) {
        super("::" + type, SqlKind.OTHER, 88);
        this.type = type;
    }

    public TypeName type() {
        return type;
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        call.operand(0).unparse(writer, 90, 90);
        writer.print(getName());
    }
}
