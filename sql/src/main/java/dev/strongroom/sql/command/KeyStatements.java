package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.command.backup.BackupContext;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.storage.table.Transaction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs key, certificate, encryption, provider and backup statements; one session object per connection. */
public interface KeyStatements {
    /** A server without keys. */
    KeyStatements NONE = () -> new KeyStatementSession() {
        @Override
        public String run(Statement statement, int databaseOid, int userOid, Consumer<ErrorReport> notices) {
            throw Commands.unsupported("this statement");
        }

        @Override
        public void close() {}
    };

    KeyStatementSession open();

    /** A transaction that committed with a mark. */
    record MarkedCommit(int databaseOid, int userOid, TransactionStatement.Mark mark, Transaction.Committed commit) {}

    /** Keys one connection has opened. Used by its thread. */
    interface KeyStatementSession extends AutoCloseable {
        /**
         * Runs a statement outside any transaction.
         *
         * @return command tag
         */
        String run(Statement statement, int databaseOid, int userOid, Consumer<ErrorReport> notices);

        /** Runs what a statement does and records it, where an audit wants that. */
        default <T> T audited(AuditedStatement statement, Supplier<T> action) {
            return action.get();
        }

        /** Notes that a marked transaction has committed. */
        default void marked(MarkedCommit commit) {}

        /** Refuses to drop a role the server itself needs (TDE-147). */
        default void beforeDropRole(Role role, SharedSnapshot shared) {}

        /** Runs BACKUP or RESTORE outside any transaction. */
        default CommandResult backup(BackupStatement statement, BackupContext context) {
            throw Commands.unsupported("this statement");
        }

        @Override
        void close();
    }
}
