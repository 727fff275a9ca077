package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.CostPlanner;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.StrongroomConvention;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexVisitorImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an analysed tree through Calcite's planners: key access is recognised first; everything else is rewritten by Hep (queries
 * in conditions to joins, conditions down, fields out, joins into order), then Volcano picks how each node runs, by cost.
 * Queries in expressions are planned before the tree around them, so that their cost counts. One statement's, one thread.
 */
final class Optimizer {
    private static final Logger LOG = LoggerFactory.getLogger(Optimizer.class);

    private final Analysis analysis;
    private final PlanningContext context;
    private final Statistics statistics;
    private final Closures closures;
    private final CostPlanner volcano;
    private final Map<RelNode, RelNode> queries = new IdentityHashMap<>();

    Optimizer(Analysis analysis, PlanningContext context) {
        this.analysis = analysis;
        this.context = context;
        this.statistics = new Statistics(analysis, context);
        this.closures = new Closures(analysis);
        this.volcano = (CostPlanner) analysis.cluster().getPlanner();
        volcano.knowing(statistics);
    }

    /** The best known way to run a tree. */
    RelNode optimize(RelNode rel) {
        RelNode bound = closures.bind(rel);
        RelNode quick = KeyAccess.of(bound);
        return quick != null ? quick : cheapest(bound);
    }

    /** With scalar queries as they are, or as joins: whichever costs less. */
    private RelNode cheapest(RelNode rel) {
        PlanMetadata.use(rel);
        RelNode joined = context.decorrelation() == Decorrelation.OFF ? null : ScalarJoins.rewrite(analysis, rel);
        if (joined == null) {
            return run(rewritten(rel));
        }
        RelNode best = run(rewritten(joined));
        if (context.decorrelation() == Decorrelation.ALWAYS) {
            return best;
        }
        double cost = cost(best).total();
        RelNode plain = run(rewritten(rel));
        return cost(plain).total() <= cost ? plain : best;
    }

    private PlanCost cost(RelNode best) {
        RelOptCost cost = volcano.getCost(best, best.getCluster().getMetadataQuery());
        return cost instanceof PlanCost known ? known : PlanCost.ZERO;
    }

    /** The way to run a query in an expression. */
    RelNode planned(RelNode query) {
        RelNode known = queries.get(query);
        if (known == null) {
            known = optimize(query);
            queries.put(query, known);
        }
        return known;
    }

    private RelNode rewritten(RelNode rel) {
        RelNode tree = context.decorrelation() == Decorrelation.OFF ? rel : SemiJoins.rewrite(rel);
        HepPlanner pushDown = new HepPlanner(PushDown.PROGRAM);
        pushDown.setRoot(tree);
        tree = withoutEmptyRows(pushDown.findBestExp());
        if (hasFieldsEverywhere(tree)) {
            tree = new FieldTrimmer(Builders.of(tree.getCluster())).trim(tree);
        }
        return PhysicalRules.withGoals(context.reorderJoins() ? ordered(tree) : tree);
    }

    /** The order as written is always right: what Calcite's enumeration cannot do is no reason to fail. */
    private static RelNode ordered(RelNode tree) {
        try {
            return JoinOrdering.order(tree);
        } catch (RuntimeException e) {
            LOG.warn("joins keep the order they were written in", e);
            return tree;
        }
    }

    /** Aggregates that look at no field, such as count(*), take the rows below an empty projection as they are. */
    private static RelNode withoutEmptyRows(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        for (RelNode input : rel.getInputs()) {
            RelNode made = withoutEmptyRows(input);
            boolean empty = rel instanceof Aggregate
                    && made instanceof Project project
                    && project.getProjects().isEmpty();
            inputs.add(empty ? made.getInput(0) : made);
        }
        return inputs.equals(rel.getInputs()) ? rel : rel.copy(rel.getTraitSet(), inputs);
    }

    /** Calcite's trimmer cannot think of a row without fields. */
    private static boolean hasFieldsEverywhere(RelNode rel) {
        return rel.getRowType().getFieldCount() > 0
                && rel.getInputs().stream().allMatch(Optimizer::hasFieldsEverywhere);
    }

    private RelNode run(RelNode tree) {
        planQueries(tree);
        volcano.prepare(PhysicalRules.ALL);
        tree.getCluster().invalidateMetadataQuery();
        volcano.setRoot(volcano.changeTraits(tree, tree.getCluster().traitSetOf(StrongroomConvention.INSTANCE)));
        return volcano.findBestExp();
    }

    private void planQueries(RelNode rel) {
        RexVisitorImpl<Void> finder = new RexVisitorImpl<>(true) {
            @Override
            public Void visitCall(RexCall call) {
                if (call.getOperator() instanceof SubqueryOperator subquery) {
                    RelNode best = planned(subquery.query());
                    statistics.planned(subquery.query(), cost(best));
                }
                return super.visitCall(call);
            }
        };
        RelTrees.expressions(rel).forEach(node -> node.accept(finder));
        rel.getInputs().forEach(this::planQueries);
    }
}
