package dev.strongroom.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.DphypJoinReorderRule;
import org.apache.calcite.rel.rules.JoinToHyperGraphRule;
import org.apache.calcite.rel.rules.JoinToMultiJoinRule;
import org.apache.calcite.rel.rules.LoptOptimizeJoinRule;

/**
 * The order of inner joins: dynamic programming over the hypergraph of each cluster of up to ten relations, Calcite's heuristic
 * (LoptOptimizeJoinRule) above. Outer, semi and anti joins are leaves: Calcite moves outer joins by rules that take every
 * condition to reject nulls.
 */
final class JoinOrdering {
    private static final int EXHAUSTIVE = 10;

    private static final RelRule.OperandTransform INNER_JOIN = b -> b.operand(Join.class)
            .predicate(JoinOrdering::isInner)
            .inputs(
                    l -> l.operand(RelNode.class).anyInputs(),
                    r -> r.operand(RelNode.class).anyInputs());

    private static final HepProgram HYPER_GRAPH = new HepProgramBuilder()
            .addMatchOrder(HepMatchOrder.BOTTOM_UP)
            .addRuleInstance(CoreRules.JOIN_TO_HYPER_GRAPH
                    .config
                    .withRelBuilderFactory(Builders.FACTORY)
                    .withOperandSupplier(INNER_JOIN)
                    .as(JoinToHyperGraphRule.Config.class)
                    .toRule())
            .addRuleInstance(CoreRules.HYPER_GRAPH_OPTIMIZE
                    .config
                    .withRelBuilderFactory(Builders.FACTORY)
                    .as(DphypJoinReorderRule.Config.class)
                    .toRule())
            .build();

    private static final HepProgram MULTI_JOIN = new HepProgramBuilder()
            .addMatchOrder(HepMatchOrder.BOTTOM_UP)
            .addRuleInstance(CoreRules.JOIN_TO_MULTI_JOIN
                    .config
                    .withRelBuilderFactory(Builders.FACTORY)
                    .withOperandSupplier(INNER_JOIN)
                    .as(JoinToMultiJoinRule.Config.class)
                    .toRule())
            .addRuleInstance(CoreRules.MULTI_JOIN_OPTIMIZE
                    .config
                    .withRelBuilderFactory(Builders.FACTORY)
                    .as(LoptOptimizeJoinRule.Config.class)
                    .toRule())
            .build();

    private JoinOrdering() {}

    /** The tree with its inner joins in a good order. */
    static RelNode order(RelNode rel) {
        List<Integer> sizes = new ArrayList<>();
        clusters(rel, sizes);
        int largest = sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (largest < 3) {
            return rel;
        }
        HepPlanner planner = new HepPlanner(largest <= EXHAUSTIVE ? HYPER_GRAPH : MULTI_JOIN);
        planner.setRoot(rel);
        return planner.findBestExp();
    }

    private static void clusters(RelNode rel, List<Integer> sizes) {
        if (isInner(rel)) {
            sizes.add(leaves(rel, sizes));
        } else {
            rel.getInputs().forEach(input -> clusters(input, sizes));
        }
    }

    private static int leaves(RelNode rel, List<Integer> sizes) {
        if (!isInner(rel)) {
            clusters(rel, sizes);
            return 1;
        }
        return leaves(rel.getInput(0), sizes) + leaves(rel.getInput(1), sizes);
    }

    private static boolean isInner(RelNode rel) {
        return rel instanceof Join join && join.getJoinType() == JoinRelType.INNER;
    }
}
