package dev.strongroom.storage.log;

/**
 * Counters that never go back, kept in checkpoints and boot records (decision S-15). Each is the next value to give out.
 */
public record Counters(long transactionId, long timestamp, long treeId, long valueId, long oid) {
    /** Of a new database. Tree ids below 1000 are fixed system trees, OIDs below 16384 are built in. */
    public static final Counters FIRST = new Counters(1, 1, 1000, 1, 16384);

    /** The higher of each. */
    public Counters max(Counters other) {
        return new Counters(
                Math.max(transactionId, other.transactionId),
                Math.max(timestamp, other.timestamp),
                Math.max(treeId, other.treeId),
                Math.max(valueId, other.valueId),
                Math.max(oid, other.oid));
    }
}
