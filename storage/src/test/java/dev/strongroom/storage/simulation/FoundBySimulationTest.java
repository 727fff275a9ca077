package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the simulation found, one test for each, so that it stays found without its seed. */
class FoundBySimulationTest {
    private static final long POOL = 90 * 8192;
    private static final String DATA = "db/5/data.00000001";

    private final TestMachine machine = new TestMachine(new SeededRandomness(1), POOL);
    private TableStore database = start(true);

    private TableStore start(boolean create) {
        Storage<TableContent> storage = new Storage<>(machine.environment(machine.disk.files()), TableContent::new);
        return (create ? storage.create(TestMachine.DATABASE, null) : storage.open(TestMachine.DATABASE))
                .content()
                .tables();
    }

    private Transaction begin(IsolationLevel level) {
        Transaction transaction =
                database.begin(new TransactionOptions(level, false, new CancelFlag(), Long.MAX_VALUE));
        transaction.beginStatement();
        return transaction;
    }

    private Transaction begin() {
        return begin(IsolationLevel.READ_COMMITTED);
    }

    private TableLayout table(boolean hiddenKey) {
        Transaction setUp = begin();
        TableLayout layout = new TableLayout(
                database.createTree(setUp),
                "public",
                "t",
                0,
                List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("s", PgType.TEXT)),
                hiddenKey ? "" : "t_pkey",
                hiddenKey ? List.of() : List.of(KeyPart.ascending(0)),
                List.of());
        setUp.commit();
        return layout;
    }

    private static Row row(long id, String text) {
        Row row = new Row(2);
        row.setLong(0, id);
        row.setRef(1, text);
        return row;
    }

    /** So large, and so little alike, that it goes into pieces of its own. */
    private static String large(long seed) {
        StringBuilder text = new StringBuilder();
        SeededRandomness random = new SeededRandomness(seed);
        while (text.length() < 9000) {
            text.append(Long.toHexString(random.nextLong()));
        }
        return text.toString();
    }

    private List<String> read(Transaction reader, Table table) {
        List<String> rows = new ArrayList<>();
        Row row = new Row(2);
        try (RowCursor cursor = table.scan(reader, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                String text = row.getRef(1);
                rows.add(row.getLong(0) + "=" + text);
            }
        }
        return rows;
    }

    @Test
    void aTableLockHeldByTwoOthersIsWaitedForAndGivenUpInTime() {
        long tree = table(false).treeId();
        Transaction first = begin();
        Transaction second = begin();
        first.lockTable(tree, TableLockMode.ACCESS_SHARE, WaitPolicy.WAIT);
        second.lockTable(tree, TableLockMode.ACCESS_SHARE, WaitPolicy.WAIT);
        Transaction third = database.begin(
                new TransactionOptions(IsolationLevel.READ_COMMITTED, false, new CancelFlag(), 50_000_000));
        assertThatThrownBy(() -> third.lockTable(tree, TableLockMode.ACCESS_EXCLUSIVE, WaitPolicy.WAIT))
                .hasMessage("canceling statement due to lock timeout");
    }

    @Test
    @DisplayName(
            "S-21: a commit that comes while the log switches segments with nothing to write does not wait for the next")
    void aCommitBesideASwitchOfSegmentsComesToItsEnd() {
        TestMachine switching = new TestMachine(new SeededRandomness(7), POOL);
        StoredDatabase<TableContent> opened = new Storage<>(
                        switching.environment(switching.disk.files()), TableContent::new)
                .create(TestMachine.DATABASE, null);
        opened.checkpoint();
        AtomicBoolean underWay = new AtomicBoolean();
        AtomicLong waitedNanos = new AtomicLong(Long.MAX_VALUE);
        switching.scheduler.session("switch", () -> {
            switching.disk.pauseWith(() -> {
                underWay.set(true);
                for (int i = 0; i < 100; i++) {
                    switching.scheduler.pause();
                }
            });
            opened.log().switchSegment();
        });
        switching.scheduler.session("commit", () -> {
            switching.scheduler.await(this, underWay::get, Long.MAX_VALUE);
            switching.disk.pauseWith(() -> {});
            Transaction transaction = opened.content().tables().begin(TransactionOptions.readCommitted());
            opened.content().tables().createTree(transaction);
            long before = switching.scheduler.monotonicNanos();
            transaction.commit();
            waitedNanos.set(switching.scheduler.monotonicNanos() - before);
        });
        switching.scheduler.runSessions();
        // Not until the next checkpoint happened to write the log.
        assertThat(waitedNanos.get()).isLessThan(1_000_000_000);
    }

    @Test
    void aSequenceValueIsHandedOutOnlyOnceItsReservationIsDurable() {
        Transaction setUp = begin();
        long sequence = database.sequences().create(setUp, SequenceLayout.DEFAULT);
        setUp.commit();
        NoWait trying = new NoWait();
        trying.begin(false);
        assertThatThrownBy(() -> database.sequences().next(sequence)).isInstanceOf(WouldBlock.class);
        trying.end();
        long value = database.sequences().next(sequence);
        machine.crash();
        database = start(false);
        assertThat(database.sequences().next(sequence)).isGreaterThan(value);
    }

    @Test
    void rowsOfATableWithoutAKeyAreNumberedOnAfterATruncateThatWasTakenBack() {
        TableLayout layout = table(true);
        Transaction writer = begin();
        for (int i = 0; i < 3; i++) {
            database.table(layout).insert(writer, row(i, "a"));
        }
        writer.commit();
        machine.crash();
        database = start(false);
        Table table = database.table(layout);
        Transaction loser = begin();
        table.truncate(loser);
        table.insert(loser, row(7, "b"));
        loser.rollback();
        Transaction next = begin();
        table.insert(next, row(8, "c"));
        next.commit();
        assertThat(read(begin(), table)).containsExactly("0=a", "1=a", "2=a", "8=c");
    }

    @Test
    void oldVersionsDoNotShowThroughWhatCameAfterTruncate() {
        TableLayout layout = table(false);
        Table table = database.table(layout);
        Transaction writer = begin();
        byte[] key = table.insert(writer, row(1, "old"));
        writer.commit();
        Transaction keeper = begin(IsolationLevel.REPEATABLE_READ);
        Transaction changer = begin();
        table.update(changer, key, table.get(changer, key, new Row(2), null), row(1, "newer"));
        changer.commit();
        Transaction emptier = begin();
        table.truncate(emptier);
        emptier.commit();
        Transaction inserter = begin();
        table.insert(inserter, row(1, "not yet"));
        assertThat(read(begin(), table)).isEmpty();
        inserter.rollback();
        keeper.commit();
    }

    @Test
    void cleaningUpAfterADeleteLeavesWhatCameAfterTruncateAlone() {
        TableLayout layout = table(false);
        Transaction writer = begin();
        database.table(layout).insert(writer, row(1, large(1)));
        writer.commit();
        machine.crash();
        database = start(false);
        Table table = database.table(layout);
        Transaction keeper = begin(IsolationLevel.REPEATABLE_READ);
        Transaction deleter = begin();
        byte[] key = ModelTable.key(table, 1);
        table.delete(deleter, key, table.get(deleter, key, new Row(2), null));
        deleter.commit();
        Transaction emptier = begin();
        table.truncate(emptier);
        table.insert(emptier, row(2, large(2)));
        emptier.commit();
        keeper.commit();
        machine.scheduler.await(this, database::isTidy, 10_000_000_000L);
        assertThat(read(begin(), table)).containsExactly("2=" + large(2));
    }

    @Test
    void aSerializableTransactionNoticesRowsThatWereLoaded() {
        TableLayout layout = table(false);
        TableLayout other = table(false);
        Table table = database.table(layout);
        Transaction reader = begin(IsolationLevel.SERIALIZABLE);
        assertThat(read(reader, table)).isEmpty();
        Transaction loader = begin();
        table.truncate(loader);
        try (RowLoader rows = table.loader(loader)) {
            rows.add(row(1, "loaded"));
            rows.finish();
        }
        loader.commit();
        database.table(other).insert(reader, row(1, "there was nothing"));
        assertThatThrownBy(reader::commit)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILURE));
    }

    @Test
    void aCommitThatChangedNothingUsesItsTimeUpThoughNobodyHeardOfIt() {
        Model model = new Model();
        Table table = database.table(table(false));
        Attempt attempt = new Attempt(begin());
        Transaction.Savepoint before = attempt.transaction.savepoint();
        table.insert(attempt.transaction, row(1, "taken back"));
        attempt.transaction.rollbackTo(before);
        model.committing(attempt);
        // It is durable, and power fails before anybody is told.
        attempt.transaction.commit();
        long time = attempt.commitTime();
        for (int start = 0; start < 3; start++) {
            machine.crash();
            database = start(false);
            Attempt reader = new Attempt(begin());
            assertThat(reader.snapshotTime()).isEqualTo(time);
            model.reconcile(new Model.Found(reader.snapshotTime(), Map.of(), Set.of()), Set.of(), "start " + start);
            model.seen(reader.snapshotTime());
            assertThat(model.now()).isEqualTo(time);
        }
        Attempt next = new Attempt(begin());
        database.table(table.layout()).insert(next.transaction, row(1, "there"));
        model.committing(next);
        next.transaction.commit();
        model.acknowledged(next);
        assertThat(model.now()).isGreaterThan(time);
    }

    @Test
    void recoveryMayNotGoBackBehindATimeThatWasSeen() {
        Model model = new Model();
        model.reconcile(new Model.Found(7, Map.of(), Set.of()), Set.of(), "seven");
        model.seen(7);
        assertThatThrownBy(() -> model.reconcile(new Model.Found(6, Map.of(), Set.of()), Set.of(), "six"))
                .hasMessageContaining("six: recovery brought back no moment from 7 to 7 with snapshots of 6");
    }

    /** Seed 6333: recovery commits by their ids, but who is serializable had nobody commit before it. */
    @Test
    void answersOfADecidedTransactionHoldWhoeverRecoveryCommitsBeforeIt() {
        for (boolean stamped : new boolean[] {true, false}) {
            Model model = new Model();
            ModelTable table = modelTable(model);
            Attempt writer = inserting(model, table, 1, begin());
            writer.pair = 1;
            Attempt looking = lookingAt(table);
            writer.transaction.prepare();
            looking.transaction.prepare();
            model.committing(writer);
            model.committing(looking);
            assertThat(looking.transaction.id()).isGreaterThan(writer.transaction.id());
            long end = model.now() + 2;
            if (stamped) {
                looking.transaction.commit();
            }
            model.reconcile(found(end, table, 1), Set.of(1L, 2L), stamped ? "with a time" : "without");
            assertThat(model.now()).isEqualTo(end);
            assertThat(table.at(end).values()).containsExactly(1L);
            looking.transaction.rollback();
            writer.transaction.rollback();
        }
    }

    @Test
    void answersOfADecidedTransactionThatACommitBeforeItMadeUntrueAreFound() {
        Model model = new Model();
        ModelTable table = modelTable(model);
        Attempt looking = lookingAt(table);
        Attempt writer = inserting(model, table, 1, begin());
        model.committing(writer);
        writer.transaction.commit();
        model.acknowledged(writer);
        model.committing(looking);
        Model.Found found = found(model.now() + 1, table, 1);
        assertThatThrownBy(() -> model.reconcile(found, Set.of(2L), "untrue"))
                .hasMessageContaining("given to a serializable transaction with snapshot");
    }

    private ModelTable modelTable(Model model) {
        Attempt making = new Attempt(begin());
        ModelTable table = new ModelTable(1, table(false));
        database.createTree(making.transaction);
        making.created.add(table);
        model.committing(making);
        making.transaction.commit();
        model.acknowledged(making);
        return table;
    }

    private Attempt inserting(Model model, ModelTable table, long id, Transaction transaction) {
        Attempt attempt = new Attempt(transaction);
        Table stored = database.table(table.layout);
        stored.insert(transaction, row(id, "there"));
        model.remember(new Content(id, id, null, 0, null, 0));
        attempt.change(table, ModelTable.key(stored, id), 0, id);
        return attempt;
    }

    /** Pair 2: finds nothing in a table, and writes elsewhere. */
    private Attempt lookingAt(ModelTable table) {
        Attempt looking = new Attempt(begin(IsolationLevel.SERIALIZABLE));
        List<String> rows = read(looking.transaction, database.table(table.layout));
        assertThat(rows).isEmpty();
        looking.note(table, there -> List.copyOf(there.values()), List.of());
        database.createTree(looking.transaction);
        looking.pair = 2;
        return looking;
    }

    private Model.Found found(long time, ModelTable table, long id) {
        TreeMap<byte[], Long> rows = ModelTable.newMap();
        rows.put(ModelTable.key(database.table(table.layout), id), id);
        return new Model.Found(time, Map.of(table, rows), Set.of());
    }

    @Test
    void aKilledProcessAndThenAPowerFailureLoseNothing() {
        for (int at = 1; at <= 40; at++) {
            TestMachine each = new TestMachine(new SeededRandomness(at), POOL);
            create(each);
            TableLayout layout = table(false);
            int acknowledged = 0;
            each.disk.crashAfter(at);
            try {
                for (int i = 0; i < 40; i++) {
                    Transaction writer = begin();
                    database.table(layout).insert(writer, row(i, "x".repeat(500)));
                    writer.commit();
                    acknowledged++;
                }
            } catch (SimulatedCrash killed) {
                // The process is gone, the machine is not.
            }
            each.kill();
            for (int start = 0; start < 3; start++) {
                database = new Storage<>(each.environment(each.disk.files()), TableContent::new)
                        .open(TestMachine.DATABASE)
                        .content()
                        .tables();
                assertThat(read(begin(), database.table(layout)))
                        .as("killed at %s", at)
                        .hasSizeGreaterThanOrEqualTo(acknowledged);
                each.crash();
            }
        }
    }

    /**
     * The bitmap as it was before a table was made lies below a checkpoint: no record says that it is an old one, and with
     * plain pages no sum does. Freeing the table, which had been dropped, says so.
     */
    @Test
    @DisplayName("S-21: a bitmap whose last write was lost is found by what is freed, and nothing is freed twice")
    void anOldBitmapIsFoundWhenADroppedTableIsFreed() {
        TestMachine each = new TestMachine(new SeededRandomness(1), POOL);
        StoredDatabase<TableContent> stored = create(each);
        TableLayout layout = table(false);
        TableLayout other = table(false);
        stored.checkpoint();
        byte[] old = Arrays.copyOf(each.disk.bytes(DATA), PageLayout.PAGE_SIZE);
        Transaction writer = begin();
        for (int i = 0; i < 60; i++) {
            database.table(layout).insert(writer, row(i, "x".repeat(500)));
        }
        writer.commit();
        // Somebody may still look at the table when it is dropped, so it is not freed before the crash.
        begin(IsolationLevel.REPEATABLE_READ);
        Transaction dropper = begin();
        database.dropTree(dropper, layout.treeId());
        dropper.commit();
        stored.checkpoint();
        // The page journal's last batch must not mend the bitmap.
        Transaction next = begin();
        database.table(other).insert(next, row(1, "a"));
        next.commit();
        stored.checkpoint();
        byte[] data = each.disk.bytes(DATA).clone();
        System.arraycopy(old, 0, data, 0, old.length);
        each.crash();
        each.disk.replace(DATA, data);
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> new Storage<>(each.environment(each.disk.files()), TableContent::new)
                            .open(TestMachine.DATABASE))
                    .isInstanceOfSatisfying(DatabaseException.class, found -> {
                        assertThat(found.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
                        assertThat(found).hasMessageContaining("is free already by the bitmap in page 0");
                    });
            each.crash();
        }
    }

    /** The table with one more index, on the text, that a transaction makes and fills. */
    private TableLayout withIndex(TableLayout table, Transaction transaction) {
        IndexLayout index =
                new IndexLayout(database.createTree(transaction), "t_s", List.of(KeyPart.ascending(1)), false, false);
        TableLayout made = new TableLayout(
                table.treeId(),
                table.schema(),
                table.name(),
                0,
                table.columns(),
                table.primaryKeyName(),
                table.primaryKey(),
                List.of(index));
        database.table(made).buildIndex(transaction, 1);
        return made;
    }

    private void update(TableLayout table, long id, String from, String to) {
        Transaction writer = begin();
        Table handle = database.table(table);
        byte[] key = handle.keyWriter(0).prefix(row(id, from), 1);
        long version = handle.get(writer, key, new Row(2), null);
        handle.update(writer, key, version, row(id, to));
        writer.commit();
    }

    private List<Long> byText(Transaction reader, TableLayout table, String text) {
        Table handle = database.table(table);
        Row values = new Row(1);
        values.setRef(0, text);
        byte[] prefix = handle.keyWriter(1).prefix(values, 1);
        List<Long> ids = new ArrayList<>();
        Row row = new Row(2);
        try (RowCursor cursor = handle.scan(reader, 1, ScanRange.prefix(prefix), null)) {
            while (cursor.next()) {
                cursor.load(row);
                ids.add(row.getLong(0));
            }
        }
        return ids;
    }

    @Test
    void aSnapshotOlderThanAnIndexFindsByItWhatItSees() {
        TableLayout table = table(false);
        Transaction setUp = begin();
        database.table(table).insert(setUp, row(1, "old"));
        database.table(table).insert(setUp, row(2, "gone"));
        setUp.commit();
        Transaction reader = begin(IsolationLevel.REPEATABLE_READ);
        update(table, 1, "old", "new");
        Transaction deleter = begin();
        Table handle = database.table(table);
        byte[] second = handle.keyWriter(0).prefix(row(2, ""), 1);
        handle.delete(deleter, second, handle.get(deleter, second, new Row(2), null));
        deleter.commit();
        Transaction builder = begin();
        TableLayout indexed = withIndex(table, builder);
        builder.commit();
        assertThat(byText(reader, indexed, "old")).containsExactly(1L);
        assertThat(byText(reader, indexed, "gone")).containsExactly(2L);
        assertThat(byText(reader, indexed, "new")).isEmpty();
        assertThat(byText(begin(), indexed, "new")).containsExactly(1L);
        assertThat(byText(begin(), indexed, "old")).isEmpty();
    }

    @Test
    void makingAnIndexLeavesTheSnapshotOfItsTransactionAlone() {
        TableLayout table = table(false);
        TableLayout other = table(false);
        Transaction serializable = begin(IsolationLevel.SERIALIZABLE);
        assertThat(read(serializable, database.table(table))).isEmpty();
        Transaction writer = begin();
        database.table(table).insert(writer, row(1, "a"));
        writer.commit();
        withIndex(other, serializable);
        assertThat(read(serializable, database.table(table))).isEmpty();
        assertThatThrownBy(serializable::commit)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILURE));
    }

    @Test
    void whatWasReadByAnIndexThatWasTakenBackMustHoldAtCommit() {
        TableLayout table = table(false);
        TableLayout other = table(false);
        Transaction serializable = begin(IsolationLevel.SERIALIZABLE);
        Transaction.Savepoint before = serializable.savepoint();
        assertThat(byText(serializable, withIndex(table, serializable), "a")).isEmpty();
        serializable.rollbackTo(before);
        Transaction writer = begin();
        database.table(table).insert(writer, row(1, "a"));
        writer.commit();
        database.table(other).insert(serializable, row(1, "there was nothing"));
        assertThatThrownBy(serializable::commit)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILURE));
    }

    private StoredDatabase<TableContent> create(TestMachine each) {
        StoredDatabase<TableContent> stored = new Storage<>(each.environment(each.disk.files()), TableContent::new)
                .create(TestMachine.DATABASE, null);
        database = stored.content().tables();
        return stored;
    }
}
