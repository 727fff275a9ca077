package dev.strongroom.storage.table;

/** PostgreSQL's row lock modes, weakest first (manual, section 13.3.2). */
public enum RowLockMode {
    KEY_SHARE,
    SHARE,
    NO_KEY_UPDATE,
    UPDATE
}
