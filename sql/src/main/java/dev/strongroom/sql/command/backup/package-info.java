/**
 * BACKUP and RESTORE: maps what the parser read to {@code catalog.backup}, and what stands on backup media to the result sets
 * SQL Server's tools expect.
 */
@NullMarked
package dev.strongroom.sql.command.backup;

import org.jspecify.annotations.NullMarked;
