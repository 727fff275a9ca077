package dev.strongroom.catalog.object;

import java.util.Locale;
import java.util.Set;

/**
 * Names of roles that carry rights by their name (TDE-108). Only superusers create, grant, rename, alter and drop them and those
 * who are members of one: whoever could make such a role would make the rights with it.
 */
public final class FixedRoles {
    /** CONTROL SERVER. */
    public static final String CONTROL_SERVER = "sr_control_server";

    /** BACKUP of every database. */
    public static final String BACKUP_OPERATOR = "db_backupoperator";

    private static final String PREFIX = "sr_";
    /** Those of SQL Server, which scripts expect to mean what they mean there. */
    private static final Set<String> RESERVED = Set.of(
            BACKUP_OPERATOR,
            "db_owner",
            "db_securityadmin",
            "db_accessadmin",
            "db_ddladmin",
            "db_datareader",
            "db_datawriter",
            "db_denydatareader",
            "db_denydatawriter",
            "sysadmin",
            "serveradmin",
            "securityadmin",
            "processadmin",
            "setupadmin",
            "bulkadmin",
            "diskadmin",
            "dbcreator");

    private FixedRoles() {}

    /** Whether a name is, or is kept for, a role that carries rights. */
    public static boolean reserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(PREFIX) || RESERVED.contains(lower);
    }
}
