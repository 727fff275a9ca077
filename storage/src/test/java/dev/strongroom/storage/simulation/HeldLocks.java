package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.table.LockConflicts;
import dev.strongroom.storage.table.RowLockMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Row locks that were granted and not given up: two that exclude each other are never held at once. */
final class HeldLocks {
    private final List<Held> held = new ArrayList<>();

    private record Held(Attempt attempt, ModelTable table, byte[] key, RowLockMode mode) {}

    void take(Attempt attempt, ModelTable table, byte[] key, RowLockMode mode) {
        for (Held other : held) {
            if (other.attempt != attempt && other.table == table && Arrays.equals(other.key, key)) {
                assertThat(LockConflicts.conflict(other.mode, mode))
                        .as("%s and %s are held on one row", other.mode, mode)
                        .isFalse();
            }
        }
        held.add(new Held(attempt, table, key, mode));
    }

    void release(Attempt attempt) {
        held.removeIf(lock -> lock.attempt == attempt);
    }

    void clear() {
        held.clear();
    }
}
