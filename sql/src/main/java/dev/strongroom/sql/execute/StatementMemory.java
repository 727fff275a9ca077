package dev.strongroom.sql.execute;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all statements of the process together may hold in sorts, hash tables and materialised rows: three eighths of the heap.
 * The last eighth of that is for statements that hold little: one that takes all it can get ends alone. What is still free
 * bounds how much one sort or hash table takes before it goes on in temporary files, so that many at once share what there is
 * and nobody has to wait. Thread-safe.
 */
public final class StatementMemory {
    /** One for the process. */
    public static final StatementMemory PROCESS =
            new StatementMemory(Runtime.getRuntime().maxMemory() / 8 * 3);

    /** Part of what is free that one sort or hash table may take. */
    private static final int SHARE = 16;

    /** What it may take in any case: less would make a file of every few rows. */
    private static final long LEAST_SHARE = 256 << 10;

    /** What a statement holds that has a few sorts or hash tables of the least size. */
    private static final long LITTLE = 4 << 20;

    private final long limit;
    /** Up to here for statements that hold more than little. */
    private final long limitOfMuch;

    private final AtomicLong held = new AtomicLong();

    public StatementMemory(long limitBytes) {
        limit = limitBytes;
        limitOfMuch = limit - limit / 8;
    }

    long limitBytes() {
        return limit;
    }

    long heldBytes() {
        return held.get();
    }

    /** How much one more sort or hash table may take before it goes on in files. */
    long share() {
        return Math.max(LEAST_SHARE, (limitOfMuch - held.get()) / SHARE);
    }

    /** Whether two thirds are held: what can go on in files is to do so. */
    public boolean isScarce() {
        return held.get() > limit / 3 * 2;
    }

    /**
     * Takes memory for a statement if there is enough.
     *
     * @param holds what the statement has taken before
     */
    boolean tryTake(long bytes, long holds) {
        if (held.addAndGet(bytes) <= (holds + bytes <= LITTLE ? limit : limitOfMuch)) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }
}
