package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import dev.strongroom.storage.tree.MemoryStorage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A scan of a table allocates by leaf, never by row. */
class ScanAllocationTest {
    private static final int ROWS = 50_000;

    private final MemoryStorage storage = new MemoryStorage(16L << 20);
    private final TableStore store = StoredTableTest.MemoryDatabase.open(storage, 8032);
    private Table table;

    @BeforeEach
    void fill() {
        Transaction setup = store.begin(TransactionOptions.readCommitted());
        table = store.table(new TableLayout(
                store.createTree(setup),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("amount", PgType.INT8),
                        new ColumnLayout("rate", PgType.FLOAT8)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of()));
        try (RowLoader loader = table.loader(setup)) {
            for (int id = 0; id < ROWS; id++) {
                Row row = new Row(3);
                row.setLong(0, id);
                row.setLong(1, 1_000_000_000L + id);
                row.setDouble(2, id / 8.0);
                loader.add(row);
            }
            loader.finish();
        }
        setup.commit();
    }

    /** Bytes for each row of a run, after two to warm up. */
    private static double bytesPerRow(LongSupplier scan) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 2; round++) {
            assertThat(scan.getAsLong()).isEqualTo(sum());
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        long found = scan.getAsLong();
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(found).isEqualTo(sum());
        return (double) bytes / ROWS;
    }

    private static long sum() {
        return ROWS * 1_000_000_000L + ROWS * (ROWS - 1L) / 2;
    }

    @Test
    void aRowCursorAllocatesNothingByRow() {
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        Row row = new Row(3);
        assertThat(bytesPerRow(() -> rows(reader, row, ScanRange.ALL))).isLessThan(2);
        assertThat(bytesPerRow(() -> rows(reader, row, ScanRange.ALL.reversed())))
                .isLessThan(2);
        reader.commit();
    }

    private long rows(Transaction reader, Row row, ScanRange range) {
        long sum = 0;
        try (RowCursor cursor = table.scan(reader, 0, range, null)) {
            while (cursor.next()) {
                cursor.load(row);
                sum += row.getLong(1);
            }
        }
        return sum;
    }

    @Test
    void aBatchCursorAllocatesNothingByRow() {
        Transaction reader = store.begin(TransactionOptions.readCommitted());
        Vector amounts = new Vector(BatchCursor.MAX_ROWS);
        Vector rates = new Vector(BatchCursor.MAX_ROWS);
        assertThat(bytesPerRow(() -> batches(reader, amounts, rates))).isLessThan(8);
        reader.commit();
    }

    private long batches(Transaction reader, Vector amounts, Vector rates) {
        long sum = 0;
        try (BatchCursor cursor = table.scanBatches(reader)) {
            for (int count = cursor.next(); count > 0; count = cursor.next()) {
                cursor.load(1, amounts, null, count);
                cursor.load(2, rates, null, count);
                for (int i = 0; i < count; i++) {
                    sum += amounts.longs()[i];
                }
            }
        }
        return sum;
    }
}
