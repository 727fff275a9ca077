package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.temp.EntrySorter;
import dev.strongroom.storage.tree.TreeAppender;
import dev.strongroom.storage.txn.Txn;
import org.jspecify.annotations.Nullable;

/**
 * Loads a table that its own transaction has just made or emptied, so that nothing needs undo: entries are brought into key
 * order, in memory or in temporary files, and the trees are built from left to right, a page image per log record.
 */
final class FreshLoader implements RowLoader {
    private static final long MEMORY = 64L << 20;
    private static final int PRIMARY_PERCENT = 100;
    private static final int CANCEL_EVERY = 1024;

    private final StoredTable table;
    private final Txn txn;
    private final TreeState primary;
    private final TreeFill rows;
    private final IndexFill[] indexes;
    private final Pieces large;
    private int count;
    private long failed = -1;

    private FreshLoader(StoredTable table, Txn txn) {
        this.table = table;
        this.txn = txn;
        this.primary = table.state(0);
        long memory = MEMORY / table.keys.indexes();
        this.rows = new TreeFill(table.store, txn, primary, memory, PRIMARY_PERCENT);
        this.indexes = new IndexFill[table.keys.indexes() - 1];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = new IndexFill(table, i + 1, memory);
        }
        this.large = new Pieces(new LargeValueTree(table.store, primary, txn));
        table.store.rows.transactions().assignId(txn);
        for (int index = 0; index < table.keys.indexes(); index++) {
            txn.filled(table.state(index).tree.id());
        }
    }

    /** A loader, or null where the table is not fresh. */
    static @Nullable FreshLoader of(StoredTable table, Txn txn) {
        for (int index = 0; index < table.keys.indexes(); index++) {
            TreeState state = table.state(index);
            if (!state.isFill(txn) || index > 0 && TableStore.lastKey(state.tree, null) != null) {
                return null;
            }
        }
        return new FreshLoader(table, txn);
    }

    /** Large values go behind all rows: their pieces wait. */
    private final class Pieces implements RowCodec.LargeValues {
        private final LargeValueTree values;
        private @Nullable EntrySorter waiting;

        Pieces(LargeValueTree values) {
            this.values = values;
        }

        @Override
        public long write(byte[] value) {
            EntrySorter pieces = waiting;
            if (pieces == null) {
                pieces = new EntrySorter(table.store.temp, MEMORY);
                waiting = pieces;
            }
            EntrySorter into = pieces;
            return values.write(value, (key, from, length) -> into.add(key, key.length, value, from, length, 0));
        }

        @Override
        public byte[] read(long valueId, int length) {
            throw new IllegalStateException("large values of a load are not in the tree yet");
        }

        void finish() {
            EntrySorter pieces = waiting;
            if (pieces == null) {
                return;
            }
            TreeAppender appender = new TreeAppender(primary.tree, PRIMARY_PERCENT);
            EntrySorter.Output output = pieces.sorted();
            for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
                byte[] key = entry.key();
                appender.add(key, 0, key.length, entry.bytes(), entry.valueAt(), entry.valueLength());
            }
            appender.finish();
            close();
        }

        void close() {
            EntrySorter pieces = waiting;
            if (pieces != null) {
                pieces.close();
                waiting = null;
            }
        }
    }

    @Override
    public void add(Row row) {
        if (count % CANCEL_EVERY == 0) {
            txn.checkCancelled();
        }
        byte[] key = table.newKey(row);
        byte[] image = table.codec.encode(row, RowCodec.MAX_ENTRY - key.length, large);
        RowCodec.stamp(image, txn.id(), RowCodec.KEYS_CHANGED);
        if (table.keys.hidden()) {
            rows.append(key, image);
        } else {
            rows.add(key, image, count);
        }
        for (IndexFill index : indexes) {
            index.add(row, key, count);
        }
        count++;
    }

    @Override
    public void finish() {
        try {
            rows.finish();
            large.finish();
            for (IndexFill index : indexes) {
                index.finish(txn);
            }
        } catch (TreeFill.Duplicate duplicate) {
            failed = duplicate.number() & 0xFFFF_FFFFL;
            large.finish();
            throw table.keys.duplicate(duplicate.index(), table.newest(txn, duplicate.key()));
        }
    }

    @Override
    public long failedRow() {
        return failed;
    }

    @Override
    public void close() {
        rows.close();
        large.close();
        for (IndexFill index : indexes) {
            index.close();
        }
    }
}
