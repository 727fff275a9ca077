package dev.strongroom.storage.log;

/** Undoes records of one kind, logically: finds the key again, wherever it is by now, and reverses the change. */
@FunctionalInterface
public interface UndoHandler {
    /**
     * Reverses one record of a transaction that lost, logging a compensation record whose previous LSN is this record's
     * {@link LogRecord#previousLsn}, so that a crash in the middle continues there. Called in reverse order of the log, one
     * transaction after another, by one thread, when every page is redone and before the database is open.
     */
    void undo(LogRecord record);
}
