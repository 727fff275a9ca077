package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.key.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks held until the end of the transaction, on rows or on tables. Modes are numbers; which exclude each other is given as
 * a bit set per mode. Lost at restart. Thread-safe.
 */
public final class LockTable {
    private final int[] conflicts;
    private final ConcurrentHashMap<Key, Holder> locks = new ConcurrentHashMap<>();

    /**
     * @param conflicts bit i of entry m is set where mode m excludes mode i
     */
    public LockTable(int[] conflicts) {
        this.conflicts = conflicts.clone();
    }

    /** Whether two modes exclude each other. */
    public boolean conflict(int left, int right) {
        return (conflicts[left] >> right & 1) != 0;
    }

    /**
     * Takes a lock unless somebody is in the way.
     *
     * @return who is in the way, or null if the lock is held now
     * @throws DatabaseException OUT_OF_MEMORY where there are too many locks already
     */
    public @Nullable Txn acquire(Txn txn, Key key, int mode) {
        Txn[] blocker = new Txn[1];
        boolean[] taken = {false};
        locks.compute(key, (same, first) -> {
            Holder own = null;
            for (Holder holder = first; holder != null; holder = holder.next) {
                if (holder.txn == txn) {
                    own = holder;
                } else if ((conflicts[mode] & holder.modes) != 0) {
                    blocker[0] = holder.txn;
                    return first;
                }
            }
            if (own == null) {
                taken[0] = true;
                return new Holder(txn, 1 << mode, first);
            }
            taken[0] = (own.modes & 1 << mode) == 0;
            own.modes |= 1 << mode;
            return first;
        });
        if (taken[0]) {
            try {
                txn.undo.lockTaken();
            } catch (DatabaseException full) {
                release(txn, key, mode);
                throw full;
            }
            txn.holdsLocks = true;
            txn.undo.add(new Undo.LockTaken(this, key, mode));
        }
        return blocker[0];
    }

    /** Somebody other than the transaction who holds a lock that excludes a mode. */
    public @Nullable Txn blocker(Txn txn, Key key, int mode) {
        if (locks.isEmpty()) {
            return null;
        }
        Txn[] blocker = new Txn[1];
        locks.computeIfPresent(key, (same, first) -> {
            for (Holder holder = first; holder != null; holder = holder.next) {
                if (holder.txn != txn && (conflicts[mode] & holder.modes) != 0) {
                    blocker[0] = holder.txn;
                }
            }
            return first;
        });
        return blocker[0];
    }

    /** Whether a transaction holds a lock that excludes a mode. */
    public boolean isInTheWay(Txn holder, Key key, int mode) {
        boolean[] found = {false};
        locks.computeIfPresent(key, (same, first) -> {
            for (Holder held = first; held != null; held = held.next) {
                found[0] |= held.txn == holder && (conflicts[mode] & held.modes) != 0;
            }
            return first;
        });
        return found[0];
    }

    /** Everybody other than the transaction who holds a lock now that excludes a mode. */
    public List<Txn> holders(Txn txn, Key key, int mode) {
        List<Txn> found = new ArrayList<>();
        locks.computeIfPresent(key, (same, first) -> {
            for (Holder holder = first; holder != null; holder = holder.next) {
                if (holder.txn != txn && (conflicts[mode] & holder.modes) != 0) {
                    found.add(holder.txn);
                }
            }
            return first;
        });
        return found;
    }

    /** Whether no lock is held at all: spares building a key. */
    public boolean isEmpty() {
        return locks.isEmpty();
    }

    void release(Txn txn, Key key, int mode) {
        locks.computeIfPresent(key, (same, first) -> {
            Holder head = null;
            for (Holder holder = first; holder != null; holder = holder.next) {
                int modes = holder.txn == txn ? holder.modes & ~(1 << mode) : holder.modes;
                if (modes != 0) {
                    head = new Holder(holder.txn, modes, head);
                }
            }
            return head;
        });
    }

    private static final class Holder {
        final Txn txn;
        int modes;
        final @Nullable Holder next;

        Holder(Txn txn, int modes, @Nullable Holder next) {
            this.txn = txn;
            this.modes = modes;
            this.next = next;
        }
    }

    /** A row of a tree, or the tree itself under an empty key. */
    public record Key(long treeId, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && treeId == that.treeId && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return KeyHash.of(treeId, key);
        }
    }
}
