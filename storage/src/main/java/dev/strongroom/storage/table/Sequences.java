package dev.strongroom.storage.table;

/**
 * Sequences: changed outside transactions, 32 values reserved ahead (decision S-15). Creation and removal belong to the
 * transaction. Thread-safe.
 */
public interface Sequences {
    /** Creates a sequence and returns its id. */
    long create(Transaction transaction, SequenceLayout layout);

    /** Replaces bounds and increment, or restarts. */
    void alter(Transaction transaction, long sequenceId, SequenceLayout layout);

    void drop(Transaction transaction, long sequenceId);

    /**
     * Next value; its reservation is durable when this returns.
     *
     * @throws dev.strongroom.common.error.DatabaseException SEQUENCE_GENERATOR_LIMIT_EXCEEDED
     */
    long next(long sequenceId);

    /** Sets the value; {@code called} says whether the next call advances first (setval's third argument). */
    void set(long sequenceId, long value, boolean called);

    State state(long sequenceId);

    /** What {@code SELECT * FROM sequence} shows. */
    record State(long lastValue, boolean called) {}
}
