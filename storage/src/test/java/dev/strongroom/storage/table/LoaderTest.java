package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows loaded many at a time are in the table and its indexes; keys that collide are found. */
class LoaderTest extends SeededTest {
    private TableStore database;
    private Transaction transaction;

    @BeforeEach
    void open() {
        database = StoredTableTest.MemoryDatabase.open(new MemoryStorage(64L << 20), 8032);
        transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
    }

    /** Its background work would keep all of it in memory. */
    @AfterEach
    void close() {
        database.close();
    }

    private Table table(boolean key) {
        return database.table(new TableLayout(
                database.createTree(transaction),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("s", PgType.TEXT),
                        new ColumnLayout("large", PgType.TEXT)),
                "t_pkey",
                key ? List.of(KeyPart.ascending(0)) : List.of(),
                List.of(new IndexLayout(
                        database.createTree(transaction), "t_s", List.of(KeyPart.ascending(1)), true, false))));
    }

    private static Row row(long id, String text) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setRef(1, text);
        row.setRef(2, large(id));
        return row;
    }

    private static String text(long id) {
        return "text " + (id * 7919 % 100_003);
    }

    private static String large(long id) {
        return id % 997 == 0 ? ("x" + id).repeat(2000) : "y";
    }

    private static TreeMap<Long, String> read(Table table, Transaction reader, int index) {
        TreeMap<Long, String> rows = new TreeMap<>();
        Row row = new Row(3);
        try (RowCursor cursor = table.scan(reader, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                assertThat(row.<String>getRef(2)).isEqualTo(large(row.getLong(0)));
                rows.put(row.getLong(0), row.getRef(1));
            }
        }
        return rows;
    }

    private void check(Table table, Map<Long, String> expected) {
        transaction.commit();
        Transaction reader = database.begin(TransactionOptions.readCommitted());
        reader.beginStatement();
        assertThat(read(table, reader, 0)).isEqualTo(expected);
        assertThat(read(table, reader, 1)).isEqualTo(expected);
        reader.commit();
        List<String> findings = new ArrayList<>();
        database.verify(findings::add, page -> true);
        assertThat(findings).isEmpty();
    }

    private TreeMap<Long, String> load(Table table, List<Long> ids) {
        TreeMap<Long, String> rows = new TreeMap<>();
        try (RowLoader loader = table.loader(transaction)) {
            for (long id : ids) {
                loader.add(row(id, text(id)));
                rows.put(id, text(id));
            }
            loader.finish();
            assertThat(loader.failedRow()).isEqualTo(-1);
        }
        return rows;
    }

    /** Who shows a table's own transaction that it is alone with it need not undo row by row. */
    @Test
    void aSavepointThatWasReleasedLeavesALoadAsFast() {
        Table before = table(true);
        assertThat(loaderOf(before)).isInstanceOf(FreshLoader.class);
        Transaction.Savepoint outer = transaction.savepoint();
        assertThat(loaderOf(before)).isInstanceOf(SingleLoader.class);
        transaction.release(outer);
        assertThat(loaderOf(before)).isInstanceOf(FreshLoader.class);

        Transaction.Savepoint first = transaction.savepoint();
        Transaction.Savepoint second = transaction.savepoint();
        Table within = table(true);
        transaction.release(second);
        assertThat(loaderOf(within)).isInstanceOf(FreshLoader.class);
        assertThat(loaderOf(before)).isInstanceOf(SingleLoader.class);
        transaction.savepoint();
        assertThat(loaderOf(within)).isInstanceOf(SingleLoader.class);
        transaction.release(first);
        assertThat(loaderOf(before)).isInstanceOf(SingleLoader.class);
    }

    private RowLoader loaderOf(Table table) {
        try (RowLoader loader = table.loader(transaction)) {
            return loader;
        }
    }

    @Test
    void rowsWithAndWithoutUndoGoTogether() {
        Table table = table(true);
        TreeMap<Long, String> rows = load(table, ids(0, 100));
        Transaction.Savepoint savepoint = transaction.savepoint();
        rows.putAll(load(table, ids(100, 200)));
        transaction.release(savepoint);
        rows.putAll(load(table, ids(200, 2500)));
        Transaction.Savepoint taken = transaction.savepoint();
        load(table, ids(2500, 2600));
        transaction.rollbackTo(taken);
        transaction.release(taken);
        rows.putAll(load(table, ids(2550, 3000)));
        check(table, rows);
    }

    @Test
    void allOfItGoesWithItsTransaction() {
        Table table = table(true);
        TreeMap<Long, String> rows = load(table, ids(0, 300));
        transaction.commit();
        transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        table.truncate(transaction);
        Transaction.Savepoint savepoint = transaction.savepoint();
        load(table, ids(100, 200));
        transaction.release(savepoint);
        load(table, ids(200, 1500));
        transaction.rollback();
        transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        check(table, rows);
    }

    private static List<Long> ids(int from, int to) {
        List<Long> ids = new ArrayList<>();
        for (long id = from; id < to; id++) {
            ids.add(id);
        }
        return ids;
    }

    private List<Long> shuffled(List<Long> ids) {
        for (int i = ids.size() - 1; i > 0; i--) {
            Collections.swap(ids, i, random().below(i + 1));
        }
        return ids;
    }

    @Test
    void rowsWithoutKeyAreThereInTheirOrder() {
        Table table = table(false);
        check(table, load(table, shuffled(ids(0, 5000))));
    }

    @Test
    void rowsInKeyOrderAreThere() {
        Table table = table(true);
        check(table, load(table, ids(0, 60_000)));
    }

    @Test
    void rowsInAnyOrderAreThere() {
        Table table = table(true);
        check(table, load(table, shuffled(ids(0, 20_000))));
    }

    @Test
    void rowsThatComeTooLateAreThere() {
        Table table = table(true);
        List<Long> ids = ids(100, 60_000);
        ids.addAll(20, ids(0, 50));
        ids.addAll(ids(50, 100));
        check(table, load(table, ids));
    }

    @Test
    void aSecondLoadGoesOnWhereTheFirstEnded() {
        Table table = table(true);
        TreeMap<Long, String> rows = load(table, ids(0, 3000));
        rows.putAll(load(table, ids(3000, 6000)));
        check(table, rows);
    }

    @Test
    void aTableOthersKnowIsLoadedToo() {
        Table table = table(true);
        transaction.commit();
        transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        TreeMap<Long, String> rows = load(table, shuffled(ids(0, 3000)));
        rows.putAll(load(table, shuffled(ids(3000, 5000))));
        check(table, rows);
    }

    @Test
    void aLoadThatIsRolledBackLeavesNothing() {
        Table table = table(true);
        transaction.commit();
        transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        load(table, shuffled(ids(0, 1000)));
        transaction.rollback();
        transaction = database.begin(TransactionOptions.readCommitted());
        check(table, Map.of());
    }

    @Test
    void aKeyGivenTwiceIsFound() {
        for (int rows : new int[] {100, 80_000}) {
            for (int double_ : new int[] {7, rows - 1}) {
                Table table = table(true);
                RowLoader loader = table.loader(transaction);
                assertThatThrownBy(() -> {
                            for (int i = 0; i < rows; i++) {
                                loader.add(row(i, text(i)));
                            }
                            loader.add(row(double_, "other"));
                            loader.finish();
                        })
                        .isInstanceOfSatisfying(
                                DatabaseException.class,
                                e -> assertThat(e.report().detail())
                                        .isEqualTo("Key (id)=(" + double_ + ") already exists."));
                assertThat(loader.failedRow()).isEqualTo(rows);
                loader.close();
            }
        }
        transaction.rollback();
    }

    @Test
    void anIndexKeyGivenTwiceIsFound() {
        for (boolean fresh : new boolean[] {true, false}) {
            Table table = table(true);
            if (!fresh) {
                transaction.commit();
                transaction = database.begin(TransactionOptions.readCommitted());
                transaction.beginStatement();
            }
            RowLoader loader = table.loader(transaction);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            loader.add(row(i, "text " + (i == 800 ? 30 : i)));
                        }
                        loader.finish();
                    })
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.report().detail()).isEqualTo("Key (s)=(text 30) already exists."));
            assertThat(loader.failedRow()).isEqualTo(800);
            loader.close();
            transaction.rollback();
            transaction = database.begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
        }
    }
}
