package dev.strongroom.sql.validate;

import dev.strongroom.sql.type.PgRelType;
import java.util.List;
import org.apache.calcite.rel.RelNode;

/** A query analysed: what computes it, and its columns, one per field of the rel. */
public record AnalyzedQuery(RelNode rel, List<Output> columns) {
    public AnalyzedQuery {
        columns = List.copyOf(columns);
    }

    /**
     * An output column.
     *
     * @param tableOid table it comes from, 0 for an expression
     */
    public record Output(String name, int tableOid, int columnNumber) {}

    public PgRelType type(int column) {
        return PgRelType.of(rel.getRowType().getFieldList().get(column).getType());
    }

    List<String> names() {
        return columns.stream().map(Output::name).toList();
    }
}
