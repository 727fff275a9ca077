package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hash table from key rows to entries, in order of insertion. Finding a key allocates nothing. */
final class KeyTable<E> {
    private static final long ENTRY_BYTES = 64;
    private static final int FIRST_CAPACITY = 16;

    private final RowKey key;
    private final MemoryAccount memory;
    private final List<Row> keys = new ArrayList<>();
    private final List<E> entries = new ArrayList<>();
    private int[] hashes = new int[FIRST_CAPACITY];
    private int[] table = new int[FIRST_CAPACITY * 2];
    private long bytes;

    KeyTable(RowKey key, MemoryAccount memory) {
        this.key = key;
        this.memory = memory;
    }

    int size() {
        return entries.size();
    }

    /** What the keys take, about. */
    long bytes() {
        return bytes;
    }

    E entry(int index) {
        return entries.get(index);
    }

    Row key(int index) {
        return keys.get(index);
    }

    /** Entry of the row's key, or null. */
    @Nullable
    E find(Row row) {
        int index = indexOf(row, key.hash(row));
        return index < 0 ? null : entries.get(index);
    }

    /** Adds an entry under the row's key, which must not be there. */
    void add(Row row, E entry) {
        if (entries.size() * 2 >= table.length) {
            grow();
        }
        Row extracted = key.extract(row);
        long size = RowStore.size(extracted) + ENTRY_BYTES;
        memory.take(size);
        bytes += size;
        int hash = key.hash(row);
        hashes[entries.size()] = hash;
        keys.add(extracted);
        entries.add(entry);
        insert(hash, entries.size());
    }

    /** Forgets everything and gives the memory back. */
    void clear() {
        memory.give(bytes);
        bytes = 0;
        keys.clear();
        entries.clear();
        Arrays.fill(table, 0);
    }

    private int indexOf(Row row, int hash) {
        int mask = table.length - 1;
        for (int at = hash & mask; table[at] != 0; at = at + 1 & mask) {
            int index = table[at] - 1;
            if (hashes[index] == hash && key.equalToKey(row, keys.get(index))) {
                return index;
            }
        }
        return -1;
    }

    private void insert(int hash, int number) {
        int mask = table.length - 1;
        int at = hash & mask;
        while (table[at] != 0) {
            at = at + 1 & mask;
        }
        table[at] = number;
    }

    private void grow() {
        table = new int[table.length * 2];
        hashes = Arrays.copyOf(hashes, table.length / 2);
        for (int i = 0; i < entries.size(); i++) {
            insert(hashes[i], i + 1);
        }
    }
}
