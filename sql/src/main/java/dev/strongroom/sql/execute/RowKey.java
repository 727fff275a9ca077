package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.ValueOrder;
import java.util.List;

/** Hash and equality of some slots of rows, by their types; nulls equal each other. */
final class RowKey {
    private final int[] slots;
    private final ValueOrder[] orders;

    RowKey(int[] slots, List<PgType> types) {
        this.slots = slots.clone();
        this.orders = types.stream().map(ValueOrder::of).toArray(ValueOrder[]::new);
    }

    /** All slots of rows of these types. */
    static RowKey all(List<PgType> types) {
        int[] slots = new int[types.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = i;
        }
        return new RowKey(slots, types);
    }

    int size() {
        return slots.length;
    }

    int hash(Row row) {
        int hash = 1;
        for (int i = 0; i < slots.length; i++) {
            hash = hash * 31 + (row.isNull(slots[i]) ? 0 : orders[i].hash(row, slots[i]));
        }
        return hash ^ hash >>> 15;
    }

    /** Whether the key slots of a row equal the first slots of a key row. */
    boolean equalToKey(Row row, Row key) {
        for (int i = 0; i < slots.length; i++) {
            boolean isNull = row.isNull(slots[i]);
            if (isNull != key.isNull(i) || !isNull && !orders[i].equal(row, slots[i], key, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the key slots of two rows are equal. */
    boolean equal(Row a, Row b) {
        for (int i = 0; i < slots.length; i++) {
            boolean isNull = a.isNull(slots[i]);
            if (isNull != b.isNull(slots[i]) || !isNull && !orders[i].equal(a, slots[i], b, slots[i])) {
                return false;
            }
        }
        return true;
    }

    /** The key slots as a row of their own. */
    Row extract(Row row) {
        Row key = new Row(slots.length);
        for (int i = 0; i < slots.length; i++) {
            key.copySlot(i, row, slots[i]);
        }
        return key;
    }

    boolean hasNull(Row row) {
        for (int slot : slots) {
            if (row.isNull(slot)) {
                return true;
            }
        }
        return false;
    }
}
