package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WaitPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread that may not wait: it is told so before anything has happened, and commits without waiting. */
class NoWaitTest {
    private static final int ROWS = 6000;
    private static final String FILLER = "x".repeat(200);

    @TempDir
    Path directory = Path.of("unset");

    private @Nullable Storage<TableContent> storage;
    private final NoWait trying = new NoWait();

    private Database database;
    private Table table;
    private long tree;

    @BeforeEach
    void open() {
        Storage<TableContent> started = new Storage<>(TestMachine.realFiles(directory), TableContent::new);
        storage = started;
        database = started.create(Storage.POSTGRES, TestMachine.newKey(1))
                .content()
                .tables();
        Transaction setup = begin();
        tree = database.createTree(setup);
        table = database.table(new TableLayout(
                tree,
                "public",
                "t",
                0,
                List.of(new ColumnLayout("id", PgType.INT4), new ColumnLayout("b", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of()));
        for (int id = 0; id < ROWS; id++) {
            table.insert(setup, row(id, FILLER));
        }
        setup.commit();
    }

    @AfterEach
    void close() {
        trying.end();
        if (storage != null) {
            storage.close();
        }
    }

    private static Row row(long id, String b) {
        Row row = new Row(2);
        row.setLong(0, id);
        row.setRef(1, b);
        return row;
    }

    private byte[] key(long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private Transaction begin() {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        return transaction;
    }

    private String value(long id) {
        Transaction reader = begin();
        Row into = new Row(2);
        long version = table.get(reader, key(id), into, null);
        reader.commit();
        String text = into.getRef(1);
        return version < 0 || text == null ? "none" : text;
    }

    private void update(Transaction transaction, long id, String b) {
        long version = table.getLatest(transaction, key(id), new Row(2), null);
        table.update(transaction, key(id), version, row(id, b));
    }

    @Test
    void aRowLockedByAnotherIsNotWaitedForAndLeavesNothing() {
        Transaction holder = begin();
        update(holder, 7, "held");
        Transaction transaction = begin();
        update(transaction, 8, "mine");
        Transaction.Savepoint before = transaction.savepoint();
        trying.begin(false);
        assertThatThrownBy(() -> {
                    update(transaction, 9, "undone");
                    update(transaction, 7, "never");
                })
                .isInstanceOf(WouldBlock.class);
        trying.end();
        transaction.rollbackTo(before);
        holder.commit();
        transaction.commit();
        assertThat(value(7)).isEqualTo("held");
        assertThat(value(8)).isEqualTo("mine");
        assertThat(value(9)).isEqualTo(FILLER);
    }

    @Test
    void anExplicitRowLockAndATableLockAreNotWaitedFor() {
        Transaction holder = begin();
        table.lock(holder, key(3), table.get(holder, key(3), new Row(2), null), RowLockMode.UPDATE, WaitPolicy.WAIT);
        Transaction transaction = begin();
        trying.begin(false);
        assertThatThrownBy(() -> update(transaction, 3, "never")).isInstanceOf(WouldBlock.class);
        trying.end();
        holder.lockTable(tree, TableLockMode.ACCESS_EXCLUSIVE, WaitPolicy.WAIT);
        trying.begin(false);
        assertThatThrownBy(() -> transaction.lockTable(tree, TableLockMode.ACCESS_SHARE, WaitPolicy.WAIT))
                .isInstanceOf(WouldBlock.class);
        trying.end();
        transaction.rollback();
        holder.rollback();
        assertThat(value(3)).isEqualTo(FILLER);
    }

    @Test
    void aPageThatIsNotInMemoryIsNotReadAndNoLatchStaysBehind() {
        int missed = 0;
        for (int id = 0; id < ROWS; id += 20) {
            Transaction reader = begin();
            trying.begin(false);
            try {
                table.get(reader, key(id), new Row(2), null);
            } catch (WouldBlock expected) {
                missed++;
            } finally {
                trying.end();
            }
            reader.commit();
            // Would hang on a latch that was left behind.
            Transaction writer = begin();
            update(writer, id, "again");
            writer.commit();
        }
        assertThat(missed).isPositive();
    }

    /** Splits need the disk only where the files have to grow or a page frame has to be written first. */
    @Test
    void aLeafWithoutRoomIsSplitUnlessTheDiskIsNeeded() {
        int more = 3000;
        int refused = 0;
        for (int id = ROWS; id < ROWS + more; id++) {
            Transaction writer = begin();
            Transaction.Savepoint before = writer.savepoint();
            trying.begin(false);
            try {
                table.insert(writer, row(id, FILLER));
            } catch (WouldBlock expected) {
                refused++;
                trying.end();
                writer.rollbackTo(before);
                table.insert(writer, row(id, FILLER));
            } finally {
                trying.end();
            }
            writer.commit();
        }
        int splits = more * FILLER.length() / PageLayout.PAGE_SIZE;
        assertThat(refused).isBetween(1, splits / 4);
        for (int id = ROWS; id < ROWS + more; id++) {
            assertThat(value(id)).isEqualTo(FILLER);
        }
    }

    @Test
    void aCommitIsLeftBehindAndVisibleOnceItIsDone() throws Exception {
        Transaction writer = begin();
        update(writer, 1, "new");
        trying.begin(false);
        writer.commit();
        trying.end();
        Completion left = trying.takeDeferred();
        assertThat(left).isNotNull();
        CompletableFuture<String> seen = new CompletableFuture<>();
        left.whenDone(() -> seen.complete(value(1)));
        assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("new");
        left.check();
        assertThat(trying.takeDeferred()).isNull();
        assertThat(writer.isActive()).isFalse();
    }

    /** One session alone need not hand its commit to the log's thread and back. */
    @Test
    void aCommitByWhoIsAloneIsMadeDurableAtOnce() {
        for (int round = 0; round < 50; round++) {
            // The page may have left memory.
            value(5);
            Transaction writer = begin();
            trying.begin(true);
            update(writer, 5, "round " + round);
            writer.commit();
            trying.end();
            Completion left = trying.takeDeferred();
            if (left == null) {
                assertThat(value(5)).isEqualTo("round " + round);
                return;
            }
        }
        throw new AssertionError("somebody else was at the log all the time");
    }

    @Test
    void aCommitOfNothingLeavesNothingBehind() {
        Transaction reader = begin();
        trying.begin(false);
        reader.commit();
        trying.end();
        assertThat(trying.takeDeferred()).isNull();
    }

    @Test
    void theNextWriterOfARowNeedNotWaitUntilTheLastCommitIsDurable() throws Exception {
        List<Completion> commits = new ArrayList<>();
        for (int round = 0; round < 300; round++) {
            // The page may have left memory.
            value(5);
            Transaction writer = begin();
            trying.begin(false);
            update(writer, 5, "round " + round);
            writer.commit();
            trying.end();
            commits.add(Objects.requireNonNull(trying.takeDeferred()));
        }
        CompletableFuture<String> seen = new CompletableFuture<>();
        commits.getLast().whenDone(() -> seen.complete("done"));
        assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(value(5)).isEqualTo("round 299");
    }

    @Test
    void whoSawACommitShowsItOnlyWhenItIsDurable() throws Exception {
        for (int round = 0; round < 100; round++) {
            // The page may have left memory.
            value(5);
            Transaction writer = begin();
            trying.begin(false);
            update(writer, 5, "round " + round);
            writer.commit();
            trying.end();
            assertThat(trying.takeDeferred()).isNotNull();
            Transaction reader = begin();
            Row into = new Row(2);
            table.getLatest(reader, key(5), into, null);
            String text = into.getRef(1);
            assertThat(text).isEqualTo("round " + round);
            reader.settle();
            assertThat(value(5)).isEqualTo(text);
            reader.commit();
        }
    }
}
