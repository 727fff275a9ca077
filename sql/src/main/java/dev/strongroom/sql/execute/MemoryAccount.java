package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;

/** Memory a statement holds in sorts, hash tables and materialised rows, roughly. One thread. */
public final class MemoryAccount {
    private final long limitBytes;
    private long usedBytes;

    public MemoryAccount(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes memory, or fails with 53200. */
    public void take(long bytes) {
        usedBytes += bytes;
        if (usedBytes > limitBytes) {
            throw ErrorReport.error(ErrorCode.OUT_OF_MEMORY, "out of memory")
                    .withDetail("The statement needs more than its limit of " + limitBytes + " bytes.")
                    .exception();
        }
    }

    public void give(long bytes) {
        usedBytes -= bytes;
    }

    public long usedBytes() {
        return usedBytes;
    }
}
