package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.key.KeyEncoder;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Snapshot;
import dev.strongroom.storage.txn.Txn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The engine's {@link RowCursor}. Takes what is visible of a leaf into buffers of its own under one latch, hands it out without
 * any, and finds the next leaf by the fence of the last: no page is held between two calls. Through an index it takes the
 * entries of a leaf and looks each row up; an entry counts where the row's visible version has its key.
 */
final class StoredCursor implements RowCursor {
    private static final byte[] NONE = {};

    private final StoredTable table;
    private final Txn txn;
    private final Snapshot snapshot;
    private final int index;
    private final int @Nullable [] columns;
    private final TreeState primary;
    private final Tree tree;
    private final boolean backward;
    /** First key of the range and first key after it; an empty end means no bound. */
    private final byte[] start;

    private final byte[] end;
    private final RowCodec.LargeValues large;
    private final Leaf leaf = new Leaf();
    private final Row keyRow;
    private final int[] keySlots;

    // The batch: keys and images one after the other, ends by entry.
    private byte[] bytes = new byte[8192];
    private int[] ends = new int[256];
    private int size;
    private int position = -1;

    private byte[] row = NONE;
    private int rowAt;
    private byte[] rowKey = NONE;
    private byte[] fence;
    private int leaves;
    private @Nullable FrameRing ring;
    private boolean last;
    private boolean closed;

    StoredCursor(StoredTable table, Txn txn, int index, ScanRange range, int @Nullable [] columns) {
        this.table = table;
        this.txn = txn;
        this.snapshot = txn.snapshot();
        this.index = index;
        this.columns = columns == null ? null : columns.clone();
        this.primary = table.state(0);
        this.tree = table.state(index).tree;
        this.large = table.large(primary);
        this.backward = range.backward();
        this.keySlots = index == 0 ? new int[0] : table.keys.slots(index);
        this.keyRow = new Row(index == 0 ? 0 : table.layout.columns().size());
        byte[] low = range.low();
        byte[] high = range.high();
        start = low == null ? NONE : range.lowInclusive() ? low : KeyEncoder.successor(low);
        byte[] stop = high == null ? NONE : range.highInclusive() ? KeyEncoder.successor(high) : high;
        end = stop.length == 0 && index == 0 ? LargeValueTree.FIRST : stop;
        last = low != null && start.length == 0 && low.length > 0
                || end.length > 0 && Arrays.compareUnsigned(start, end) >= 0;
        fence = backward ? end : start;
        txn.cursorOpened();
        if (index > 0 && table.state(index).creator() == txn) {
            // Should the index be taken back, nobody else's changes will show in it.
            txn.read(primary.tree, NONE, LargeValueTree.FIRST);
        } else {
            txn.read(tree, start, end.length == 0 ? null : end);
        }
    }

    @Override
    public boolean next() {
        while (true) {
            if (++position < size) {
                if (index == 0) {
                    row = bytes;
                    rowAt = imageStart(position);
                    return true;
                }
                if (lookUp()) {
                    return true;
                }
            } else {
                if (last || closed) {
                    size = 0;
                    return false;
                }
                txn.checkCancelled();
                fill();
            }
        }
    }

    private int keyStart(int at) {
        return at == 0 ? 0 : ends[2 * at - 1];
    }

    private int imageStart(int at) {
        return ends[2 * at];
    }

    private void fill() {
        size = 0;
        position = -1;
        if (leaves++ == StoredBatchCursor.LEAVES_BEFORE_RING) {
            // The rows an index leads to are looked up without: the same page may be wanted again soon.
            ring = table.ringForScan(index);
        }
        if (backward) {
            fillBackward();
        } else {
            fillForward();
        }
        txn.checkSnapshot();
    }

    private void fillForward() {
        tree.seek(fence, leaf, ring);
        try {
            int count = leaf.count();
            int limit = end.length == 0 ? count : below(end, count);
            for (int i = leaf.index(); i < limit; i++) {
                take(i);
            }
            last = limit < count || !leaf.hasNext();
            if (!last) {
                byte[] next = leaf.highFence();
                tree.checkProgress(fence, next);
                fence = next;
                last = end.length > 0 && Arrays.compareUnsigned(fence, end) >= 0;
            }
        } finally {
            tree.releaseShared(leaf);
        }
    }

    private void fillBackward() {
        tree.seekBelow(fence.length == 0 ? null : fence, leaf, ring);
        try {
            int from = start.length == 0 ? 0 : below(start, leaf.index());
            for (int i = leaf.index() - 1; i >= from; i--) {
                take(i);
            }
            last = from > 0 || !leaf.hasPrevious();
            if (!last) {
                byte[] next = leaf.lowFence();
                if (fence.length > 0) {
                    tree.checkProgress(next, fence);
                }
                fence = next;
                last = Arrays.compareUnsigned(fence, start) <= 0;
            }
        } finally {
            tree.releaseShared(leaf);
        }
    }

    /** Index of the first entry of the leaf that is not below a key, at most {@code count}. */
    private int below(byte[] key, int count) {
        return Math.min(count, leaf.lowerBound(key));
    }

    private void take(int at) {
        byte[] older = null;
        int length;
        if (index == 0) {
            older = table.store.rows.visible(txn, snapshot, tree, leaf, at);
            if (older == null && (leaf.valueByte(at, 0) & RowCodec.DELETED) != 0
                    || older != null && (older.length == 0 || RowCodec.isDeleted(older))) {
                return;
            }
        }
        length = older != null ? older.length : leaf.valueLength(at);
        int keyLength = leaf.keyLength(at);
        int from = keyStart(size);
        room(from + keyLength + length);
        leaf.copyKey(at, bytes, from);
        if (older != null) {
            System.arraycopy(older, 0, bytes, from + keyLength, length);
        } else {
            leaf.copyValue(at, bytes, from + keyLength);
        }
        ends[2 * size] = from + keyLength;
        ends[2 * size + 1] = from + keyLength + length;
        size++;
    }

    private void room(int needed) {
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
        if (2 * size + 2 > ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
    }

    /** Finds the row of the current index entry; false if the version seen does not have the entry's key. */
    private boolean lookUp() {
        int value = imageStart(position);
        int split = bytes[value] & 0xFF | (bytes[value + 1] & 0xFF) << 8;
        int from = keyStart(position);
        byte[] key = Arrays.copyOfRange(bytes, from + split, value);
        byte[] image;
        primary.tree.seek(key, leaf);
        try {
            if (!leaf.found()) {
                return false;
            }
            image = table.store.rows.visible(txn, snapshot, primary.tree, leaf, leaf.index());
            if (image == null) {
                image = leaf.value(leaf.index());
            }
        } finally {
            primary.tree.releaseShared(leaf);
        }
        txn.checkSnapshot();
        txn.read(primary.tree, key, KeyEncoder.successor(key));
        if (image.length == 0 || RowCodec.isDeleted(image)) {
            return false;
        }
        table.codec.decode(image, 0, keySlots, large, keyRow);
        byte[] indexKey = table.keys.indexKey(index, keyRow);
        if (indexKey == null || !Arrays.equals(indexKey, 0, indexKey.length, bytes, from, from + split)) {
            return false;
        }
        row = image;
        rowAt = 0;
        rowKey = key;
        return true;
    }

    @Override
    public void load(Row into) {
        checkPositioned();
        try {
            table.codec.decode(row, rowAt, columns, large, into);
        } finally {
            // Large values are read only now.
            txn.checkSnapshot();
        }
    }

    @Override
    public byte[] key() {
        checkPositioned();
        return index == 0 ? Arrays.copyOfRange(bytes, keyStart(position), imageStart(position)) : rowKey.clone();
    }

    @Override
    public long version() {
        checkPositioned();
        return RowCodec.writer(row, rowAt);
    }

    private void checkPositioned() {
        if (position < 0 || position >= size) {
            throw new IllegalStateException("no current row");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            txn.cursorClosed();
        }
    }
}
