package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.ValueOrder;
import java.util.Comparator;
import java.util.List;

/** Compares rows by sort keys. */
public final class RowComparator implements Comparator<Row> {
    private final SortKey[] keys;
    private final ValueOrder[] orders;

    public RowComparator(List<SortKey> keys) {
        this.keys = keys.toArray(SortKey[]::new);
        this.orders = new ValueOrder[this.keys.length];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = ValueOrder.of(this.keys[i].type());
        }
    }

    @Override
    public int compare(Row a, Row b) {
        for (int i = 0; i < keys.length; i++) {
            SortKey key = keys[i];
            int slot = key.slot();
            boolean aNull = a.isNull(slot);
            boolean bNull = b.isNull(slot);
            if (aNull || bNull) {
                if (aNull != bNull) {
                    return aNull == key.nullsFirst() ? -1 : 1;
                }
                continue;
            }
            int result = orders[i].compare(a, slot, b, slot);
            if (result != 0) {
                return key.descending() ? -result : result;
            }
        }
        return 0;
    }
}
