package dev.strongroom.sql.plan;

import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.AggregateNode;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.FunctionScan;
import dev.strongroom.sql.execute.LockRowsNode;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.ProjectSetNode;
import dev.strongroom.sql.execute.SortKey;
import dev.strongroom.sql.execute.ValuesNode;
import dev.strongroom.sql.execute.WindowCall;
import dev.strongroom.sql.execute.WindowFrame;
import dev.strongroom.sql.execute.WindowNode;
import dev.strongroom.sql.function.FunctionKind;
import dev.strongroom.sql.function.OutputColumn;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.type.PgAggregate;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgGrouping;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Grouping, windows, set-returning functions and row locks. */
final class GroupNodes {
    private final NodeBuilder builder;
    private final CatalogSnapshot catalog;
    private final Expressions expressions;

    GroupNodes(NodeBuilder builder, CatalogSnapshot catalog) {
        this.builder = builder;
        this.catalog = catalog;
        this.expressions = builder.expressions();
    }

    // ---- grouping

    Built aggregate(OtherRel rel, Aggregate aggregate) {
        RelNode from = aggregate.getInput();
        int[] keys = aggregate.getGroupSet().toArray();
        boolean simple = aggregate.getGroupSets().size() == 1;
        boolean distinct = aggregate.getAggCallList().isEmpty()
                && keys.length > 0
                && simple
                && keys.length == from.getRowType().getFieldCount();
        Built input = builder.build(rel.getInput(0));
        int[] slots = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            slots[i] = input.slots()[keys[i]];
        }
        List<PgType> types = NodeBuilder.types(aggregate).subList(0, keys.length);
        if (distinct) {
            PlanNode node = DistinctNode.anyOrder(input.node(), slots, types);
            return builder.noted(rel, new Built(node, slots), notes -> notes.groupKeys(aggregate));
        }
        List<dev.strongroom.sql.execute.AggregateCall> calls = new ArrayList<>();
        boolean groupingMask = false;
        for (AggregateCall call : aggregate.getAggCallList()) {
            if (call.getAggregation() instanceof PgGrouping) {
                groupingMask = true;
                continue;
            }
            calls.add(call(call, from, input.slots()));
        }
        List<int[]> sets = new ArrayList<>();
        if (!simple) {
            for (ImmutableBitSet set : aggregate.getGroupSets()) {
                sets.add(set.toList().stream()
                        .mapToInt(key -> aggregate.getGroupSet().indexOf(key))
                        .toArray());
            }
        }
        PlanNode node = new AggregateNode(input.node(), slots, types, sets, calls, groupingMask);
        int[] outputs = NodeBuilder.identity(node.width());
        return builder.noted(rel, new Built(node, outputs), notes -> notes.groupKeys(aggregate));
    }

    private dev.strongroom.sql.execute.AggregateCall call(AggregateCall call, RelNode rel, int[] slots) {
        PgAggregate function = (PgAggregate) call.getAggregation();
        List<Expr> arguments = new ArrayList<>();
        call.getArgList().forEach(field -> arguments.add(field(field, rel, slots)));
        boolean ordered = function.function().aggregateKind() == 'o'
                || function.function().aggregateKind() == 'h';
        int direct =
                ordered ? arguments.size() - call.collation.getFieldCollations().size() : 0;
        return new dev.strongroom.sql.execute.AggregateCall(
                function.function(),
                arguments.subList(direct, arguments.size()),
                call.isDistinct(),
                call.filterArg < 0 ? null : field(call.filterArg, rel, slots),
                NodeBuilder.sortKeys(rel, call.collation.getFieldCollations(), slots),
                arguments.subList(0, direct),
                PgRelType.of(call.getType()).pgType());
    }

    private Expr field(int field, RelNode rel, int[] slots) {
        return expressions.compile(RexInputRef.of(field, rel.getRowType()), slots);
    }

    // ---- windows

    Built window(OtherRel physical, WindowRel window) {
        RelNode rel = window.getInput();
        Built input = builder.buildInOrder(physical.getInput(0));
        int width = rel.getRowType().getFieldCount();
        List<SortKey> partition = new ArrayList<>();
        for (int field : window.partition()) {
            partition.add(SortKey.ascending(field, NodeBuilder.types(rel).get(field)));
        }
        List<RelFieldCollation> order = window.order();
        List<WindowCall> calls = new ArrayList<>();
        for (WindowRel.Call call : window.calls()) {
            List<Expr> arguments = new ArrayList<>();
            call.arguments().forEach(field -> arguments.add(field(field, rel, input.slots())));
            Integer filter = call.filter();
            calls.add(new WindowCall(
                    call.function(),
                    arguments,
                    filter == null ? null : field(filter, rel, input.slots()),
                    call.type().pgType()));
        }
        PlanNode node = new WindowNode(
                input.node(), partition, NodeBuilder.sortKeys(rel, order, input.slots()), frame(window.frame()), calls);
        return builder.noted(physical, new Built(node, NodeBuilder.identity(width + calls.size())), notes -> {});
    }

    private WindowFrame frame(WindowRel.Frame frame) {
        return new WindowFrame(
                WindowFrame.Mode.valueOf(frame.units().name()),
                bound(frame.start()),
                offset(frame.startOffset()),
                bound(frame.end()),
                offset(frame.endOffset()),
                switch (frame.exclusion()) {
                    case NONE -> WindowFrame.Exclusion.NO_OTHERS;
                    case CURRENT_ROW -> WindowFrame.Exclusion.CURRENT_ROW;
                    case GROUP -> WindowFrame.Exclusion.GROUP;
                    case TIES -> WindowFrame.Exclusion.TIES;
                });
    }

    private static WindowFrame.Bound bound(WindowRel.Bound bound) {
        return switch (bound) {
            case UNBOUNDED_PRECEDING -> WindowFrame.Bound.UNBOUNDED_PRECEDING;
            case PRECEDING -> WindowFrame.Bound.OFFSET_PRECEDING;
            case CURRENT_ROW -> WindowFrame.Bound.CURRENT_ROW;
            case FOLLOWING -> WindowFrame.Bound.OFFSET_FOLLOWING;
            case UNBOUNDED_FOLLOWING -> WindowFrame.Bound.UNBOUNDED_FOLLOWING;
        };
    }

    private @Nullable Expr offset(@Nullable RexNode node) {
        return node == null ? null : expressions.compile(node, new int[0]);
    }

    // ---- set-returning functions

    Built functions(OtherRel rel, FunctionRel function) {
        List<FunctionScan.Source> sources = new ArrayList<>();
        for (RexNode node : function.calls()) {
            if (!(node instanceof RexCall call && call.getOperator() instanceof PgFunction)) {
                return value(rel, function);
            }
            sources.add(source(call, NodeBuilder.identity(0), columns(function, call)));
        }
        PlanNode node = new FunctionScan(sources, function.ordinality());
        int width = function.getRowType().getFieldCount();
        return builder.noted(rel, new Built(node, NodeBuilder.identity(width)), notes -> {});
    }

    /** Expressions with a syntax of their own in FROM: one row of their values. */
    private Built value(OtherRel rel, FunctionRel function) {
        List<Expr> values = expressions.compileAll(function.calls(), NodeBuilder.identity(0));
        if (function.ordinality()) {
            throw new IllegalStateException("ordinality of an expression");
        }
        PlanNode node = new ValuesNode(values.size(), List.of(values));
        return builder.noted(rel, new Built(node, NodeBuilder.identity(values.size())), notes -> {});
    }

    /** With a column definition list the declared columns, else what the function says. */
    private static List<PgType> columns(FunctionRel rel, RexCall call) {
        PgFunction function = (PgFunction) call.getOperator();
        if (function.function().result() == PgType.RECORD
                && function.function().outputs().isEmpty()) {
            int width = rel.getRowType().getFieldCount() - (rel.ordinality() ? 1 : 0);
            return NodeBuilder.types(rel).subList(0, width);
        }
        return columns(call);
    }

    private static List<PgType> columns(RexCall call) {
        PgFunction function = (PgFunction) call.getOperator();
        List<OutputColumn> outputs = function.function().outputs();
        return outputs.size() > 1
                ? outputs.stream().map(OutputColumn::type).toList()
                : List.of(PgRelType.of(call.getType()).pgType());
    }

    private FunctionScan.Source source(RexCall call, int[] slots, List<PgType> columns) {
        PgFunction function = (PgFunction) call.getOperator();
        return new FunctionScan.Source(
                function.function(),
                expressions.compileAll(call.getOperands(), slots),
                function.variadicArray(),
                columns,
                PgRelType.of(call.getType()).pgType());
    }

    Built projectSet(OtherRel rel, ProjectSetRel project) {
        Built input = builder.build(rel.getInput(0));
        List<ProjectSetNode.Item> items = new ArrayList<>();
        for (RexNode node : project.expressions()) {
            boolean set = node instanceof RexCall call
                    && call.getOperator() instanceof PgFunction function
                    && function.function().kind() == FunctionKind.SET_RETURNING;
            items.add(
                    set
                            ? new ProjectSetNode.Set(source((RexCall) node, input.slots(), columns((RexCall) node)))
                            : new ProjectSetNode.Value(expressions.compile(node, input.slots())));
        }
        PlanNode node = new ProjectSetNode(input.node(), items);
        return builder.noted(rel, new Built(node, NodeBuilder.identity(items.size())), notes -> {});
    }

    // ---- row locks

    Built lock(OtherRel rel, LockRel lock) {
        Built input = builder.buildInOrder(rel.getInput(0));
        List<LockRowsNode.Locked> tables = new ArrayList<>();
        for (LockRel.Target target : lock.targets()) {
            tables.add(new LockRowsNode.Locked(
                    catalog.layout(target.table()), target.offset(), target.mode(), target.whenHeld()));
        }
        RexNode condition = lock.condition();
        PlanNode node = new LockRowsNode(
                input.node(), tables, condition == null ? null : expressions.compile(condition, input.slots()));
        return builder.noted(rel, new Built(node, input.slots()), notes -> {});
    }
}
