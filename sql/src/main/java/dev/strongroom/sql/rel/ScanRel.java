package dev.strongroom.sql.rel;

import dev.strongroom.catalog.object.Relation;
import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/**
 * All rows of a stored table, sequence or system relation. Field i is column number i + 1, dropped columns included; then come
 * the hidden fields {@link #KEY}, {@link #VERSION} and {@link #TABLE_OID}.
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

    private final Relation relation;
    private final String alias;

    public ScanRel(RelOptCluster cluster, Relation relation, String alias, RelDataType rowType) {
        super(cluster, cluster.traitSet());
        this.relation = relation;
        this.alias = alias;
        this.rowType = rowType;
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
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("relation", relation.name()).item("oid", relation.oid());
    }
}
