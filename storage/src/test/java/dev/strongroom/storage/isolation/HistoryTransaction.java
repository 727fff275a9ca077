package dev.strongroom.storage.isolation;

import java.util.List;
import java.util.Set;

/**
 * One transaction of a history.
 *
 * @param begun moment before its first statement; {@code ended} the moment after its last answer
 */
record HistoryTransaction(int id, List<Operation> operations, Outcome outcome, long begun, long ended) {
    HistoryTransaction {
        operations = List.copyOf(operations);
    }

    enum Outcome {
        COMMITTED,
        ABORTED,
        /** Power failed before the answer to COMMIT came. */
        UNKNOWN
    }

    HistoryTransaction with(Outcome known) {
        return new HistoryTransaction(id, operations, known, begun, ended);
    }

    boolean isCommitted() {
        return outcome == Outcome.COMMITTED;
    }

    sealed interface Operation {}

    /** Put a value, never used before, behind the others of a list. */
    record Append(long key, long value) implements Operation {}

    /** Read a list whole. */
    record Read(long key, List<Long> seen) implements Operation {
        Read {
            seen = List.copyOf(seen);
        }
    }

    /** Put a row, with a value never used before, among those that a predicate matches. */
    record Add(long group, long value) implements Operation {}

    /** Read all rows that a predicate matches, in one statement. */
    record Look(long group, Set<Long> seen) implements Operation {
        Look {
            seen = Set.copyOf(seen);
        }
    }
}
