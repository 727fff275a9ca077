package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.FixedRoles;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;

/**
 * Who asks for a backup or restore. BACKUP is for those who control the database and for members of {@code db_backupoperator};
 * RESTORE over an existing database for those who control it, of a new one for who may create databases.
 *
 * @param connections who is in databases
 * @param stats notices of progress come in steps of so many percent; 0 for none
 * @param checkCancelled throws when the user has cancelled the statement
 */
public record BackupRequest(KeyRequest keys, Connections connections, int stats, Runnable checkCancelled) {
    void requireBackup(String what, DatabaseDefinition database) {
        boolean operator = keys.shared()
                .role(FixedRoles.BACKUP_OPERATOR)
                .map(role -> keys.shared().memberOf(keys.userOid(), role.oid()))
                .orElse(false);
        if (!operator && !keys.controls(database.oid())) {
            throw NumberedError.DATABASE_PERMISSION_DENIED.exception(
                    what + " permission denied in database \"" + database.name() + "\"");
        }
    }

    boolean mayRestore() {
        boolean creates = keys.shared().roles().stream()
                .filter(role -> role.oid() == keys.userOid())
                .anyMatch(role -> role.attributes().createDatabase());
        return creates || keys.controlsServer();
    }

    /** Over an existing database: the right to create others does not reach it. */
    void requireRestore(String what, DatabaseDefinition database) {
        requireControl(what, database);
    }

    void requireControl(String what, DatabaseDefinition database) {
        if (!keys.controls(database.oid())) {
            throw denied(what);
        }
    }

    void requireRestore(String what) {
        if (!mayRestore()) {
            throw denied(what);
        }
    }

    private static DatabaseException denied(String what) {
        return NumberedError.DATABASE_PERMISSION_DENIED.exception(what + " permission denied in database \"master\"");
    }

    String userName() {
        return keys.shared().roles().stream()
                .filter(role -> role.oid() == keys.userOid())
                .map(Role::name)
                .findFirst()
                .orElse("");
    }

    /** Tells the user something, with SQL Server's number. */
    void tell(int number, String message) {
        keys.notices().accept(ErrorReport.notice(message).withRoutine("MSSQL" + number));
    }
}
