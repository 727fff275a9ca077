package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.MemoryStorage;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scans and loads that are big for the pool leave what others use in it. */
class ScanRingTest {
    private static final int FRAMES = 400;
    private static final int HOT_ROWS = 700;
    private static final int BIG_ROWS = 6000;

    private final MemoryStorage storage = new MemoryStorage(FRAMES * 8192L);
    private final TableStore store = StoredTableTest.MemoryDatabase.open(storage, 8032);
    private Table hot = createTable();
    private Table big = createTable();

    @BeforeEach
    void fill() {
        load(big, BIG_ROWS);
        load(hot, HOT_ROWS);
        warm();
    }

    private void warm() {
        for (int round = 0; round < 5; round++) {
            useHot();
        }
    }

    private Table createTable() {
        Transaction setup = store.begin(TransactionOptions.readCommitted());
        TableLayout layout = new TableLayout(
                store.createTree(setup),
                "public",
                "t",
                0,
                List.of(new ColumnLayout("id", PgType.INT4), new ColumnLayout("s", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of());
        setup.commit();
        return store.table(layout);
    }

    /** About four rows a page. */
    private void load(Table table, int rows) {
        Transaction transaction = store.begin(TransactionOptions.readCommitted());
        table.truncate(transaction);
        try (RowLoader loader = table.loader(transaction)) {
            for (int id = 0; id < rows; id++) {
                Row row = new Row(2);
                row.setLong(0, id);
                row.setRef(1, "x".repeat(1800));
                loader.add(row);
            }
            loader.finish();
        }
        transaction.commit();
    }

    private void useHot() {
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        Row values = new Row(1);
        for (int id = 0; id < HOT_ROWS; id++) {
            values.setLong(0, id);
            assertThat(hot.get(reader, hot.keyWriter(0).prefix(values, 1), new Row(2), null))
                    .isPositive();
        }
        reader.commit();
    }

    /** Pages of the hot table that have to be read again. */
    private long missing() {
        long before = storage.reads();
        useHot();
        return storage.reads() - before;
    }

    @Test
    void theHotTableStaysWhileABigOneIsScanned() {
        assertThat(missing()).isZero();
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        for (int round = 0; round < 3; round++) {
            long before = storage.reads();
            int rows = 0;
            try (BatchCursor cursor = big.scanBatches(reader)) {
                for (int count = cursor.next(); count > 0; count = cursor.next()) {
                    rows += count;
                }
            }
            assertThat(rows).isEqualTo(BIG_ROWS);
            assertThat(storage.reads() - before).isGreaterThan(1000);
            try (RowCursor cursor = big.scan(reader, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    rows--;
                }
            }
            assertThat(rows).isZero();
        }
        reader.commit();
        assertThat(missing()).isLessThan(10);
    }

    @Test
    void theHotTableStaysWhileABigOneIsScannedBackwards() {
        assertThat(missing()).isZero();
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        for (int round = 0; round < 3; round++) {
            int rows = 0;
            try (RowCursor cursor = big.scan(reader, 0, ScanRange.ALL.reversed(), null)) {
                while (cursor.next()) {
                    rows++;
                }
            }
            assertThat(rows).isEqualTo(BIG_ROWS);
        }
        reader.commit();
        assertThat(missing()).isLessThan(10);
    }

    /** Adds rows to a table that has some, as COPY and INSERT ... SELECT do. */
    private void append(Table table, int from, int to, int step) {
        Transaction transaction = store.begin(TransactionOptions.readCommitted());
        try (RowLoader loader = table.loader(transaction)) {
            assertThat(loader).isInstanceOf(SingleLoader.class);
            for (int id = from; id != to; id += step) {
                Row row = new Row(2);
                row.setLong(0, id);
                row.setRef(1, "y".repeat(1800));
                loader.add(row);
            }
            loader.finish();
        }
        transaction.commit();
    }

    @Test
    void theHotTableStaysWhileABigOneIsLoadedBehindWhatItHas() {
        assertThat(missing()).isZero();
        append(big, BIG_ROWS, 2 * BIG_ROWS, 1);
        assertThat(missing()).isLessThan(30);
    }

    /** Each row falls between two of those that are there, and splits their leaf. */
    @Test
    void theHotTableStaysWhileABigOneIsLoadedBetweenWhatItHas() {
        Table sparse = createTable();
        append(sparse, 0, 4 * BIG_ROWS, 4);
        warm();
        assertThat(missing()).isZero();
        append(sparse, 1, 4 * BIG_ROWS + 1, 4);
        assertThat(missing()).isLessThan(30);
    }

    /** What comes back to its leaves is better off with all of the pool. */
    @Test
    void aLoadInAnotherOrderUsesThePool() {
        append(big, 3 * BIG_ROWS, 2 * BIG_ROWS, -1);
        assertThat(missing()).isGreaterThan(30);
    }

    /** Narrow rows, and an index whose leaves do not fit the pool. */
    @Test
    void theHotTableStaysWhileTheLeavesOfABigIndexAreScanned() {
        Table narrow = createNarrow();
        Transaction writer = store.begin(TransactionOptions.readCommitted());
        for (int id = 0; id < BIG_ROWS; id++) {
            Row row = new Row(1);
            row.setLong(0, id);
            narrow.insert(writer, row);
        }
        writer.commit();
        readIndex(narrow);
        while (storage.pages.flusher().flushBelow(Long.MAX_VALUE) > 0) {
            // As a checkpoint would: changed pages cannot give their frames away.
        }
        warm();
        assertThat(missing()).isZero();
        for (int round = 0; round < 3; round++) {
            long before = storage.reads();
            readIndex(narrow);
            assertThat(storage.reads() - before).isGreaterThan(500);
        }
        assertThat(missing()).isLessThan(10);
    }

    private void readIndex(Table narrow) {
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        int rows = 0;
        try (RowCursor cursor = narrow.scan(reader, 1, ScanRange.ALL, null)) {
            while (cursor.next()) {
                rows++;
            }
        }
        assertThat(rows).isEqualTo(BIG_ROWS);
        reader.commit();
    }

    private Table createNarrow() {
        IndexDerivation wide = new IndexDerivation() {
            @Override
            public int[] slots() {
                return new int[] {0};
            }

            @Override
            public List<PgType> types() {
                return List.of(PgType.TEXT);
            }

            @Override
            public List<String> labels() {
                return List.of("wide");
            }

            @Override
            public boolean derive(Row row, Row into) {
                into.setRef(0, row.getLong(0) + "x".repeat(900));
                return true;
            }
        };
        Transaction setup = store.begin(TransactionOptions.readCommitted());
        TableLayout layout = new TableLayout(
                store.createTree(setup),
                "public",
                "narrow",
                0,
                List.of(new ColumnLayout("id", PgType.INT4)),
                "narrow_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(
                        store.createTree(setup),
                        "narrow_wide",
                        List.of(KeyPart.ascending(0)),
                        false,
                        false,
                        wide,
                        true)));
        setup.commit();
        return store.table(layout);
    }

    @Test
    void theHotTableStaysWhileABigOneIsLoaded() {
        assertThat(missing()).isZero();
        load(createTable(), BIG_ROWS);
        assertThat(missing()).isLessThan(30);
    }
}
