package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.validate.RelTrees;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The short path past Calcite's planners (decision P-10): rows found by a whole primary key, and rows made of nothing (VALUES,
 * SELECT without FROM), each under filters and projections.
 */
final class KeyAccess {
    private KeyAccess() {}

    /** The tree as it runs, null where there is anything to choose. */
    static @Nullable RelNode of(RelNode rel) {
        return switch (rel) {
            case RowsRel rows -> new OtherRel(rows, Physical.traits(rows), List.of());
            case Project project -> project(project);
            case Filter filter when scan(filter) instanceof ScanRel scan -> lookup(scan);
            case Filter filter -> row(filter, filter.getInput());
            default -> null;
        };
    }

    private static @Nullable RelNode row(RelNode rel, RelNode input) {
        RelNode below = of(input);
        return below == null ? null : new RowRel(rel, Physical.traits(rel), below);
    }

    /** Reads only the columns that the projection looks at. */
    private static @Nullable RelNode project(Project project) {
        if (!(project.getInput() instanceof Filter filter) || !(scan(filter) instanceof ScanRel scan)) {
            return row(project, project.getInput());
        }
        List<RexNode> fields = project.getProjects();
        ImmutableBitSet used = RelOptUtil.InputFinder.bits(fields, null);
        AccessRel lookup = lookup(scan.withFields(used.asList()));
        if (lookup == null) {
            return null;
        }
        int[] places = new int[used.length()];
        used.forEach(field -> places[field] = used.indexOf(field));
        Project narrow = new LogicalProject(
                lookup.getCluster(),
                lookup.getCluster().traitSet(),
                ImmutableList.of(),
                lookup,
                RexRemap.remapAll(fields, places),
                project.getRowType(),
                ImmutableSet.of());
        return new RowRel(narrow, Physical.traits(narrow), lookup);
    }

    /** A filter over a stored table as a scan with conditions. */
    private static @Nullable ScanRel scan(Filter filter) {
        return filter.getInput() instanceof ScanRel scan
                        && scan.relation() instanceof TableDefinition
                        && !RelTrees.isVolatile(filter.getCondition())
                ? scan.withConditions(RelOptUtil.conjunctions(filter.getCondition()))
                : null;
    }

    private static @Nullable AccessRel lookup(ScanRel scan) {
        for (Access access : Access.of(scan, scan.conditions())) {
            if (access.isPrimaryKey()) {
                return new AccessRel(scan, Physical.traits(scan), access, false);
            }
        }
        return null;
    }
}
