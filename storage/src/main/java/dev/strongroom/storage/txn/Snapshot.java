package dev.strongroom.storage.txn;

/**
 * What a statement sees: commits up to a time.
 *
 * @param time highest commit timestamp seen
 * @param lowestInvisible every transaction id below it is seen: spares looking the writer up
 */
public record Snapshot(long time, long lowestInvisible) {
    static final Snapshot NONE = new Snapshot(Long.MAX_VALUE, 0);
}
