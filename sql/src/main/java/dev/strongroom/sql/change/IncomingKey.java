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
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A foreign key as the referenced table sees it. */
final class IncomingKey {
    private static final int NO_INDEX = -1;

    private final TargetTable parent;
    private final Constraint.ForeignKey key;
    private final int[] childSlots;
    private final int[] parentSlots;
    private final TableLayout child;
    private final int childIndex;
    private final int[] partPositions;
    private final ValueOrder[] orders;
    private final Expr[] childValues;

    private IncomingKey(
            TargetTable parent, Constraint.ForeignKey key, TableLayout child, int childIndex, int[] partPositions) {
        this.parent = parent;
        this.key = key;
        this.child = child;
        this.childIndex = childIndex;
        this.partPositions = partPositions;
        this.childSlots = OutgoingKey.slots(key.columns());
        this.parentSlots = OutgoingKey.slots(key.referencedColumns());
        this.orders = new ValueOrder[parentSlots.length];
        this.childValues = new Expr[parentSlots.length];
        for (int i = 0; i < parentSlots.length; i++) {
            PgType type = parent.column(parentSlots[i]).type();
            orders[i] = ValueOrder.of(type);
            PgType childType = child.columns().get(childSlots[i]).type();
            childValues[i] = CastExprs.cast(SlotExprs.left(childType, childSlots[i]), type, -1, true);
        }
    }

    static IncomingKey of(CatalogSnapshot catalog, TargetTable parent, Constraint.ForeignKey key) {
        TableDefinition table =
                (TableDefinition) catalog.relation(key.tableOid()).orElseThrow();
        TableLayout child = catalog.layout(table);
        int[] childSlots = OutgoingKey.slots(key.columns());
        int[] parentSlots = OutgoingKey.slots(key.referencedColumns());
        boolean sameTypes = true;
        for (int i = 0; i < childSlots.length; i++) {
            PgType childType = child.columns().get(childSlots[i]).type();
            sameTypes &= childType.oid() == parent.column(parentSlots[i]).type().oid();
        }
        for (int index = 0; sameTypes && index <= child.indexes().size(); index++) {
            List<KeyPart> parts = columnParts(child, index);
            int[] positions = positions(parts, childSlots);
            if (positions.length > 0) {
                return new IncomingKey(parent, key, child, index, positions);
            }
        }
        return new IncomingKey(parent, key, child, NO_INDEX, new int[0]);
    }

    /** Key columns of an index that holds every row by columns alone and may be read by, none for any other. */
    private static List<KeyPart> columnParts(TableLayout layout, int index) {
        if (index == 0) {
            return layout.primaryKey();
        }
        IndexLayout secondary = layout.indexes().get(index - 1);
        return secondary.derivation() == null && secondary.valid() ? secondary.parts() : List.of();
    }

    /** For each of the first key parts its position in the foreign key; empty unless they are exactly its columns. */
    private static int[] positions(List<KeyPart> parts, int[] slots) {
        if (parts.size() < slots.length) {
            return new int[0];
        }
        int[] positions = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            positions[i] = -1;
            for (int j = 0; j < slots.length; j++) {
                if (parts.get(i).slot() == slots[j]) {
                    positions[i] = j;
                }
            }
            if (positions[i] < 0) {
                return new int[0];
            }
        }
        return positions;
    }

    Constraint.ForeignKey definition() {
        return key;
    }

    TargetTable child() {
        return parent.other(key.tableOid());
    }

    int[] childSlots() {
        return childSlots;
    }

    int[] parentSlots() {
        return parentSlots;
    }

    /** Whether an update changes the referenced columns. */
    boolean changed(Row before, Row after) {
        for (int i = 0; i < parentSlots.length; i++) {
            int slot = parentSlots[i];
            if (before.isNull(slot) != after.isNull(slot)
                    || !after.isNull(slot) && !orders[i].equal(before, slot, after, slot)) {
                return true;
            }
        }
        return false;
    }

    /** False where the referenced columns hold a null, which nothing references. */
    boolean referable(Row parentRow) {
        for (int slot : parentSlots) {
            if (parentRow.isNull(slot)) {
                return false;
            }
        }
        return true;
    }

    /** Whether any live row references the parent row's key. */
    boolean referenced(Frame frame, Row parentRow) {
        if (childIndex == NO_INDEX) {
            return !children(frame, parentRow, 1).isEmpty() || referencedByOthers(frame, parentRow);
        }
        Table table = frame.context().database().table(child);
        return table.existsLatest(frame.context().transaction(), childIndex, prefix(table, parentRow), false);
    }

    /** A kept snapshot does not see rows that others have added since: whoever keeps one looks with a new one as well. */
    private boolean referencedByOthers(Frame frame, Row parentRow) {
        Transaction own = frame.context().transaction();
        if (own.options().isolation() == IsolationLevel.READ_COMMITTED) {
            return false;
        }
        Table table = frame.context().database().table(child);
        Row row = new Row(child.columns().size());
        Frame inner = new Frame(frame.context()).on(row);
        Row value = new Row(1);
        Transaction fresh = frame.context().database().begin(TransactionOptions.readCommitted());
        try {
            fresh.beginStatement();
            try (RowCursor rows = table.scan(fresh, 0, ScanRange.ALL, null)) {
                while (rows.next()) {
                    rows.load(row);
                    if (references(inner, row, parentRow, value)
                            && table.getLatest(own, rows.key(), row, null) >= 0
                            && references(inner, row, parentRow, value)) {
                        return true;
                    }
                    frame.context().cancel().check();
                }
            }
            return false;
        } finally {
            fresh.rollback();
        }
    }

    /** After an action on the referencing rows: those that a kept snapshot does not see make it impossible. */
    void refuseUnseen(Frame frame, Row parentRow) {
        boolean kept = frame.context().transaction().options().isolation() != IsolationLevel.READ_COMMITTED;
        if (kept && referenced(frame, parentRow) && !stillPresent(frame, parentRow)) {
            throw ErrorReport.error(
                            ErrorCode.SERIALIZATION_FAILURE, "could not serialize access due to concurrent update")
                    .exception();
        }
    }

    /** Rows that reference the parent row's key, at most {@code limit}. */
    List<ChildRow> children(Frame frame, Row parentRow, int limit) {
        Table table = frame.context().database().table(child);
        int index = childIndex == NO_INDEX ? 0 : childIndex;
        ScanRange range = childIndex == NO_INDEX ? ScanRange.ALL : ScanRange.prefix(prefix(table, parentRow));
        List<ChildRow> found = new ArrayList<>();
        Row row = new Row(child.columns().size());
        Frame inner = new Frame(frame.context()).on(row);
        Row value = new Row(1);
        try (RowCursor rows = table.scan(frame.context().transaction(), index, range, null)) {
            while (found.size() < limit && rows.next()) {
                rows.load(row);
                if (references(inner, row, parentRow, value)) {
                    found.add(new ChildRow(rows.key(), rows.version(), row.copy()));
                }
            }
        }
        return found;
    }

    private boolean references(Frame frame, Row row, Row parentRow, Row value) {
        for (int i = 0; i < childSlots.length; i++) {
            if (row.isNull(childSlots[i])) {
                return false;
            }
            childValues[i].evalInto(frame, value, 0);
            if (!orders[i].equal(value, 0, parentRow, parentSlots[i])) {
                return false;
            }
        }
        return true;
    }

    private byte[] prefix(Table table, Row parentRow) {
        Row values = new Row(table.keyWriter(childIndex).parts());
        for (int i = 0; i < partPositions.length; i++) {
            values.copySlot(i, parentRow, parentSlots[partPositions[i]]);
        }
        return table.keyWriter(childIndex).prefix(values, partPositions.length);
    }

    /** Whether the parent table still has a row with the key, another one perhaps. */
    boolean stillPresent(Frame frame, Row parentRow) {
        Table table = frame.context().database().table(parent.layout());
        for (int index = 0; index <= parent.layout().indexes().size(); index++) {
            List<KeyPart> parts = columnParts(parent.layout(), index);
            int[] positions = positions(parts, parentSlots);
            if (positions.length > 0) {
                Row values = new Row(parts.size());
                for (int i = 0; i < positions.length; i++) {
                    values.copySlot(i, parentRow, parentSlots[positions[i]]);
                }
                byte[] prefix = table.keyWriter(index).prefix(values, positions.length);
                return table.existsLatest(frame.context().transaction(), index, prefix, false);
            }
        }
        return false;
    }

    /** The error of a key that is still referenced. */
    RuntimeException violation(Frame frame, Row parentRow) {
        return ErrorReport.error(
                        ErrorCode.FOREIGN_KEY_VIOLATION,
                        "update or delete on table \"" + parent.layout().name()
                                + "\" violates foreign key constraint \"" + key.name() + "\" on table \"" + child.name()
                                + "\"")
                .withDetail("Key " + parent.keyText(frame, parentRow, parentSlots)
                        + " is still referenced from table \"" + child.name() + "\".")
                .withSchema(child.schema())
                .withTable(child.name())
                .withConstraint(key.name())
                .exception();
    }

    @Override
    public String toString() {
        return key.name() + Arrays.toString(childSlots);
    }

    /** A referencing row. */
    record ChildRow(byte[] key, long version, Row row) {}
}
