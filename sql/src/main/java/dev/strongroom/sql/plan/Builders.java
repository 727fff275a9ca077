package dev.strongroom.sql.plan;

import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;

/**
 * Calcite's builder of trees with everything switched off that changes expressions: its simplifications take any expression to be
 * free of errors and of side effects, which PostgreSQL's are not.
 */
final class Builders {
    private static final RelBuilder.Config CONFIG = RelBuilder.Config.DEFAULT
            .withSimplify(false)
            .withSimplifyLimit(false)
            .withSimplifyValues(false)
            .withPruneInputOfAggregate(false)
            .withDedupAggregateCalls(false)
            .withPushJoinCondition(false)
            .withAggregateUnique(true)
            .withBloat(-1);

    static final RelBuilderFactory FACTORY = RelBuilder.proto(Contexts.of(CONFIG));

    private Builders() {}

    static RelBuilder of(RelOptCluster cluster) {
        return FACTORY.create(cluster, null);
    }
}
