package dev.strongroom.sql.command.backup;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeContext;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * The session that runs a backup statement.
 *
 * @param databaseOid its current database
 * @param userOid its current user
 * @param types how it reads times
 * @param sessionsOf sessions connected to a database
 * @param checkCancelled throws when the user has cancelled the statement
 */
public record BackupContext(
        int databaseOid,
        int userOid,
        Consumer<ErrorReport> notices,
        TypeContext types,
        IntUnaryOperator sessionsOf,
        Runnable checkCancelled) {}
