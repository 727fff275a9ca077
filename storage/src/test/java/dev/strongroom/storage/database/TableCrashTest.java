package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WriteOutcome;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables with an index on the whole engine, against a map, through power failures. */
class TableCrashTest extends SeededTest {
    private static final long POOL = 90 * 8192;

    /** What is committed, and what the transaction under way would make of it. */
    private static final class Model {
        TreeMap<Long, String> committed = new TreeMap<>();
        TreeMap<Long, String> pending = new TreeMap<>();

        @Nullable
        TableLayout layout;
    }

    private static Storage<TableContent> start(TestMachine machine) {
        return new Storage<>(machine.environment(machine.disk.files()), TableContent::new);
    }

    private static TableLayout layout(TableStore database, Transaction setup) {
        return new TableLayout(
                database.createTree(setup),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT8),
                        new ColumnLayout("b", PgType.TEXT),
                        new ColumnLayout("c", PgType.INT8)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(
                        database.createTree(setup), "t_c", List.of(KeyPart.ascending(2)), false, false)));
    }

    private static Row row(long id, String text) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setRef(1, text);
        row.setLong(2, text.length() % 17);
        return row;
    }

    private static byte[] key(Table table, long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private static TreeMap<Long, String> read(TableStore database, TableLayout layout, int index) {
        TreeMap<Long, String> found = new TreeMap<>();
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        Row row = new Row(3);
        try (RowCursor cursor = database.table(layout).scan(transaction, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                String text = row.getRef(1);
                found.put(row.getLong(0), text);
            }
        }
        transaction.commit();
        return found;
    }

    private static void work(TableStore database, Model model, SeededRandomness random, int transactions) {
        TableLayout layout = java.util.Objects.requireNonNull(model.layout);
        Table table = database.table(layout);
        for (int i = 0; i < transactions; i++) {
            Transaction transaction = database.begin(TransactionOptions.readCommitted());
            model.pending = new TreeMap<>(model.committed);
            for (int n = random.below(12); n >= 0; n--) {
                transaction.beginStatement();
                change(table, transaction, model, random);
            }
            if (random.oneIn(5)) {
                transaction.rollback();
            } else {
                transaction.commit();
                model.committed = model.pending;
            }
            model.pending = new TreeMap<>(model.committed);
        }
    }

    private static void change(Table table, Transaction transaction, Model model, SeededRandomness random) {
        long id = random.below(400);
        String text = "x".repeat(random.below(random.oneIn(20) ? 6000 : 200)) + id;
        if (!model.pending.containsKey(id)) {
            table.insert(transaction, row(id, text));
            model.pending.put(id, text);
            return;
        }
        byte[] key = key(table, id);
        long version = table.get(transaction, key, new Row(3), null);
        if (random.oneIn(2)) {
            assertThat(table.update(transaction, key, version, row(id, text))).isEqualTo(WriteOutcome.DONE);
            model.pending.put(id, text);
        } else {
            assertThat(table.delete(transaction, key, version)).isEqualTo(WriteOutcome.DONE);
            model.pending.remove(id);
        }
    }

    private static void check(TableStore database, Model model, String where) {
        if (model.layout == null) {
            return;
        }
        TreeMap<Long, String> found = read(database, model.layout, 0);
        assertThat(read(database, model.layout, 1)).as("index %s", where).isEqualTo(found);
        if (!found.equals(model.pending)) {
            assertThat(found).as("table %s", where).isEqualTo(model.committed);
        }
    }

    @Test
    void tablesSurviveACleanRestart() {
        TestMachine machine = new TestMachine(random(), POOL);
        Model model = new Model();
        Storage<TableContent> storage = start(machine);
        TableStore database =
                storage.create(TestMachine.DATABASE, null).content().tables();
        setUp(database, model);
        work(database, model, random(), 150);
        check(database, model, "before");
        for (int i = 0; i < 3; i++) {
            storage.close();
            storage = start(machine);
            database = storage.open(TestMachine.DATABASE).content().tables();
            check(database, model, "restart " + i);
            work(database, model, random(), 50);
        }
    }

    private static void setUp(TableStore database, Model model) {
        Transaction setup = database.begin(TransactionOptions.readCommitted());
        setup.beginStatement();
        TableLayout layout = layout(database, setup);
        setup.commit();
        model.layout = layout;
    }

    @Test
    void tablesSurvivePowerFailures() {
        manyCrashes(() -> null, 60);
    }

    @Test
    void sealedTablesSurvivePowerFailures() {
        manyCrashes(() -> TestMachine.newKey(1), 30);
    }

    @Test
    @Tag("nightly")
    void tablesSurviveThousandsOfPowerFailures() {
        for (int i = 0; i < 50; i++) {
            manyCrashes(() -> TestMachine.newKey(1), 100);
        }
    }

    /** One database through many crashes: damage done by one recovery shows in a later one. */
    private void manyCrashes(Supplier<@Nullable NewKey> key, int crashes) {
        SeededRandomness random = random().split();
        TestMachine machine = new TestMachine(random, POOL);
        Model model = new Model();
        setUp(start(machine).create(TestMachine.DATABASE, key.get()).content().tables(), model);
        for (int i = 0; i < crashes; i++) {
            machine.crash();
            String where = "after crash " + i + " of seed " + seed();
            machine.disk.crashAfter(1 + random.below(i % 4 == 3 ? 20 : 400));
            try {
                StoredDatabase<TableContent> database = start(machine).open(TestMachine.DATABASE);
                check(database.content().tables(), model, where);
                model.committed = read(database.content().tables(), java.util.Objects.requireNonNull(model.layout), 0);
                model.pending = model.committed;
                if (random.oneIn(3)) {
                    database.checkpoint();
                }
                work(database.content().tables(), model, random, 200);
            } catch (SimulatedCrash crash) {
                // What the test is about.
            }
        }
        machine.crash();
        List<Finding> findings = new ArrayList<>();
        new OfflineVerification<>(machine.environment(machine.disk.files()), TableContent::new, TreeVerification::check)
                .verify(TestMachine.DATABASE, findings::add);
        assertThat(findings).as("seed %s", seed()).isEmpty();
        check(start(machine).open(TestMachine.DATABASE).content().tables(), model, "at the end");
    }
}
