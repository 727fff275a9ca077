package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;

/** Rows kept in memory, accounted for. One thread. */
public final class RowStore {
    private static final long SLOT_BYTES = 13;
    private static final long ROW_BYTES = 80;

    private final MemoryAccount memory;
    private final List<Row> rows = new ArrayList<>();
    private long bytes;

    public RowStore(MemoryAccount memory) {
        this.memory = memory;
    }

    /** Keeps a copy of the row. */
    public void add(Row row) {
        keep(row.copy());
    }

    /** Keeps the row itself, which the caller gives up. */
    public void keep(Row row) {
        long size = size(row);
        memory.take(size);
        bytes += size;
        rows.add(row);
    }

    /** What the rows take, about. */
    long bytes() {
        return bytes;
    }

    public int size() {
        return rows.size();
    }

    public Row get(int index) {
        return rows.get(index);
    }

    /** The rows; the caller may reorder them. */
    public List<Row> rows() {
        return rows;
    }

    /** Drops all rows and gives their memory back. */
    public void clear() {
        memory.give(bytes);
        bytes = 0;
        rows.clear();
    }

    static long size(Row row) {
        long size = ROW_BYTES + SLOT_BYTES * row.width();
        for (int i = 0; i < row.width(); i++) {
            Object value = row.getRef(i);
            if (value instanceof String text) {
                size += 56L + text.length();
            } else if (value instanceof byte[] data) {
                size += 16L + data.length;
            } else if (value != null) {
                size += 48;
            }
        }
        return size;
    }
}
