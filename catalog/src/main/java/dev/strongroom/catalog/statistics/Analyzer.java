package dev.strongroom.catalog.statistics;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Storage;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table and works its statistics out: most common values and histograms from a reservoir of rows (Vitter's algorithm R),
 * with PostgreSQL's formulas; distinct values from all rows, by {@link HyperLogLog}, where PostgreSQL guesses from its sample.
 */
public final class Analyzer {
    /** Rows of the sample: 300 for each of 100 histogram parts. */
    static final int SAMPLE_ROWS = 30_000;

    private static final int TARGET = 100;
    private static final double CLEARLY_MORE = 1.25;
    /** Within so many standard deviations of the number of rows every value counts as distinct. */
    private static final double LIKELY_UNIQUE = 4;

    private final Randomness randomness;

    public Analyzer(Randomness randomness) {
        this.randomness = randomness;
    }

    /** Reads the table as the transaction's statement sees it. */
    public TableStatistics analyze(Transaction transaction, Table table, TableDefinition definition) {
        Sample sample = new Sample(definition, new SplittableRandom(randomness.nextLong()));
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                sample.add(cursor);
            }
        }
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < sample.columns.size(); i++) {
            if (!sample.rows.isEmpty()) {
                columns.add(column(sample.columns.get(i), sample, sample.distinct.get(i)));
            }
        }
        return new TableStatistics(definition.oid(), sample.seen, columns);
    }

    /** What is kept of the rows while they go by. */
    private static final class Sample {
        private final List<Column> columns;
        private final List<HyperLogLog> distinct = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final SplittableRandom random;
        private final Row passing;
        private final int width;
        private long seen;

        // A number per row comes from here: what guards keys is too slow for that.
        Sample(TableDefinition definition, SplittableRandom random) {
            this.random = random;
            width = definition.columns().size();
            passing = new Row(width);
            columns = definition.liveColumns().stream()
                    .filter(column -> countable(column.pgType()))
                    .toList();
            columns.forEach(column -> distinct.add(new HyperLogLog()));
        }

        void add(RowCursor cursor) {
            seen++;
            Row row = passing;
            if (rows.size() < SAMPLE_ROWS) {
                row = new Row(width);
                rows.add(row);
            } else {
                long slot = random.nextLong(seen);
                if (slot < SAMPLE_ROWS) {
                    row = rows.get((int) slot);
                }
            }
            cursor.load(row);
            for (int i = 0; i < columns.size(); i++) {
                count(columns.get(i), row, distinct.get(i));
            }
        }

        boolean isWhole() {
            return rows.size() == seen;
        }

        private static void count(Column column, Row row, HyperLogLog distinct) {
            int slot = column.slot();
            if (row.isNull(slot)) {
                return;
            }
            if (column.pgType().storage() == Storage.LONG) {
                distinct.add(row.getLong(slot));
                return;
            }
            switch (TypeCodecs.of(column.pgType()).box(row, slot)) {
                case null -> {}
                case String text -> distinct.add(text);
                case byte[] cell -> distinct.add(cell);
                case Object value -> distinct.add(value.hashCode());
            }
        }
    }

    /** Types whose boxed values have a meaningful equality. */
    private static boolean countable(PgType type) {
        return switch (type.name()) {
            case "bytea", "json", "jsonb", "xml", "record", "sr_encrypted_rnd" -> false;
            default -> !type.isArray();
        };
    }

    private static ColumnStatistics column(Column column, Sample sample, HyperLogLog all) {
        Map<Object, Integer> counts = new HashMap<>();
        long bytes = 0;
        int present = 0;
        for (Row row : sample.rows) {
            Object value = TypeCodecs.of(column.pgType()).box(row, column.slot());
            if (value != null) {
                counts.merge(value instanceof byte[] cell ? ByteBuffer.wrap(cell) : value, 1, Integer::sum);
                bytes += width(column.pgType(), value);
                present++;
            }
        }
        double nullFraction = 1 - (double) present / sample.rows.size();
        int averageWidth = present == 0 ? 0 : (int) (bytes / present);
        double known = sample.isWhole() ? counts.size() : all.estimate();
        double distinct = distinct(known, sample.isWhole(), sample.seen * (1 - nullFraction), sample.seen);
        // Cells are counted, not kept: statistics are for everybody to read (AE-144).
        boolean kept = column.pgType() != PgType.ENCRYPTED_DET;
        List<Map.Entry<Object, Integer>> common = kept ? common(counts, present) : List.of();
        List<Object> values = new ArrayList<>();
        List<Double> frequencies = new ArrayList<>();
        for (Map.Entry<Object, Integer> entry : common) {
            values.add(entry.getKey());
            frequencies.add((double) entry.getValue() / sample.rows.size());
            counts.remove(entry.getKey());
        }
        return new ColumnStatistics(
                column.number(),
                nullFraction,
                averageWidth,
                distinct,
                values,
                frequencies,
                histogram(column.pgType(), counts));
    }

    private static int width(PgType type, Object value) {
        if (type.length() > 0) {
            return type.length();
        }
        return value instanceof String text ? text.length() + 1 : 8;
    }

    /** Number of distinct values, as a share of the rows (negative) once it seems to grow with them. */
    private static double distinct(double found, boolean exactly, double values, long rows) {
        if (values == 0) {
            return 0;
        }
        double doubt = exactly ? 0 : LIKELY_UNIQUE * HyperLogLog.ERROR * values;
        double estimate = found >= values - doubt ? values : found;
        return estimate > 0.1 * rows ? -estimate / rows : Math.max(1, Math.rint(estimate));
    }

    private static List<Map.Entry<Object, Integer>> common(Map<Object, Integer> counts, int present) {
        List<Map.Entry<Object, Integer>> sorted = new ArrayList<>();
        for (Map.Entry<Object, Integer> entry : counts.entrySet()) {
            sorted.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        sorted.sort(Map.Entry.<Object, Integer>comparingByValue().reversed());
        boolean all =
                sorted.size() <= TARGET && !sorted.isEmpty() && sorted.getLast().getValue() > 1;
        if (all) {
            return sorted;
        }
        double average = (double) present / Math.max(1, counts.size());
        List<Map.Entry<Object, Integer>> kept = new ArrayList<>();
        for (Map.Entry<Object, Integer> entry : sorted) {
            if (kept.size() < TARGET && entry.getValue() >= 2 && entry.getValue() > CLEARLY_MORE * average) {
                kept.add(entry);
            }
        }
        return kept;
    }

    private static List<Object> histogram(PgType type, Map<Object, Integer> counts) {
        Comparator<Object> order = order(type);
        if (order == null || counts.size() < 2) {
            return List.of();
        }
        List<Object> values = new ArrayList<>();
        counts.forEach((value, count) -> {
            for (int i = 0; i < count; i++) {
                values.add(value);
            }
        });
        values.sort(order);
        int parts = Math.min(TARGET, values.size() - 1);
        List<Object> bounds = new ArrayList<>();
        for (int i = 0; i <= parts; i++) {
            bounds.add(values.get((int) ((long) i * (values.size() - 1) / parts)));
        }
        return bounds;
    }

    /** The type's order on boxed values, null where it has none here. */
    @SuppressWarnings("unchecked")
    private static @Nullable Comparator<Object> order(PgType type) {
        if (type.storage() == Storage.LONG) {
            return (a, b) -> Long.compare((Long) a, (Long) b);
        }
        if (type.storage() == Storage.DOUBLE) {
            return (a, b) -> Double.compare((Double) a, (Double) b);
        }
        return switch (type.name()) {
            case "text", "varchar", "bpchar", "name" -> (a, b) -> CodePoints.compare((String) a, (String) b);
            case "numeric" -> (a, b) -> ((Comparable<Object>) a).compareTo(b);
            default -> null;
        };
    }
}
