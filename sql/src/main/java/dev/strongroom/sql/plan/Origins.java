package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PhysicalRel;
import dev.strongroom.sql.rel.ScanRel;
import org.apache.calcite.plan.hep.HepRelVertex;
import org.apache.calcite.plan.volcano.RelSubset;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Which stored column a field comes from. */
final class Origins {
    /** A column (from 0) of a scanned relation. */
    record Origin(ScanRel scan, int column) {}

    private Origins() {}

    /** The stored column behind a field, conversions looked through; null where it is computed. */
    static @Nullable Origin of(RelNode rel, int field) {
        RelNode node = stripped(rel);
        return switch (node) {
            case ScanRel scan -> new Origin(scan, scan.fields().get(field));
            case Filter filter -> of(filter.getInput(), field);
            case Sort sort -> of(sort.getInput(), field);
            case Project project -> of(project.getInput(), project.getProjects().get(field));
            case Aggregate aggregate ->
                field < aggregate.getGroupCount()
                        ? of(aggregate.getInput(), aggregate.getGroupSet().nth(field))
                        : null;
            case Join join -> side(join.getLeft(), join.getRight(), field);
            case Correlate correlate -> side(correlate.getLeft(), correlate.getRight(), field);
            default -> null;
        };
    }

    private static @Nullable Origin side(RelNode left, RelNode right, int field) {
        int width = left.getRowType().getFieldCount();
        return field < width ? of(left, field) : of(right, field - width);
    }

    private static @Nullable Origin of(RelNode rel, RexNode node) {
        RexNode current = node;
        while (current instanceof RexCall call && call.getOperands().size() == 1) {
            current = call.getOperands().getFirst();
        }
        return current instanceof RexInputRef reference ? of(rel, reference.getIndex()) : null;
    }

    /** The call behind a field of an aggregation, null for other fields. */
    static @Nullable AggregateCall call(RelNode rel, int field) {
        return stripped(rel) instanceof Aggregate aggregate && field >= aggregate.getGroupCount()
                ? aggregate.getAggCallList().get(field - aggregate.getGroupCount())
                : null;
    }

    /** What a field of a projection is, null for other nodes. */
    static @Nullable RexNode expression(RelNode rel, int field) {
        return stripped(rel) instanceof Project project ? project.getProjects().get(field) : null;
    }

    /** The first input of a node as its planning saw it. */
    static RelNode inputOf(RelNode rel) {
        return stripped(stripped(rel).getInput(0));
    }

    private static RelNode stripped(RelNode rel) {
        RelNode node = rel;
        while (true) {
            if (node instanceof RelSubset subset) {
                node = subset.getOriginal();
            } else if (node instanceof HepRelVertex vertex) {
                node = vertex.getCurrentRel();
            } else if (node instanceof PhysicalRel physical) {
                node = physical.logical();
            } else {
                return node;
            }
        }
    }
}
