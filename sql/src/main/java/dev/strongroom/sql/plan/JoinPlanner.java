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
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Joins: order of inner joins, method of each, outer joins, lateral ones, conditions with queries in them. */
final class JoinPlanner {
    private final PlanBuilder builder;
    private final Estimates estimates;
    private final Expressions expressions;
    private final ScanPlanner scans;

    JoinPlanner(PlanBuilder builder, Estimates estimates, Expressions expressions, ScanPlanner scans) {
        this.builder = builder;
        this.estimates = estimates;
        this.expressions = expressions;
        this.scans = scans;
    }

    /** Conditions that hold queries, on top of a plan for the rel's rows. */
    Built subqueries(Built built, RelNode rel, List<RexNode> conditions, BitSet needed) {
        if (conditions.isEmpty()) {
            return built;
        }
        Built result = built;
        List<RexNode> rest = new ArrayList<>();
        for (RexNode condition : conditions) {
            Built joined = SemiJoins.tryJoin(builder, result, rel, condition);
            if (joined == null) {
                rest.add(condition);
            } else {
                result = joined;
            }
        }
        return builder.filtered(result, rel, rest, needed);
    }

    // ---- inner joins

    /** A tree of inner (and lateral inner) joins, with the conditions above it. */
    Built inner(RelNode root, List<RexNode> conditions, BitSet needed) {
        if (root instanceof Correlate correlate && correlate.getJoinType() != JoinRelType.INNER) {
            return lateral(correlate, conditions, needed);
        }
        return new JoinOrder(builder, estimates, expressions, scans, root, conditions, needed).build();
    }

    /** LEFT JOIN LATERAL: the right side runs once for each left row. */
    private Built lateral(Correlate correlate, List<RexNode> conditions, BitSet needed) {
        int leftWidth = correlate.getLeft().getRowType().getFieldCount();
        int id = correlate.getCorrelationId().getId();
        List<RexNode> leftOnly = new ArrayList<>();
        List<RexNode> above = new ArrayList<>();
        for (RexNode condition : conditions) {
            boolean left =
                    Expressions.needed(List.of(condition)).length() <= leftWidth && !Expressions.hasSubquery(condition);
            (left ? leftOnly : above).add(condition);
        }
        BitSet all = PlanBuilder.withNeeds(needed, above, List.of());
        BitSet leftNeeded = all.get(0, leftWidth);
        Expressions.addCorrelated(correlate.getRight(), Set.of(id), leftNeeded);
        Built left = builder.build(correlate.getLeft(), leftOnly, leftNeeded, List.of());
        expressions.bind(id, left.slots());
        Built right = builder.build(
                correlate.getRight(), List.of(), all.get(leftWidth, Math.max(leftWidth, all.length())), List.of());
        expressions.unbind(id);
        PlanNode node = new NestedLoopJoin(left.node(), right.node(), JoinKind.LEFT, null, id);
        Built built = builder.noted(new Built(
                node,
                combined(left, right),
                left.rows() * Math.max(1, right.rows()),
                left.cost() + left.rows() * right.cost()));
        return subqueries(built, correlate, above, needed);
    }

    /** Slots of left fields, then of right fields behind the left row. */
    static int[] combined(Built left, Built right) {
        int[] slots = Arrays.copyOf(left.slots(), left.slots().length + right.slots().length);
        for (int i = 0; i < right.slots().length; i++) {
            int slot = right.slots()[i];
            slots[left.slots().length + i] = slot < 0 ? -1 : slot + left.node().width();
        }
        return slots;
    }

    // ---- outer joins

    /** LEFT, RIGHT (as LEFT with sides swapped) and FULL joins; LEFT becomes INNER where a condition above rejects nulls. */
    Built outer(Join join, List<RexNode> conditions, BitSet needed) {
        JoinRelType type = join.getJoinType();
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int width = join.getRowType().getFieldCount();
        if (type == JoinRelType.RIGHT) {
            return right(join, conditions, needed);
        }
        if (type == JoinRelType.LEFT && conditions.stream().anyMatch(node -> rejectsNulls(node, leftWidth, width))) {
            List<RexNode> all = new ArrayList<>(conditions);
            return new JoinOrder(builder, estimates, expressions, scans, join, all, needed).build();
        }
        List<RexNode> leftOnly = new ArrayList<>();
        List<RexNode> above = new ArrayList<>();
        for (RexNode condition : conditions) {
            boolean left = type == JoinRelType.LEFT
                    && Expressions.needed(List.of(condition)).length() <= leftWidth
                    && !Expressions.hasSubquery(condition)
                    && !RelTrees.isVolatile(condition);
            (left ? leftOnly : above).add(condition);
        }
        Built built = outer(join, type, leftOnly, PlanBuilder.withNeeds(needed, above, List.of()));
        return subqueries(built, join, above, needed);
    }

    private Built outer(Join join, JoinRelType type, List<RexNode> leftOnly, BitSet needed) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        List<RexNode> on = new ArrayList<>();
        List<RexNode> rightOnly = new ArrayList<>();
        for (RexNode node : RelOptUtil.conjunctions(join.getCondition())) {
            BitSet used = Expressions.needed(List.of(node));
            boolean right = type == JoinRelType.LEFT
                    && !used.isEmpty()
                    && used.nextSetBit(0) >= leftWidth
                    && !Expressions.hasSubquery(node)
                    && !RelTrees.isVolatile(node);
            if (right) {
                rightOnly.add(RexUtil.shift(node, -leftWidth));
            } else if (!node.isAlwaysTrue()) {
                on.add(node);
            }
        }
        BitSet all = PlanBuilder.withNeeds(needed, on, List.of());
        Built left = builder.build(join.getLeft(), leftOnly, all.get(0, leftWidth), List.of());
        Built indexed = type == JoinRelType.LEFT ? lookups(join, left, on, rightOnly, all) : null;
        if (indexed != null) {
            return indexed;
        }
        Built right = builder.build(
                join.getRight(), rightOnly, all.get(leftWidth, Math.max(leftWidth, all.length())), List.of());
        return joined(left, right, type == JoinRelType.FULL ? JoinKind.FULL : JoinKind.LEFT, on, leftWidth);
    }

    /** A LEFT JOIN that looks each left row's match up in an index, where that is cheaper; null where it is not. */
    private @Nullable Built lookups(Join join, Built left, List<RexNode> on, List<RexNode> rightOnly, BitSet all) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        Lookup lookup = Lookup.at(builder, scans, join.getRight(), on, leftWidth, join.getRowType());
        if (lookup == null || Expressions.hasSubquery(RexUtil.composeConjunction(builder.rex(), on))) {
            return null;
        }
        double lookups = left.rows() * ScanPlanner.lookupCost(lookup.path());
        double scan = estimates.tablePages(lookup.scan()) + estimates.tableRows(lookup.scan()) * Estimates.ROW_COST * 2;
        if (lookups > scan) {
            return null;
        }
        expressions.bind(lookup.correlation(), left.slots());
        List<RexNode> conditions = new ArrayList<>(rightOnly);
        conditions.addAll(lookup.conditions());
        Built right = builder.build(
                join.getRight(), conditions, all.get(leftWidth, Math.max(leftWidth, all.length())), List.of());
        expressions.unbind(lookup.correlation());
        PlanNode node = new NestedLoopJoin(left.node(), right.node(), JoinKind.LEFT, null, lookup.correlation());
        return builder.noted(
                new Built(node, combined(left, right), left.rows() * Math.max(1, right.rows()), left.cost() + lookups));
    }

    private Built right(Join join, List<RexNode> conditions, BitSet needed) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int rightWidth = join.getRight().getRowType().getFieldCount();
        int[] swapped = new int[leftWidth + rightWidth];
        for (int i = 0; i < swapped.length; i++) {
            swapped[i] = i < leftWidth ? i + rightWidth : i - leftWidth;
        }
        Join left = join.copy(
                join.getTraitSet(),
                RexRemap.remap(join.getCondition(), swapped),
                join.getRight(),
                join.getLeft(),
                JoinRelType.LEFT,
                false);
        List<RexNode> simple = new ArrayList<>();
        List<RexNode> late = new ArrayList<>();
        for (RexNode condition : conditions) {
            if (Expressions.hasOwnCorrelation(condition)) {
                late.add(condition);
            } else {
                simple.add(RexRemap.remap(condition, swapped));
            }
        }
        BitSet all = PlanBuilder.withNeeds(needed, late, List.of());
        BitSet below = new BitSet();
        all.stream().forEach(field -> below.set(swapped[field]));
        Built built = outer(left, simple, below);
        int[] slots = new int[swapped.length];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = built.slots()[swapped[i]];
        }
        Built back = new Built(built.node(), slots, built.rows(), built.cost());
        return subqueries(back, join, late, needed);
    }

    /** Joins two plans by hashing where some condition is an equality between them, else by a nested loop. */
    Built joined(Built left, Built right, JoinKind kind, List<RexNode> on, int leftFields) {
        int[] slots = combined(left, right);
        List<Expr> leftKeys = new ArrayList<>();
        List<Expr> rightKeys = new ArrayList<>();
        List<RexNode> residual = new ArrayList<>();
        double selectivity = 1;
        for (RexNode node : on) {
            RexNode[] sides = hashable(node, leftFields);
            if (sides == null) {
                residual.add(node);
                selectivity *= estimates.selectivity(node);
            } else {
                leftKeys.add(expressions.compile(sides[0], left.slots()));
                rightKeys.add(expressions.compile(RexUtil.shift(sides[1], -leftFields), right.slots()));
            }
        }
        int width = left.node().width();
        Expr condition = residual.isEmpty()
                ? null
                : expressions.compile(RexUtil.composeConjunction(builder.rex(), residual), slots, width);
        boolean hash = !leftKeys.isEmpty();
        PlanNode node = hash
                ? new HashJoin(left.node(), right.node(), kind, leftKeys, rightKeys, condition)
                : new NestedLoopJoin(left.node(), right.node(), kind, condition, -1);
        double pairs = left.rows() * right.rows();
        double rows = (hash ? pairs / Math.max(1, Math.max(left.rows(), right.rows())) : pairs) * selectivity;
        double cost = left.cost()
                + right.cost()
                + (hash ? (left.rows() + 2 * right.rows()) * Estimates.ROW_COST : pairs * Estimates.OPERATOR_COST);
        if (kind == JoinKind.LEFT || kind == JoinKind.FULL) {
            rows = Math.max(rows, left.rows());
        }
        boolean leftOnly = kind == JoinKind.SEMI || kind == JoinKind.ANTI;
        return builder.noted(new Built(node, leftOnly ? left.slots() : slots, Math.max(1, rows), cost));
    }

    /** The two sides of an equality between left and right fields of one type; null for any other condition. */
    static RexNode @Nullable [] hashable(RexNode node, int leftFields) {
        if (node.getKind() != SqlKind.EQUALS
                || !(node instanceof RexCall call)
                || Expressions.hasSubquery(node)
                || RelTrees.isVolatile(node)) {
            return null;
        }
        RexNode first = call.getOperands().get(0);
        RexNode second = call.getOperands().get(1);
        if (!PgRelType.of(first.getType()).is(PgRelType.of(second.getType()).pgType())) {
            return null;
        }
        BitSet a = Expressions.needed(List.of(first));
        BitSet b = Expressions.needed(List.of(second));
        if (a.isEmpty() || b.isEmpty()) {
            return null;
        }
        if (a.length() <= leftFields && b.nextSetBit(0) >= leftFields) {
            return new RexNode[] {first, second};
        }
        return b.length() <= leftFields && a.nextSetBit(0) >= leftFields ? new RexNode[] {second, first} : null;
    }

    /** Whether a condition is never true where all right fields are null. */
    private static boolean rejectsNulls(RexNode node, int leftWidth, int width) {
        if (!(node instanceof RexCall call) || Expressions.hasSubquery(node)) {
            return false;
        }
        return switch (call.getKind()) {
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL ->
                call.getOperands().stream().anyMatch(operand -> isRight(operand, leftWidth, width));
            case IS_NOT_NULL -> isRight(call.getOperands().getFirst(), leftWidth, width);
            default -> false;
        };
    }

    private static boolean isRight(RexNode node, int leftWidth, int width) {
        return node instanceof RexInputRef reference
                && reference.getIndex() >= leftWidth
                && reference.getIndex() < width;
    }
}
