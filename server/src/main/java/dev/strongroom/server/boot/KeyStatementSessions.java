package dev.strongroom.server.boot;

import dev.strongroom.catalog.key.KeySession;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.command.backup.BackupCommands;
import dev.strongroom.sql.command.backup.BackupContext;
import dev.strongroom.sql.command.key.AuditedCommands;
import dev.strongroom.sql.command.key.DatabaseOperations;
import dev.strongroom.sql.command.key.KeyCommandContext;
import dev.strongroom.sql.command.key.KeyCommands;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Gives each connection its own opened master keys. */
record KeyStatementSessions(
        KeyCommands commands, BackupCommands backups, AuditedCommands audit, DatabaseOperations operations)
        implements KeyStatements {
    @Override
    public KeyStatementSession open() {
        return new Session(this, new KeySession());
    }

    private record Session(KeyStatementSessions server, KeySession keys) implements KeyStatementSession {
        @Override
        public String run(Statement statement, int databaseOid, int userOid, Consumer<ErrorReport> notices) {
            return server.commands.run(statement, new KeyCommandContext(databaseOid, userOid, notices, keys));
        }

        @Override
        public <T> T audited(AuditedStatement statement, Supplier<T> action) {
            return server.audit.run(statement, () -> server.operations.run(statement, action));
        }

        @Override
        public void marked(KeyStatements.MarkedCommit commit) {
            server.backups.marked(commit);
        }

        @Override
        public void beforeDropRole(Role role, SharedSnapshot shared) {
            server.commands.refuseDrop(role, shared);
        }

        @Override
        public CommandResult backup(BackupStatement statement, BackupContext context) {
            return server.backups.run(statement, context);
        }

        @Override
        public void close() {
            keys.close();
        }
    }
}
