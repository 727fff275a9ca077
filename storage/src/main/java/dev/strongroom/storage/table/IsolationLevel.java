package dev.strongroom.storage.table;

/** Isolation as PostgreSQL understands it; READ UNCOMMITTED is READ COMMITTED. */
public enum IsolationLevel {
    READ_COMMITTED,
    REPEATABLE_READ,
    SERIALIZABLE
}
