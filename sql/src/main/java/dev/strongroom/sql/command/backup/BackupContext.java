package dev.strongroom.sql.command.backup;

import dev.strongroom.catalog.backup.Connections;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeContext;
import java.util.function.Consumer;

/**
 * The session that runs a backup statement.
 *
 * @param databaseOid its current database
 * @param userOid its current user
 * @param types how it reads times
 * @param connections who is in databases
 * @param checkCancelled throws when the user has cancelled the statement
 */
public record BackupContext(
        int databaseOid,
        int userOid,
        Consumer<ErrorReport> notices,
        TypeContext types,
        Connections connections,
        Runnable checkCancelled) {}
