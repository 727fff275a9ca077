package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Rows dealt out to files by the hash of their key, so that each file can be worked on alone. One thread. */
final class SpillPartitions implements AutoCloseable {
    /** Beyond this depth equal hashes cannot be told apart any more: what is left must fit the statement's memory. */
    static final int MAX_LEVEL = 6;

    private static final int BITS = 4;
    private static final int COUNT = 1 << BITS;
    private static final int MIX = 0x9E37_79B9;

    private final ExecutionContext context;
    private final int level;
    private final int width;
    private final @Nullable SpillFile[] files = new @Nullable SpillFile[COUNT];

    /**
     * @param level how often these rows were dealt out before: each time by other bits
     * @param width slots of a row
     */
    SpillPartitions(ExecutionContext context, int level, int width) {
        this.context = context;
        this.level = level;
        this.width = width;
    }

    static int count() {
        return COUNT;
    }

    private int partition(int hash) {
        return hash * MIX >>> 32 - BITS - level * BITS & COUNT - 1;
    }

    void add(Row row, int hash) {
        int partition = partition(hash);
        SpillFile file = files[partition];
        if (file == null) {
            file = context.spill();
            files[partition] = file;
        }
        file.add(row);
    }

    void complete() {
        for (SpillFile file : files) {
            if (file != null) {
                file.complete();
            }
        }
    }

    /** Rows of one partition; a node without rows where there are none. */
    PlanNode scan(int partition) {
        SpillFile file = files[partition];
        return file == null ? new EmptyNode(width) : new SpillScan(file, width);
    }

    boolean isEmpty(int partition) {
        return files[partition] == null;
    }

    /** A partition is done with. */
    void close(int partition) {
        SpillFile file = files[partition];
        if (file != null) {
            file.close();
            files[partition] = null;
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < COUNT; i++) {
            close(i);
        }
    }
}
