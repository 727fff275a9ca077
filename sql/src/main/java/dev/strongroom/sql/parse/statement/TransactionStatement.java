package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transaction control. */
public sealed interface TransactionStatement extends Statement {
    /**
     * BEGIN or START TRANSACTION.
     *
     * @param mark null for none
     */
    record Begin(
            List<TransactionMode> modes,
            boolean start,
            @Nullable Mark mark) implements TransactionStatement {
        public Begin {
            modes = List.copyOf(modes);
        }
    }

    /** T-SQL's WITH MARK: a name in the log that a restore can stop at; the description may be empty. */
    record Mark(String name, String description) {}

    record Commit(boolean chain) implements TransactionStatement {}

    record Rollback(boolean chain) implements TransactionStatement {}

    record Savepoint(String name) implements TransactionStatement {}

    record ReleaseSavepoint(String name) implements TransactionStatement {}

    record RollbackTo(String name) implements TransactionStatement {}

    /**
     * SET TRANSACTION, or SET SESSION CHARACTERISTICS AS TRANSACTION.
     *
     * @param session for the session's later transactions
     */
    record SetTransaction(List<TransactionMode> modes, boolean session) implements TransactionStatement {
        public SetTransaction {
            modes = List.copyOf(modes);
        }
    }

    /** SET CONSTRAINTS ALL | names DEFERRED | IMMEDIATE; no names means ALL. */
    record SetConstraints(List<ObjectName> names, boolean deferred) implements TransactionStatement {
        public SetConstraints {
            names = List.copyOf(names);
        }
    }

    /** PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED. */
    record TwoPhase(String command, String id) implements TransactionStatement {}

    /** One mode of BEGIN or SET TRANSACTION. */
    enum TransactionMode {
        READ_UNCOMMITTED,
        READ_COMMITTED,
        REPEATABLE_READ,
        SERIALIZABLE,
        READ_ONLY,
        READ_WRITE,
        DEFERRABLE,
        NOT_DEFERRABLE
    }
}
