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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * The order and methods of one cluster of inner joins: dynamic programming over all sets of up to {@link #EXHAUSTIVE} relations,
 * greedily above. All conditions and slots are in the numbering of the cluster's whole row.
 */
final class JoinOrder {
    private static final int EXHAUSTIVE = 10;

    private final PlanBuilder builder;
    private final Estimates estimates;
    private final Expressions expressions;
    private final ScanPlanner scans;
    private final RelNode root;
    private final RelDataType rowType;
    private final BitSet needed;
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<RexNode> conditions = new ArrayList<>();
    private final List<RexNode> joinConditions = new ArrayList<>();
    private final List<Integer> joinMasks = new ArrayList<>();
    private final List<RexNode> late = new ArrayList<>();

    /** One relation of the cluster. */
    private static final class Leaf {
        final RelNode rel;
        final int offset;
        final List<RexNode> conditions = new ArrayList<>();

        /** Leaves it can only come after, and the variable by which it sees them; -1 for none. */
        int dependsOn;

        int correlation = -1;
        int correlationOffset;
        int correlationWidth;
        double rows = 1;
        double cost = 1;

        Leaf(RelNode rel, int offset) {
            this.rel = rel;
            this.offset = offset;
        }

        int width() {
            return rel.getRowType().getFieldCount();
        }
    }

    /** How two sets are joined. */
    private enum Method {
        LEAF,
        HASH,
        LOOP,
        LOOKUP,
        LATERAL
    }

    /** The best known way to join a set. */
    private record Candidate(
            int mask,
            Method method,
            @Nullable Candidate left,
            @Nullable Candidate right,
            double rows,
            double cost) {}

    JoinOrder(
            PlanBuilder builder,
            Estimates estimates,
            Expressions expressions,
            ScanPlanner scans,
            RelNode root,
            List<RexNode> conditions,
            BitSet needed) {
        this.builder = builder;
        this.estimates = estimates;
        this.expressions = expressions;
        this.scans = scans;
        this.root = root;
        this.rowType = root.getRowType();
        this.needed = needed;
        this.conditions.addAll(conditions);
    }

    /** The cluster below the root, which may be an outer join that has turned out to be an inner one. */
    Built build() {
        switch (root) {
            case Correlate correlate -> flatten(correlate, 0);
            default -> {
                Join join = (Join) root;
                flattenSides(join, 0);
            }
        }
        classify();
        BitSet all = PlanBuilder.withNeeds(needed, joinConditions, late);
        Map<Integer, Built> plans = new HashMap<>();
        for (int i = 0; i < leaves.size(); i++) {
            estimate(i, all, plans);
        }
        Candidate best = leaves.size() <= EXHAUSTIVE ? exhaustive() : greedy();
        Built built = construct(best, all, plans);
        List<RexNode> rest = new ArrayList<>(late);
        return new JoinPlanner(builder, estimates, expressions, scans).subqueries(built, root, rest, needed);
    }

    // ---- taking the tree apart

    private void flatten(RelNode rel, int offset) {
        switch (rel) {
            case Join join
            when join.getJoinType() == JoinRelType.INNER && isMovable(join.getCondition(), offset) ->
                flattenSides(join, offset);
            case Correlate correlate
            when correlate.getJoinType() == JoinRelType.INNER -> {
                int before = leaves.size();
                flatten(correlate.getLeft(), offset);
                int width = correlate.getLeft().getRowType().getFieldCount();
                Leaf right = new Leaf(correlate.getRight(), offset + width);
                right.dependsOn = (1 << leaves.size()) - (1 << before);
                right.correlation = correlate.getCorrelationId().getId();
                right.correlationOffset = offset;
                right.correlationWidth = width;
                leaves.add(right);
            }
            case Filter filter
            when isCluster(filter.getInput()) && isMovable(filter.getCondition(), offset) -> {
                add(filter.getCondition(), offset);
                flatten(filter.getInput(), offset);
            }
            default -> leaves.add(new Leaf(rel, offset));
        }
    }

    private void flattenSides(Join join, int offset) {
        add(join.getCondition(), offset);
        flatten(join.getLeft(), offset);
        flatten(join.getRight(), offset + join.getLeft().getRowType().getFieldCount());
    }

    private static boolean isCluster(RelNode rel) {
        return rel instanceof Join join && join.getJoinType() == JoinRelType.INNER
                || rel instanceof Correlate correlate && correlate.getJoinType() == JoinRelType.INNER
                || rel instanceof Filter filter && isCluster(filter.getInput());
    }

    private static boolean isMovable(RexNode condition, int offset) {
        return !RelTrees.isVolatile(condition) && (offset == 0 || !Expressions.hasOwnCorrelation(condition));
    }

    private void add(RexNode condition, int offset) {
        for (RexNode node : RelOptUtil.conjunctions(condition)) {
            RexNode shifted = RexUtil.shift(node, offset);
            if (!node.isAlwaysTrue() && !conditions.contains(shifted)) {
                conditions.add(shifted);
            }
        }
    }

    private void classify() {
        for (RexNode condition : conditions) {
            BitSet used = Expressions.needed(List.of(condition));
            int mask = mask(used);
            boolean subquery = Expressions.hasOwnCorrelation(condition);
            if (mask == 0 || subquery || RelTrees.isVolatile(condition)) {
                late.add(condition);
            } else if (Integer.bitCount(mask) == 1) {
                Leaf leaf = leaves.get(Integer.numberOfTrailingZeros(mask));
                leaf.conditions.add(RexUtil.shift(condition, -leaf.offset));
            } else if (Expressions.hasSubquery(condition)) {
                late.add(condition);
            } else {
                joinConditions.add(condition);
                joinMasks.add(mask);
            }
        }
    }

    private int mask(BitSet fields) {
        int mask = 0;
        for (int i = 0; i < leaves.size(); i++) {
            Leaf leaf = leaves.get(i);
            int next = fields.nextSetBit(leaf.offset);
            if (next >= 0 && next < leaf.offset + leaf.width()) {
                mask |= 1 << i;
            }
        }
        return mask;
    }

    // ---- estimating and choosing

    private void estimate(int i, BitSet all, Map<Integer, Built> plans) {
        Leaf leaf = leaves.get(i);
        if (leaf.dependsOn != 0) {
            leaf.rows = 5;
            leaf.cost = 1;
            return;
        }
        Built built = builder.build(leaf.rel, leaf.conditions, neededOf(leaf, all), List.of());
        plans.put(i, built);
        leaf.rows = built.rows();
        leaf.cost = built.cost();
    }

    private BitSet neededOf(Leaf leaf, BitSet all) {
        BitSet own = all.get(leaf.offset, leaf.offset + leaf.width());
        for (Leaf other : leaves) {
            if (other.correlation >= 0 && other != leaf) {
                BitSet seen = new BitSet();
                Expressions.addCorrelated(other.rel, java.util.Set.of(other.correlation), seen);
                seen.stream()
                        .map(field -> field + other.correlationOffset - leaf.offset)
                        .filter(field -> field >= 0 && field < leaf.width())
                        .forEach(own::set);
            }
        }
        return own;
    }

    private double rows(int mask) {
        double rows = 1;
        for (int i = 0; i < leaves.size(); i++) {
            if ((mask & 1 << i) != 0) {
                rows *= leaves.get(i).rows;
            }
        }
        for (int i = 0; i < joinConditions.size(); i++) {
            if ((joinMasks.get(i) & ~mask) == 0) {
                rows *= selectivity(joinConditions.get(i));
            }
        }
        return Math.max(1, rows);
    }

    private double selectivity(RexNode condition) {
        if (condition.getKind() == SqlKind.EQUALS && condition instanceof RexCall call) {
            double distinct = 1;
            for (RexNode operand : call.getOperands()) {
                distinct = Math.max(distinct, distinct(operand));
            }
            return 1 / distinct;
        }
        return estimates.selectivity(condition);
    }

    private double distinct(RexNode node) {
        if (!(node instanceof RexInputRef reference)) {
            return 200;
        }
        for (Leaf leaf : leaves) {
            int field = reference.getIndex() - leaf.offset;
            if (field >= 0 && field < leaf.width()) {
                Lookup.Origin origin = Lookup.origin(leaf.rel, field);
                return origin == null ? Math.max(1, leaf.rows / 2) : estimates.distinct(origin.scan(), origin.field());
            }
        }
        return 200;
    }

    private Candidate leafCandidate(int i) {
        return new Candidate(1 << i, Method.LEAF, null, null, leaves.get(i).rows, leaves.get(i).cost);
    }

    private Candidate exhaustive() {
        int full = (1 << leaves.size()) - 1;
        @Nullable Candidate[] best = new Candidate[full + 1];
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i).dependsOn == 0) {
                best[1 << i] = leafCandidate(i);
            }
        }
        for (int mask = 1; mask <= full; mask++) {
            if (Integer.bitCount(mask) < 2) {
                continue;
            }
            boolean connected = false;
            for (int pass = 0; pass < 2 && best[mask] == null; pass++) {
                for (int left = (mask - 1) & mask; left > 0; left = (left - 1) & mask) {
                    Candidate l = best[left];
                    int right = mask & ~left;
                    if (l == null || (pass == 0 && !isConnected(left, right))) {
                        continue;
                    }
                    connected = true;
                    best[mask] = cheaper(best[mask], join(l, right, best[right]));
                }
            }
            assert connected || best[mask] == null;
        }
        Candidate result = best[full];
        if (result == null) {
            throw new IllegalStateException("no join order found");
        }
        return result;
    }

    /** Joins the two sets that are cheapest to join, again and again. */
    private Candidate greedy() {
        List<Candidate> sets = new ArrayList<>();
        List<Integer> dependent = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i).dependsOn == 0) {
                sets.add(leafCandidate(i));
            } else {
                dependent.add(i);
            }
        }
        while (sets.size() + dependent.size() > 1) {
            Candidate best = null;
            for (Candidate left : sets) {
                for (Candidate right : sets) {
                    if (left != right) {
                        boolean connected = isConnected(left.mask(), right.mask());
                        Candidate joined = join(left, right.mask(), right);
                        if (joined != null && (connected || best == null || !isJoinOfConnected(best))) {
                            best = better(best, joined, connected);
                        }
                    }
                }
                for (int i : dependent) {
                    best = cheaper(best, join(left, 1 << i, null));
                }
            }
            if (best == null || best.left() == null) {
                throw new IllegalStateException("no join order found");
            }
            int mask = best.mask();
            sets.removeIf(set -> (set.mask() & mask) != 0);
            dependent.removeIf(i -> (mask & 1 << i) != 0);
            sets.add(best);
        }
        return sets.getFirst();
    }

    private boolean isJoinOfConnected(Candidate candidate) {
        Candidate left = candidate.left();
        return left != null && isConnected(left.mask(), candidate.mask() & ~left.mask());
    }

    private Candidate better(@Nullable Candidate best, Candidate joined, boolean connected) {
        if (best == null || (connected && !isJoinOfConnected(best))) {
            return joined;
        }
        return best.rows() <= joined.rows() ? best : joined;
    }

    private static @Nullable Candidate cheaper(@Nullable Candidate a, @Nullable Candidate b) {
        return b == null || (a != null && a.cost() <= b.cost()) ? a : b;
    }

    private boolean isConnected(int left, int right) {
        for (int mask : joinMasks) {
            if ((mask & left) != 0 && (mask & right) != 0 && (mask & ~(left | right)) == 0) {
                return true;
            }
        }
        return Integer.bitCount(right) == 1 && (leaves.get(Integer.numberOfTrailingZeros(right)).dependsOn & left) != 0;
    }

    private @Nullable Candidate join(Candidate left, int right, @Nullable Candidate rightPlan) {
        int mask = left.mask() | right;
        double rows = rows(mask);
        if (Integer.bitCount(right) == 1) {
            Leaf leaf = leaves.get(Integer.numberOfTrailingZeros(right));
            if (leaf.dependsOn != 0) {
                return (leaf.dependsOn & ~left.mask()) != 0
                        ? null
                        : new Candidate(mask, Method.LATERAL, left, null, rows, left.cost() + left.rows() * leaf.cost);
            }
        }
        if (rightPlan == null) {
            return null;
        }
        double both = left.cost() + rightPlan.cost();
        Candidate best = new Candidate(
                mask,
                Method.LOOP,
                left,
                rightPlan,
                rows,
                both + left.rows() * rightPlan.rows() * Estimates.OPERATOR_COST);
        if (isHashable(left.mask(), right)) {
            double cost =
                    both + (left.rows() + 2 * rightPlan.rows()) * Estimates.ROW_COST + rows * Estimates.OPERATOR_COST;
            best = cheaper(new Candidate(mask, Method.HASH, left, rightPlan, rows, cost), best);
        }
        if (Integer.bitCount(right) == 1) {
            Lookup lookup = lookup(left.mask(), Integer.numberOfTrailingZeros(right));
            if (lookup != null) {
                double cost = left.cost() + left.rows() * ScanPlanner.lookupCost(lookup.path());
                best = cheaper(new Candidate(mask, Method.LOOKUP, left, rightPlan, rows, cost), best);
            }
        }
        return best;
    }

    private @Nullable Lookup lookup(int left, int leaf) {
        List<RexNode> on = between(left, 1 << leaf);
        return on.isEmpty()
                ? null
                : Lookup.at(builder, scans, leaves.get(leaf).rel, on, leaves.get(leaf).offset, rowType);
    }

    private List<RexNode> between(int left, int right) {
        List<RexNode> on = new ArrayList<>();
        for (int i = 0; i < joinConditions.size(); i++) {
            int mask = joinMasks.get(i);
            if ((mask & left) != 0 && (mask & right) != 0 && (mask & ~(left | right)) == 0) {
                on.add(joinConditions.get(i));
            }
        }
        return on;
    }

    private boolean isHashable(int left, int right) {
        return between(left, right).stream().anyMatch(node -> sides(node, left, right) != null);
    }

    /** An equality's operand over the left set and the one over the right set; null for any other condition. */
    private RexNode @Nullable [] sides(RexNode node, int left, int right) {
        if (node.getKind() != SqlKind.EQUALS || !(node instanceof RexCall call)) {
            return null;
        }
        RexNode first = call.getOperands().get(0);
        RexNode second = call.getOperands().get(1);
        if (!PgRelType.of(first.getType()).is(PgRelType.of(second.getType()).pgType())) {
            return null;
        }
        int a = mask(Expressions.needed(List.of(first)));
        int b = mask(Expressions.needed(List.of(second)));
        if (a == 0 || b == 0) {
            return null;
        }
        if ((a & ~left) == 0 && (b & ~right) == 0) {
            return new RexNode[] {first, second};
        }
        return (b & ~left) == 0 && (a & ~right) == 0 ? new RexNode[] {second, first} : null;
    }

    // ---- building

    private Built construct(Candidate candidate, BitSet all, Map<Integer, Built> plans) {
        Candidate left = candidate.left();
        if (left == null) {
            int i = Integer.numberOfTrailingZeros(candidate.mask());
            Built built = plans.get(i);
            Objects.requireNonNull(built);
            return placed(built, leaves.get(i));
        }
        Built leftPlan = construct(left, all, plans);
        int rightMask = candidate.mask() & ~left.mask();
        return switch (candidate.method()) {
            case LATERAL -> lateral(candidate, leftPlan, leaves.get(Integer.numberOfTrailingZeros(rightMask)), all);
            case LOOKUP -> lookup(candidate, leftPlan, left.mask(), Integer.numberOfTrailingZeros(rightMask), all);
            default -> {
                Candidate right = candidate.right();
                Objects.requireNonNull(right);
                yield joined(candidate, leftPlan, left.mask(), construct(right, all, plans), rightMask);
            }
        };
    }

    /** A leaf's plan with its fields where they are in the cluster's row. */
    private Built placed(Built built, Leaf leaf) {
        int[] slots = new int[rowType.getFieldCount()];
        Arrays.fill(slots, -1);
        System.arraycopy(built.slots(), 0, slots, leaf.offset, leaf.width());
        return new Built(built.node(), slots, built.rows(), built.cost());
    }

    private static int[] merged(Built left, Built right) {
        int[] slots = left.slots().clone();
        for (int i = 0; i < slots.length; i++) {
            if (right.slots()[i] >= 0) {
                slots[i] = right.slots()[i] + left.node().width();
            }
        }
        return slots;
    }

    private Built joined(Candidate candidate, Built left, int leftMask, Built right, int rightMask) {
        List<Expr> leftKeys = new ArrayList<>();
        List<Expr> rightKeys = new ArrayList<>();
        List<RexNode> residual = new ArrayList<>();
        for (RexNode node : between(leftMask, rightMask)) {
            RexNode[] sides = candidate.method() == Method.HASH ? sides(node, leftMask, rightMask) : null;
            if (sides == null) {
                residual.add(node);
            } else {
                leftKeys.add(expressions.compile(sides[0], left.slots()));
                rightKeys.add(expressions.compile(sides[1], right.slots()));
            }
        }
        int[] slots = merged(left, right);
        Expr condition = residual.isEmpty()
                ? null
                : expressions.compile(
                        RexUtil.composeConjunction(builder.rex(), residual),
                        slots,
                        left.node().width());
        PlanNode node = candidate.method() == Method.HASH
                ? new HashJoin(left.node(), right.node(), JoinKind.INNER, leftKeys, rightKeys, condition)
                : new NestedLoopJoin(left.node(), right.node(), JoinKind.INNER, condition, -1);
        return builder.noted(new Built(node, slots, candidate.rows(), candidate.cost()));
    }

    private Built lookup(Candidate candidate, Built left, int leftMask, int leafNumber, BitSet all) {
        Leaf leaf = leaves.get(leafNumber);
        Lookup lookup = lookup(leftMask, leafNumber);
        Objects.requireNonNull(lookup);
        expressions.bind(lookup.correlation(), left.slots());
        List<RexNode> own = new ArrayList<>(leaf.conditions);
        own.addAll(lookup.conditions());
        Built right = placed(builder.build(leaf.rel, own, neededOf(leaf, all), List.of()), leaf);
        expressions.unbind(lookup.correlation());
        PlanNode node = new NestedLoopJoin(left.node(), right.node(), JoinKind.INNER, null, lookup.correlation());
        return builder.noted(new Built(node, merged(left, right), candidate.rows(), candidate.cost()));
    }

    private Built lateral(Candidate candidate, Built left, Leaf leaf, BitSet all) {
        int[] seen = Arrays.copyOfRange(
                left.slots(), leaf.correlationOffset, leaf.correlationOffset + leaf.correlationWidth);
        expressions.bind(leaf.correlation, seen);
        Built right = placed(builder.build(leaf.rel, leaf.conditions, neededOf(leaf, all), List.of()), leaf);
        expressions.unbind(leaf.correlation);
        int[] slots = merged(left, right);
        int leafMask = 1 << leaves.indexOf(leaf);
        List<RexNode> on = between(candidate.mask() & ~leafMask, leafMask);
        Expr condition = on.isEmpty()
                ? null
                : expressions.compile(
                        RexUtil.composeConjunction(builder.rex(), on),
                        slots,
                        left.node().width());
        PlanNode node = new NestedLoopJoin(left.node(), right.node(), JoinKind.INNER, condition, leaf.correlation);
        return builder.noted(new Built(node, slots, candidate.rows(), candidate.cost()));
    }
}
