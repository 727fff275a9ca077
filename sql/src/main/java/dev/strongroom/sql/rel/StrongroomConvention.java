package dev.strongroom.sql.rel;

import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/** The trait of nodes that run: each becomes one node of {@code sql.execute}. */
public final class StrongroomConvention extends Convention.Impl {
    public static final StrongroomConvention INSTANCE = new StrongroomConvention();

    private StrongroomConvention() {
        super("STRONGROOM", PhysicalRel.class);
    }

    /** Makes rows come in an order by sorting them. */
    @Override
    public @Nullable RelNode enforce(RelNode input, RelTraitSet required) {
        RelCollation collation = required.getTrait(RelCollationTraitDef.INSTANCE);
        return collation == null || collation.getFieldCollations().isEmpty() ? null : SortRel.of(input, collation);
    }
}
