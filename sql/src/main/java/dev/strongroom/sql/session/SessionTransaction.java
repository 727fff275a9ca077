package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSession;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.DropBehavior;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.sql.execute.DeferredChecks;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transaction state machine of one session (PostgreSQL's xact.c): none, implicit around the statements of one message,
 * explicit after BEGIN, failed after an error in an explicit one. The storage transaction starts with the first statement
 * that needs it, so that SET TRANSACTION may still come before. Session thread only.
 */
final class SessionTransaction {
    /** Where the session stands. */
    enum Block {
        NONE,
        IMPLICIT,
        EXPLICIT,
        FAILED
    }

    private final SessionSettings settings;
    private final CancelFlag cancel;
    private final AdvisoryLocks.Holder advisory;
    private final List<SavepointEntry> savepoints = new ArrayList<>();
    private CatalogSession catalog;
    private boolean batch;
    private Block block = Block.NONE;
    private volatile @Nullable CatalogTransaction running;
    private boolean snapshotTaken;
    private TransactionStatement.@Nullable Mark mark;
    private Optional<Transaction.Committed> marked = Optional.empty();

    private final DeferredChecks deferred = new DeferredChecks();
    private final Map<Integer, OnCommit> temporaryTables = new HashMap<>();

    private record SavepointEntry(
            String name, Transaction.Savepoint storage, CatalogTransaction.Mark mark, DeferredChecks.Mark checks) {}

    SessionTransaction(
            CatalogSession catalog, SessionSettings settings, CancelFlag cancel, AdvisoryLocks.Holder advisory) {
        this.catalog = catalog;
        this.settings = settings;
        this.cancel = cancel;
        this.advisory = advisory;
    }

    void moveTo(CatalogSession other) {
        catalog = other;
    }

    Block block() {
        return block;
    }

    boolean inBlock() {
        return block == Block.EXPLICIT || block == Block.FAILED;
    }

    /** Whether the message that is answered now holds several statements, which are a block of their own. */
    void batch(boolean several) {
        batch = several;
    }

    /** Refuses a statement alone, whose work would end with it. */
    void requireBlockOrBatch(String command) {
        if (!inBlock() && !batch) {
            throw ErrorReport.error(
                            ErrorCode.NO_ACTIVE_SQL_TRANSACTION, command + " can only be used in transaction blocks")
                    .exception();
        }
    }

    char status() {
        return switch (block) {
            case NONE, IMPLICIT -> 'I';
            case EXPLICIT -> 'T';
            case FAILED -> 'E';
        };
    }

    /** Nothing but the end of the transaction is allowed after an error. */
    void refuseIfFailed() {
        if (block == Block.FAILED) {
            throw ErrorReport.error(
                            ErrorCode.IN_FAILED_SQL_TRANSACTION,
                            "current transaction is aborted, commands ignored until end of transaction block")
                    .exception();
        }
    }

    /** Makes sure some transaction is open around the next statement. */
    void enter() {
        if (block == Block.NONE) {
            block = Block.IMPLICIT;
            open();
        }
    }

    private void open() {
        settings.beginLevel();
        settings.setInternal("transaction_isolation", settings.require("default_transaction_isolation"));
        settings.setInternal("transaction_read_only", settings.require("default_transaction_read_only"));
        settings.setInternal("transaction_deferrable", settings.require("default_transaction_deferrable"));
    }

    /** BEGIN; true if a transaction was already open. */
    boolean begin() {
        boolean already = block == Block.EXPLICIT;
        if (block == Block.NONE) {
            open();
        }
        block = Block.EXPLICIT;
        return already;
    }

    /** Gives the commit a name in the log (T-SQL's WITH MARK). */
    void mark(TransactionStatement.Mark name) {
        mark = name;
    }

    /** The last commit if it was marked and wrote something. */
    Optional<Transaction.Committed> marked() {
        return marked;
    }

    /** Whether the running statement waits for another session's lock. May be asked by any thread. */
    boolean isWaiting() {
        CatalogTransaction current = running;
        return current != null && current.storage().isWaiting();
    }

    /** The running transaction, started now if need be. */
    CatalogTransaction running() {
        CatalogTransaction current = running;
        if (current == null) {
            enter();
            long lockTimeout = settings.lockTimeoutMillis();
            TransactionOptions options = new TransactionOptions(
                    isolation(),
                    settings.bool("transaction_read_only"),
                    cancel,
                    lockTimeout == 0 ? Long.MAX_VALUE : lockTimeout * 1_000_000L);
            current = catalog.begin(catalog.catalog().storage().begin(options));
            running = current;
        }
        return current;
    }

    boolean started() {
        return running != null;
    }

    /** Starts a statement: a new snapshot where the isolation level wants one. */
    Transaction beginStatement() {
        Transaction storage = running().storage();
        storage.beginStatement();
        snapshotTaken = true;
        return storage;
    }

    boolean snapshotTaken() {
        return snapshotTaken;
    }

    private IsolationLevel isolation() {
        return switch (settings.require("transaction_isolation")) {
            case "serializable" -> IsolationLevel.SERIALIZABLE;
            case "repeatable read" -> IsolationLevel.REPEATABLE_READ;
            default -> IsolationLevel.READ_COMMITTED;
        };
    }

    boolean readOnly() {
        return settings.bool("transaction_read_only");
    }

    /**
     * Commits whatever is open.
     *
     * @param checks does the checks that were put off to now
     * @return false if a failed transaction was rolled back instead
     */
    boolean commit(Consumer<Transaction> checks) {
        if (block == Block.FAILED) {
            rollback();
            return false;
        }
        CatalogTransaction current = running;
        marked = Optional.empty();
        try {
            if (current != null) {
                if (!deferred.isEmpty()) {
                    checks.accept(beginStatement());
                }
                clearTemporaryTables(current);
                if (mark != null) {
                    current.storage().mark(mark.name());
                }
                current.commit();
                marked = mark == null ? Optional.empty() : current.storage().committed();
            }
        } catch (RuntimeException e) {
            rollback();
            throw e;
        }
        while (settings.levels() > 0) {
            settings.releaseLevel();
        }
        end();
        return true;
    }

    /** Commits, and opens the next around the rest of the same statement. */
    void next(Consumer<Transaction> checks) {
        commit(checks);
        enter();
        settings.setInternal("transaction_isolation", "read committed");
    }

    /** Checks that wait for the end of the transaction. */
    DeferredChecks deferred() {
        return deferred;
    }

    /** ON COMMIT of a temporary table of this session. */
    void onCommit(int tableOid, OnCommit what) {
        temporaryTables.put(tableOid, what);
    }

    private void clearTemporaryTables(CatalogTransaction current) {
        if (temporaryTables.isEmpty()) {
            return;
        }
        for (Map.Entry<Integer, OnCommit> entry : Map.copyOf(temporaryTables).entrySet()) {
            Relation relation = current.snapshot().relation(entry.getKey()).orElse(null);
            if (!(relation instanceof TableDefinition table)) {
                temporaryTables.remove(entry.getKey());
            } else if (entry.getValue() == OnCommit.DROP) {
                temporaryTables.remove(entry.getKey());
                current.drop(
                        List.of(table.ref()),
                        DropBehavior.CASCADE,
                        current.snapshot().searchPath(List.of(), "", 0));
            } else {
                Table rows =
                        catalog.catalog().storage().table(current.snapshot().layout(table));
                rows.truncate(current.storage());
            }
        }
    }

    /** Rolls back whatever is open. */
    void rollback() {
        CatalogTransaction current = running;
        try {
            if (current != null) {
                current.rollback();
            }
        } finally {
            while (settings.levels() > 0) {
                settings.rollbackLevel();
            }
            end();
        }
    }

    /** Forgets the storage transaction, in which nothing has happened yet that counts. */
    void restart() {
        CatalogTransaction current = running;
        running = null;
        snapshotTaken = false;
        if (current != null) {
            current.rollback();
        }
    }

    /** Whether committing needs the log at most: no DDL, nothing in another database. */
    boolean commitsShortly() {
        CatalogTransaction current = running;
        return block != Block.FAILED
                && deferred.isEmpty()
                && temporaryTables.isEmpty()
                && (current == null || !current.changed());
    }

    /** Whether rolling back has nothing to take back. */
    boolean changedNothing() {
        CatalogTransaction current = running;
        return current == null || current.storage().id() == 0 && !current.changed();
    }

    private void end() {
        advisory.transactionEnded();
        deferred.clear();
        running = null;
        savepoints.clear();
        snapshotTaken = false;
        mark = null;
        block = Block.NONE;
    }

    /** After an error: an explicit transaction fails, anything else is rolled back. */
    void fail() {
        if (block != Block.EXPLICIT) {
            if (block == Block.IMPLICIT) {
                rollback();
            }
            return;
        }
        block = Block.FAILED;
        CatalogTransaction current = running;
        if (current == null) {
            return;
        }
        if (savepoints.isEmpty()) {
            deferred.clear();
            current.rollback();
        } else {
            SavepointEntry last = savepoints.get(savepoints.size() - 1);
            current.storage().rollbackTo(last.storage);
            current.rollbackTo(last.mark);
            deferred.rollbackTo(last.checks);
        }
    }

    // ---- savepoints

    void savepoint(String name) {
        CatalogTransaction current = running();
        savepoints.add(new SavepointEntry(name, current.storage().savepoint(), current.savepoint(), deferred.mark()));
        settings.beginLevel();
    }

    void release(String name) {
        int index = find(name);
        running().storage().release(savepoints.get(index).storage);
        while (savepoints.size() > index) {
            savepoints.remove(savepoints.size() - 1);
            settings.releaseLevel();
        }
    }

    void rollbackTo(String name) {
        int index = find(name);
        SavepointEntry entry = savepoints.get(index);
        CatalogTransaction current = running();
        current.storage().rollbackTo(entry.storage);
        current.rollbackTo(entry.mark);
        deferred.rollbackTo(entry.checks);
        while (savepoints.size() > index) {
            savepoints.remove(savepoints.size() - 1);
            settings.rollbackLevel();
        }
        savepoints.add(entry);
        settings.beginLevel();
        block = Block.EXPLICIT;
    }

    private int find(String name) {
        for (int i = savepoints.size() - 1; i >= 0; i--) {
            if (savepoints.get(i).name.equals(name)) {
                return i;
            }
        }
        throw ErrorReport.error(ErrorCode.INVALID_SAVEPOINT_SPECIFICATION, "savepoint \"" + name + "\" does not exist")
                .exception();
    }
}
