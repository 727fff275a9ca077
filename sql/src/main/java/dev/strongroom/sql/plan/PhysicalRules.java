package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.DistinctOnRel;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowCounts;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.SortRel;
import dev.strongroom.sql.rel.StrongroomConvention;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.rel.WithRel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** From logical nodes to those that run. Converter rules only: the tree keeps its shape, each node gets its best way to run. */
final class PhysicalRules {
    /** All of them. */
    static final List<RelOptRule> ALL = List.of(
            rule(LogicalFilter.class, filter -> List.of(row(filter, ((Filter) filter).getInput()))),
            rule(LogicalProject.class, project -> List.of(row(project, ((Project) project).getInput()))),
            rule(ScanRel.class, scan -> accesses((ScanRel) scan)),
            rule(LogicalJoin.class, join -> joins((Join) join)),
            rule(LogicalSort.class, sort -> sorts((Sort) sort)),
            rule(LogicalAggregate.class, PhysicalRules::other),
            rule(LogicalCorrelate.class, PhysicalRules::other),
            rule(LogicalUnion.class, PhysicalRules::other),
            rule(LogicalIntersect.class, PhysicalRules::other),
            rule(LogicalMinus.class, PhysicalRules::other),
            rule(RowsRel.class, PhysicalRules::other),
            rule(TransientRel.class, PhysicalRules::other),
            rule(WithRel.class, PhysicalRules::other),
            rule(RecursiveRel.class, PhysicalRules::other),
            rule(FunctionRel.class, PhysicalRules::other),
            rule(ProjectSetRel.class, PhysicalRules::other),
            rule(WindowRel.class, PhysicalRules::other),
            rule(DistinctOnRel.class, PhysicalRules::other),
            rule(LockRel.class, PhysicalRules::other));

    private PhysicalRules() {}

    /** A rule that makes any number of running nodes of a logical one. */
    private static final class Alternatives extends ConverterRule {
        private final Function<RelNode, List<? extends RelNode>> conversion;

        Alternatives(Config config, Function<RelNode, List<? extends RelNode>> conversion) {
            super(config);
            this.conversion = conversion;
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            return conversion.apply(rel).getFirst();
        }

        @Override
        public void onMatch(RelOptRuleCall call) {
            RelNode rel = call.rel(0);
            if (rel.getTraitSet().contains(Convention.NONE)) {
                conversion.apply(rel).forEach(call::transformTo);
            }
        }
    }

    private static RelOptRule rule(
            Class<? extends RelNode> type, Function<RelNode, List<? extends RelNode>> conversion) {
        return ConverterRule.Config.INSTANCE
                .withConversion(type, Convention.NONE, StrongroomConvention.INSTANCE, "Run" + type.getSimpleName())
                .withRuleFactory(config -> new Alternatives(config, conversion))
                .toRule();
    }

    private static RelNode row(RelNode rel, RelNode input) {
        return new RowRel(rel, Physical.traits(rel), Physical.running(input));
    }

    private static List<RelNode> other(RelNode rel) {
        List<RelNode> inputs = rel.getInputs().stream().map(Physical::running).toList();
        return List.of(new OtherRel(rel, Physical.traits(rel), inputs));
    }

    private static List<RelNode> accesses(ScanRel scan) {
        RelTraitSet traits = Physical.traits(scan);
        if (!(scan.relation() instanceof dev.strongroom.catalog.object.TableDefinition)) {
            return other(scan);
        }
        List<Access> accesses = Access.of(scan, scan.conditions());
        for (Access access : accesses) {
            if (access.isPrimaryKey()) {
                return List.of(new AccessRel(scan, traits, access, false));
            }
        }
        List<RelNode> found = new ArrayList<>();
        found.add(new AccessRel(scan, traits, null, false));
        accesses.forEach(access -> found.add(new AccessRel(scan, traits, access, false)));
        return found;
    }

    private static List<RelNode> joins(Join join) {
        RelTraitSet traits = Physical.traits(join);
        JoinRelType type = join.getJoinType();
        RelNode left = Physical.running(join.getLeft());
        RelNode right = Physical.running(join.getRight());
        List<RelNode> both = List.of(left, right);
        int width = join.getLeft().getRowType().getFieldCount();
        boolean hashable = RelOptUtil.conjunctions(join.getCondition()).stream()
                .anyMatch(node -> JoinNodes.hashable(node, width) != null);
        boolean swappable = type != JoinRelType.SEMI && type != JoinRelType.ANTI;
        List<RelNode> found = new ArrayList<>();
        if (hashable) {
            found.add(new SideRel(join, traits, both, true, false));
            if (swappable) {
                found.add(new SideRel(join, traits, both, true, true));
            }
        }
        if (!hashable || type != JoinRelType.FULL) {
            found.add(new SideRel(join, traits, both, false, false));
        }
        for (boolean swapped : new boolean[] {false, true}) {
            Lookups lookups = Lookups.of(join, swapped);
            if (lookups != null) {
                found.add(new LookupRel(
                        join,
                        traits,
                        swapped ? right : left,
                        lookups.scan(),
                        lookups.access(),
                        lookups.variable(),
                        lookups.conditions(),
                        swapped));
            }
        }
        return found;
    }

    /** Rows that come in the order already, or the first ones picked out by a heap. An order is asked of what is below. */
    private static List<RelNode> sorts(Sort sort) {
        RelCollation order = sort.getCollation();
        RelTraitSet traits = Physical.traits(sort).replace(order);
        List<RelNode> found = new ArrayList<>();
        RexNode fetch = sort.fetch;
        if (order.getFieldCollations().isEmpty()) {
            RelNode input = Physical.running(sort.getInput());
            return List.of(new LimitRel(sort, traits, input, false));
        }
        found.add(new LimitRel(sort, traits, Physical.ordered(sort.getInput(), order), hasGoal(sort.getInput())));
        if (fetch != null) {
            found.add(SortRel.top(Physical.running(sort.getInput()), order, sort.offset, fetch));
        }
        return found;
    }

    private static boolean hasGoal(RelNode rel) {
        RelNode node = Lookups.original(rel);
        return switch (node) {
            case ScanRel scan -> scan.goal() < ScanRel.ALL_ROWS;
            case Project project -> hasGoal(project.getInput());
            default -> false;
        };
    }

    /** Tells the scan below a LIMIT how many rows will be asked for, where nothing stands between that changes their number. */
    static RelNode withGoals(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode goal = withGoals(input);
            changed |= goal != input;
            inputs.add(goal);
        }
        RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
        if (!(copy instanceof Sort sort)
                || sort.fetch == null
                || sort.getCollation().getFieldCollations().isEmpty()) {
            return copy;
        }
        double wanted = RowCounts.constant(sort.fetch);
        double skipped = sort.offset == null ? 0 : RowCounts.constant(sort.offset);
        if (wanted < 0 || skipped < 0) {
            return copy;
        }
        RelNode input = goal(sort.getInput(), Math.max(1, wanted + skipped));
        return input == sort.getInput() ? copy : sort.copy(sort.getTraitSet(), List.of(input));
    }

    private static RelNode goal(RelNode rel, double rows) {
        return switch (rel) {
            case ScanRel scan -> scan.withGoal(rows);
            case Project project -> {
                RelNode input = goal(project.getInput(), rows);
                yield input == project.getInput() ? rel : project.copy(project.getTraitSet(), List.of(input));
            }
            default -> rel;
        };
    }
}
