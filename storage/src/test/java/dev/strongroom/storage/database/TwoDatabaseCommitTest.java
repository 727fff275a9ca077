package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.TwoDatabaseCommit;
import dev.strongroom.storage.txn.Decisions;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A transaction that writes master and another database (S-1), with power failures at any moment. */
class TwoDatabaseCommitTest extends SeededTest {
    private static final long POOL = 200 * 8192;
    private static final int ROUNDS = 3;
    private static final TableLayout TABLE = new TableLayout(
            110,
            "public",
            "t",
            0,
            List.of(new ColumnLayout("id", PgType.INT8)),
            "t_pkey",
            List.of(KeyPart.ascending(0)),
            List.of());

    /** Both databases, open. */
    private record Pair(Database master, Database other, TwoDatabaseCommit decisions) {}

    private static Storage<TableContent> storage(TestMachine machine, AtomicReference<Decisions> decisions) {
        StorageEnvironment base = machine.environment(machine.disk.files());
        return new Storage<>(
                new StorageEnvironment(
                        base.files(),
                        base.scheduler(),
                        base.clock(),
                        base.randomness(),
                        base.instanceKey(),
                        base.encryptors(),
                        (database, transaction) ->
                                Objects.requireNonNull(decisions.get()).committed(database, transaction),
                        base.settings(),
                        base.onStop()),
                TableContent::new);
    }

    private static Pair open(TestMachine machine, boolean create) {
        AtomicReference<Decisions> decisions = new AtomicReference<>(Decisions.NONE);
        Storage<TableContent> storage = storage(machine, decisions);
        Database master = (create ? storage.create(Storage.MASTER, null) : storage.open(Storage.MASTER))
                .content()
                .tables();
        TwoDatabaseCommit two = new TwoDatabaseCommit(master);
        decisions.set(two);
        Database other = (create ? storage.create(TestMachine.DATABASE, null) : storage.open(TestMachine.DATABASE))
                .content()
                .tables();
        return new Pair(master, other, two);
    }

    private static Transaction insert(Database database, long id, IsolationLevel isolation) {
        TransactionOptions base = TransactionOptions.readCommitted();
        Transaction transaction = database.begin(
                new TransactionOptions(isolation, base.readOnly(), base.cancel(), base.lockTimeoutNanos()));
        transaction.beginStatement();
        Row row = new Row(1);
        row.setLong(0, id);
        database.table(TABLE).insert(transaction, row);
        return transaction;
    }

    private static TreeSet<Long> read(Database database) {
        TreeSet<Long> found = new TreeSet<>();
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        Row row = new Row(1);
        try (RowCursor cursor = database.table(TABLE).scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                found.add(row.getLong(0));
            }
        }
        transaction.rollback();
        return found;
    }

    @Test
    @DisplayName("S-1: both databases have it or neither, whichever I/O the power fails at; acknowledged means both")
    void bothOrNeitherAtEveryCrashPoint() {
        long total = run(seed(), Long.MAX_VALUE);
        assertThat(total).isGreaterThan(10);
        for (long at = 1; at <= total; at++) {
            run(seed(), at);
        }
    }

    private static long run(long seed, long crashAt) {
        TestMachine machine = new TestMachine(new SeededRandomness(seed), POOL);
        Pair pair = open(machine, true);
        long before = machine.disk.operations();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        int acknowledged = 0;
        try {
            for (int i = 1; i <= ROUNDS; i++) {
                IsolationLevel isolation = i == 2 ? IsolationLevel.SERIALIZABLE : IsolationLevel.READ_COMMITTED;
                Transaction inMaster = insert(pair.master, i, isolation);
                Transaction other = insert(pair.other, i, isolation);
                pair.decisions.commit(inMaster, TestMachine.DATABASE, other);
                acknowledged = i;
            }
            if (crashAt == Long.MAX_VALUE) {
                return machine.disk.operations() - before;
            }
        } catch (SimulatedCrash crash) {
            // Go on after it.
        }
        machine.crash();
        for (int start = 0; start < 2; start++) {
            pair = open(machine, false);
            TreeSet<Long> inMaster = read(pair.master);
            assertThat(read(pair.other)).as("crash at %s", crashAt).isEqualTo(inMaster);
            assertThat(inMaster).as("crash at %s", crashAt).hasSizeBetween(acknowledged, acknowledged + 1);
            pair.decisions.forgetAllOf(List.of(Storage.MASTER, TestMachine.DATABASE));
            machine.crash();
        }
        pair = open(machine, false);
        long next = 100 + acknowledged;
        pair.decisions.commit(
                insert(pair.master, next, IsolationLevel.READ_COMMITTED),
                TestMachine.DATABASE,
                insert(pair.other, next, IsolationLevel.SERIALIZABLE));
        assertThat(read(pair.other)).contains(next);
        return 0;
    }

    @Test
    @DisplayName("S-1: what master refuses is undone in the other database too")
    void aRefusalOfMasterUndoesBoth() {
        TestMachine machine = new TestMachine(random(), POOL);
        Pair pair = open(machine, true);
        Transaction inMaster = insert(pair.master, 1, IsolationLevel.READ_COMMITTED);
        Transaction other = insert(pair.other, 1, IsolationLevel.SERIALIZABLE);
        other.prepare();
        other.rollback();
        inMaster.rollback();
        Transaction next = insert(pair.other, 2, IsolationLevel.SERIALIZABLE);
        next.commit();
        assertThat(read(pair.other)).containsExactly(2L);
        machine.crash();
        assertThat(read(open(machine, false).other())).containsExactly(2L);
    }
}
