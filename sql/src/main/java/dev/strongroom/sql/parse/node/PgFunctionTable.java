package dev.strongroom.sql.parse.node;

import dev.strongroom.sql.parse.statement.TypeName;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/**
 * Functions in FROM: {@code f(x)}, {@code ROWS FROM (f(x), g(y))}, with or without ORDINALITY. The operands are function calls
 * (unnest among them). May see tables to its left, with or without LATERAL. Aliases stand outside, as {@code AS}.
 */
public final class PgFunctionTable extends SqlSpecialOperator {
    private final boolean withOrdinality;
    private final List<ColumnSpec> columns;

    public PgFunctionTable(boolean withOrdinality, List<ColumnSpec> columns) {
        super(withOrdinality ? "FUNCTION TABLE WITH ORDINALITY" : "FUNCTION TABLE", SqlKind.OTHER, 200);
        this.withOrdinality = withOrdinality;
        this.columns = List.copyOf(columns);
    }

    public boolean withOrdinality() {
        return withOrdinality;
    }

    /** Column definition list of {@code AS t (a int, b text)}; empty without one. */
    public List<ColumnSpec> columns() {
        return columns;
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        writer.keyword("ROWS FROM");
        SqlWriter.Frame frame = writer.startList("(", ")");
        call.getOperandList().forEach(operand -> {
            writer.sep(",");
            operand.unparse(writer, 0, 0);
        });
        writer.endList(frame);
        if (withOrdinality) {
            writer.keyword("WITH ORDINALITY");
        }
    }

    /** One column of a column definition list. */
    public record ColumnSpec(String name, TypeName type) {}
}
