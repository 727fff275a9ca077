package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.TableText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Analyses the expressions and the predicate of an index that is being defined, and notes which columns they name. */
final class IndexTexts {
    private final TableDefinition table;
    private final TableText text;
    private final Set<Integer> mentioned = new LinkedHashSet<>();

    IndexTexts(TableDefinition table, CommandSession session) {
        this.table = table;
        this.text = new TableText(new Analysis(
                session.snapshot(), session.path(), session.settings().typeContext(), List.of()));
    }

    /**
     * A key column.
     *
     * @param column its number, 0 for an expression
     * @param expression null for a column
     */
    record Key(int column, @Nullable String expression, ColumnType type) {}

    Key key(Expression expression) {
        RexNode node = text.indexKey(expression.node(), table);
        if (node instanceof RexInputRef reference) {
            int number = reference.getIndex() + 1;
            return new Key(number, null, table.column(number).type());
        }
        check(node, "expression", expression);
        PgRelType type = PgRelType.of(node.getType());
        return new Key(0, TableText.print(node, table, expression.text()), ColumnType.of(type.pgType(), type.typmod()));
    }

    String predicate(Expression where) {
        RexNode node = text.indexPredicate(where.node(), table);
        check(node, "predicate", where);
        return TableText.print(node, table, where.text());
    }

    /** Numbers of the columns named so far. */
    List<Integer> mentioned() {
        return List.copyOf(mentioned);
    }

    private void check(RexNode node, String what, Expression written) {
        if (IndexText.hasQuery(node)) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cannot use subquery in index " + what)
                    .exception();
        }
        if (!IndexText.isImmutable(node)) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_OBJECT_DEFINITION,
                            "functions in index " + what + " must be marked IMMUTABLE")
                    .exception();
        }
        mentioned.addAll(ConstraintCommands.columnsOf(written.text(), table));
    }
}
