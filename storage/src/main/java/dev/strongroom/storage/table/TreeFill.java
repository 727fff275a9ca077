package dev.strongroom.storage.table;

import dev.strongroom.storage.temp.EntrySorter;
import dev.strongroom.storage.tree.TreeAppender;
import dev.strongroom.storage.txn.Txn;
import org.jspecify.annotations.Nullable;

/**
 * Fills the primary tree of a fresh table. Rows are sorted; where they come in order anyway they are appended as they come and
 * those few that do not wait until the end. One thread.
 */
final class TreeFill implements AutoCloseable {
    private static final long DIRECT_FROM = 4L << 20;

    private final TableStore store;
    private final Txn txn;
    private final TreeState state;
    private final long memory;
    private final int percent;
    private EntrySorter sorter;
    private @Nullable TreeAppender appender;
    private boolean direct;

    TreeFill(TableStore store, Txn txn, TreeState state, long memory, int percent) {
        this.store = store;
        this.txn = txn;
        this.state = state;
        this.memory = memory;
        this.percent = percent;
        this.sorter = new EntrySorter(store.temp, memory);
    }

    /** Two entries with one key. */
    @SuppressWarnings("serial")
    static final class Duplicate extends RuntimeException {
        private final int index;
        private final byte[] key;
        private final int number;

        /**
         * @param index which index of the table it is about, 0 for the primary key
         * @param key primary key of a row that has the key
         * @param number of the row added later
         */
        Duplicate(int index, byte[] key, int number) {
            super(null, null, false, false);
            this.index = index;
            this.key = key;
            this.number = number;
        }

        int index() {
            return index;
        }

        byte[] key() {
            return key;
        }

        int number() {
            return number;
        }
    }

    private TreeAppender appender() {
        TreeAppender open = appender;
        if (open == null) {
            open = new TreeAppender(state.tree, percent);
            appender = open;
        }
        return open;
    }

    /** Adds an entry whose key is above all others. */
    void append(byte[] key, byte[] value) {
        TreeAppender open = appender();
        if (open.isAbove(key, 0, key.length)) {
            open.add(key, 0, key.length, value, 0, value.length);
        } else {
            // Large values of an earlier load are in the way.
            sorter.add(key, key.length, value, 0, value.length, 0);
            direct = true;
        }
    }

    void add(byte[] key, byte[] value, int number) {
        if (direct) {
            TreeAppender open = appender();
            if (open.isAbove(key, 0, key.length)) {
                open.add(key, 0, key.length, value, 0, value.length);
                return;
            }
        }
        sorter.add(key, key.length, value, 0, value.length, number);
        if (!direct && sorter.isSorted() && sorter.memoryUsed() >= DIRECT_FROM) {
            drain();
            direct = true;
        }
    }

    /** Appends what is sorted; what does not belong behind the rest stays for later. */
    private void drain() {
        EntrySorter late = new EntrySorter(store.temp, memory);
        try (EntrySorter sorted = sorter) {
            sorter = late;
            TreeAppender open = appender();
            EntrySorter.Output output = sorted.sorted();
            for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
                byte[] bytes = entry.bytes();
                if (open.isAbove(bytes, entry.keyAt(), entry.keyLength())) {
                    open.add(bytes, entry.keyAt(), entry.keyLength(), bytes, entry.valueAt(), entry.valueLength());
                } else {
                    byte[] key = entry.key();
                    late.add(key, key.length, bytes, entry.valueAt(), entry.valueLength(), entry.number());
                }
            }
        }
    }

    /**
     * Has everything in the tree.
     *
     * @throws Duplicate a key is there twice
     */
    void finish() {
        if (!direct) {
            drain();
        }
        TreeAppender open = appender;
        if (open != null) {
            open.finish();
            appender = null;
        }
        EntrySorter.Output output = sorter.sorted();
        for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
            if (!StoredTable.putNew(store, txn, state, entry.key(), entry.value())) {
                throw new Duplicate(0, entry.key(), entry.number());
            }
        }
        sorter.close();
    }

    @Override
    public void close() {
        sorter.close();
    }
}
