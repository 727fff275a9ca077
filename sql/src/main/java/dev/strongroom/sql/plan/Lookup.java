package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.ScanRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/**
 * A join's right side looked up through an index, once for each left row.
 *
 * @param scan the table looked into
 * @param correlation variable that stands for the left row
 * @param conditions the join's conditions over the right side's fields
 */
record Lookup(ScanRel scan, ScanPlanner.Path path, int correlation, List<RexNode> conditions) {

    /**
     * A way to look the right side up, or null where no index serves.
     *
     * @param offset where the right side's fields begin in the row type that the conditions are over
     */
    static @Nullable Lookup at(
            PlanBuilder builder, ScanPlanner scans, RelNode right, List<RexNode> on, int offset, RelDataType rowType) {
        int[] fields = new int[right.getRowType().getFieldCount()];
        ScanRel scan = base(right, fields);
        if (scan == null || on.isEmpty()) {
            return null;
        }
        CorrelationId id = builder.newCorrelation();
        RexNode variable = builder.rex().makeCorrel(rowType, id);
        List<RexNode> conditions = new ArrayList<>();
        List<RexNode> onScan = new ArrayList<>();
        for (RexNode node : on) {
            RexNode moved = node.accept(new RexShuttle() {
                @Override
                public RexNode visitInputRef(RexInputRef reference) {
                    int field = reference.getIndex() - offset;
                    return field >= 0 && field < fields.length
                            ? new RexInputRef(field, reference.getType())
                            : builder.rex().makeFieldAccess(variable, reference.getIndex());
                }
            });
            conditions.add(moved);
            onScan.add(RexRemap.remap(moved, fields));
        }
        ScanPlanner.Path path = scans.lookup(scan, onScan);
        return path == null ? null : new Lookup(scan, path, id.getId(), conditions);
    }

    /** The table below filters and plain projections; fills in which of its fields each field is. */
    private static @Nullable ScanRel base(RelNode rel, int[] fields) {
        for (int i = 0; i < fields.length; i++) {
            fields[i] = i;
        }
        RelNode current = rel;
        while (true) {
            switch (current) {
                case ScanRel scan -> {
                    return scan;
                }
                case Filter filter -> current = filter.getInput();
                case Project project -> {
                    for (int i = 0; i < fields.length; i++) {
                        if (!(project.getProjects().get(fields[i]) instanceof RexInputRef reference)) {
                            return null;
                        }
                        fields[i] = reference.getIndex();
                    }
                    current = project.getInput();
                }
                default -> {
                    return null;
                }
            }
        }
    }

    /** The table and its field behind a field of a rel, null where it is computed. */
    static @Nullable Origin origin(RelNode rel, int field) {
        int[] fields = new int[rel.getRowType().getFieldCount()];
        ScanRel scan = base(rel, fields);
        return scan == null ? null : new Origin(scan, fields[field]);
    }

    /** A field of a table. */
    record Origin(ScanRel scan, int field) {}
}
