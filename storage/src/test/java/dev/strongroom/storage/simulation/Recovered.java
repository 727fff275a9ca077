package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.OfflineVerification;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.TransactionView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A look at a whole database nobody uses: what is in it, and levels 1 to 4 of verification. */
final class Recovered {
    private final Simulation simulation;
    private final StoredDatabase<TableContent> database;

    Recovered(Simulation simulation, StoredDatabase<TableContent> database) {
        this.simulation = simulation;
        this.database = database;
    }

    /** All rows of all tables the model has heard of, each read by its table and found by every index (level 4). */
    Model.Found read() {
        return read(simulation.model.tables);
    }

    /** The same of tables that may have been there at another time. */
    Model.Found read(Collection<ModelTable> tables) {
        Map<ModelTable, TreeMap<byte[], Long>> found = new LinkedHashMap<>();
        Set<ModelIndex> indexes = new LinkedHashSet<>();
        Set<ModelIndex> valid = new LinkedHashSet<>();
        Set<Long> trees = new HashSet<>(database.content().tables().trees());
        for (ModelTable table : List.copyOf(tables)) {
            TreeMap<byte[], Long> rows = read(table);
            if (rows != null) {
                found.put(table, rows);
                // Others may be adding some meanwhile.
                Stream.concat(table.added.stream(), table.forgotten.stream()).toList().stream()
                        .filter(index -> trees.contains(index.layout.treeId()))
                        .forEach(index -> {
                            indexes.add(index);
                            boolean complete = !index.beside || trees.contains(index.marker);
                            check(table, index, rows, complete);
                            if (complete) {
                                valid.add(index);
                            }
                        });
            }
        }
        return new Model.Found(time(), found, indexes, valid);
    }

    /** Of a snapshot taken now. */
    private long time() {
        Transaction transaction = database.content().tables().begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            return TransactionView.txn(transaction).snapshot().time();
        } finally {
            transaction.rollback();
        }
    }

    private @Nullable TreeMap<byte[], Long> read(ModelTable table) {
        Table storage = database.content().tables().table(table.layout);
        Transaction transaction = database.content().tables().begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            TreeMap<byte[], Long> rows = ModelTable.newMap();
            Row row = new Row(Content.COLUMNS);
            try (RowCursor cursor = storage.scan(transaction, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    long serial = row.getLong(Content.SERIAL);
                    simulation.model.content(serial).assertIs(row, "table " + table.number);
                    rows.put(cursor.key(), serial);
                }
            }
            for (int index = 1; index <= Questions.PARENT_INDEX; index++) {
                checkIndex(transaction, storage, index, rows);
            }
            return rows;
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNDEFINED_TABLE) {
                return null;
            }
            throw failure;
        } finally {
            transaction.rollback();
        }
    }

    /** Every row is found by an index that was added later, if it may be read; no other row ever is. */
    private void check(ModelTable table, ModelIndex index, TreeMap<byte[], Long> rows, boolean complete) {
        Table storage = database.content().tables().table(table.with(List.of(index)));
        Transaction transaction = database.content().tables().begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            TreeSet<Long> found = serials(transaction, storage, Questions.PARENT_INDEX + 1);
            assertThat(rows.values())
                    .as("what an index of table %s finds", table.number)
                    .containsAll(found);
            if (complete) {
                checkIndex(transaction, storage, Questions.PARENT_INDEX + 1, rows);
            }
        } finally {
            transaction.rollback();
        }
    }

    private static void checkIndex(Transaction transaction, Table storage, int index, TreeMap<byte[], Long> rows) {
        assertThat(serials(transaction, storage, index))
                .as("rows by index %s of table %s", index, storage.layout().name())
                .isEqualTo(new TreeSet<>(rows.values()));
    }

    private static TreeSet<Long> serials(Transaction transaction, Table storage, int index) {
        TreeSet<Long> serials = new TreeSet<>();
        Row row = new Row(Content.COLUMNS);
        try (RowCursor cursor = storage.scan(transaction, index, ScanRange.ALL, new int[] {Content.SERIAL})) {
            while (cursor.next()) {
                cursor.load(row);
                assertThat(serials.add(row.getLong(Content.SERIAL)))
                        .as("row %s twice in index %s", row.getLong(Content.SERIAL), index)
                        .isTrue();
            }
        }
        return serials;
    }

    /** Levels 1 to 3: pages, sums, trees, and no page used twice, by nobody, or though it is free. */
    void verify() {
        List<String> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(database, finding -> findings.add(finding.toString()));
        awaitCleaner();
        BitSet reached = database.content()
                .tables()
                .verify(findings::add, page -> database.space().isTaken(page));
        BitSet lost = new BitSet();
        for (int page = 0; page < database.space().pageCount(); page++) {
            if (!BitmapPage.isBitmap(page) && database.space().isTaken(page) != reached.get(page)) {
                lost.set(page);
            }
        }
        if (!lost.isEmpty()) {
            // The encryption scan holds a free page for a moment, to wipe it.
            simulation.scheduler().await(this, () -> false, 1_000_000_000L);
        }
        lost.stream()
                .filter(page -> database.space().isTaken(page) != reached.get(page))
                .forEach(page -> findings.add("page " + page + (reached.get(page) ? " is free" : " leaked")));
        assertThat(findings).isEmpty();
    }

    /** Lets background work come to rest: versions nobody needs are gone when nobody runs. */
    private void awaitCleaner() {
        simulation.scheduler().await(this, database.content().tables()::isTidy, 10_000_000_000L);
    }
}
