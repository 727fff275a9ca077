package dev.strongroom.catalog.statistics;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.BinaryInput;
import dev.strongroom.common.type.HeapSink;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Statistics of one database: rows of a system tree, all in memory. Wrong statistics cost time, never results, so they are
 * published when stored and not taken back by a rollback. Thread-safe.
 *
 * <pre>
 * body   version 1 | rows 8 | count 2 | columns
 * column number 2 | type 4 | null fraction 8 | width 4 | distinct 8 | n 2 | n × (value, frequency 8) | m 2 | m × value
 * value  length 4 | binary form of the type
 * </pre>
 */
public final class StatisticsStore {
    private static final int VERSION = 1;
    private static final int BODY = 1;

    private final Table table;
    private final Map<Integer, TableStatistics> statistics = new ConcurrentHashMap<>();

    /**
     * Reads what is stored.
     *
     * @param layout {@code SystemTrees.STATISTICS}
     */
    public StatisticsStore(Database database, TableLayout layout) {
        this.table = database.table(layout);
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        try {
            transaction.beginStatement();
            Row row = new Row(2);
            try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    byte[] body = row.getRef(BODY);
                    TableStatistics read = decode((int) row.getLong(0), body);
                    statistics.put(read.tableOid(), read);
                }
            }
        } finally {
            transaction.rollback();
        }
    }

    /** Statistics of a table, if it was ever analyzed. */
    public Optional<TableStatistics> find(int tableOid) {
        return Optional.ofNullable(statistics.get(tableOid));
    }

    /** Stores the statistics of a table. */
    public void store(Transaction transaction, CatalogSnapshot snapshot, TableStatistics found) {
        Relation relation = snapshot.relation(found.tableOid()).orElseThrow();
        Row row = new Row(2);
        row.setLong(0, Integer.toUnsignedLong(found.tableOid()));
        byte[] key = table.keyWriter(0).prefix(row, 1);
        row.setRef(BODY, encode(relation, found));
        long version = table.getLatest(transaction, key, new Row(2), null);
        if (version < 0) {
            table.insert(transaction, row);
        } else {
            table.update(transaction, key, version, row);
        }
        statistics.put(found.tableOid(), found);
    }

    private static byte[] encode(Relation relation, TableStatistics found) {
        HeapSink out = new HeapSink(512);
        out.writeByte(VERSION);
        out.writeLong(found.rows());
        out.writeShort(found.columns().size());
        for (ColumnStatistics column : found.columns()) {
            PgType type = relation.column(column.column()).pgType();
            out.writeShort(column.column());
            out.writeInt(type.oid());
            out.writeLong(Double.doubleToRawLongBits(column.nullFraction()));
            out.writeInt(column.averageWidth());
            out.writeLong(Double.doubleToRawLongBits(column.distinct()));
            out.writeShort(column.mostCommon().size());
            for (int i = 0; i < column.mostCommon().size(); i++) {
                writeValue(out, type, column.mostCommon().get(i));
                out.writeLong(Double.doubleToRawLongBits(column.frequencies().get(i)));
            }
            out.writeShort(column.histogram().size());
            column.histogram().forEach(value -> writeValue(out, type, value));
        }
        return out.toByteArray();
    }

    private static void writeValue(HeapSink out, PgType type, Object value) {
        int at = out.position();
        out.writeInt(0);
        TypeCodecs.of(type).writeBinaryBoxed(value, TypeContext.DEFAULT, out);
        out.setInt(at, out.position() - at - Integer.BYTES);
    }

    private static TableStatistics decode(int tableOid, byte[] body) {
        BinaryInput in = new BinaryInput(body, 0, body.length);
        int version = in.readByte();
        if (version != VERSION) {
            return new TableStatistics(tableOid, -1, List.of());
        }
        long rows = in.readLong();
        int count = in.readShort();
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(decodeColumn(in));
        }
        return new TableStatistics(tableOid, rows, columns);
    }

    private static ColumnStatistics decodeColumn(BinaryInput in) {
        int number = in.readShort();
        TypeCodec codec = TypeCodecs.of(PgType.byOid(in.readInt()).orElseThrow());
        double nullFraction = Double.longBitsToDouble(in.readLong());
        int width = in.readInt();
        double distinct = Double.longBitsToDouble(in.readLong());
        List<Object> common = new ArrayList<>();
        List<Double> frequencies = new ArrayList<>();
        for (int n = in.readShort(); n > 0; n--) {
            common.add(readValue(in, codec));
            frequencies.add(Double.longBitsToDouble(in.readLong()));
        }
        List<Object> histogram = new ArrayList<>();
        for (int n = in.readShort(); n > 0; n--) {
            histogram.add(readValue(in, codec));
        }
        return new ColumnStatistics(number, nullFraction, width, distinct, common, frequencies, histogram);
    }

    private static Object readValue(BinaryInput in, TypeCodec codec) {
        return codec.readBinaryBoxed(in.slice(in.readInt()), TypeContext.DEFAULT);
    }
}
