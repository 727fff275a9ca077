package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.HashJoin;
import dev.strongroom.sql.execute.JoinKind;
import dev.strongroom.sql.execute.NestedLoopJoin;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Builds the nodes of joins. */
final class JoinNodes {
    private final NodeBuilder builder;
    private final Expressions expressions;

    JoinNodes(NodeBuilder builder) {
        this.builder = builder;
        this.expressions = builder.expressions();
    }

    /** A join that reads both sides once. */
    Built sides(SideRel rel) {
        Join join = rel.join();
        boolean swapped = rel.swapped();
        int leftFields = join.getLeft().getRowType().getFieldCount();
        Built streamed = builder.build(rel.getInput(swapped ? 1 : 0));
        Built kept = builder.build(rel.getInput(swapped ? 0 : 1));
        int[] slots = slots(streamed, kept, swapped);
        JoinKind kind = kind(join.getJoinType(), swapped);
        List<Expr> streamedKeys = new ArrayList<>();
        List<Expr> keptKeys = new ArrayList<>();
        List<RexNode> residual = new ArrayList<>();
        List<RexNode> hashed = new ArrayList<>();
        for (RexNode node : RelOptUtil.conjunctions(join.getCondition())) {
            RexNode[] sides = rel.hash() ? hashable(node, leftFields) : null;
            if (sides == null) {
                residual.add(node);
            } else {
                RexNode right = RexUtil.shift(sides[1], -leftFields);
                hashed.add(node);
                streamedKeys.add(expressions.compile(swapped ? right : sides[0], streamed.slots()));
                keptKeys.add(expressions.compile(swapped ? sides[0] : right, kept.slots()));
            }
        }
        Expr condition = condition(residual, slots, streamed.node().width());
        PlanNode node = rel.hash()
                ? new HashJoin(streamed.node(), kept.node(), kind, streamedKeys, keptKeys, condition)
                : new NestedLoopJoin(streamed.node(), kept.node(), kind, condition, -1);
        int[] outputs = leftOnly(kind) ? streamed.slots() : slots;
        return builder.noted(rel, new Built(node, outputs), notes -> {
            notes.condition("Hash Cond", hashed, join);
            notes.condition("Join Filter", residual, join);
        });
    }

    private static boolean leftOnly(JoinKind kind) {
        return kind == JoinKind.SEMI || kind == JoinKind.ANTI;
    }

    private static JoinKind kind(JoinRelType type, boolean swapped) {
        return switch (type) {
            case INNER -> JoinKind.INNER;
            case LEFT -> swapped ? JoinKind.RIGHT : JoinKind.LEFT;
            case RIGHT -> swapped ? JoinKind.LEFT : JoinKind.RIGHT;
            case FULL -> JoinKind.FULL;
            case SEMI -> JoinKind.SEMI;
            case ANTI -> JoinKind.ANTI;
            default -> throw new IllegalStateException(type.lowerName);
        };
    }

    private @Nullable Expr condition(List<RexNode> residual, int[] slots, int leftWidth) {
        List<RexNode> real =
                residual.stream().filter(node -> !node.isAlwaysTrue()).toList();
        return real.isEmpty()
                ? null
                : expressions.compile(RexUtil.composeConjunction(builder.rex(), real), slots, leftWidth);
    }

    /** Slots of left fields, then of right fields, in a row that holds the streamed side's slots, then the other side's. */
    private static int[] slots(Built streamed, Built kept, boolean swapped) {
        int[] behind = kept.slots().clone();
        for (int i = 0; i < behind.length; i++) {
            behind[i] += behind[i] < 0 ? 0 : streamed.node().width();
        }
        int[] first = swapped ? behind : streamed.slots();
        int[] second = swapped ? streamed.slots() : behind;
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** A join that looks into an index. */
    Built lookup(LookupRel rel) {
        Built streamed = builder.build(rel.getInput(0));
        int id = rel.variable().getId();
        expressions.bind(id, streamed.slots());
        Built found = builder.scans().lookup(rel);
        expressions.unbind(id);
        JoinKind kind = kind(rel.join().getJoinType(), false);
        PlanNode node = new NestedLoopJoin(streamed.node(), found.node(), kind, null, id);
        int[] outputs = leftOnly(kind) ? streamed.slots() : slots(streamed, found, rel.swapped());
        return builder.noted(rel, new Built(node, outputs), notes -> {});
    }

    /** LATERAL: the right side runs once for each left row. */
    Built correlate(OtherRel rel, Correlate correlate) {
        Built left = builder.build(rel.getInput(0));
        int id = correlate.getCorrelationId().getId();
        expressions.bind(id, left.slots());
        Built right = builder.build(rel.getInput(1));
        expressions.unbind(id);
        JoinKind kind = kind(correlate.getJoinType(), false);
        PlanNode node = new NestedLoopJoin(left.node(), right.node(), kind, null, id);
        int[] outputs = leftOnly(kind) ? left.slots() : slots(left, right, false);
        return builder.noted(rel, new Built(node, outputs), notes -> {});
    }

    /** The two sides of an equality between left and right fields of one type; null for any other condition. */
    static RexNode @Nullable [] hashable(RexNode node, int leftFields) {
        if (node.getKind() != SqlKind.EQUALS || !(node instanceof RexCall call) || RelTrees.isVolatile(node)) {
            return null;
        }
        RexNode first = call.getOperands().get(0);
        RexNode second = call.getOperands().get(1);
        if (!PgRelType.of(first.getType()).is(PgRelType.of(second.getType()).pgType())) {
            return null;
        }
        ImmutableBitSet a = RelOptUtil.InputFinder.bits(first);
        ImmutableBitSet b = RelOptUtil.InputFinder.bits(second);
        if (a.isEmpty() || b.isEmpty()) {
            return null;
        }
        if (a.length() <= leftFields && b.nth(0) >= leftFields) {
            return new RexNode[] {first, second};
        }
        return b.length() <= leftFields && a.nth(0) >= leftFields ? new RexNode[] {second, first} : null;
    }
}
