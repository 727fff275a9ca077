package dev.strongroom.catalog.object;

import java.util.Locale;
import java.util.Optional;

/** Permissions on the column keys of a database (section 2.3). */
public enum ColumnKeyPermission {
    ALTER_MASTER_KEYS(1, "ALTER ANY COLUMN MASTER KEY"),
    ALTER_ENCRYPTION_KEYS(2, "ALTER ANY COLUMN ENCRYPTION KEY"),
    VIEW_MASTER_KEYS(4, "VIEW ANY COLUMN MASTER KEY DEFINITION"),
    VIEW_ENCRYPTION_KEYS(8, "VIEW ANY COLUMN ENCRYPTION KEY DEFINITION");

    private final int bit;
    private final String sqlName;

    ColumnKeyPermission(int bit, String sqlName) {
        this.bit = bit;
        this.sqlName = sqlName;
    }

    public int bit() {
        return bit;
    }

    /** As GRANT names it. */
    public String sqlName() {
        return sqlName;
    }

    /** By the name in GRANT, in any case. */
    public static Optional<ColumnKeyPermission> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        for (ColumnKeyPermission permission : values()) {
            if (permission.sqlName.equals(wanted)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }
}
