package dev.strongroom.storage.txn;

import dev.strongroom.storage.temp.SealedBlocks;
import dev.strongroom.storage.tree.Tree;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Steps of one or more transactions in blocks of a sealed file, sorted by content of a tree, key and position. Written
/// once. On the heap stays the first key of each block. What was rolled back is left out by its position. Thread-safe.
///
/// A block: steps one after the other, then from the end their number (2 bytes) and where each starts (2 bytes). A
/// step:
///
/// ```text
/// 0   4  position in its transaction
/// 4   8  transaction
/// 12  8  content: root page of the tree
/// 20  8  the transaction's log record before the change
/// 28  2  number of the tree or cleaner in the run's list
/// 30  1  1 cleanup, 2 a row was there before, 4 readers look for it
/// 31  2  length of the key
/// 33  4  length of what was before, or of the cleanup's work
/// 37     key, then the latter
/// ```
final class UndoRun {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WRITER = 4;
    private static final int CONTENT = 12;
    private static final int PREVIOUS = 20;
    private static final int SUBJECT = 28;
    private static final int FLAGS = 30;
    private static final int KEY_LENGTH = 31;
    private static final int LENGTH = 33;
    private static final int HEADER = 37;
    private static final int LATER = 1;
    private static final int BEFORE = 2;
    private static final int VERSIONED = 4;

    private final UndoMemory memory;
    private final SealedBlocks file;
    private final int firstBlock;
    private final long firstNumber;
    private final List<Object> subjects = new ArrayList<>();
    private final List<Step> firsts = new ArrayList<>();
    /** Positions from here on are rolled back. */
    private volatile int end = Integer.MAX_VALUE;

    /** A step, where it is in its transaction, and whose it is. */
    record Step(int position, long writer, Undo.OfRow undo) {
        static final Comparator<Step> BY_KEY = Comparator.<Step>comparingLong(step -> step.undo.content())
                .thenComparing(step -> step.undo.key(), Arrays::compareUnsigned)
                .thenComparingLong(Step::writer)
                .thenComparingInt(Step::position);
    }

    /** What a change replaced. */
    record Found(int position, byte @Nullable [] before) {}

    private UndoRun(UndoMemory memory, SealedBlocks file) {
        this.memory = memory;
        this.file = file;
        this.firstBlock = file.count();
        this.firstNumber = file.nextNumber();
    }

    /** Writes steps; if that fails the file is as it was. Sorts the list. */
    static UndoRun write(UndoMemory memory, SealedBlocks file, List<Step> steps) {
        steps.sort(Step.BY_KEY);
        UndoRun run = new UndoRun(memory, file);
        boolean done = false;
        try {
            run.writeBlocks(steps);
            done = true;
            return run;
        } finally {
            if (!done) {
                file.cut(run.firstBlock);
            }
        }
    }

    private void writeBlocks(List<Step> steps) {
        byte[] block = new byte[SealedBlocks.BLOCK];
        int used = 0;
        int count = 0;
        for (Step step : steps) {
            int length = HEADER + step.undo.key().length + payload(step.undo).length;
            if (used + length + 2 * (count + 2) > block.length) {
                finish(block, count);
                used = 0;
                count = 0;
            }
            if (count == 0) {
                firsts.add(new Step(
                        step.position,
                        step.writer,
                        new Undo.Later(NOTHING, step.undo.content(), step.undo.key(), EMPTY)));
            }
            put(block, used, step);
            SHORTS.set(block, block.length - 2 * (count + 2), (short) used);
            used += length;
            count++;
        }
        if (count > 0) {
            finish(block, count);
        }
        Arrays.fill(block, (byte) 0);
    }

    private static final byte[] EMPTY = {};
    private static final RowCleaner NOTHING = (content, key, writer, work) -> {};

    private static byte[] payload(Undo.OfRow undo) {
        return switch (undo) {
            case Undo.RowChange change -> change.before() == null ? EMPTY : change.before();
            case Undo.Later later -> later.work();
        };
    }

    private void finish(byte[] block, int count) {
        SHORTS.set(block, block.length - 2, (short) count);
        file.append(block);
    }

    private void put(byte[] block, int at, Step step) {
        byte[] key = step.undo.key();
        byte[] payload = payload(step.undo);
        INTS.set(block, at, step.position);
        LONGS.set(block, at + WRITER, step.writer);
        LONGS.set(block, at + CONTENT, step.undo.content());
        switch (step.undo) {
            case Undo.RowChange change -> {
                LONGS.set(block, at + PREVIOUS, change.previousLsn());
                SHORTS.set(block, at + SUBJECT, subject(change.tree()));
                block[at + FLAGS] =
                        (byte) ((change.before() == null ? 0 : BEFORE) | (change.version() == null ? 0 : VERSIONED));
            }
            case Undo.Later later -> {
                LONGS.set(block, at + PREVIOUS, 0L);
                SHORTS.set(block, at + SUBJECT, subject(later.cleaner()));
                block[at + FLAGS] = LATER;
            }
        }
        SHORTS.set(block, at + KEY_LENGTH, (short) key.length);
        INTS.set(block, at + LENGTH, payload.length);
        System.arraycopy(key, 0, block, at + HEADER, key.length);
        System.arraycopy(payload, 0, block, at + HEADER + key.length, payload.length);
    }

    private short subject(Object object) {
        for (int i = subjects.size() - 1; i >= 0; i--) {
            if (subjects.get(i) == object) {
                return (short) i;
            }
        }
        subjects.add(object);
        return (short) (subjects.size() - 1);
    }

    /** First of its blocks in the file. */
    int firstBlock() {
        return firstBlock;
    }

    /** Everything from a position on is rolled back. */
    void end(int position) {
        end = position;
    }

    // ---- reading ----

    /**
     * The last change of a row by a transaction before a position.
     *
     * @return null if there is none here
     */
    @Nullable
    Found find(long writer, long content, byte[] key, int before) {
        int limit = Math.min(before, end);
        // The last block that starts at or before (content, key, writer, limit).
        int low = 0;
        int high = firsts.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Step first = firsts.get(middle);
            if (compare(
                            first.undo.content(),
                            first.undo.key(),
                            first.writer,
                            first.position,
                            content,
                            key,
                            writer,
                            limit)
                    < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int block = low - 1; block >= 0; block--) {
            byte[] bytes = memory.read(file, firstBlock + block, firstNumber + block);
            if (bytes == null) {
                return null;
            }
            for (int index = lowerBound(bytes, content, key, writer, limit) - 1; index >= 0; index--) {
                int at = start(bytes, index);
                if (!isOf(bytes, at, content, key) || (long) LONGS.get(bytes, at + WRITER) != writer) {
                    return null;
                }
                if ((bytes[at + FLAGS] & LATER) == 0) {
                    return new Found((int) INTS.get(bytes, at), before(bytes, at));
                }
            }
        }
        return null;
    }

    private static int compare(
            long content,
            byte[] key,
            long writer,
            int position,
            long content2,
            byte[] key2,
            long writer2,
            int position2) {
        int by = Long.compare(content, content2);
        by = by != 0 ? by : Arrays.compareUnsigned(key, key2);
        by = by != 0 ? by : Long.compare(writer, writer2);
        return by != 0 ? by : Integer.compare(position, position2);
    }

    private static int count(byte[] block) {
        return (short) SHORTS.get(block, block.length - 2) & 0xFFFF;
    }

    private static int start(byte[] block, int index) {
        return (short) SHORTS.get(block, block.length - 2 * (index + 2)) & 0xFFFF;
    }

    private static int keyLength(byte[] block, int at) {
        return (short) SHORTS.get(block, at + KEY_LENGTH) & 0xFFFF;
    }

    private static byte[] key(byte[] block, int at) {
        return Arrays.copyOfRange(block, at + HEADER, at + HEADER + keyLength(block, at));
    }

    private static byte @Nullable [] before(byte[] block, int at) {
        return (block[at + FLAGS] & (BEFORE | LATER)) == 0 ? null : payload(block, at);
    }

    private static byte[] payload(byte[] block, int at) {
        int from = at + HEADER + keyLength(block, at);
        return Arrays.copyOfRange(block, from, from + (int) INTS.get(block, at + LENGTH));
    }

    private static boolean isOf(byte[] block, int at, long content, byte[] key) {
        int from = at + HEADER;
        return (long) LONGS.get(block, at + CONTENT) == content
                && Arrays.equals(block, from, from + keyLength(block, at), key, 0, key.length);
    }

    /** Index of the first step of a block that is not before a place in the order. */
    private static int lowerBound(byte[] block, long content, byte[] key, long writer, int position) {
        int low = 0;
        int high = count(block);
        while (low < high) {
            int middle = (low + high) >>> 1;
            int at = start(block, middle);
            int from = at + HEADER;
            int by = Long.compare((long) LONGS.get(block, at + CONTENT), content);
            by = by != 0 ? by : Arrays.compareUnsigned(block, from, from + keyLength(block, at), key, 0, key.length);
            by = by != 0 ? by : Long.compare((long) LONGS.get(block, at + WRITER), writer);
            by = by != 0 ? by : Integer.compare((int) INTS.get(block, at), position);
            if (by < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Step step(byte[] block, int at) {
        Object subject = subjects.get((short) SHORTS.get(block, at + SUBJECT));
        long content = (long) LONGS.get(block, at + CONTENT);
        Undo.OfRow undo;
        if (subject instanceof Tree tree) {
            Version version = (block[at + FLAGS] & VERSIONED) == 0 ? null : Version.IN_FILE;
            long previous = (long) LONGS.get(block, at + PREVIOUS);
            undo = new Undo.RowChange(tree, content, key(block, at), before(block, at), previous, version);
        } else {
            undo = new Undo.Later((RowCleaner) subject, content, key(block, at), payload(block, at));
        }
        return new Step((int) INTS.get(block, at), (long) LONGS.get(block, at + WRITER), undo);
    }

    /** Hands out what is not rolled back, block by block. */
    interface Visitor {
        void visit(Step step);
    }

    /** Visits all steps of a transaction that are not rolled back, in the order of their keys. */
    void forEach(long writer, Visitor visitor) {
        forEachStep(step -> {
            if (step.writer == writer) {
                visitor.visit(step);
            }
        });
    }

    /** Visits all steps that are not rolled back, in the order of their keys. */
    void forEachStep(Visitor visitor) {
        for (int block = 0; block < firsts.size(); block++) {
            byte[] bytes = file.read(firstBlock + block, firstNumber + block);
            for (int index = 0; bytes != null && index < count(bytes); index++) {
                int at = start(bytes, index);
                if ((int) INTS.get(bytes, at) < end) {
                    visitor.visit(step(bytes, at));
                }
            }
        }
    }

    /** Whether a transaction changed a row of a tree from one key to another (exclusive, null = no bound). */
    boolean touches(long writer, Txn.ReadRange range) {
        for (Object subject : subjects) {
            if (subject instanceof Tree tree && tree.id() == range.treeId() && anyIn(writer, tree, range)) {
                return true;
            }
        }
        return false;
    }

    private boolean anyIn(long writer, Tree of, Txn.ReadRange range) {
        byte[] to = range.to();
        for (int block = 0; block < firsts.size(); block++) {
            boolean ends = block + 1 < firsts.size();
            if (ends
                    && firsts.get(block + 1).undo.content()
                            == firsts.get(block).undo.content()
                    && Arrays.compareUnsigned(firsts.get(block + 1).undo.key(), range.from()) < 0) {
                continue;
            }
            if (to != null
                    && ends
                    && firsts.get(block + 1).undo.content()
                            == firsts.get(block).undo.content()
                    && Arrays.compareUnsigned(firsts.get(block).undo.key(), to) >= 0) {
                continue;
            }
            byte[] bytes = memory.read(file, firstBlock + block, firstNumber + block);
            for (int index = 0; bytes != null && index < count(bytes); index++) {
                int at = start(bytes, index);
                if ((long) LONGS.get(bytes, at + WRITER) == writer
                        && (int) INTS.get(bytes, at) < end
                        && subjects.get((short) SHORTS.get(bytes, at + SUBJECT)) == of
                        && range.contains(of.id(), key(bytes, at))) {
                    return true;
                }
            }
        }
        return false;
    }
}
