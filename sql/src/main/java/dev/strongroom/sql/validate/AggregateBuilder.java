package dev.strongroom.sql.validate;

import com.google.common.collect.ImmutableList;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgAggregate;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgGrouping;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.FromItem.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Builds the aggregation of a query and rewrites the expressions above it to its output. */
final class AggregateBuilder {
    private final Scope scope;
    private final Analysis analysis;
    private final GroupBy groups;
    private final CallStage aggregates;
    private final List<RexNode> below = new ArrayList<>();
    private @Nullable RelNode built;
    private @Nullable CorrelationId correlationAbove;

    AggregateBuilder(Scope scope, GroupBy groups, CallStage aggregates) {
        this.scope = scope;
        this.analysis = scope.analysis();
        this.groups = groups;
        this.aggregates = aggregates;
    }

    /** Columns of a table whose primary key is grouped by count as grouped. */
    void addFunctionalColumns(List<RexNode> values, CallStage windows, @Nullable RexNode having) {
        if (groups.severalSets() || groups.expressions().isEmpty()) {
            return;
        }
        List<RexNode> all = new ArrayList<>(values);
        if (having != null) {
            all.add(having);
        }
        for (CallStage.Found window : windows.calls()) {
            all.addAll(window.arguments());
            if (window.window() != null) {
                all.addAll(window.window().partition());
                window.window().order().forEach(order -> all.add(order.expression()));
            }
        }
        List<Integer> missing = new ArrayList<>();
        for (RexNode node : all) {
            collectUngrouped(node, missing);
        }
        for (int field : missing) {
            if (isFunctionallyDependent(field)) {
                groups.addDependent(RexInputRef.of(field, scope.from().rel().getRowType()));
            }
        }
    }

    private void collectUngrouped(RexNode node, List<Integer> missing) {
        if (groups.expressions().contains(node)) {
            return;
        }
        if (node instanceof RexInputRef reference && !missing.contains(reference.getIndex())) {
            missing.add(reference.getIndex());
        }
        if (node instanceof RexCall call) {
            call.getOperands().forEach(operand -> collectUngrouped(operand, missing));
            if (call.getOperator() instanceof SubqueryOperator && scope.isCorrelated()) {
                for (int field : correlatedFields(call)) {
                    collectUngrouped(RexInputRef.of(field, scope.from().rel().getRowType()), missing);
                }
            }
        }
    }

    private List<Integer> correlatedFields(RexNode node) {
        List<Integer> fields = new ArrayList<>();
        RelTrees.visitExpression(node, rel -> {}, expression -> {
            if (expression instanceof org.apache.calcite.rex.RexFieldAccess access
                    && access.getReferenceExpr() instanceof org.apache.calcite.rex.RexCorrelVariable variable
                    && variable.id.equals(scope.correlation())
                    && access.getField().getIndex()
                            < scope.from().rel().getRowType().getFieldCount()) {
                fields.add(access.getField().getIndex());
            }
        });
        return fields;
    }

    private boolean isFunctionallyDependent(int field) {
        for (Entry entry : scope.from().relations()) {
            ScanRel scan = entry.scan();
            if (scan == null
                    || field < entry.offset()
                    || field >= entry.offset() + scan.relation().columns().size()) {
                continue;
            }
            Optional<Constraint.Key> key =
                    analysis.catalog.primaryKey(scan.relation().oid());
            return key.isPresent()
                    && key.get().columns().stream().allMatch(number -> isGroupedField(entry.offset() + number - 1));
        }
        return false;
    }

    private boolean isGroupedField(int field) {
        return groups.expressions().stream()
                .anyMatch(group -> group instanceof RexInputRef reference && reference.getIndex() == field);
    }

    RelNode build() {
        RelNode input = scope.from().rel();
        below.addAll(groups.expressions());
        List<AggregateCall> calls = new ArrayList<>();
        for (CallStage.Found found : aggregates.calls()) {
            calls.add(call(found));
        }
        if (groups.severalSets()) {
            calls.add(groupingMask());
        }
        RelNode projected = Rels.projectIfNeeded(analysis, input, below);
        int keys = groups.expressions().size();
        List<ImmutableBitSet> sets = groups.severalSets() ? groups.sets() : List.of(ImmutableBitSet.range(keys));
        RelNode rel = new LogicalAggregate(
                analysis.cluster,
                analysis.cluster.traitSet(),
                ImmutableList.of(),
                projected,
                ImmutableBitSet.range(keys),
                distinctSets(sets),
                calls);
        built = rel;
        return rel;
    }

    private static AggregateCall groupingMask() {
        return AggregateCall.create(
                SqlParserPos.ZERO,
                PgGrouping.INSTANCE,
                false,
                false,
                false,
                ImmutableList.of(),
                List.of(),
                -1,
                null,
                RelCollations.EMPTY,
                Analysis.INT8,
                null);
    }

    /** {@code GROUPING(…)}: the bits of its arguments out of the mask, the first argument's highest. */
    private RexNode grouping(RexCall call, RelNode rel) {
        int keys = groups.expressions().size();
        RexNode result = PgConstant.of(analysis.rex, Analysis.INT4, 0L);
        SqlNode at = SqlLiteral.createNull(SqlParserPos.ZERO);
        int shift = call.getOperands().size();
        for (RexNode argument : call.getOperands()) {
            shift--;
            int key = groups.expressions().indexOf(argument);
            if (key < 0) {
                throw ErrorReport.error(
                                ErrorCode.GROUPING_ERROR,
                                "arguments to GROUPING must be grouping expressions of the associated query level")
                        .exception();
            }
            if (!groups.severalSets()) {
                continue;
            }
            RexNode mask = RexInputRef.of(keys + aggregates.calls().size(), rel.getRowType());
            RexNode down = PgConstant.of(analysis.rex, Analysis.INT4, (long) (keys - 1 - key));
            RexNode moved = analysis.resolver.operator(">>", List.of(mask, down), at);
            RexNode one = PgConstant.of(analysis.rex, Analysis.INT8, 1L);
            RexNode bit = analysis.coercions.coerce(
                    analysis.resolver.operator("&", List.of(moved, one), at),
                    Analysis.INT4,
                    Coercions.Level.EXPLICIT,
                    at);
            RexNode up = PgConstant.of(analysis.rex, Analysis.INT4, (long) shift);
            RexNode placed = analysis.resolver.operator("<<", List.of(bit, up), at);
            result = analysis.resolver.operator("|", List.of(result, placed), at);
        }
        return result;
    }

    private static @Nullable List<ImmutableBitSet> distinctSets(List<ImmutableBitSet> sets) {
        return sets.size() == 1
                ? null
                : ImmutableBitSet.ORDERING.immutableSortedCopy(
                        sets.stream().distinct().toList());
    }

    private AggregateCall call(CallStage.Found found) {
        List<Integer> arguments = new ArrayList<>();
        found.direct().forEach(argument -> arguments.add(field(argument)));
        found.arguments().forEach(argument -> arguments.add(field(argument)));
        int filter = found.filter() == null ? -1 : field(isTrue(found.filter()));
        List<RelFieldCollation> order = new ArrayList<>();
        for (CallStage.Order item : found.order()) {
            order.add(Rels.key(field(item.expression()), item.descending(), item.nullsFirst()));
        }
        RelCollation collation = order.isEmpty() ? RelCollations.EMPTY : RelCollations.of(order);
        return AggregateCall.create(
                SqlParserPos.ZERO,
                new PgAggregate(found.function(), found.type()),
                found.distinct(),
                false,
                false,
                ImmutableList.of(),
                arguments,
                filter,
                null,
                collation,
                found.type(),
                null);
    }

    /** Calcite wants a filter that cannot be null. */
    private RexNode isTrue(RexNode condition) {
        return analysis.rex.makeCall(
                Analysis.BOOL.createWithNullability(false), SqlStdOperatorTable.IS_TRUE, List.of(condition));
    }

    private int field(RexNode expression) {
        int index = below.indexOf(expression);
        if (index < 0) {
            index = below.size();
            below.add(expression);
        }
        return index;
    }

    /** An expression over FROM's row, with placeholders, as one over the aggregation's output; 42803 where it cannot be. */
    RexNode above(RexNode node) {
        RelNode rel = built;
        Objects.requireNonNull(rel);
        int group = groups.expressions().indexOf(node);
        if (group >= 0) {
            return RexInputRef.of(group, rel.getRowType());
        }
        int aggregate = CallStage.placeholder(node, false);
        if (aggregate >= 0) {
            return RexInputRef.of(groups.expressions().size() + aggregate, rel.getRowType());
        }
        if (node instanceof RexInputRef reference) {
            throw ungrouped(reference.getIndex(), false);
        }
        if (!(node instanceof RexCall call)) {
            return node;
        }
        if (PgGrouping.isCall(call.getOperator())) {
            return grouping(call, rel);
        }
        List<RexNode> operands = call.getOperands().stream().map(this::above).toList();
        RexNode copy = operands.equals(call.getOperands()) ? call : call.clone(call.getType(), operands);
        return call.getOperator() instanceof SubqueryOperator && scope.isCorrelated() ? recorrelated(copy, rel) : copy;
    }

    private RexNode recorrelated(RexNode node, RelNode rel) {
        if (correlationAbove == null) {
            correlationAbove = analysis.newCorrelation();
            scope.addCorrelation(correlationAbove);
        }
        RexShuttle shuttle =
                RelTrees.recorrelate(analysis.rex, scope.correlation(), correlationAbove, rel.getRowType(), field -> {
                    int width = scope.from().rel().getRowType().getFieldCount();
                    if (field >= width) { // an aggregate of this query, written inside of the sub-query
                        return groups.expressions().size() + field - width;
                    }
                    RexNode reference = RexInputRef.of(field, scope.from().rel().getRowType());
                    int group = groups.expressions().indexOf(reference);
                    if (group < 0) {
                        throw ungrouped(field, true);
                    }
                    return group;
                });
        return node.accept(shuttle);
    }

    private RuntimeException ungrouped(int field, boolean inSubquery) {
        String name = "?";
        for (Entry entry : scope.from().relations()) {
            for (FromItem.Visible column : entry.columns()) {
                if (column.expression() instanceof RexInputRef reference && reference.getIndex() == field) {
                    name = entry.alias() + "." + column.name();
                }
            }
        }
        String message = inSubquery
                ? "subquery uses ungrouped column \"" + name + "\" from outer query"
                : "column \"" + name + "\" must appear in the GROUP BY clause or be used in an aggregate function";
        return ErrorReport.error(ErrorCode.GROUPING_ERROR, message).exception();
    }

    /** Window functions run above the aggregation. */
    void rewriteWindows(CallStage windows) {
        windows.calls().replaceAll(found -> {
            CallStage.Window window = found.window();
            Objects.requireNonNull(window);
            List<CallStage.Order> order = window.order().stream()
                    .map(item -> new CallStage.Order(above(item.expression()), item.descending(), item.nullsFirst()))
                    .toList();
            CallStage.Window rewritten = new CallStage.Window(
                    window.partition().stream().map(this::above).toList(), order, window.frame());
            return new CallStage.Found(
                    found.function(),
                    found.direct(),
                    found.arguments().stream().map(this::above).toList(),
                    found.distinct(),
                    found.filter() == null ? null : above(found.filter()),
                    found.order(),
                    found.type(),
                    rewritten);
        });
    }
}
