package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.ExpressionPrinter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/** Expressions as PostgreSQL's EXPLAIN prints them. */
final class Deparser {
    private Deparser() {}

    /** Conditions of a lookup, with the names of the row it is for. */
    static List<RexNode> named(List<RexNode> conditions, LookupRel lookup) {
        RexShuttle shuttle = new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                if (Closures.variable(access) != lookup.variable().getId()) {
                    return access;
                }
                RelDataType row = PgTypeFactory.INSTANCE
                        .builder()
                        .add(name(lookup.getInput(0), access.getField().getIndex()), access.getType())
                        .build();
                RexBuilder rex = lookup.getCluster().getRexBuilder();
                return rex.makeFieldAccess(rex.makeCorrel(row, lookup.variable()), 0);
            }
        };
        return conditions.stream().map(node -> node.accept(shuttle)).toList();
    }

    /** Conditions joined by AND; empty for none. */
    static String conjunction(List<RexNode> conditions, IntFunction<String> fields) {
        List<RexNode> real =
                conditions.stream().filter(node -> !node.isAlwaysTrue()).toList();
        if (real.isEmpty()) {
            return "";
        }
        List<String> texts = real.stream()
                .map(node -> ExpressionPrinter.explain(node, part -> name(part, fields)))
                .toList();
        String first = texts.getFirst();
        return texts.size() == 1
                ? first.startsWith("(") || real.getFirst() instanceof RexInputRef ? first : "(" + first + ")"
                : "(" + String.join(" AND ", texts) + ")";
    }

    private static @Nullable String name(RexNode node, IntFunction<String> fields) {
        return switch (node) {
            case RexInputRef reference -> fields.apply(reference.getIndex());
            case RexDynamicParam parameter -> "$" + (parameter.getIndex() + 1);
            case RexFieldAccess access -> outer(access);
            case RexCall call
            when call.getOperator() instanceof SubqueryOperator subquery -> subquery(call, subquery, fields);
            default -> null;
        };
    }

    private static String subquery(RexCall call, SubqueryOperator subquery, IntFunction<String> fields) {
        String plan = subquery.variable() < 0 ? "InitPlan" : "SubPlan";
        return switch (subquery.form()) {
            case SCALAR, ARRAY -> "(" + plan + ")";
            case EXISTS -> "EXISTS(" + plan + ")";
            case ANY, ALL -> {
                List<String> left = call
                        .getOperands()
                        .subList(0, subquery.comparisons().size())
                        .stream()
                        .map(node -> ExpressionPrinter.explain(node, part -> name(part, fields)))
                        .toList();
                yield "(" + subquery.form() + " " + String.join(", ", left) + " (hashed " + plan + "))";
            }
        };
    }

    private static String outer(RexFieldAccess access) {
        String name = access.getField().getName();
        int mark = name.indexOf('#');
        return mark < 0 ? name : name.substring(0, mark);
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
        if (field < columns.size()) {
            return columns.get(field).name();
        }
        return switch (field - columns.size()) {
            case ScanRel.KEY -> "ctid";
            case ScanRel.VERSION -> "xmin";
            default -> "tableoid";
        };
    }

    /** A field of any node, by the column it comes from. */
    static String name(RelNode rel, int field) {
        Origins.Origin origin = Origins.of(rel, field);
        return origin == null
                ? computed(rel, field)
                : origin.scan().alias() + "." + column(origin.scan(), origin.column());
    }

    private static String computed(RelNode rel, int field) {
        AggregateCall call = Origins.call(rel, field);
        if (call != null) {
            RelNode input = Origins.inputOf(rel);
            List<String> arguments =
                    call.getArgList().stream().map(below -> name(input, below)).toList();
            String name = call.getAggregation().getName();
            return "(" + name + "(" + (arguments.isEmpty() ? "*" : String.join(", ", arguments)) + "))";
        }
        RexNode expression = Origins.expression(rel, field);
        if (expression == null) {
            return rel.getRowType().getFieldNames().get(field);
        }
        RelNode input = Origins.inputOf(rel);
        if (expression instanceof RexInputRef reference) {
            return name(input, reference.getIndex());
        }
        String text = ExpressionPrinter.explain(expression, part -> name(part, below -> name(input, below)));
        return text.startsWith("(") ? text : "(" + text + ")";
    }
}
