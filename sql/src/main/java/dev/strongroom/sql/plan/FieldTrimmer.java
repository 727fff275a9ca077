package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.WithRel;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.util.mapping.Mapping;
import org.apache.calcite.util.mapping.MappingType;
import org.apache.calcite.util.mapping.Mappings;

/** Leaves out fields nobody needs: a scan then reads the needed columns only. What a volatile call computes stays. */
public final class FieldTrimmer extends RelFieldTrimmer {
    FieldTrimmer(RelBuilder builder) {
        super(null, builder);
    }

    /** A scan gives any of its fields. */
    public TrimResult trimFields(ScanRel scan, ImmutableBitSet wanted, Set<RelDataTypeField> extra) {
        int count = scan.getRowType().getFieldCount();
        ImmutableBitSet used = wanted.isEmpty() ? ImmutableBitSet.of(0) : wanted;
        return used.cardinality() == count
                ? result(scan, Mappings.createIdentity(count))
                : result(scan.withFields(used.asList()), createMapping(used, count));
    }

    @Override
    public TrimResult trimFields(Project project, ImmutableBitSet used, Set<RelDataTypeField> extra) {
        ImmutableBitSet.Builder kept = used.rebuild();
        for (int i = 0; i < project.getProjects().size(); i++) {
            if (RelTrees.isVolatile(project.getProjects().get(i))) {
                kept.set(i);
            }
        }
        return super.trimFields(project, kept.build(), extra);
    }

    /** The query that a CTE belongs to may be trimmed, the CTE itself is read by position. */
    public TrimResult trimFields(WithRel with, ImmutableBitSet used, Set<RelDataTypeField> extra) {
        RelNode left = whole(with, with.getLeft(), extra);
        TrimResult body = trimChild(with, with.getRight(), used, extra);
        return result(with.copy(with.getTraitSet(), List.of(left, body.left)), body.right);
    }

    private RelNode whole(RelNode parent, RelNode input, Set<RelDataTypeField> extra) {
        int count = input.getRowType().getFieldCount();
        return trimChildRestore(parent, input, ImmutableBitSet.range(count), extra).left;
    }

    /** LIMIT and OFFSET may be any expression, which Calcite's builder refuses. */
    @Override
    public TrimResult trimFields(Sort sort, ImmutableBitSet used, Set<RelDataTypeField> extra) {
        ImmutableBitSet.Builder needed = used.rebuild();
        sort.getCollation().getFieldCollations().forEach(key -> needed.set(key.getFieldIndex()));
        TrimResult input = trimChild(sort, sort.getInput(), needed.build(), extra);
        RelCollation order = RelCollations.permute(sort.getCollation(), input.right);
        return result(
                sort.copy(sort.getTraitSet().replace(order), input.left, order, sort.offset, sort.fetch), input.right);
    }

    /** Keeps all keys, drops calls nobody reads. */
    @Override
    public TrimResult trimFields(Aggregate aggregate, ImmutableBitSet used, Set<RelDataTypeField> extra) {
        int keys = aggregate.getGroupCount();
        ImmutableBitSet.Builder needed = aggregate.getGroupSet().rebuild();
        List<AggregateCall> kept = new ArrayList<>();
        int fields = aggregate.getRowType().getFieldCount();
        int keptCalls = used.intersect(ImmutableBitSet.range(keys, fields)).cardinality();
        Mapping mapping = Mappings.create(MappingType.INVERSE_SURJECTION, fields, keys + keptCalls);
        for (int i = 0; i < keys; i++) {
            mapping.set(i, i);
        }
        for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
            if (used.get(keys + i)) {
                AggregateCall call = aggregate.getAggCallList().get(i);
                needed.addAll(call.getArgList());
                if (call.filterArg >= 0) {
                    needed.set(call.filterArg);
                }
                call.collation.getFieldCollations().forEach(key -> needed.set(key.getFieldIndex()));
                mapping.set(keys + i, keys + kept.size());
                kept.add(call);
            }
        }
        TrimResult input = trimChild(aggregate, aggregate.getInput(), needed.build(), extra);
        Mapping below = input.right;
        List<AggregateCall> calls = kept.stream()
                .map(call -> call.withArgList(
                                call.getArgList().stream().map(below::getTarget).toList())
                        .withFilter(call.filterArg < 0 ? -1 : below.getTarget(call.filterArg))
                        .withCollation(RelCollations.permute(call.collation, below)))
                .toList();
        RelNode trimmed = new LogicalAggregate(
                aggregate.getCluster(),
                aggregate.getTraitSet(),
                ImmutableList.of(),
                input.left,
                aggregate.getGroupSet().permute(below),
                aggregate.getGroupSets().size() == 1
                        ? null
                        : ImmutableBitSet.ORDERING.immutableSortedCopy(aggregate.getGroupSets().stream()
                                .map(set -> set.permute(below))
                                .toList()),
                calls);
        return result(trimmed, mapping);
    }
}
