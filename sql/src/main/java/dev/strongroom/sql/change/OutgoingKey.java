package dev.strongroom.sql.change;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.CastExprs;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.SlotExprs;
import dev.strongroom.sql.function.ValueOrder;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import java.util.List;

/** A foreign key as the referencing table sees it. */
final class OutgoingKey {
    private final TargetTable table;
    private final Constraint.ForeignKey definition;
    private final String name;
    private final int[] slots;
    private final boolean matchFull;
    private final TableLayout referenced;
    private final int index;
    private final Expr[] keyParts;
    private final ValueOrder[] orders;

    private OutgoingKey(
            TargetTable table,
            Constraint.ForeignKey key,
            int[] slots,
            TableLayout referenced,
            int index,
            Expr[] keyParts) {
        this.table = table;
        this.definition = key;
        this.name = key.name();
        this.slots = slots;
        this.matchFull = key.matchFull();
        this.referenced = referenced;
        this.index = index;
        this.keyParts = keyParts;
        this.orders = new ValueOrder[slots.length];
        for (int i = 0; i < slots.length; i++) {
            orders[i] = ValueOrder.of(table.column(slots[i]).type());
        }
    }

    boolean refersTo(TargetTable other) {
        return referenced.treeId() == other.layout().treeId();
    }

    static OutgoingKey of(CatalogSnapshot catalog, TargetTable table, Constraint.ForeignKey key) {
        TableDefinition parent =
                (TableDefinition) catalog.relation(key.referencedTableOid()).orElseThrow();
        TableLayout layout = catalog.layout(parent);
        int index = catalog.storedIndexNumber(parent, key.referencedIndexOid());
        List<KeyPart> parts = index == 0
                ? layout.primaryKey()
                : layout.indexes().get(index - 1).parts();
        int[] slots = slots(key.columns());
        int[] referenced = slots(key.referencedColumns());
        Expr[] keyParts = new Expr[parts.size()];
        for (int i = 0; i < keyParts.length; i++) {
            int slot = parts.get(i).slot();
            int position = 0;
            while (referenced[position] != slot) {
                position++;
            }
            PgType type = table.column(slots[position]).type();
            PgType wanted = layout.columns().get(slot).type();
            keyParts[i] = CastExprs.cast(SlotExprs.left(type, slots[position]), wanted, -1, true);
        }
        return new OutgoingKey(table, key, slots, layout, index, keyParts);
    }

    Constraint.ForeignKey definition() {
        return definition;
    }

    /** Whether a row with the same key is still in the referencing table, as far as the statement sees. */
    boolean stillThere(Frame frame, Row row) {
        Row other = new Row(table.width());
        Table own = frame.context().database().table(table.layout());
        try (RowCursor rows = own.scan(frame.context().transaction(), 0, ScanRange.ALL, slots)) {
            while (rows.next()) {
                rows.load(other);
                if (!changed(row, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Slots of column numbers. */
    static int[] slots(List<Integer> columns) {
        int[] slots = new int[columns.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = columns.get(i) - 1;
        }
        return slots;
    }

    /** Whether an update changes the referencing columns. */
    boolean changed(Row before, Row after) {
        for (int i = 0; i < slots.length; i++) {
            int slot = slots[i];
            if (before.isNull(slot) != after.isNull(slot)
                    || !after.isNull(slot) && !orders[i].equal(before, slot, after, slot)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the row's key is null or present in the referenced table, whose row is then locked. */
    boolean holds(Frame frame, Row row) {
        int nulls = 0;
        for (int slot : slots) {
            nulls += row.isNull(slot) ? 1 : 0;
        }
        if (nulls > 0) {
            if (matchFull && nulls < slots.length) {
                throw violation("MATCH FULL does not allow mixing of null and nonnull key values.");
            }
            return true;
        }
        Table parent = frame.context().database().table(referenced);
        Row key = new Row(keyParts.length);
        frame.on(row);
        for (int i = 0; i < keyParts.length; i++) {
            keyParts[i].evalInto(frame, key, i);
        }
        byte[] prefix = parent.keyWriter(index).prefix(key, keyParts.length);
        return parent.existsLatest(frame.context().transaction(), index, prefix, true);
    }

    /** The error of a row whose key is not there. */
    RuntimeException missing(Frame frame, Row row) {
        return violation(
                "Key " + table.keyText(frame, row, slots) + " is not present in table \"" + referenced.name() + "\".");
    }

    private RuntimeException violation(String detail) {
        return ErrorReport.error(
                        ErrorCode.FOREIGN_KEY_VIOLATION,
                        "insert or update on table \"" + table.layout().name() + "\" violates foreign key constraint \""
                                + name + "\"")
                .withDetail(detail)
                .withSchema(table.layout().schema())
                .withTable(table.layout().name())
                .withConstraint(name)
                .exception();
    }
}
