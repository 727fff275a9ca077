package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/** Expressions as PostgreSQL's EXPLAIN prints them. */
final class Deparser {
    private final IntFunction<String> fields;

    private Deparser(IntFunction<String> fields) {
        this.fields = fields;
    }

    /** Conditions joined by AND; empty for none. */
    static String conjunction(List<RexNode> conditions, IntFunction<String> fields) {
        List<RexNode> real =
                conditions.stream().filter(node -> !node.isAlwaysTrue()).toList();
        if (real.isEmpty()) {
            return "";
        }
        Deparser deparser = new Deparser(fields);
        if (real.size() == 1) {
            String text = deparser.text(real.getFirst());
            return text.startsWith("(") ? text : real.getFirst() instanceof RexInputRef ? text : "(" + text + ")";
        }
        return "(" + String.join(" AND ", real.stream().map(deparser::text).toList()) + ")";
    }

    static String keys(List<RelFieldCollation> keys, IntFunction<String> fields) {
        List<String> all = new ArrayList<>();
        for (RelFieldCollation key : keys) {
            boolean descending = key.getDirection().isDescending();
            boolean first = key.nullDirection == RelFieldCollation.NullDirection.FIRST;
            String nulls = descending == first ? "" : first ? " NULLS FIRST" : " NULLS LAST";
            all.add(fields.apply(key.getFieldIndex()) + (descending ? " DESC" : "") + nulls);
        }
        return String.join(", ", all);
    }

    /** A column of a table that is read. */
    static String column(ScanRel scan, int field) {
        List<Column> columns = scan.relation().columns();
        String hidden = switch (field - columns.size()) {
            case ScanRel.KEY -> "ctid";
            case ScanRel.VERSION -> "xmin";
            default -> "tableoid";
        };
        return field < columns.size() ? columns.get(field).name() : hidden;
    }

    /** A field of any node, by the column it comes from. */
    static String name(RelNode rel, int field) {
        Origins.Origin origin = Origins.of(rel, field);
        return origin == null ? "$" + field : origin.scan().alias() + "." + column(origin.scan(), origin.column());
    }

    private String text(RexNode node) {
        return switch (node) {
            case RexInputRef reference -> fields.apply(reference.getIndex());
            case RexDynamicParam parameter -> "$" + (parameter.getIndex() + 1);
            case RexFieldAccess access -> outer(access);
            case RexLiteral literal -> literal.isNull() ? "NULL" : String.valueOf(literal.getValue());
            case RexCall call -> call(call);
            default -> node.toString();
        };
    }

    private static String outer(RexFieldAccess access) {
        String name = access.getField().getName();
        int mark = name.indexOf('#');
        return mark < 0 ? name : name.substring(0, mark);
    }

    private String call(RexCall call) {
        Object constant = PgConstant.valueOf(call);
        if (constant != null) {
            return constant(PgRelType.of(call.getType()).pgType(), constant);
        }
        List<String> operands = call.getOperands().stream().map(this::text).toList();
        if (call.getOperator() instanceof SubqueryOperator subquery) {
            return (subquery.form() == SubqueryOperator.Form.SCALAR ? "" : subquery.form() + " ") + "("
                    + (subquery.variable() < 0 ? "InitPlan" : "SubPlan") + ")";
        }
        if (call.getOperator() instanceof PgFunction function && function.isOperator()) {
            return operands.size() == 1
                    ? "(" + function.getName() + " " + operands.getFirst() + ")"
                    : "(" + operands.get(0) + " " + function.getName() + " " + operands.get(1) + ")";
        }
        if (call.getOperator() instanceof PgSpecial special) {
            return special(special, call, operands);
        }
        return switch (call.getKind()) {
            case AND -> "(" + String.join(" AND ", operands) + ")";
            case OR -> "(" + String.join(" OR ", operands) + ")";
            case NOT -> "(NOT " + operands.getFirst() + ")";
            case IS_NULL -> "(" + operands.getFirst() + " IS NULL)";
            case IS_NOT_NULL -> "(" + operands.getFirst() + " IS NOT NULL)";
            case IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN ->
                "(" + operands.getFirst() + " " + call.getOperator().getName() + ")";
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL ->
                "(" + operands.get(0) + " " + call.getOperator().getName() + " " + operands.get(1) + ")";
            default -> call.getOperator().getName() + "(" + String.join(", ", operands) + ")";
        };
    }

    private static String special(PgSpecial special, RexCall call, List<String> operands) {
        String first = operands.isEmpty() ? "" : operands.getFirst();
        return switch (special.form()) {
            case EXPLICIT_CAST, ASSIGNMENT_CAST ->
                "(" + first + ")::" + TypeNames.of(PgRelType.of(call.getType()).pgType());
            case ANY -> "(" + first + " = ANY (" + operands.get(1) + "))";
            case ALL -> "(" + first + " = ALL (" + operands.get(1) + "))";
            case ARRAY -> "ARRAY[" + String.join(", ", operands) + "]";
            default -> special.form() + "(" + String.join(", ", operands) + ")";
        };
    }

    private static String constant(PgType type, Object value) {
        if (type == PgType.INT4) {
            return value.toString();
        }
        Row row = new Row(1);
        TypeCodecs.of(type).unbox(value, row, 0);
        String text = TypeCodecs.of(type).format(row, 0, TypeContext.DEFAULT);
        return "'" + text.replace("'", "''") + "'::" + TypeNames.of(type);
    }
}
