package dev.strongroom.storage.table;

/** What became of a change to, or a lock on, a row that was read before. */
public enum WriteOutcome {
    DONE,
    /** Another transaction changed the row and committed (READ COMMITTED only): read the newest version and decide again. */
    CHANGED,
    /** Another transaction deleted the row and committed (READ COMMITTED only). */
    GONE,
    /** Locked by another transaction under {@link WaitPolicy#SKIP}. */
    SKIPPED
}
