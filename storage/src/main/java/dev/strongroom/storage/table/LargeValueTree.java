package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.storage.key.KeyBuffer;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.RowStore;
import dev.strongroom.storage.txn.Txn;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values too long for a row, in pieces at the end of the table's own tree: key FF, value number (8), piece (4). So they come
 * and go with the tree. Values never change; an update writes a new one and the old one goes when no snapshot needs it.
 */
final class LargeValueTree implements RowCodec.LargeValues {
    /** First key byte of pieces: greater than that of any row. */
    static final byte[] FIRST = {(byte) 0xFF};

    private static final int PIECE = 2600;
    private static final int MAX_LENGTH = 1 << 30;
    /** Bytes that are read and decoded in microseconds. */
    private static final int SHORT = 1 << 16;

    private final TableStore store;
    private final TreeState state;
    private final @Nullable Txn txn;

    /**
     * @param txn who writes, null for reading
     */
    LargeValueTree(TableStore store, TreeState state, @Nullable Txn txn) {
        this.store = store;
        this.state = state;
        this.txn = txn;
    }

    @Override
    public long write(byte[] value) {
        Txn writer = txn;
        if (writer == null) {
            throw new IllegalStateException("large value written without a transaction");
        }
        return write(value, (key, from, length) -> {
            byte[] bytes = Arrays.copyOfRange(value, from, from + length);
            StoredTable.put(store, writer, state, key, bytes, false);
        });
    }

    /** Takes the pieces of a value. */
    @FunctionalInterface
    interface Pieces {
        void add(byte[] key, int from, int length);
    }

    /** Numbers a value and cuts it. */
    long write(byte[] value, Pieces pieces) {
        if (value.length > MAX_LENGTH) {
            throw new DatabaseException(
                    ErrorCode.PROGRAM_LIMIT_EXCEEDED, "value of " + value.length + " bytes is larger than 1 GB");
        }
        long valueId = nextValueId();
        for (int piece = 0, from = 0; from < value.length; piece++, from += PIECE) {
            pieces.add(key(valueId, piece), from, Math.min(PIECE, value.length - from));
        }
        return valueId;
    }

    /** Values are numbered within their tree, after the last one that is there. */
    private long nextValueId() {
        if (state.nextValueId.get() == 0) {
            byte[] last = TableStore.lastKey(state.tree, null);
            long number =
                    last != null && last[0] == FIRST[0] ? ByteBuffer.wrap(last).getLong(1) : 0;
            state.nextValueId.compareAndSet(0, number + 1);
        }
        return state.nextValueId.getAndIncrement();
    }

    @Override
    public byte[] read(long valueId, int length) {
        if (length > SHORT) {
            NoWait.check();
        }
        byte[] value = new byte[length];
        Leaf leaf = new Leaf();
        Tree tree = state.tree;
        int read = 0;
        int piece = 0;
        while (read < length) {
            byte[] key = key(valueId, piece);
            tree.seek(key, leaf);
            try {
                if (!leaf.found()) {
                    throw new DatabaseException(
                            ErrorCode.DATA_CORRUPTED,
                            "tree %d: piece %d of large value %d is missing".formatted(tree.id(), piece, valueId));
                }
                // Pieces of one value lie together: take all that are in this leaf.
                for (int i = leaf.index(); i < leaf.count() && read < length; i++, piece++) {
                    leaf.copyValue(i, value, read);
                    read += leaf.valueLength(i);
                }
            } finally {
                tree.releaseShared(leaf);
            }
        }
        return value;
    }

    /** Removes a value for good. */
    void remove(long valueId) {
        RecordWriter record = new RecordWriter();
        Leaf leaf = new Leaf();
        for (int piece = 0; ; piece++) {
            state.tree.seekExclusive(key(valueId, piece), -1, leaf);
            if (!leaf.found()) {
                state.tree.releaseExclusive(leaf);
                return;
            }
            RowStore.tidyAway(record, state.tree, leaf);
        }
    }

    private static byte[] key(long valueId, int piece) {
        KeyBuffer key = new KeyBuffer(13);
        key.putByte(0xFF);
        key.putLong(valueId);
        key.putInt(piece);
        return key.toArray();
    }
}
