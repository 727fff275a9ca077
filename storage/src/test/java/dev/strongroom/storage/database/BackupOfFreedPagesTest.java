package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.testkit.random.SeededTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that are changed and then freed while a backup runs: its log changes them, so they must be in it. */
class BackupOfFreedPagesTest extends SeededTest {
    private static final int COPY = 7;
    private static final int ROWS = 400;
    private static final String TEXT = "x".repeat(500);

    private static TableLayout layout(TableStore tables, Transaction transaction, String name) {
        return new TableLayout(
                tables.createTree(transaction),
                "public",
                name,
                0,
                List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("t", PgType.TEXT)),
                name + "_pkey",
                List.of(KeyPart.ascending(0)),
                List.of());
    }

    private static void insert(TableStore tables, TableLayout layout, int from, int step) {
        Transaction transaction = tables.begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        Table table = tables.table(layout);
        for (long id = from; id < ROWS; id += step) {
            Row row = new Row(2);
            row.setLong(0, id);
            row.setRef(1, TEXT);
            table.insert(transaction, row);
        }
        transaction.commit();
    }

    private static long count(TableStore tables, TableLayout layout) {
        Transaction transaction = tables.begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        long count = 0;
        try (RowCursor cursor = tables.table(layout).scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                count++;
            }
        }
        transaction.commit();
        return count;
    }

    @Test
    void aTableChangedAndDroppedMeanwhileLeavesTheBackupWhole() {
        TestMachine machine = new TestMachine(random(), 200 * 8192);
        Storage<TableContent> storage = new Storage<>(machine.environment(machine.disk.files()), TableContent::new);
        StoredDatabase<TableContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        TableStore tables = database.content().tables();
        Transaction setup = tables.begin(TransactionOptions.snapshot());
        TableLayout kept = layout(tables, setup, "kept");
        TableLayout dropped = layout(tables, setup, "dropped");
        setup.commit();
        insert(tables, kept, 0, 1);
        insert(tables, dropped, 0, 2);
        boolean[] done = {false};
        BackupMachine.backup(
                machine.disk.files(),
                database,
                BackupKind.DATABASE,
                (page, total) -> {
                    if (!done[0]) {
                        done[0] = true;
                        insert(tables, dropped, 1, 2);
                        Transaction drop = tables.begin(TransactionOptions.snapshot());
                        tables.dropTree(drop, dropped.treeId());
                        drop.commit();
                        for (int i = 0; i < 2000; i++) {
                            machine.scheduler.pause();
                        }
                    }
                },
                "full.bak");
        BackupMachine.lay(machine.disk.files(), storage, COPY, "full.bak");
        TableStore restored =
                storage.recoverRestored(COPY, RestoreEnd.ALL).content().tables();
        assertThat(count(restored, kept)).isEqualTo(ROWS);
    }
}
