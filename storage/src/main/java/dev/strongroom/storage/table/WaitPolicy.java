package dev.strongroom.storage.table;

/** What a lock request does when the lock is held. */
public enum WaitPolicy {
    WAIT,
    /** NOWAIT: LOCK_NOT_AVAILABLE. */
    FAIL,
    /** SKIP LOCKED: {@link WriteOutcome#SKIPPED}. */
    SKIP
}
