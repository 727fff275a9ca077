package dev.strongroom.storage.table;

/** PostgreSQL's table lock modes, weakest first (manual, section 13.3.1). */
public enum TableLockMode {
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE
}
