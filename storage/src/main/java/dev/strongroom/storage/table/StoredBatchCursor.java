package dev.strongroom.storage.table;

import dev.strongroom.common.value.Vector;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.PageCopy;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Snapshot;
import dev.strongroom.storage.txn.Txn;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The engine's {@link BatchCursor}. Copies whole leaves, each under its latch, and notes where the visible rows start; columns
 * are decoded from the copies later, when somebody asks. A row whose writer every snapshot sees (decision S-16) costs one
 * comparison; for any other the version chain is asked while the leaf is latched, and an older image goes behind the copy.
 */
final class StoredBatchCursor implements BatchCursor {
    /** A batch is full beyond this; the last leaf of it may add as many rows again. */
    private static final int ROWS_WANTED = 1024;

    /** The first batch is small, for those who stop early; the next ones grow. */
    private static final int FIRST_ROWS_WANTED = 64;

    /** A scan that has come this many leaves far may be a big one: it asks. */
    static final int LEAVES_BEFORE_RING = 16;

    private static final byte[] NONE = {};
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final StoredTable table;
    private final Txn txn;
    private final Snapshot snapshot;
    private final Tree tree;
    private final ColumnReader reader;
    private final Leaf leaf = new Leaf();
    private final int[] starts = new int[MAX_ROWS];

    private byte[] bytes = new byte[2 * PageLayout.BODY_SIZE];
    private int wanted = FIRST_ROWS_WANTED;
    private int used;
    private int size;
    private boolean uniform;
    private int step;
    private byte[] fence = NONE;
    private int leaves;
    private @Nullable FrameRing ring;
    private boolean last;
    private boolean closed;

    StoredBatchCursor(StoredTable table, Txn txn) {
        this.table = table;
        this.txn = txn;
        this.snapshot = txn.snapshot();
        TreeState primary = table.state(0);
        this.tree = primary.tree;
        this.reader = new ColumnReader(table.codec, table.large(primary));
        txn.cursorOpened();
        txn.read(tree, NONE, LargeValueTree.FIRST);
    }

    @Override
    public int next() {
        size = 0;
        used = 0;
        uniform = true;
        step = -1;
        while (!last && !closed && size < wanted) {
            txn.checkCancelled();
            fill();
            txn.checkSnapshot();
        }
        wanted = Math.min(ROWS_WANTED, wanted * 4);
        return size;
    }

    private void fill() {
        if (leaves == LEAVES_BEFORE_RING) {
            ring = table.ringForScan(0);
        }
        tree.seek(fence, leaf, ring);
        leaves++;
        try {
            int count = leaf.count();
            int limit = Math.min(count, leaf.lowerBound(LargeValueTree.FIRST));
            int page = used;
            room(PageLayout.BODY_SIZE);
            leaf.copyBody(bytes, page);
            used += PageLayout.BODY_SIZE;
            for (int i = leaf.index(); i < limit; i++) {
                take(page, i);
            }
            last = limit < count || !leaf.hasNext();
            if (!last) {
                byte[] next = leaf.highFence();
                tree.checkProgress(fence, next);
                fence = next;
                last = Arrays.compareUnsigned(fence, LargeValueTree.FIRST) >= 0;
            }
        } finally {
            tree.releaseShared(leaf);
        }
    }

    private void take(int page, int index) {
        int start = PageCopy.valueStart(bytes, page, index);
        long header = (long) LONGS.get(bytes, start);
        if (RowCodec.writer(header) >= snapshot.lowestInvisible()) {
            byte[] older = table.store.rows.visible(txn, snapshot, tree, leaf, index);
            if (older != null) {
                if (older.length == 0) {
                    return;
                }
                start = used;
                room(older.length);
                System.arraycopy(older, 0, bytes, start, older.length);
                used += older.length;
                header = (long) LONGS.get(bytes, start);
            }
        }
        if ((header & RowCodec.DELETED) != 0) {
            return;
        }
        int rowStep = (int) (header >>> 56);
        step = step < 0 ? rowStep : step;
        uniform &= rowStep == step && (header & RowCodec.OUT_OF_LINE) == 0;
        starts[size++] = start;
    }

    private void room(int needed) {
        if (used + needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used + needed, bytes.length * 2));
        }
    }

    @Override
    public void load(int column, Vector into, int @Nullable [] rows, int count) {
        try {
            if (uniform) {
                reader.load(bytes, starts, step, column, into, rows, count);
            } else {
                reader.loadEach(bytes, starts, column, into, rows, count);
            }
        } finally {
            // Large values are read only now.
            txn.checkSnapshot();
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
