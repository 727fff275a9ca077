package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.model.ModelDatabase;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.storage.tree.TreeStore;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random interleaved transactions on the engine and on the model at once; then a crash, and again. */
class HistoryTest {
    private static final int SESSIONS = 4;
    private static final int ROWS = 60;

    private Database model = new ModelDatabase();
    private Database engine = new ModelDatabase();
    private TempFiles temp = TempFiles.none();
    private UndoMemory undo = new UndoMemory(UndoMemory.Limits.DEFAULT);
    private SplittableRandom random = new SplittableRandom();
    private final Pair[] sessions = new Pair[SESSIONS];
    private Table modelTable = model.table(layout(model, model.begin(TransactionOptions.readCommitted())));
    private Table engineTable = modelTable;

    /** One session: the same transaction on both. */
    private static final class Pair {
        final Transaction onModel;
        final Transaction onEngine;
        final List<Transaction.Savepoint[]> savepoints = new ArrayList<>();

        Pair(Transaction onModel, Transaction onEngine) {
            this.onModel = onModel;
            this.onEngine = onEngine;
        }
    }

    private static TableLayout layout(Database database, Transaction transaction) {
        return new TableLayout(
                database.createTree(transaction),
                "public",
                "h",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("u", PgType.INT4),
                        new ColumnLayout("n", PgType.NUMERIC),
                        new ColumnLayout("s", PgType.TEXT),
                        new ColumnLayout("large", PgType.TEXT)),
                "h_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(
                        new IndexLayout(
                                database.createTree(transaction), "h_u", List.of(KeyPart.ascending(1)), true, false),
                        new IndexLayout(
                                database.createTree(transaction),
                                "h_ns",
                                List.of(new KeyPart(2, true, true), KeyPart.ascending(3)),
                                false,
                                false)));
    }

    /** The last two keep hardly any undo in memory: readers and rollbacks find it in sealed files. */
    @ParameterizedTest
    @CsvSource({"1,500,0", "2,500,0", "3,900,0", "4,8032,0", "5,600,0", "6,2000,0", "7,600,1000", "8,2000,1500"})
    void engineAndModelAgreeBeforeAndAfterCrashes(long seed, int capacity, int undoBytes) {
        random = new SplittableRandom(seed);
        MemoryStorage storage = new MemoryStorage(16L << 20);
        if (undoBytes > 0) {
            temp = TempFiles.open(new SimulatedDisk(new SeededRandomness(seed)).files(), new SeededRandomness(seed));
            undo = new UndoMemory(new UndoMemory.Limits(80_000, undoBytes, 1 << 30, 0));
        }
        engine = StoredTableTest.MemoryDatabase.open(storage, capacity, temp, undo);
        Transaction modelSetup = model.begin(TransactionOptions.readCommitted());
        Transaction engineSetup = engine.begin(TransactionOptions.readCommitted());
        modelTable = model.table(layout(model, modelSetup));
        TableLayout layout = layout(engine, engineSetup);
        engineTable = engine.table(layout);
        modelSetup.commit();
        engineSetup.commit();
        for (int crash = 0; crash < 3; crash++) {
            for (int step = 0; step < 700; step++) {
                int session = random.nextInt(SESSIONS);
                step(session, "seed %d crash %d step %d".formatted(seed, crash, step));
            }
            // The crash: open transactions are lost on both sides.
            for (int session = 0; session < SESSIONS; session++) {
                Pair pair = sessions[session];
                if (pair != null) {
                    pair.onModel.rollback();
                    sessions[session] = null;
                }
            }
            storage = recover(storage, capacity);
            engineTable = engine.table(layout);
            compareAll("seed %d after crash %d".formatted(seed, crash));
        }
        if (undoBytes > 0) {
            assertThat(temp.filesMade()).as("seed %d: files", seed).isGreaterThan(20);
        }
    }

    private MemoryStorage recover(MemoryStorage crashed, int capacity) {
        List<LogRecord> all = new ArrayList<>();
        crashed.forEach(all::add);
        MemoryStorage storage = crashed.replay(record -> {});
        TableStore store = new TableStore(
                5,
                new TreeStore(storage.pages, storage, capacity),
                storage,
                storage.scheduler,
                StoredTableTest.MemoryDatabase.CLOCK,
                new StopSwitch(failure -> {}),
                temp,
                undo);
        RecordHandlers handlers = new RecordHandlers();
        store.register(handlers);
        Map<Long, Long> losers = new TreeMap<>();
        Map<Long, LogRecord> byLsn = new TreeMap<>();
        long nextId = 1;
        long time = 1;
        long root = -1;
        for (LogRecord record : all) {
            handlers.seen(record);
            byLsn.put(record.lsn(), record);
            nextId = Math.max(nextId, record.transaction() + 1);
            if (record.kind() == RecordKind.COMMIT || record.kind() == RecordKind.ABORT) {
                losers.remove(record.transaction());
                if (record.kind() == RecordKind.COMMIT) {
                    time = Math.max(time, record.longAt(record.bodyOffset()) + 1);
                }
            } else if (record.transaction() != 0) {
                losers.put(record.transaction(), record.lsn());
            }
            if (root < 0 && record.tree() == TableStore.SYS_TREE) {
                root = record.page(0);
            }
        }
        SpaceAllocator space = new SpaceAllocator(storage.pages, storage, storage.scheduler);
        store.attach(space, root);
        losers.forEach((transaction, last) -> {
            for (long lsn = last; lsn != 0; ) {
                LogRecord record = Objects.requireNonNull(byLsn.get(lsn));
                if (record.isUndoable()) {
                    Objects.requireNonNull(handlers.undoOf(record.kind())).undo(record);
                }
                lsn = record.previousLsn();
            }
            storage.append(
                    new dev.strongroom.storage.log.RecordWriter().begin(RecordKind.ABORT, transaction, 0, 0, false));
        });
        store.open(new Counters(nextId, time, 1000, 100000, 16384));
        List<String> findings = new ArrayList<>();
        java.util.BitSet reached = store.verify(findings::add, space::isTaken);
        assertThat(findings).isEmpty();
        for (int page = 1; page < space.pageCount(); page++) {
            assertThat(reached.get(page)).as("page %d is used by a tree", page).isEqualTo(space.isTaken(page));
        }
        engine = store;
        return storage;
    }

    private Row row(int id) {
        Row row = new Row(5);
        row.setLong(0, id);
        if (random.nextInt(4) != 0) {
            row.setLong(1, random.nextInt(40));
        }
        if (random.nextInt(5) != 0) {
            row.setRef(2, dev.strongroom.common.value.Numeric.of(random.nextInt(-3, 4), random.nextInt(3)));
        }
        row.setRef(
                3,
                Character.toString('a' + random.nextInt(26))
                        .repeat(random.nextInt(random.nextInt(20) == 0 ? 900 : 20)));
        row.setRef(4, random.nextInt(15) == 0 ? "x".repeat(random.nextInt(12000)) : null);
        return row;
    }

    private static TransactionOptions options(IsolationLevel level) {
        // Waiting would hang a single thread: a short lock timeout turns it into an error on both sides.
        return new TransactionOptions(level, false, new dev.strongroom.common.time.CancelFlag(), 1);
    }

    private void step(int session, String where) {
        Pair pair = sessions[session];
        if (pair == null) {
            IsolationLevel level =
                    random.nextBoolean() ? IsolationLevel.READ_COMMITTED : IsolationLevel.REPEATABLE_READ;
            pair = new Pair(model.begin(options(level)), engine.begin(options(level)));
            sessions[session] = pair;
        }
        pair.onModel.beginStatement();
        pair.onEngine.beginStatement();
        int id = random.nextInt(ROWS);
        byte[] key = key(id);
        Row row = row(id);
        int arbiter = random.nextInt(-1, 2);
        switch (random.nextInt(14)) {
            case 0, 1, 2 ->
                both(pair, session, where, (transaction, table) -> {
                    table.insert(transaction, row);
                    return "inserted";
                });
            case 3, 4, 5 ->
                both(pair, session, where, (transaction, table) -> {
                    long version = table.get(transaction, key, new Row(5), null);
                    return version < 0
                            ? "none"
                            : table.update(transaction, key, version, row).toString();
                });
            case 6 ->
                both(pair, session, where, (transaction, table) -> {
                    long version = table.get(transaction, key, new Row(5), null);
                    return version < 0
                            ? "none"
                            : table.delete(transaction, key, version).toString();
                });
            case 7 ->
                both(pair, session, where, (transaction, table) -> {
                    byte[] other = table.insertOrConflict(transaction, row, arbiter);
                    return other == null ? "inserted" : java.util.Arrays.toString(other);
                });
            case 8 -> both(pair, session, where, (transaction, table) -> show(transaction, table));
            case 9 -> {
                pair.savepoints.add(new Transaction.Savepoint[] {pair.onModel.savepoint(), pair.onEngine.savepoint()});
            }
            case 10 -> {
                if (!pair.savepoints.isEmpty()) {
                    int at = random.nextInt(pair.savepoints.size());
                    pair.onModel.rollbackTo(pair.savepoints.get(at)[0]);
                    pair.onEngine.rollbackTo(pair.savepoints.get(at)[1]);
                    while (pair.savepoints.size() > at + 1) {
                        pair.savepoints.removeLast();
                    }
                }
            }
            case 11 ->
                both(pair, session, where, (transaction, table) -> {
                    Row found = new Row(5);
                    long version = table.getLatest(transaction, key, found, null);
                    return version < 0 ? "none" : text(found);
                });
            case 12 -> {
                sessions[session] = null;
                pair.onModel.commit();
                pair.onEngine.commit();
            }
            default -> {
                if (random.nextInt(3) == 0) {
                    sessions[session] = null;
                    pair.onModel.rollback();
                    pair.onEngine.rollback();
                }
            }
        }
    }

    private interface Action {
        String run(Transaction transaction, Table table);
    }

    /** Runs on both; a failure ends both transactions. */
    private void both(Pair pair, int session, String where, Action action) {
        String expected = outcome(pair.onModel, modelTable, action);
        String actual = outcome(pair.onEngine, engineTable, action);
        assertThat(actual).as(where).isEqualTo(expected);
        if (expected.startsWith("!")) {
            sessions[session] = null;
            pair.onModel.rollback();
            pair.onEngine.rollback();
        }
    }

    private static String outcome(Transaction transaction, Table table, Action action) {
        try {
            return action.run(transaction, table);
        } catch (DatabaseException failure) {
            return "!" + failure.code();
        }
    }

    private byte[] key(int id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return modelTable.keyWriter(0).prefix(values, 1);
    }

    private static String text(Row row) {
        return row.getLong(0) + "/" + (row.isNull(1) ? "-" : row.getLong(1)) + "/" + row.getRef(2) + "/" + row.getRef(3)
                + "/" + row.getRef(4);
    }

    private String show(Transaction transaction, Table table) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < 3; index++) {
            for (ScanRange range : List.of(
                    ScanRange.ALL,
                    ScanRange.ALL.reversed(),
                    index == 0 ? new ScanRange(key(20), false, key(40), false, false) : ScanRange.ALL,
                    index == 0 ? new ScanRange(key(20), true, key(40), true, true) : ScanRange.ALL)) {
                Row row = new Row(5);
                try (RowCursor cursor = table.scan(transaction, index, range, null)) {
                    while (cursor.next()) {
                        cursor.load(row);
                        text.append(text(row)).append(' ');
                    }
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private void compareAll(String where) {
        Transaction onModel = model.begin(TransactionOptions.readCommitted());
        Transaction onEngine = engine.begin(TransactionOptions.readCommitted());
        onModel.beginStatement();
        onEngine.beginStatement();
        assertThat(show(onEngine, engineTable)).as(where).isEqualTo(show(onModel, modelTable));
        onModel.commit();
        onEngine.commit();
    }
}
