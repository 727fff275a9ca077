package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory a statement holds in sorts, hash tables and materialised rows, roughly. What goes beyond a little is drawn, in chunks,
 * from what all statements share, and given back as it is let go of; what a statement that failed has not given back returns
 * with its garbage. One thread.
 */
public final class MemoryAccount {
    private static final long CHUNK = 256 << 10;
    private static final Cleaner CLEANER = Cleaner.create();

    private final long limitBytes;
    private final StatementMemory shared;
    private final AtomicLong drawn = new AtomicLong();
    private boolean watched;
    private long usedBytes;
    /** Needs nothing more from the others up to here. */
    private long coveredBytes = CHUNK / 4;

    public MemoryAccount(long limitBytes, StatementMemory shared) {
        this.limitBytes = limitBytes;
        this.shared = shared;
    }

    /** Takes memory, or fails with 53200. */
    public void take(long bytes) {
        if (tryTake(bytes)) {
            return;
        }
        throw ErrorReport.error(ErrorCode.OUT_OF_MEMORY, "out of memory")
                .withDetail(
                        usedBytes + bytes > limitBytes
                                ? "The statement needs more than its limit of " + limitBytes + " bytes."
                                : "All statements together need more than their limit of " + shared.limitBytes()
                                        + " bytes.")
                .exception();
    }

    /** Takes memory if there is enough: for who can go on with less. */
    public boolean tryTake(long bytes) {
        long wanted = usedBytes + bytes;
        if (wanted > coveredBytes && !draw(wanted)) {
            return false;
        }
        usedBytes = wanted;
        return true;
    }

    private boolean draw(long wanted) {
        if (wanted > limitBytes) {
            return false;
        }
        if (!watched) {
            watched = true;
            StatementMemory from = shared;
            AtomicLong left = drawn;
            CLEANER.register(this, () -> from.give(left.getAndSet(0)));
        }
        long more = (wanted - coveredBytes + CHUNK - 1) / CHUNK * CHUNK;
        if (!shared.tryTake(more, drawn.get())) {
            return false;
        }
        drawn.addAndGet(more);
        coveredBytes += more;
        return true;
    }

    public void give(long bytes) {
        usedBytes -= bytes;
        long surplus = Math.min(drawn.get(), coveredBytes - usedBytes) / CHUNK * CHUNK;
        // A chunk is kept, so that who takes and gives little by little does not come here each time.
        if (surplus > CHUNK) {
            shared.give(surplus);
            drawn.addAndGet(-surplus);
            coveredBytes -= surplus;
        }
    }

    public long usedBytes() {
        return usedBytes;
    }
}
