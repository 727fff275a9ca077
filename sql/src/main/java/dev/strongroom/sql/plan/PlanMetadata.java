package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import dev.strongroom.sql.rel.CostPlanner;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.PhysicalRel;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowCounts;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TableFacts;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WithRel;
import java.util.BitSet;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.metadata.BuiltInMetadata;
import org.apache.calcite.rel.metadata.ChainedRelMetadataProvider;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.JaninoRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataDef;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.ReflectiveRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.metadata.RelMetadataQueryBase;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** What Calcite's planners ask about a tree, answered from the catalog's statistics. Public for Calcite's generated callers. */
public final class PlanMetadata {
    private static final RelMetadataProvider PROVIDER = ChainedRelMetadataProvider.of(ImmutableList.of(
            ReflectiveRelMetadataProvider.reflectiveSource(
                    new RowCountHandler(), BuiltInMetadata.RowCount.Handler.class),
            ReflectiveRelMetadataProvider.reflectiveSource(
                    new SelectivityHandler(), BuiltInMetadata.Selectivity.Handler.class),
            ReflectiveRelMetadataProvider.reflectiveSource(
                    new DistinctHandler(), BuiltInMetadata.DistinctRowCount.Handler.class),
            ReflectiveRelMetadataProvider.reflectiveSource(
                    new UniqueHandler(), BuiltInMetadata.ColumnUniqueness.Handler.class),
            ReflectiveRelMetadataProvider.reflectiveSource(
                    new CostHandler(), BuiltInMetadata.CumulativeCost.Handler.class),
            DefaultRelMetadataProvider.INSTANCE));
    private static final JaninoRelMetadataProvider COMPILED = JaninoRelMetadataProvider.of(PROVIDER);

    private PlanMetadata() {}

    /** Makes a tree's planning ask these; once for each thread and tree. */
    static void use(RelNode rel) {
        RelMetadataQueryBase.THREAD_PROVIDERS.set(COMPILED);
        if (rel.getCluster().getMetadataProvider() != PROVIDER) {
            rel.getCluster().setMetadataProvider(PROVIDER);
            rel.getCluster().setMetadataQuerySupplier(RelMetadataQuery::instance);
        }
    }

    /** Numbers of rows. */
    public static final class RowCountHandler implements MetadataHandler<BuiltInMetadata.RowCount> {
        private static final double SET_ROWS = 100;

        @Override
        public MetadataDef<BuiltInMetadata.RowCount> getDef() {
            return BuiltInMetadata.RowCount.DEF;
        }

        public Double getRowCount(ScanRel scan, RelMetadataQuery mq) {
            TableFacts facts = CostPlanner.factsOf(scan);
            double rows = facts.rows(scan.relation());
            return Math.max(1, rows * new Selectivity(facts, scan).all(scan.conditions()));
        }

        public Double getRowCount(Sort sort, RelMetadataQuery mq) {
            return RowCounts.limited(mq.getRowCount(sort.getInput()), sort.offset, sort.fetch);
        }

        public Double getRowCount(RowsRel rows, RelMetadataQuery mq) {
            return Math.max(1.0, rows.rows().size());
        }

        public Double getRowCount(TransientRel rel, RelMetadataQuery mq) {
            return SET_ROWS;
        }

        public Double getRowCount(FunctionRel rel, RelMetadataQuery mq) {
            return SET_ROWS;
        }

        public Double getRowCount(ProjectSetRel rel, RelMetadataQuery mq) {
            return mq.getRowCount(rel.getInput()) * 10;
        }

        public Double getRowCount(WithRel rel, RelMetadataQuery mq) {
            return mq.getRowCount(rel.getRight());
        }

        public Double getRowCount(RecursiveRel rel, RelMetadataQuery mq) {
            return mq.getRowCount(rel.getLeft()) * 10;
        }

        public Double getRowCount(SingleRel rel, RelMetadataQuery mq) {
            return mq.getRowCount(rel.getInput());
        }

        public Double getRowCount(Filter filter, RelMetadataQuery mq) {
            return Math.max(
                    1.0,
                    mq.getRowCount(filter.getInput()) * mq.getSelectivity(filter.getInput(), filter.getCondition()));
        }

        public Double getRowCount(Correlate correlate, RelMetadataQuery mq) {
            return mq.getRowCount(correlate.getLeft()) * Math.max(1, mq.getRowCount(correlate.getRight()));
        }

        public Double getRowCount(PhysicalRel rel, RelMetadataQuery mq) {
            return rel.rows();
        }

        public Double getRowCount(Join join, RelMetadataQuery mq) {
            double left = Math.max(1, mq.getRowCount(join.getLeft()));
            double right = Math.max(1, mq.getRowCount(join.getRight()));
            double matches = left * right * mq.getSelectivity(join, join.getCondition());
            return switch (join.getJoinType()) {
                case INNER -> Math.max(1, matches);
                case LEFT -> Math.max(left, matches);
                case RIGHT -> Math.max(right, matches);
                case FULL -> Math.max(left + right, matches);
                case SEMI -> Math.max(1, Math.min(left, left * matched(join, left, right, mq)));
                case ANTI -> Math.max(1, left * (1 - Math.min(0.99, matched(join, left, right, mq))));
                default -> left;
            };
        }

        /** Share of left rows with a match: as many of the left values as there are right ones. */
        private static double matched(Join join, double left, double right, RelMetadataQuery mq) {
            double share = 1;
            for (RexNode node : RelOptUtil.conjunctions(join.getCondition())) {
                double[] distinct = Distincts.ofEquality(join, node, left, right);
                share = Math.min(share, distinct == null ? 1 : Math.min(1, distinct[1] / Math.max(1, distinct[0])));
            }
            return share;
        }
    }

    /** Distinct values on both sides of an equality. */
    private static final class Distincts {
        private static double @Nullable [] ofEquality(Join join, RexNode node, double leftRows, double rightRows) {
            if (node.getKind() != SqlKind.EQUALS || !(node instanceof RexCall call)) {
                return null;
            }
            int width = join.getLeft().getRowType().getFieldCount();
            RexNode first = call.getOperands().get(0);
            RexNode second = call.getOperands().get(1);
            ImmutableBitSet a = RelOptUtil.InputFinder.bits(first);
            ImmutableBitSet b = RelOptUtil.InputFinder.bits(second);
            if (a.isEmpty() || b.isEmpty()) {
                return null;
            }
            if (a.nth(0) >= width && b.length() <= width) {
                return new double[] {
                    of(join.getLeft(), second, 0, leftRows), of(join.getRight(), first, width, rightRows)
                };
            }
            return a.length() <= width && b.nth(0) >= width
                    ? new double[] {
                        of(join.getLeft(), first, 0, leftRows), of(join.getRight(), second, width, rightRows)
                    }
                    : null;
        }

        private static double of(RelNode rel, RexNode node, int offset, double rows) {
            RexNode current = node;
            while (current instanceof RexCall call && call.getOperands().size() == 1) {
                current = call.getOperands().getFirst();
            }
            Origins.Origin origin =
                    current instanceof RexInputRef reference ? Origins.of(rel, reference.getIndex() - offset) : null;
            if (origin == null) {
                return Math.max(1, Math.min(rows, Selectivity.DEFAULT_DISTINCT));
            }
            TableFacts facts = CostPlanner.factsOf(origin.scan());
            return Math.max(1, Math.min(rows, new Selectivity(facts, origin.scan()).distinct(origin.column())));
        }
    }

    /** Shares of rows for which conditions hold. */
    public static final class SelectivityHandler implements MetadataHandler<BuiltInMetadata.Selectivity> {
        @Override
        public MetadataDef<BuiltInMetadata.Selectivity> getDef() {
            return BuiltInMetadata.Selectivity.DEF;
        }

        public Double getSelectivity(PhysicalRel rel, RelMetadataQuery mq, @Nullable RexNode predicate) {
            return mq.getSelectivity(rel.logical(), predicate);
        }

        public Double getSelectivity(Filter rel, RelMetadataQuery mq, @Nullable RexNode predicate) {
            return single(rel, predicate);
        }

        public Double getSelectivity(RelNode rel, RelMetadataQuery mq, @Nullable RexNode predicate) {
            return single(rel, predicate);
        }

        private static double single(RelNode rel, @Nullable RexNode predicate) {
            double share = 1;
            if (predicate != null) {
                for (RexNode node : RelOptUtil.conjunctions(predicate)) {
                    share *= Guesses.of(rel, node);
                }
            }
            return share;
        }

        public Double getSelectivity(Join join, RelMetadataQuery mq, @Nullable RexNode predicate) {
            if (predicate == null) {
                return 1.0;
            }
            if (!join.getJoinType().projectsRight() && predicate != join.getCondition()) {
                return single(join, predicate);
            }
            double left = Math.max(1, mq.getRowCount(join.getLeft()));
            double right = Math.max(1, mq.getRowCount(join.getRight()));
            double share = 1;
            for (RexNode node : RelOptUtil.conjunctions(predicate)) {
                double[] distinct = Distincts.ofEquality(join, node, left, right);
                share *= distinct == null ? Guesses.of(join, node) : 1 / Math.max(distinct[0], distinct[1]);
            }
            return share;
        }
    }

    /** Conditions over rows that are no table's. */
    private static final class Guesses {
        private static double of(RelNode rel, RexNode node) {
            int[] fields = RelOptUtil.InputFinder.bits(node).toArray();
            boolean beyond = rel instanceof Join join && !join.getJoinType().projectsRight();
            if (fields.length == 1 && !beyond) {
                Origins.Origin origin = Origins.of(rel, fields[0]);
                if (origin != null) {
                    int[] columns = new int[fields[0] + 1];
                    columns[fields[0]] = origin.column();
                    TableFacts facts = CostPlanner.factsOf(origin.scan());
                    return new Selectivity(facts, origin.scan()).of(RexRemap.remap(node, columns));
                }
            }
            return switch (node.getKind()) {
                case EQUALS, IS_NULL -> Selectivity.EQUAL;
                case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> Selectivity.RANGE;
                case NOT_EQUALS, IS_NOT_NULL -> 1 - Selectivity.EQUAL;
                case LITERAL -> node.isAlwaysTrue() ? 1 : 1e-9;
                default -> Selectivity.UNKNOWN;
            };
        }
    }

    /** Numbers of distinct rows. */
    public static final class DistinctHandler implements MetadataHandler<BuiltInMetadata.DistinctRowCount> {
        @Override
        public MetadataDef<BuiltInMetadata.DistinctRowCount> getDef() {
            return BuiltInMetadata.DistinctRowCount.DEF;
        }

        public Double getDistinctRowCount(
                RelNode rel, RelMetadataQuery mq, ImmutableBitSet keys, @Nullable RexNode predicate) {
            double rows = Math.max(1, mq.getRowCount(rel));
            double distinct = 1;
            for (int field : keys) {
                Origins.Origin origin = Origins.of(rel, field);
                distinct *= origin == null
                        ? Selectivity.DEFAULT_DISTINCT
                        : new Selectivity(CostPlanner.factsOf(origin.scan()), origin.scan()).distinct(origin.column());
            }
            return Math.max(1, Math.min(rows, distinct));
        }

        public Double getDistinctRowCount(
                Join rel, RelMetadataQuery mq, ImmutableBitSet keys, @Nullable RexNode predicate) {
            return getDistinctRowCount((RelNode) rel, mq, keys, predicate);
        }

        public Double getDistinctRowCount(
                Filter rel, RelMetadataQuery mq, ImmutableBitSet keys, @Nullable RexNode predicate) {
            return getDistinctRowCount((RelNode) rel, mq, keys, predicate);
        }

        public Double getDistinctRowCount(
                org.apache.calcite.rel.core.Project rel,
                RelMetadataQuery mq,
                ImmutableBitSet keys,
                @Nullable RexNode predicate) {
            return getDistinctRowCount((RelNode) rel, mq, keys, predicate);
        }
    }

    /** Keys. */
    public static final class UniqueHandler implements MetadataHandler<BuiltInMetadata.ColumnUniqueness> {
        @Override
        public MetadataDef<BuiltInMetadata.ColumnUniqueness> getDef() {
            return BuiltInMetadata.ColumnUniqueness.DEF;
        }

        public Boolean areColumnsUnique(
                ScanRel scan, RelMetadataQuery mq, ImmutableBitSet columns, boolean ignoreNulls) {
            BitSet full = new BitSet();
            columns.forEach(field -> full.set(scan.fields().get(field)));
            return ignoreNulls && CostPlanner.factsOf(scan).isUnique(scan.relation(), full);
        }

        public @Nullable Boolean areColumnsUnique(
                PhysicalRel rel, RelMetadataQuery mq, ImmutableBitSet columns, boolean ignoreNulls) {
            return mq.areColumnsUnique(rel.logical(), columns, ignoreNulls);
        }
    }

    /** Costs of logical joins, by which their order is chosen. */
    public static final class CostHandler implements MetadataHandler<BuiltInMetadata.CumulativeCost> {
        @Override
        public MetadataDef<BuiltInMetadata.CumulativeCost> getDef() {
            return BuiltInMetadata.CumulativeCost.DEF;
        }

        public RelOptCost getCumulativeCost(ScanRel scan, RelMetadataQuery mq) {
            return JoinCosts.scan(scan);
        }

        public @Nullable RelOptCost getCumulativeCost(Join join, RelMetadataQuery mq) {
            RelOptCost left = mq.getCumulativeCost(join.getLeft());
            RelOptCost right = mq.getCumulativeCost(join.getRight());
            return left instanceof PlanCost l && right instanceof PlanCost r ? JoinCosts.join(join, l, r, mq) : null;
        }
    }
}
