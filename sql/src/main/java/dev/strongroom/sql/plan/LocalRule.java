package dev.strongroom.sql.plan;

import java.util.function.Consumer;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.rel.rules.TransformationRule;
import org.apache.calcite.tools.RelBuilderFactory;

/** A rewriting rule of ours: a name, what it looks at, what it does. */
final class LocalRule extends RelRule<LocalRule.Settings> implements TransformationRule {
    private LocalRule(Settings settings) {
        super(settings);
    }

    static RelOptRule of(String name, OperandTransform operands, Consumer<RelOptRuleCall> action) {
        return new Settings(name, operands, Builders.FACTORY, action).toRule();
    }

    @Override
    public void onMatch(RelOptRuleCall call) {
        config.action.accept(call);
    }

    /** What makes a rule. */
    record Settings(
            String description,
            OperandTransform operandSupplier,
            RelBuilderFactory relBuilderFactory,
            Consumer<RelOptRuleCall> action)
            implements RelRule.Config {
        @Override
        public RelRule.Config withRelBuilderFactory(RelBuilderFactory factory) {
            return new Settings(description, operandSupplier, factory, action);
        }

        @Override
        public RelRule.Config withDescription(String name) {
            return new Settings(name, operandSupplier, relBuilderFactory, action);
        }

        @Override
        public RelRule.Config withOperandSupplier(OperandTransform operands) {
            return new Settings(description, operands, relBuilderFactory, action);
        }

        @Override
        public RelOptRule toRule() {
            return new LocalRule(this);
        }
    }
}
