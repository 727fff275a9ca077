package dev.strongroom.storage.isolation;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.List;
import java.util.Set;

/** A simulated engine for histories: sessions pass one baton by seed, power may fail once between. */
final class EngineRun {
    private static final long POOL = 90 * 8192;
    private static final Set<ErrorCode> REFUSALS = Set.of(
            ErrorCode.SERIALIZATION_FAILURE,
            ErrorCode.DEADLOCK_DETECTED,
            ErrorCode.LOCK_NOT_AVAILABLE,
            ErrorCode.UNIQUE_VIOLATION);

    final SeededRandomness random;
    private final TestMachine machine;
    private final TableLayout layout;
    private Database database;
    private long moment;

    /** Key, group with an index, text. */
    EngineRun(long seed) {
        random = new SeededRandomness(seed);
        machine = new TestMachine(random.split(), POOL);
        database = start(true);
        Transaction setUp = database.begin(TransactionOptions.readCommitted());
        layout = new TableLayout(
                database.createTree(setUp),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT8),
                        new ColumnLayout("g", PgType.INT8),
                        new ColumnLayout("v", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(
                        database.createTree(setUp), "t_g", List.of(KeyPart.ascending(1)), false, false)));
        setUp.commit();
    }

    private Database start(boolean create) {
        Storage<TableContent> storage = new Storage<>(machine.environment(machine.disk.files()), TableContent::new);
        boolean slow = random.oneIn(2);
        var scheduler = machine.scheduler;
        machine.disk.pauseWith(() -> {
            if (slow) {
                scheduler.pause();
            }
        });
        return (create
                        ? storage.create(TestMachine.DATABASE, TestMachine.newKey(1))
                        : storage.open(TestMachine.DATABASE))
                .content()
                .tables();
    }

    Table table() {
        return database.table(layout);
    }

    static Row row(long id, long group, String text) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setLong(1, group);
        row.setRef(2, text);
        return row;
    }

    byte[] key(int index, long value) {
        Row values = new Row(1);
        values.setLong(0, value);
        return table().keyWriter(index).prefix(values, 1);
    }

    Transaction begin(IsolationLevel level) {
        Transaction transaction =
                database.begin(new TransactionOptions(level, false, new CancelFlag(), Long.MAX_VALUE));
        transaction.beginStatement();
        return transaction;
    }

    /** Number of this moment; moments of one run never repeat. */
    long moment() {
        return ++moment;
    }

    void pause() {
        machine.scheduler.pause();
    }

    /** Whether the engine may refuse a statement or a commit so. */
    static boolean isRefusal(DatabaseException failure) {
        return REFUSALS.contains(failure.code());
    }

    /** Runs sessions side by side; power may fail under them, and comes back. */
    void run(List<Runnable> sessions, boolean powerFails) {
        int number = 0;
        for (Runnable session : sessions) {
            machine.scheduler.session("session-" + number++, session);
        }
        if (powerFails) {
            machine.disk.crashAfter(1 + random.below(400));
        }
        machine.scheduler.runSessions();
        if (powerFails) {
            try {
                machine.crash();
                database = start(false);
            } catch (SimulatedCrash crash) {
                throw new IllegalStateException("power failed twice", crash);
            }
        }
    }

    void close() {
        machine.scheduler.abandon();
    }
}
