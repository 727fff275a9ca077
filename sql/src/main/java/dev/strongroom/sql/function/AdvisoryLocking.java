package dev.strongroom.sql.function;

/** Advisory locks of one session (PostgreSQL manual, section 13.3.5). Used by the session's thread only. */
public interface AdvisoryLocking {
    /**
     * A lock.
     *
     * @param space 1 for one 64-bit key, 2 for two 32-bit keys: the two never collide
     */
    record Key(int databaseOid, int space, long value) {}

    /** Takes a lock and waits for it. */
    void lock(Key key, boolean shared, boolean untilTransactionEnds);

    /** Takes a lock unless that meant waiting. */
    boolean tryLock(Key key, boolean shared, boolean untilTransactionEnds);

    /** Releases one session-level hold; false if there is none. */
    boolean unlock(Key key, boolean shared);

    /** Releases all session-level holds. */
    void unlockAll();
}
