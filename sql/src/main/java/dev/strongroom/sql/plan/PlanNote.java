package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.rel.ScanRel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What EXPLAIN says about a node.
 *
 * @param relation what it reads, null if nothing stored
 * @param startup cost before the first row
 * @param total cost of all rows
 * @param rows rows it is expected to return
 * @param width bytes of a row, roughly
 * @param details further lines, such as {@code Filter: (a > 1)}
 * @param subPlans plans of queries in its expressions
 */
public record PlanNote(
        @Nullable ScanRel relation,
        double startup,
        double total,
        double rows,
        int width,
        List<String> details,
        List<PlanNode> subPlans) {
    public PlanNote {
        details = List.copyOf(details);
        subPlans = List.copyOf(subPlans);
    }

    PlanNote bare(int newWidth, List<PlanNode> plans) {
        return new PlanNote(null, startup, total, rows, newWidth, List.of(), plans);
    }
}
