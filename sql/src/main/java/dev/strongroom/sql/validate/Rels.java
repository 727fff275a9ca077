package dev.strongroom.sql.validate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Short ways to build Calcite's logical nodes as this package needs them. */
final class Rels {
    private Rels() {}

    static RelNode filter(RelNode input, RexNode condition) {
        return condition.isAlwaysTrue()
                ? input
                : new LogicalFilter(
                        input.getCluster(), input.getCluster().traitSet(), input, flat(condition), ImmutableSet.of());
    }

    /** AND in AND and OR in OR as one, which Calcite's nodes insist on. */
    private static RexNode flat(RexNode condition) {
        return condition.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                RexCall visited = (RexCall) super.visitCall(call);
                SqlKind kind = visited.getKind();
                boolean nested = (kind == SqlKind.AND || kind == SqlKind.OR)
                        && visited.getOperands().stream().anyMatch(operand -> operand.getKind() == kind);
                if (!nested) {
                    return visited;
                }
                List<RexNode> operands = new ArrayList<>();
                for (RexNode operand : visited.getOperands()) {
                    operands.addAll(operand.getKind() == kind ? ((RexCall) operand).getOperands() : List.of(operand));
                }
                return visited.clone(visited.getType(), operands);
            }
        });
    }

    static RelNode project(RelNode input, List<RexNode> expressions, List<String> names) {
        return new LogicalProject(
                input.getCluster(),
                input.getCluster().traitSet(),
                ImmutableList.of(),
                input,
                expressions,
                Analysis.rowType(names, RexUtil.types(expressions)),
                ImmutableSet.of());
    }

    static RelNode project(RelNode input, List<RexNode> expressions) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < expressions.size(); i++) {
            names.add("f" + i);
        }
        return project(input, expressions, names);
    }

    /** The input itself where the expressions are its fields in order. */
    static RelNode projectIfNeeded(Analysis analysis, RelNode input, List<RexNode> expressions) {
        boolean identity = expressions.size() == input.getRowType().getFieldCount();
        for (int i = 0; identity && i < expressions.size(); i++) {
            identity = expressions.get(i) instanceof RexInputRef reference && reference.getIndex() == i;
        }
        return identity ? input : project(input, expressions);
    }

    static RelNode join(RelNode left, RelNode right, RexNode condition, JoinRelType type) {
        return new LogicalJoin(
                left.getCluster(),
                left.getCluster().traitSet(),
                ImmutableList.of(),
                left,
                right,
                flat(condition),
                ImmutableSet.of(),
                type,
                false,
                ImmutableList.of());
    }

    static RelNode sort(
            RelNode input, List<RelFieldCollation> keys, @Nullable RexNode offset, @Nullable RexNode fetch) {
        RelCollation collation = RelCollations.of(keys);
        return keys.isEmpty() && offset == null && fetch == null
                ? input
                : LogicalSort.create(input, collation, offset, fetch);
    }

    static RelFieldCollation key(int field, boolean descending, boolean nullsFirst) {
        return new RelFieldCollation(
                field,
                descending ? RelFieldCollation.Direction.DESCENDING : RelFieldCollation.Direction.ASCENDING,
                nullsFirst ? RelFieldCollation.NullDirection.FIRST : RelFieldCollation.NullDirection.LAST);
    }

    static List<RexNode> references(RelNode rel) {
        List<RexNode> references = new ArrayList<>();
        for (int i = 0; i < rel.getRowType().getFieldCount(); i++) {
            references.add(RexInputRef.of(i, rel.getRowType()));
        }
        return references;
    }
}
