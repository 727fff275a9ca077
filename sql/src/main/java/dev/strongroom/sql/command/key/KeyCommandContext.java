package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.key.KeySession;
import dev.strongroom.common.error.ErrorReport;
import java.util.function.Consumer;

/**
 * The session that runs a key statement.
 *
 * @param databaseOid its current database
 * @param userOid its current user
 * @param notices where warnings go
 * @param keys the master keys it has opened; closed with the session
 */
public record KeyCommandContext(int databaseOid, int userOid, Consumer<ErrorReport> notices, KeySession keys) {}
