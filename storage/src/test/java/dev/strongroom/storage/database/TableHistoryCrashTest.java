package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tables, indexes, large values and sequences through power loss at any I/O, recovery included. */
class TableHistoryCrashTest extends SeededTest {
    private static final long POOL = 80 * 8192;
    private static final int IDS = 300;

    /** What the outside knows. */
    private static final class Known {
        TreeMap<Long, String> rows = new TreeMap<>();

        @Nullable
        TreeMap<Long, String> maybe;

        @Nullable
        TableLayout layout;

        long sequence;
        long lastValue;
        boolean created;
    }

    @Test
    void committedTransactionsSurviveAndNoneIsThereByHalf() {
        long total = scenario(seed(), Long.MAX_VALUE, false);
        for (long at = 20 + Math.floorMod(seed(), 23); at <= total; at += 23) {
            scenario(seed(), at, false);
        }
    }

    @Test
    void theSameWhenSealed() {
        long total = scenario(seed() + 1, Long.MAX_VALUE, true);
        for (long at = 20 + Math.floorMod(seed(), 37); at <= total; at += 37) {
            scenario(seed() + 1, at, true);
        }
    }

    private long scenario(long seed, long crashAt, boolean sealed) {
        SeededRandomness random = new SeededRandomness(seed);
        TestMachine machine = new TestMachine(random, POOL);
        Known known = new Known();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        try {
            Storage<TableContent> storage = start(machine);
            StoredDatabase<TableContent> database =
                    storage.create(TestMachine.DATABASE, sealed ? TestMachine.newKey(1) : null);
            known.created = true;
            work(database, known, random, 60);
            if (crashAt == Long.MAX_VALUE) {
                long operations = machine.disk.operations();
                storage.close();
                machine.scheduler = new dev.strongroom.testkit.time.SimulatedScheduler(random.split());
                check(machine, known, "clean shutdown, seed " + seed);
                return operations;
            }
        } catch (SimulatedCrash crash) {
            // What the test is about.
        }
        for (int depth = 0; depth < 2 && known.created; depth++) {
            machine.crash();
            machine.disk.crashAfter(1 + random.below(40));
            try {
                check(machine, known, "seed " + seed + " crash at " + crashAt + " depth " + depth);
            } catch (SimulatedCrash crash) {
                // Once more.
            }
        }
        machine.crash();
        if (known.created) {
            check(machine, known, "seed " + seed + " crash at " + crashAt);
        }
        return 0;
    }

    private static Storage<TableContent> start(TestMachine machine) {
        return new Storage<>(machine.environment(machine.disk.files()), TableContent::new);
    }

    private static void createTable(Database database, Known known) {
        Transaction ddl = database.begin(TransactionOptions.readCommitted());
        TableLayout layout = new TableLayout(
                database.createTree(ddl),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT8),
                        new ColumnLayout("s", PgType.TEXT),
                        new ColumnLayout("n", PgType.INT8)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(database.createTree(ddl), "t_n", List.of(KeyPart.ascending(2)), true, false)));
        long sequence = database.sequences().create(ddl, SequenceLayout.DEFAULT);
        ddl.commit();
        known.layout = layout;
        known.sequence = sequence;
    }

    private void work(StoredDatabase<TableContent> stored, Known known, SeededRandomness random, int transactions) {
        Database database = stored.content().tables();
        createTable(database, known);
        TableLayout layout = known.layout;
        assertThat(layout).isNotNull();
        Table table = database.table(layout);
        for (int i = 0; i < transactions; i++) {
            Transaction transaction = database.begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
            TreeMap<Long, String> rows = new TreeMap<>(known.rows);
            if (random.oneIn(15)) {
                table.truncate(transaction);
                rows.clear();
                load(table, transaction, rows, random);
            }
            for (int n = random.below(30); n >= 0; n--) {
                change(table, transaction, rows, random, random.below(IDS));
            }
            if (random.oneIn(8)) {
                deleteRange(table, transaction, rows, random.below(IDS), random.below(IDS));
            }
            if (random.oneIn(5)) {
                known.lastValue = Math.max(known.lastValue, database.sequences().next(known.sequence));
            }
            if (random.oneIn(6)) {
                // A savepoint's worth of changes that never happened.
                Transaction.Savepoint savepoint = transaction.savepoint();
                TreeMap<Long, String> undone = new TreeMap<>(rows);
                for (int n = 0; n < 10; n++) {
                    change(table, transaction, undone, random, random.below(IDS));
                }
                transaction.rollbackTo(savepoint);
            }
            if (random.oneIn(10)) {
                // A loser: its rows must be gone after the crash, its tree as well.
                Transaction loser = database.begin(TransactionOptions.readCommitted());
                database.createTree(loser);
                TreeMap<Long, String> lost = new TreeMap<>();
                change(table, loser, lost, random, IDS + i);
            }
            if (random.oneIn(8)) {
                stored.checkpoint();
            }
            if (random.oneIn(7)) {
                transaction.rollback();
                continue;
            }
            known.maybe = rows;
            transaction.commit();
            known.rows = rows;
            known.maybe = null;
        }
    }

    /** Trees built at one go, in order or not. */
    private static void load(
            Table table, Transaction transaction, TreeMap<Long, String> rows, SeededRandomness random) {
        boolean ascending = random.oneIn(2);
        try (RowLoader loader = table.loader(transaction)) {
            for (int n = random.below(IDS); n > 0; n--) {
                long id = ascending ? IDS - n : random.below(IDS);
                if (rows.containsKey(id)) {
                    continue;
                }
                Row row = new Row(3);
                row.setLong(0, id);
                String text = Character.toString('A' + random.below(26))
                        .repeat(random.oneIn(20) ? random.below(9000) : random.below(600));
                row.setRef(1, text);
                row.setLong(2, id * 7 % 1000);
                loader.add(row);
                rows.put(id, text);
            }
            loader.finish();
        }
    }

    private static void change(
            Table table, Transaction transaction, TreeMap<Long, String> rows, SeededRandomness random, long id) {
        byte[] key = key(table, id);
        Row row = new Row(3);
        row.setLong(0, id);
        String text = Character.toString('a' + random.below(26))
                .repeat(random.oneIn(12) ? random.below(15000) : random.below(300));
        row.setRef(1, text);
        row.setLong(2, id * 7 % 1000);
        String old = rows.get(id);
        if (old == null) {
            table.insert(transaction, row);
            rows.put(id, text);
        } else {
            long version = table.get(transaction, key, new Row(3), new int[] {0});
            if (random.oneIn(3)) {
                table.delete(transaction, key, version);
                rows.remove(id);
            } else {
                table.update(transaction, key, version, row);
                rows.put(id, text);
            }
        }
    }

    /** Leaves whole nodes without rows, for the cleaner to merge. */
    private static void deleteRange(
            Table table, Transaction transaction, TreeMap<Long, String> rows, long from, long count) {
        for (long id : List.copyOf(rows.subMap(from, from + count).keySet())) {
            byte[] key = key(table, id);
            table.delete(transaction, key, table.get(transaction, key, new Row(3), new int[] {0}));
            rows.remove(id);
        }
    }

    private static byte[] key(Table table, long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private static void check(TestMachine machine, Known known, String where) {
        Storage<TableContent> storage = start(machine);
        StoredDatabase<TableContent> database = storage.open(TestMachine.DATABASE);
        TableContent content = database.content();
        List<String> findings = new ArrayList<>();
        java.util.BitSet reached =
                content.tables().verify(findings::add, page -> database.space().isTaken(page));
        for (int page = 0; page < database.space().pageCount(); page++) {
            if (!BitmapPage.isBitmap(page) && database.space().isTaken(page) != reached.get(page)) {
                findings.add("page " + page + (reached.get(page) ? " is free" : " leaked"));
            }
        }
        assertThat(findings).as(where).isEmpty();
        TableLayout layout = known.layout;
        if (layout == null) {
            return;
        }
        Table table = content.tables().table(layout);
        Transaction reader = content.tables().begin(TransactionOptions.readCommitted());
        reader.beginStatement();
        TreeMap<Long, String> found = read(table, reader, 0);
        if (!found.equals(known.maybe)) {
            assertThat(found).as(where).isEqualTo(known.rows);
        }
        assertThat(read(table, reader, 1)).as(where).isEqualTo(found);
        reader.commit();
        long next = content.tables().sequences().next(known.sequence);
        assertThat(next).as(where).isGreaterThan(known.lastValue);
        known.lastValue = next;
    }

    private static TreeMap<Long, String> read(Table table, Transaction reader, int index) {
        TreeMap<Long, String> rows = new TreeMap<>();
        Row row = new Row(3);
        try (RowCursor cursor = table.scan(reader, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                assertThat(row.getLong(2)).isEqualTo(row.getLong(0) * 7 % 1000);
                rows.put(row.getLong(0), row.getRef(1));
            }
        }
        return rows;
    }
}
