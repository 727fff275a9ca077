package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.function.FunctionRegistry;
import dev.strongroom.sql.function.Volatility;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.TableText;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Checks the expressions of a table when they are defined, by planning them. */
final class ExpressionCheck {
    private ExpressionCheck() {}

    /** Plans every default, generated column and nothing else of the table. */
    static void table(TableDefinition table, CommandSession session) {
        for (Column column : table.liveColumns()) {
            ColumnDefault value = column.defaultValue();
            if (value == null) {
                continue;
            }
            String source = column.generated() ? " FROM " + Names.sql(table, session.snapshot()) : "";
            plan("SELECT " + cast(value.expression(), column) + source, session);
        }
    }

    /** {@code (expression)::type}, as an assignment to the column would cast it. */
    static String cast(String expression, Column column) {
        return "CAST((" + expression + ") AS "
                + TypeNames.of(column.pgType(), column.type().typmod()) + ")";
    }

    /** The condition of a new CHECK constraint, analysed and written as the catalog keeps it. */
    static String printed(TableDefinition table, Expression condition, CommandSession session) {
        Analysis analysis = new Analysis(
                session.snapshot(), session.path(), session.settings().typeContext(), List.of());
        RexNode node = new TableText(analysis).condition(table, condition.node());
        if (IndexText.hasQuery(node)) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cannot use subquery in check constraint")
                    .exception();
        }
        return TableText.print(node, table, condition.text());
    }

    private static void plan(String text, CommandSession session) {
        try {
            session.plan(SqlTextParser.parseQuery(text), text);
        } catch (DatabaseException e) {
            // The position is one of the text made here, not of the client's.
            ErrorReport report = e.report();
            throw report.withPosition(0).exception(e);
        }
    }

    /** Whether an expression may give another value each time: then it cannot stand for all old rows at once. */
    static boolean isVolatile(String expression) {
        boolean[] found = {false};
        SqlNode node = SqlTextParser.parseExpression(expression).node();
        node.accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlCall call) {
                if (call.getOperator() instanceof SqlUnresolvedFunction function) {
                    String name = function.getNameAsId()
                            .names
                            .get(function.getNameAsId().names.size() - 1);
                    found[0] |= FunctionRegistry.builtIn().functions(name).stream()
                            .anyMatch(signature -> signature.volatility() == Volatility.VOLATILE);
                }
                return super.visit(call);
            }
        });
        return found[0];
    }
}
