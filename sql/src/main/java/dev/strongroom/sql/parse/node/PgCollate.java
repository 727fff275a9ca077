package dev.strongroom.sql.parse.node;

import dev.strongroom.sql.parse.statement.ObjectName;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/** {@code x COLLATE name}: one operand. */
public final class PgCollate extends SqlSpecialOperator {
    private final ObjectName collation;

    public PgCollate(ObjectName collation) {
        super("COLLATE " + collation, SqlKind.OTHER, 86);
        this.collation = collation;
    }

    public ObjectName collation() {
        return collation;
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        call.operand(0).unparse(writer, 86, 86);
        writer.keyword("COLLATE");
        writer.identifier(collation.name(), true);
    }
}
