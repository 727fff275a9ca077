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
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Checks the expressions of a table when they are defined, by planning them. */
final class ExpressionCheck {
    private static final Set<String> KEYWORDS = Set.of(
            "CURRENT_DATE",
            "CURRENT_TIME",
            "CURRENT_TIMESTAMP",
            "LOCALTIME",
            "LOCALTIMESTAMP",
            "CURRENT_USER",
            "SESSION_USER",
            "CURRENT_ROLE",
            "CURRENT_CATALOG",
            "CURRENT_SCHEMA");

    private ExpressionCheck() {}

    /** Plans every default and generated column of the table, and keeps them as the catalog writes expressions. */
    static void table(TableDefinition table, CommandSession session) {
        TableDefinition printed = table;
        for (Column column : table.liveColumns()) {
            ColumnDefault value = column.defaultValue();
            if (value == null) {
                continue;
            }
            if (column.generated()) {
                refuseEncrypted(table, value);
            }
            String source = column.generated() ? " FROM " + Names.sql(table, session.snapshot()) : "";
            plan("SELECT " + cast(value.expression(), column) + source, session);
            String text = printed(table, column, value, session);
            if (!text.equals(value.expression())) {
                ColumnDefault changed = new ColumnDefault(value.oid(), text, value.references());
                printed = printed.withColumn(
                        column.generated() ? column.withGenerated(changed) : column.withDefault(changed));
            }
        }
        if (printed != table) {
            session.ddl().replace(printed);
        }
    }

    private static void refuseEncrypted(TableDefinition table, ColumnDefault expression) {
        for (int number : ConstraintCommands.columnsOf(expression.expression(), table)) {
            EncryptedColumns.refuse("a generated column", table.column(number));
        }
    }

    private static String printed(TableDefinition table, Column column, ColumnDefault value, CommandSession session) {
        String written = value.expression();
        if (KEYWORDS.contains(written.toUpperCase(Locale.ROOT))) {
            return written.toUpperCase(Locale.ROOT);
        }
        if (!value.references().isEmpty()) {
            return written;
        }
        TableText text = new TableText(new Analysis(
                session.snapshot(), session.path(), session.settings().typeContext(), List.of()));
        RexNode node = column.generated() ? text.generated(table, column) : text.columnDefault(table, column);
        if (node != null && IndexText.hasQuery(node)) {
            String where = column.generated() ? "column generation expression" : "DEFAULT expression";
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cannot use subquery in " + where)
                    .exception();
        }
        return node == null ? written : TableText.print(node, table, written);
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
