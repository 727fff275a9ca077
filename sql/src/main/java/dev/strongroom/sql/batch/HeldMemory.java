package dev.strongroom.sql.batch;

import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.StatementMemory;

/**
 * Memory of one operator that keeps rows. Operators fill up while they are opened, before anybody got a row; one that grows
 * beyond what the statement may use throws {@link Exceeded}, and the node nearest above that gives rows starts over in row
 * style, which spills.
 */
final class HeldMemory {
    /** Going on in memory is worth more than work_mem as long as all statements together leave the heap enough. */
    private static final int WORK_FACTOR = 8;

    private final ExecutionContext context;
    private long held;

    HeldMemory(ExecutionContext context) {
        this.context = context;
    }

    /** Says how much is held now. */
    void hold(long bytes) {
        if (!context.canSpill()) {
            holdOn(bytes);
            return;
        }
        long allowed = context.workBytes();
        boolean exceeded = bytes > allowed * WORK_FACTOR || bytes > allowed && StatementMemory.PROCESS.isScarce();
        if (exceeded || !context.memory().tryTake(bytes - held)) {
            release();
            throw Exceeded.INSTANCE;
        }
        held = bytes;
    }

    /** As {@link #hold}, for an operator that has given rows: it goes on up to the account's limit. */
    void holdOn(long bytes) {
        context.memory().take(bytes - held);
        held = bytes;
    }

    /** Gives everything back; idempotent. */
    void release() {
        context.memory().give(held);
        held = 0;
    }

    /** Says that batches need too much memory; never reaches a client. */
    static final class Exceeded extends RuntimeException {
        static final Exceeded INSTANCE = new Exceeded();

        private static final long serialVersionUID = 1;

        private Exceeded() {
            super("batches need too much memory", null, false, false);
        }
    }
}
