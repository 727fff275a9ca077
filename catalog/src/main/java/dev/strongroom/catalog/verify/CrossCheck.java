package dev.strongroom.catalog.verify;

import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.verify.VerifyProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Level 4 of verification: reads every row of every table through the table and through each of its indexes, in one snapshot,
 * and compares number and content. A row an index misses, one it has too many, and a large value that cannot be read all show.
 * Indexes over expressions and partial ones are left out: only a session can compute their keys; so are those that are not valid.
 * Works beside other sessions.
 */
public final class CrossCheck {
    private static final int ATTEMPTS = 3;

    private final Supplier<CatalogSnapshot> catalog;
    private final Database database;
    private final Consumer<String> findings;

    /**
     * @param catalog as it is at any time
     * @param findings one line per defect
     */
    public CrossCheck(Supplier<CatalogSnapshot> catalog, Database database, Consumer<String> findings) {
        this.catalog = catalog;
        this.database = database;
        this.findings = findings;
    }

    /** What a pass over rows adds up to; the order does not count. */
    private record Sum(long rows, long content) {}

    /** Checks all tables but temporary ones. */
    public void run() {
        run(VerifyProgress.NONE);
    }

    /** As {@link #run()}, and says how many tables of how many have been looked at. */
    public void run(VerifyProgress progress) {
        List<Integer> tables = new ArrayList<>();
        for (Relation relation : catalog.get().relations()) {
            if (relation instanceof TableDefinition table && table.persistence() != Persistence.TEMPORARY) {
                tables.add(table.oid());
            }
        }
        for (int i = 0; i < tables.size(); i++) {
            check(tables.get(i));
            progress.accept(i + 1, tables.size());
        }
    }

    /** Where a table is dropped, emptied or altered meanwhile, what was found says nothing: it is looked at again. */
    private void check(int oid) {
        List<String> found = List.of();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            CatalogSnapshot now = catalog.get();
            if (!(now.relation(oid).orElse(null) instanceof TableDefinition table)) {
                return;
            }
            found = new ArrayList<>();
            check(now.plainLayout(table), found);
            if (found.isEmpty()) {
                return;
            }
        }
        found.forEach(findings);
    }

    private void check(TableLayout layout, List<String> found) {
        Table table = database.table(layout);
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        String what = "table \"" + layout.name() + "\"";
        try {
            transaction.beginStatement();
            Sum own = sum(table, transaction, 0);
            List<IndexLayout> indexes = layout.indexes();
            for (int i = 0; i < indexes.size(); i++) {
                what = "index \"" + indexes.get(i).name() + "\"";
                compare(layout, what, own, sum(table, transaction, i + 1), found);
            }
        } catch (DatabaseException failure) {
            found.add(what + " cannot be read: " + failure.report().message());
        } finally {
            transaction.rollback();
        }
    }

    private static void compare(TableLayout layout, String index, Sum own, Sum through, List<String> found) {
        if (own.rows != through.rows) {
            found.add(index + " leads to " + through.rows + " of " + own.rows + " rows of table \"" + layout.name()
                    + "\"");
        } else if (own.content != through.content) {
            found.add(index + " leads to other rows than table \"" + layout.name() + "\" has");
        }
    }

    private static Sum sum(Table table, Transaction transaction, int index) {
        int width = table.layout().columns().size();
        Row row = new Row(width);
        long rows = 0;
        long content = 0;
        try (RowCursor cursor = table.scan(transaction, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                row.clear();
                cursor.load(row);
                rows++;
                content += hash(row, width, Arrays.hashCode(cursor.key()));
            }
        }
        return new Sum(rows, content);
    }

    private static long hash(Row row, int width, int keyHash) {
        long hash = keyHash;
        for (int slot = 0; slot < width; slot++) {
            long value = 0;
            if (!row.isNull(slot)) {
                Object content = row.<Object>getRef(slot);
                value = content == null
                        ? row.getLong(slot)
                        : content instanceof byte[] bytes ? Arrays.hashCode(bytes) : content.hashCode();
            }
            hash = hash * 0x9E3779B97F4A7C15L + value;
        }
        return hash ^ hash >>> 31;
    }
}
