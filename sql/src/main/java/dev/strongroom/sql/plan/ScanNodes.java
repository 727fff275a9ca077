package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.IndexScan;
import dev.strongroom.sql.execute.KeyBounds;
import dev.strongroom.sql.execute.KeyLookup;
import dev.strongroom.sql.execute.KeyValues;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.RowMapping;
import dev.strongroom.sql.execute.SystemScan;
import dev.strongroom.sql.execute.TableScan;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.storage.table.TableLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Builds the nodes that read stored tables, sequences and system relations. */
final class ScanNodes {
    private static final int[] NO_FIELDS = {};

    private final NodeBuilder builder;
    private final CatalogSnapshot catalog;
    private final Expressions expressions;

    ScanNodes(NodeBuilder builder, CatalogSnapshot catalog) {
        this.builder = builder;
        this.catalog = catalog;
        this.expressions = builder.expressions();
    }

    /** Where the fields of a scan are: those that go out first, then those that only a filter looks at. */
    private record Fields(int[] slots, int[] columns) {}

    private static Fields fields(ScanRel scan, List<RexNode> conditions) {
        int[] slots = new int[scan.fullType().getFieldCount()];
        Arrays.fill(slots, -1);
        BitSet all = new BitSet();
        scan.fields().forEach(all::set);
        conditions.forEach(node -> RelOptUtil.InputFinder.bits(node).forEach(field -> all.set(field)));
        int[] columns = new int[all.cardinality()];
        int stored = scan.relation().columns().size();
        int next = 0;
        for (int field = all.nextSetBit(0); field >= 0; field = all.nextSetBit(field + 1)) {
            slots[field] = next;
            columns[next++] = field < stored
                    ? field
                    : switch (field - stored) {
                        case ScanRel.KEY -> RowMapping.KEY;
                        case ScanRel.VERSION -> RowMapping.VERSION;
                        default -> RowMapping.TABLE_OID;
                    };
        }
        return new Fields(slots, columns);
    }

    /** The scan's own fields. */
    private static Built built(PlanNode node, ScanRel scan, Fields fields) {
        return new Built(
                node,
                scan.fields().stream().mapToInt(field -> fields.slots()[field]).toArray());
    }

    /** A stored table. */
    Built table(AccessRel rel) {
        Access access = rel.access();
        ScanRel scan = rel.scan();
        List<RexNode> residual = rel.residual();
        return access == null || !access.isBounded() && access.index() == 0 && !rel.backward()
                ? whole(rel, scan, residual)
                : indexed(rel, scan, access, residual, rel.backward());
    }

    /** The side of a join that is looked into. */
    Built lookup(LookupRel rel) {
        return indexed(rel, rel.scan(), rel.access(), rel.residual(), false);
    }

    private Built whole(AccessRel rel, ScanRel scan, List<RexNode> residual) {
        TableDefinition table = (TableDefinition) scan.relation();
        TableLayout layout = catalog.layout(table);
        Fields fields = fields(scan, residual);
        RowMapping mapping = new RowMapping(layout, fields.columns(), table.oid());
        PlanNode node = new TableScan(layout, mapping, filter(residual, fields.slots()));
        return builder.noted(rel, built(node, scan, fields), notes -> {
            notes.relation(scan);
            notes.conditionOnTable("Filter", residual, scan);
        });
    }

    private Built indexed(Physical rel, ScanRel scan, Access access, List<RexNode> residual, boolean backward) {
        TableDefinition table = (TableDefinition) scan.relation();
        TableLayout layout = catalog.layout(table);
        Fields fields = fields(scan, residual);
        RowMapping mapping = new RowMapping(layout, fields.columns(), table.oid());
        Expr filter = filter(residual, fields.slots());
        PlanNode node;
        if (access.isPrimaryKey()) {
            List<Expr> key = new ArrayList<>();
            access.equal().forEach(equality -> key.add(value(equality)));
            node = new KeyLookup(layout, mapping, key, filter);
        } else {
            node = new IndexScan(layout, access.index(), mapping, bounds(access), backward, filter);
        }
        Consumer<PlanNotes.Details> details = notes -> {
            notes.relation(scan);
            List<RexNode> conditions = new ArrayList<>(access.used());
            for (Access.Bound bound : new Access.Bound[] {access.low(), access.high()}) {
                if (bound != null && bound.narrowed()) {
                    conditions.add(bound.condition());
                }
            }
            boolean looksUp = rel instanceof LookupRel;
            notes.conditionOnTable(
                    "Index Cond", looksUp ? Deparser.named(conditions, (LookupRel) rel) : conditions, scan);
            notes.conditionOnTable("Filter", looksUp ? Deparser.named(residual, (LookupRel) rel) : residual, scan);
        };
        Built built = built(node, scan, fields);
        return rel instanceof LookupRel join
                ? builder.notedLookup(join, built, details)
                : builder.noted(rel, built, details);
    }

    private Expr value(Access.Equality equality) {
        Expr value = expressions.compile(equality.value(), NO_FIELDS);
        return KeyValues.equal(value, equality.type().pgType());
    }

    private KeyBounds bounds(Access access) {
        List<KeyBounds.Equal> equal = new ArrayList<>();
        for (Access.Equality equality : access.equal()) {
            equal.add(
                    equality.kind() == SqlKind.EQUALS
                            ? new KeyBounds.Value(value(equality))
                            : new KeyBounds.InArray(expressions.compile(equality.value(), NO_FIELDS)));
        }
        Access.Bound low = access.low();
        Access.Bound high = access.high();
        return new KeyBounds(
                equal, bound(low), low == null || low.inclusive(), bound(high), high == null || high.inclusive());
    }

    private @Nullable Expr bound(Access.@Nullable Bound bound) {
        if (bound == null) {
            return null;
        }
        Expr value = expressions.compile(bound.value(), NO_FIELDS);
        return bound.narrowed() ? KeyValues.clamped(value, bound.type().pgType()) : value;
    }

    private @Nullable Expr filter(List<RexNode> conditions, int[] slots) {
        return conditions.isEmpty()
                ? null
                : expressions.compile(RexUtil.composeConjunction(builder.rex(), conditions), slots);
    }

    /** A system relation or a sequence. */
    Built unstored(OtherRel rel, ScanRel scan) {
        if (scan.relation() instanceof SystemTable system) {
            Fields fields = fields(scan, scan.conditions());
            Expr filter = filter(scan.conditions(), fields.slots());
            PlanNode node = new SystemScan(system.oid(), system.name(), fields.columns(), filter);
            return builder.noted(rel, built(node, scan, fields), notes -> {
                notes.relation(scan);
                notes.conditionOnTable("Filter", scan.conditions(), scan);
            });
        }
        PlanNode node = new SequenceScan((SequenceDefinition) scan.relation());
        int[] slots = scan.fields().stream().mapToInt(Integer::intValue).toArray();
        Built built = builder.noted(rel, new Built(node, slots), notes -> notes.relation(scan));
        if (scan.conditions().isEmpty()) {
            return built;
        }
        int[] all = NodeBuilder.identity(scan.fullType().getFieldCount());
        PlanNode filtered = new dev.strongroom.sql.execute.FilterNode(
                node, expressions.compile(RexUtil.composeConjunction(builder.rex(), scan.conditions()), all));
        return builder.noted(rel, new Built(filtered, slots), notes -> {});
    }
}
