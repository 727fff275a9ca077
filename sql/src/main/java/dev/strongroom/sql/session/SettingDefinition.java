package dev.strongroom.sql.session;

import java.util.List;

/**
 * A run-time setting.
 *
 * @param name with PostgreSQL's capitals
 * @param initial value of a new session, as SHOW prints it
 * @param unit of an integer: {@code ms}, {@code kB}, {@code s} or empty
 * @param choices of an enumeration
 * @param context who may set it
 * @param reported sent as ParameterStatus (decision P-3)
 */
record SettingDefinition(
        String name,
        Kind kind,
        String initial,
        String unit,
        long minimum,
        long maximum,
        List<String> choices,
        Context context,
        boolean reported,
        String description) {
    /** Type of value. */
    enum Kind {
        BOOLEAN,
        INTEGER,
        REAL,
        TEXT,
        ENUMERATION
    }

    /** Who may set it. */
    enum Context {
        /** Anybody, any time. */
        USER,
        /** A superuser. */
        SUPERUSER,
        /** Only at connection start. */
        BACKEND,
        /** Only in the server's configuration. */
        POSTMASTER,
        /** Nobody. */
        INTERNAL
    }
}
