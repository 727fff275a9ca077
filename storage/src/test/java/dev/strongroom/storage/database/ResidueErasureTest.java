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
import dev.strongroom.storage.verify.VerifyProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real files of a plain database, where everything that is left can be read. */
class ResidueErasureTest {
    private static final int ROWS = 2000;

    @TempDir
    Path directory = Path.of("unset");

    private @Nullable Storage<TableContent> storage;

    @AfterEach
    void close() {
        if (storage != null) {
            storage.close();
        }
    }

    private Storage<TableContent> start() {
        Storage<TableContent> started = new Storage<>(TestMachine.realFiles(directory), TableContent::new);
        storage = started;
        return started;
    }

    @Test
    @DisplayName("AE-154: what was replaced, removed or dropped is gone from the pages and the journal")
    void nothingIsLeftOfWhatIsNoMore() throws Exception {
        StoredDatabase<TableContent> database = start().create(Storage.POSTGRES, null);
        TableStore tables = database.content().tables();
        Table table = table(tables, false);
        Table dropped = table(tables, true);
        fill(tables, table, "first-secret-");
        fill(tables, dropped, "other-secret-");
        database.checkpoint();
        assertThat(found("first-secret-", "other-secret-")).isNotEmpty();

        replaceAndDelete(tables, table);
        Transaction drop = tables.begin(TransactionOptions.readCommitted());
        drop.beginStatement();
        tables.dropTree(drop, dropped.layout().treeId());
        tables.dropTree(drop, dropped.layout().indexes().getFirst().treeId());
        drop.commit();
        database.checkpoint();
        assertThat(found("first-secret-", "other-secret-"))
                .as("without erasing")
                .isNotEmpty();

        tables.awaitTidied(() -> {});
        List<Long> passed = new ArrayList<>();
        database.eraseResidue((done, total) -> passed.add(done));
        assertThat(passed).isSorted().isNotEmpty();
        assertThat(found("first-secret-", "other-secret-")).isEmpty();
        assertThat(found("second value ")).isNotEmpty();
        assertThat(count(tables, table)).isEqualTo(ROWS / 2);

        database.close();
        close();
        storage = null;
        StoredDatabase<TableContent> again = start().open(Storage.POSTGRES);
        List<Finding> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(again, findings::add, VerifyProgress.NONE);
        TreeVerification.check(again, findings::add);
        assertThat(findings).isEmpty();
    }

    /** Table t(id int4 primary key, v text, large text), with an index on v or without. */
    private static Table table(TableStore tables, boolean indexed) {
        Transaction setup = tables.begin(TransactionOptions.readCommitted());
        Table table = tables.table(new TableLayout(
                tables.createTree(setup),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("v", PgType.TEXT),
                        new ColumnLayout("large", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                indexed
                        ? List.of(new IndexLayout(
                                tables.createTree(setup), "t_v", List.of(KeyPart.ascending(1)), false, false))
                        : List.of()));
        setup.commit();
        return table;
    }

    private static void fill(TableStore tables, Table table, String what) {
        Transaction transaction = tables.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        for (int i = 0; i < ROWS; i++) {
            // Backwards and forwards, so that nodes split in the middle.
            table.insert(transaction, row(i % 2 == 0 ? i : ROWS * 2 - i, what, i % 50 == 0 ? 20_000 : 10));
        }
        transaction.commit();
    }

    private static Row row(int id, String what, int large) {
        StringBuilder text = new StringBuilder();
        while (text.length() < large) {
            text.append(what).append(text.length() * 7919 % 1000003).append(' ');
        }
        Row row = new Row(3);
        row.setLong(0, id);
        row.setRef(1, what + id + "-" + "x".repeat(id % 90));
        row.setRef(2, text.toString());
        return row;
    }

    /** Half of the rows get other values, longer and shorter ones; the others go. */
    private static void replaceAndDelete(TableStore tables, Table table) {
        Transaction transaction = tables.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        Row row = new Row(3);
        List<byte[]> keys = new ArrayList<>();
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                keys.add(cursor.key());
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            long version = table.get(transaction, keys.get(i), row, null);
            WriteOutcome outcome = i % 2 == 0
                    ? table.delete(transaction, keys.get(i), version)
                    : table.update(
                            transaction, keys.get(i), version, row((int) row.getLong(0), "second value ", i % 40));
            assertThat(outcome).isEqualTo(WriteOutcome.DONE);
        }
        transaction.commit();
    }

    private static long count(TableStore tables, Table table) {
        Transaction transaction = tables.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        long count = 0;
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                count++;
            }
        }
        transaction.commit();
        return count;
    }

    /** Files other than log segments that have one of these texts in them. */
    private List<String> found(String... texts) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/log/"))
                    .toList();
        }
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String text : texts) {
                if (content.contains(text)) {
                    found.add(file.getFileName() + ": " + text);
                }
            }
        }
        return found;
    }
}
