package dev.strongroom.storage.backup;

import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.recovery.Checkpointer;
import java.util.ArrayList;
import java.util.List;

/** Which log must stay: what no log backup has yet (S-18), and what running backups still have to copy. Thread-safe. */
public final class LogRetention implements Checkpointer.LogNeed {
    private final BootFile boot;
    private final List<Hold> holds = new ArrayList<>();

    public LogRetention(BootFile boot) {
        this.boot = boot;
    }

    @Override
    public long oldestLsn() {
        long oldest = boot.current().backup().neededLsn();
        synchronized (holds) {
            for (Hold hold : holds) {
                oldest = Math.min(oldest, hold.lsn);
            }
        }
        return oldest;
    }

    /** Holds all log until told what is really needed. */
    public Hold hold(boolean ofData) {
        Hold hold = new Hold(ofData);
        synchronized (holds) {
            holds.add(hold);
        }
        return hold;
    }

    /** Whether a full or differential backup is running. */
    public boolean dataBackupRuns() {
        synchronized (holds) {
            return holds.stream().anyMatch(hold -> hold.ofData);
        }
    }

    /** A running backup. */
    public final class Hold implements AutoCloseable {
        private final boolean ofData;
        private volatile long lsn;

        private Hold(boolean ofData) {
            this.ofData = ofData;
        }

        /** Log before this is not needed. */
        public void from(long newLsn) {
            lsn = newLsn;
        }

        @Override
        public void close() {
            synchronized (holds) {
                holds.remove(this);
            }
        }
    }
}
