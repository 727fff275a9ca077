package dev.strongroom.storage.log;

/** Looks at records during recovery's analysis. */
@FunctionalInterface
public interface RecordObserver {
    void seen(LogRecord record);
}
