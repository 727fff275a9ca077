package dev.strongroom.sql.validate;

import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgCollate;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.parse.node.PgSelect;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Names PostgreSQL gives to unnamed output columns (FigureColname). */
public final class OutputNames {
    private OutputNames() {}

    /** A name and how much it counts: a weak one gives way to a name from inside. */
    private record Name(String text, boolean strong) {}

    /** The name of one expression of a select list. */
    public static String of(SqlNode node) {
        if (node.getKind() == SqlKind.AS) {
            return ((SqlIdentifier) ((SqlCall) node).operand(1)).getSimple();
        }
        Name name = figure(node);
        return name == null ? "?column?" : name.text();
    }

    private static @Nullable Name figure(SqlNode node) {
        return switch (node) {
            case SqlIdentifier identifier -> new Name(identifier.names.getLast(), true);
            case SqlLiteral literal -> literal.getTypeName() == SqlTypeName.BOOLEAN ? new Name("bool", false) : null;
            case SqlCase caseNode -> {
                SqlNode otherwise = caseNode.getElseOperand();
                Name inner = otherwise == null ? null : figure(otherwise);
                yield inner != null && inner.strong() ? inner : new Name("case", false);
            }
            case SqlCall call -> call(call);
            default -> null;
        };
    }

    private static @Nullable Name call(SqlCall call) {
        if (call.getOperator() instanceof PgCast cast) {
            Name inner = figure(call.operand(0));
            return inner != null && inner.strong()
                    ? inner
                    : new Name(cast.type().name(), false);
        }
        if (call.getOperator() instanceof PgCollate) {
            return figure(call.operand(0));
        }
        if (call.getOperator() instanceof SqlUnresolvedFunction function) {
            return new Name(function.getNameAsId().names.getLast(), true);
        }
        if (call.getOperator() == PgOperators.FIELD) {
            return new Name(((SqlIdentifier) call.operand(1)).getSimple(), true);
        }
        if (call.getOperator() == PgOperators.AGGREGATE_ORDER || call.getOperator() == PgOperators.SLICE) {
            return figure(call.operand(0));
        }
        return switch (call.getKind()) {
            case FILTER, OVER, WITHIN_GROUP, ITEM -> figure(call.operand(0));
            case EXISTS -> new Name("exists", true);
            case ROW -> new Name("row", true);
            case GROUPING -> new Name("grouping", true);
            case ARRAY_VALUE_CONSTRUCTOR, ARRAY_QUERY_CONSTRUCTOR -> new Name("array", true);
            case SELECT, WITH, ORDER_BY -> subquery(call);
            default -> null;
        };
    }

    private static @Nullable Name subquery(SqlNode node) {
        SqlNode query = node;
        if (query instanceof SqlOrderBy order) {
            query = order.query;
        }
        if (query instanceof SqlWith with) {
            query = with.body;
        }
        if (query instanceof PgSelect select && !select.getSelectList().isEmpty()) {
            return new Name(of(select.getSelectList().get(0)), true);
        }
        return null;
    }
}
