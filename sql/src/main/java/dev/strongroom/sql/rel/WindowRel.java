package dev.strongroom.sql.rel;

import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgTypeFactory;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/** Adds the values of window functions over one window behind the input's fields. */
public final class WindowRel extends SingleRel {
    private final List<Integer> partition;
    private final List<RelFieldCollation> order;
    private final Frame frame;
    private final List<Call> calls;

    /** Where a frame begins or ends. */
    public enum Bound {
        UNBOUNDED_PRECEDING,
        PRECEDING,
        CURRENT_ROW,
        FOLLOWING,
        UNBOUNDED_FOLLOWING
    }

    /** What the bounds count. */
    public enum Units {
        ROWS,
        RANGE,
        GROUPS
    }

    /** Rows the frame leaves out. */
    public enum Exclusion {
        NONE,
        CURRENT_ROW,
        GROUP,
        TIES
    }

    /**
     * A frame.
     *
     * @param startOffset of PRECEDING and FOLLOWING, else null
     */
    public record Frame(
            Units units,
            Bound start,
            @Nullable RexNode startOffset,
            Bound end,
            @Nullable RexNode endOffset,
            Exclusion exclusion) {
        /** RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW. */
        public static final Frame DEFAULT =
                new Frame(Units.RANGE, Bound.UNBOUNDED_PRECEDING, null, Bound.CURRENT_ROW, null, Exclusion.NONE);
    }

    /** One window function; arguments and filter are fields of the input. */
    public record Call(
            FunctionSignature function,
            List<Integer> arguments,
            @Nullable Integer filter,
            PgRelType type) {}

    public WindowRel(
            RelOptCluster cluster,
            RelNode input,
            List<Integer> partition,
            List<RelFieldCollation> order,
            Frame frame,
            List<Call> calls) {
        super(cluster, cluster.traitSet(), input);
        this.partition = List.copyOf(partition);
        this.order = List.copyOf(order);
        this.frame = frame;
        this.calls = List.copyOf(calls);
    }

    public List<Integer> partition() {
        return partition;
    }

    public List<RelFieldCollation> order() {
        return order;
    }

    public Frame frame() {
        return frame;
    }

    public List<Call> calls() {
        return calls;
    }

    @Override
    protected RelDataType deriveRowType() {
        RelDataTypeFactory.Builder builder = PgTypeFactory.INSTANCE.builder();
        builder.addAll(input.getRowType().getFieldList());
        for (Call call : calls) {
            builder.add("w" + builder.getFieldCount(), call.type());
        }
        return builder.build();
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new WindowRel(getCluster(), inputs.getFirst(), partition, order, frame, calls);
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        RexNode start = frame.startOffset() == null ? null : shuttle.apply(frame.startOffset());
        RexNode end = frame.endOffset() == null ? null : shuttle.apply(frame.endOffset());
        if (Objects.equals(start, frame.startOffset()) && Objects.equals(end, frame.endOffset())) {
            return this;
        }
        Frame changed = new Frame(frame.units(), frame.start(), start, frame.end(), end, frame.exclusion());
        return new WindowRel(getCluster(), input, partition, order, changed, calls);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer)
                .item("partition", partition)
                .item("order", order)
                .item("frame", frame)
                .item("calls", calls);
    }
}
