package dev.strongroom.sql.rel;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.sql.type.PgTypeFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * Rows of a stored table, sequence or system relation. Field i is column number i + 1, dropped columns included; then come the
 * hidden fields {@link #KEY}, {@link #VERSION} and {@link #TABLE_OID}. The rewriting leaves out fields nobody needs and takes
 * conditions in: {@link #fields} says which field is which, conditions always have the full numbering.
 */
public final class ScanRel extends AbstractRelNode {
    /** Offset of the row's key behind the columns. */
    public static final int KEY = 0;

    /** Offset of the row's version behind the columns. */
    public static final int VERSION = 1;

    /** Offset of {@code tableoid} behind the columns. */
    public static final int TABLE_OID = 2;

    /** How many hidden fields there are. */
    public static final int HIDDEN = 3;

    /** All rows are wanted. */
    public static final double ALL_ROWS = Double.POSITIVE_INFINITY;

    private final Relation relation;
    private final String alias;
    private final RelDataType fullType;
    private final List<Integer> fields;
    private final List<RexNode> conditions;
    private final double goal;

    public ScanRel(RelOptCluster cluster, Relation relation, String alias, RelDataType rowType) {
        this(cluster, relation, alias, rowType, identity(rowType.getFieldCount()), List.of(), ALL_ROWS);
    }

    private ScanRel(
            RelOptCluster cluster,
            Relation relation,
            String alias,
            RelDataType fullType,
            List<Integer> fields,
            List<RexNode> conditions,
            double goal) {
        super(cluster, cluster.traitSet());
        this.relation = relation;
        this.alias = alias;
        this.fullType = fullType;
        this.fields = fields;
        this.conditions = List.copyOf(conditions);
        this.goal = goal;
        this.rowType = fields.size() == fullType.getFieldCount() ? fullType : typeOf(fullType, fields);
    }

    private static List<Integer> identity(int count) {
        List<Integer> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(i);
        }
        return List.copyOf(all);
    }

    private static RelDataType typeOf(RelDataType full, List<Integer> fields) {
        RelDataTypeFactory.Builder builder = PgTypeFactory.INSTANCE.builder();
        for (int field : fields) {
            RelDataTypeField known = full.getFieldList().get(field);
            builder.add(known.getName(), known.getType());
        }
        return builder.build();
    }

    /** The same rows with some of this node's fields. */
    public ScanRel withFields(List<Integer> chosen) {
        return new ScanRel(
                getCluster(),
                relation,
                alias,
                fullType,
                chosen.stream().map(fields::get).toList(),
                conditions,
                goal);
    }

    /** Only rows for which further conditions hold, given over this node's fields. */
    public ScanRel withConditions(List<RexNode> more) {
        List<RexNode> all = new ArrayList<>(conditions);
        for (RexNode node : more) {
            RexNode full = onAllFields(node);
            if (!all.contains(full)) {
                all.add(full);
            }
        }
        return new ScanRel(getCluster(), relation, alias, fullType, fields, all, goal);
    }

    /** Only the first rows will be asked for. */
    public ScanRel withGoal(double rows) {
        return new ScanRel(getCluster(), relation, alias, fullType, fields, conditions, rows);
    }

    /** An expression over this node's fields in the full numbering. */
    public RexNode onAllFields(RexNode node) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(fields.get(reference.getIndex()), reference.getType());
            }
        });
    }

    /** Type of a row with all columns and hidden fields. */
    public RelDataType fullType() {
        return fullType;
    }

    /** Which of all fields each field is. */
    public List<Integer> fields() {
        return fields;
    }

    /** What holds for the rows, over all fields. */
    public List<RexNode> conditions() {
        return conditions;
    }

    /** How many rows will be asked for at most, {@link #ALL_ROWS} if not limited. */
    public double goal() {
        return goal;
    }

    public Relation relation() {
        return relation;
    }

    /** Name it goes by in the query. */
    public String alias() {
        return alias;
    }

    /** Field of a hidden column: {@link #KEY}, {@link #VERSION} or {@link #TABLE_OID}. */
    public int hiddenField(int which) {
        return relation.columns().size() + which;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return this;
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        List<RexNode> changed = shuttle.apply(conditions);
        return changed.equals(conditions)
                ? this
                : new ScanRel(getCluster(), relation, alias, fullType, fields, changed, goal);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer)
                .item("relation", relation.name())
                .item("oid", relation.oid())
                .item("alias", alias)
                .item("fields", fields)
                .item("conditions", conditions)
                .item("goal", goal);
    }
}
