package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.WithRel;
import dev.strongroom.sql.validate.RelTrees;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.FilterAggregateTransposeRule;
import org.apache.calcite.rel.rules.FilterCorrelateRule;
import org.apache.calcite.rel.rules.FilterJoinRule;
import org.apache.calcite.rel.rules.FilterMergeRule;
import org.apache.calcite.rel.rules.FilterProjectTransposeRule;
import org.apache.calcite.rel.rules.FilterSetOpTransposeRule;
import org.apache.calcite.rel.rules.ProjectMergeRule;

/**
 * Conditions sink to where they belong, projections merge. Calcite's own rules, each with a guard: nothing with a volatile call
 * in it moves or merges, nor does anything move past it (decision P-7).
 */
final class PushDown {
    private static final List<RelOptRule> RULES = List.of(
            rule(
                    CoreRules.FILTER_MERGE.config,
                    FilterMergeRule.Config.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Filter.class)
                                    .predicate(PushDown::isSteady)
                                    .anyInputs())),
            rule(
                    CoreRules.FILTER_PROJECT_TRANSPOSE.config,
                    FilterProjectTransposeRule.Config.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Project.class)
                                    .predicate(PushDown::isSteadyProject)
                                    .anyInputs())),
            rule(
                    CoreRules.FILTER_INTO_JOIN.config,
                    FilterJoinRule.FilterIntoJoinRule.FilterIntoJoinRuleConfig.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Join.class)
                                    .predicate(PushDown::isSteadyJoin)
                                    .anyInputs())),
            rule(
                    CoreRules.JOIN_CONDITION_PUSH.config,
                    FilterJoinRule.JoinConditionPushRule.JoinConditionPushRuleConfig.class,
                    b -> b.operand(Join.class).predicate(PushDown::isSteadyJoin).anyInputs()),
            rule(
                    CoreRules.FILTER_AGGREGATE_TRANSPOSE.config,
                    FilterAggregateTransposeRule.Config.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Aggregate.class)
                                    .predicate(PushDown::hasKeys)
                                    .anyInputs())),
            rule(
                    CoreRules.FILTER_SET_OP_TRANSPOSE.config,
                    FilterSetOpTransposeRule.Config.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(SetOp.class).anyInputs())),
            rule(
                    CoreRules.FILTER_CORRELATE.config,
                    FilterCorrelateRule.Config.class,
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Correlate.class).anyInputs())),
            rule(
                    CoreRules.PROJECT_MERGE.config,
                    ProjectMergeRule.Config.class,
                    b -> b.operand(Project.class)
                            .predicate(PushDown::isSteadyProject)
                            .oneInput(i -> i.operand(Project.class)
                                    .predicate(PushDown::isSteadyProject)
                                    .anyInputs())),
            CoreRules.PROJECT_REMOVE,
            LocalRule.of(
                    "FilterIntoScan",
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(ScanRel.class).noInputs()),
                    call -> {
                        Filter filter = call.rel(0);
                        ScanRel scan = call.rel(1);
                        call.transformTo(scan.withConditions(RelOptUtil.conjunctions(filter.getCondition())));
                    }),
            LocalRule.of(
                    "FilterSortTranspose",
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(Sort.class)
                                    .predicate(sort -> sort.fetch == null && sort.offset == null)
                                    .anyInputs()),
                    call -> {
                        Sort sort = call.rel(1);
                        RelNode below = LogicalFilter.create(sort.getInput(), ((Filter) call.rel(0)).getCondition());
                        call.transformTo(sort.copy(sort.getTraitSet(), List.of(below)));
                    }),
            LocalRule.of(
                    "FilterWithTranspose",
                    b -> b.operand(Filter.class)
                            .predicate(PushDown::isSteady)
                            .oneInput(i -> i.operand(WithRel.class).anyInputs()),
                    call -> {
                        WithRel with = call.rel(1);
                        RelNode body = LogicalFilter.create(with.getRight(), ((Filter) call.rel(0)).getCondition());
                        call.transformTo(with.copy(with.getTraitSet(), List.of(with.getLeft(), body)));
                    }));

    /** Sinks conditions and merges projections. */
    static final HepProgram PROGRAM = program();

    private PushDown() {}

    private static HepProgram program() {
        HepProgramBuilder builder = new HepProgramBuilder();
        builder.addRuleCollection(RULES);
        return builder.build();
    }

    private static <C extends RelRule.Config> RelOptRule rule(
            RelRule.Config config, Class<C> type, RelRule.OperandTransform operands) {
        return config.withRelBuilderFactory(Builders.FACTORY)
                .withOperandSupplier(operands)
                .as(type)
                .toRule();
    }

    private static boolean isSteady(Filter filter) {
        return !RelTrees.isVolatile(filter.getCondition());
    }

    private static boolean isSteadyProject(Project project) {
        return project.getProjects().stream().noneMatch(RelTrees::isVolatile);
    }

    /** Without keys there is a row even where nothing comes in: a condition above is not one below. */
    private static boolean hasKeys(Aggregate aggregate) {
        return aggregate.getGroupSets().stream().noneMatch(set -> set.isEmpty());
    }

    private static boolean isSteadyJoin(Join join) {
        return !RelTrees.isVolatile(join.getCondition());
    }
}
