package dev.strongroom.storage.simulation;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.Set;

/** One client: random transactions, every answer checked against the model. */
final class Session implements Runnable {
    /** What may happen to a statement without anything being wrong. */
    private static final Set<ErrorCode> EXPECTED = Set.of(
            ErrorCode.UNIQUE_VIOLATION,
            ErrorCode.FOREIGN_KEY_VIOLATION,
            ErrorCode.SERIALIZATION_FAILURE,
            ErrorCode.DEADLOCK_DETECTED,
            ErrorCode.LOCK_NOT_AVAILABLE,
            ErrorCode.QUERY_CANCELED);

    private final Simulation simulation;
    private final Database database;
    private final SeededRandomness random;
    private final String name;
    private final int transactions;
    private final Statements statements;

    Session(Simulation simulation, Database database, String name, int transactions) {
        this.simulation = simulation;
        this.database = database;
        this.random = simulation.random.split();
        this.name = name;
        this.transactions = transactions;
        this.statements = new Statements(simulation, database, random, name);
    }

    @Override
    public void run() {
        for (int i = 0; i < transactions && !simulation.isStopped(); i++) {
            try {
                transaction();
            } catch (DatabaseException failure) {
                if (!simulation.tolerates(failure)) {
                    throw failure;
                }
                simulation.trace(name, "ends: " + failure.code());
                if (simulation.isStopped()) {
                    // The server has ended, even where a rollback's failure took the place of what said so.
                    throw new SimulatedCrash();
                }
            }
        }
    }

    private void transaction() {
        IsolationLevel level = IsolationLevel.values()[random.below(3)];
        CancelFlag cancel = new CancelFlag();
        long timeout = random.oneIn(4) ? 1_000_000L * random.below(500) : Long.MAX_VALUE;
        Transaction transaction = database.begin(new TransactionOptions(level, random.oneIn(20), cancel, timeout));
        Attempt attempt = new Attempt(transaction);
        boolean ended = false;
        try {
            if (!statements(attempt)) {
                return;
            }
            if (random.oneIn(7)) {
                return;
            }
            simulation.pause();
            Pairing pairing = simulation.pairing();
            if (pairing != null) {
                pairing.choose(attempt);
                if (attempt.pair != 0 && random.oneIn(10)) {
                    pairing.refuse(attempt);
                    return;
                }
            }
            simulation.model.committing(attempt);
            statements.releaseLocks(attempt);
            ended = commit(attempt);
        } catch (SimulatedCrash gone) {
            // Nothing of this machine is touched any more.
            ended = true;
            throw gone;
        } finally {
            if (!ended && transaction.isActive()) {
                statements.releaseLocks(attempt);
                rollback(transaction);
            }
        }
    }

    private void rollback(Transaction transaction) {
        try {
            if (random.oneIn(3)) {
                NoWait trying = new NoWait();
                trying.begin(false);
                try {
                    transaction.rollback();
                } catch (WouldBlock wait) {
                    simulation.trace(name, "rollback goes on elsewhere");
                } finally {
                    trying.end();
                }
            }
            transaction.rollback();
        } catch (DatabaseException failure) {
            if (!simulation.tolerates(failure)) {
                throw failure;
            }
        }
    }

    private boolean commit(Attempt attempt) {
        try {
            Pairing pairing = simulation.pairing();
            if (pairing != null && attempt.pair != 0) {
                pairing.commit(attempt);
                simulation.facts().paired++;
            } else if (random.oneIn(3)) {
                commitWithoutWaiting(attempt.transaction);
            } else {
                attempt.transaction.commit();
            }
        } catch (DatabaseException failure) {
            simulation.trace(name, "commit " + failure.code());
            if (failure.code() == ErrorCode.SERIALIZATION_FAILURE) {
                simulation.model.refused(attempt);
                return true;
            }
            throw failure;
        }
        simulation.model.acknowledged(attempt);
        simulation.trace(name, "committed at " + attempt.commitTime() + ", snapshot " + attempt.snapshotTime());
        return true;
    }

    /** As a session on the event loop commits: it goes on when the log's thread says so. */
    private void commitWithoutWaiting(Transaction transaction) {
        NoWait trying = new NoWait();
        trying.begin(random.oneIn(2));
        try {
            transaction.commit();
        } catch (WouldBlock wait) {
            trying.end();
            transaction.commit();
        } finally {
            trying.end();
        }
        Completion deferred = trying.takeDeferred();
        if (deferred != null) {
            simulation.scheduler().await(deferred, deferred::isDone, Long.MAX_VALUE);
            deferred.check();
        }
    }

    /** Runs some; false if the transaction is to be rolled back. */
    private boolean statements(Attempt attempt) {
        int count = 1 + random.below(8);
        Transaction.Savepoint savepoint = null;
        Attempt.Mark saved = null;
        for (int i = 0; i < count; i++) {
            simulation.pause();
            if (savepoint != null && saved != null && random.oneIn(6)) {
                attempt.transaction.rollbackTo(savepoint);
                attempt.backTo(saved);
                statements.releaseLocks(attempt);
                simulation.trace(name, "rolled back to savepoint");
            } else if (random.oneIn(5)) {
                savepoint = attempt.transaction.savepoint();
                saved = attempt.mark();
            }
            if (!statement(attempt)) {
                return false;
            }
        }
        return true;
    }

    private boolean statement(Attempt attempt) {
        Transaction transaction = attempt.transaction;
        Transaction.Savepoint before = random.oneIn(4) ? null : transaction.savepoint();
        Attempt.Mark mark = attempt.mark();
        try {
            if (before == null || !random.oneIn(3) || !triedWithoutWaiting(attempt, before, mark)) {
                statements.run(attempt);
            }
            if (before != null && random.oneIn(2)) {
                transaction.release(before);
            }
            return true;
        } catch (DatabaseException failure) {
            simulation.trace(name, "statement " + failure.code() + " " + failure.getMessage());
            if (!EXPECTED.contains(failure.code()) && !simulation.tolerates(failure)) {
                throw failure;
            }
            boolean ends = failure.code() == ErrorCode.SERIALIZATION_FAILURE
                    || failure.code() == ErrorCode.DEADLOCK_DETECTED
                    || simulation.isStopped();
            if (ends || before == null || random.oneIn(2)) {
                return false;
            }
            transaction.rollbackTo(before);
            attempt.backTo(mark);
            statements.releaseLocks(attempt);
            return true;
        }
    }

    private boolean triedWithoutWaiting(Attempt attempt, Transaction.Savepoint before, Attempt.Mark mark) {
        NoWait trying = new NoWait();
        trying.begin(false);
        try {
            statements.run(attempt);
            return true;
        } catch (WouldBlock wait) {
            trying.end();
            attempt.transaction.rollbackTo(before);
            attempt.backTo(mark);
            statements.releaseLocks(attempt);
            return false;
        } finally {
            trying.end();
        }
    }
}
