package dev.strongroom.sql.batch;

import dev.strongroom.sql.batch.vector.Condition;
import dev.strongroom.sql.execute.AggregateNode;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.FilterNode;
import dev.strongroom.sql.execute.HashJoin;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.ProjectNode;
import dev.strongroom.sql.execute.SortKey;
import dev.strongroom.sql.execute.SortNode;
import dev.strongroom.sql.execute.TableScan;
import dev.strongroom.sql.execute.TopNode;
import java.util.Arrays;
import java.util.List;

/** Chooses, node by node and from the leaves up, what can run in batches. */
public final class BatchPlans {
    private BatchPlans() {}

    /** A node for the same rows that runs in batches where that pays, or the node itself. */
    public static PlanNode choose(PlanNode node) {
        return switch (node) {
            case TableScan scan when isPlain(scan) -> new ScanBatches(scan);
            case FilterNode filter
            when input(filter) instanceof BatchNode input && runs(filter.condition()) ->
                new FilterBatches(filter, input);
            case ProjectNode project
            when input(project) instanceof BatchNode input && runs(project.expressions()) ->
                new ProjectBatches(project, input);
            case AggregateNode aggregate
            when input(aggregate) instanceof BatchNode input && runs(aggregate) ->
                new AggregateBatches(aggregate, input);
            case DistinctNode distinct
            when input(distinct) instanceof BatchNode input -> new DistinctBatches(distinct, input);
            case HashJoin join
            when join.inputs().get(0) instanceof BatchNode left
                    && join.inputs().get(1) instanceof BatchNode right
                    && JoinBatches.supports(join)
                    && Condition.supports(join.residual()) -> new JoinBatches(join, left, right);
            case SortNode sort
            when input(sort) instanceof BatchNode input && isPlain(sort.keys()) -> new SortBatches(sort, input);
            case TopNode top
            when input(top) instanceof BatchNode input && isPlain(top.keys()) -> new TopBatches(top, input);
            default -> node;
        };
    }

    private static PlanNode input(PlanNode node) {
        return node.inputs().getFirst();
    }

    private static boolean runs(Expr expression) {
        return Condition.supports(expression);
    }

    private static boolean runs(List<Expr> expressions) {
        return expressions.stream().allMatch(Condition::supports);
    }

    /** Arguments and filters are columns or run row by row; neither may be evaluated more or less often than there. */
    private static boolean runs(AggregateNode aggregate) {
        return aggregate.isSimple()
                && aggregate.calls().stream()
                        .allMatch(call ->
                                runs(call.arguments()) && runs(call.direct()) && Condition.supports(call.filter()));
    }

    /** The order of columns is the types' own. */
    private static boolean isPlain(List<SortKey> keys) {
        return keys.stream().allMatch(key -> key.collation().isEmpty());
    }

    /** Changes and locks need each row's key and version: they read row by row. */
    private static boolean isPlain(TableScan scan) {
        return Arrays.stream(scan.mapping().columns()).allMatch(column -> column >= 0)
                && Condition.supports(scan.filter());
    }
}
