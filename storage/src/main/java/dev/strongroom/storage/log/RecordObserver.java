package dev.strongroom.storage.log;

/** Looks at the log's records during recovery: counters. */
@FunctionalInterface
public interface RecordObserver {
    void seen(LogRecord record);
}
