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
 * Samples a table and works its statistics out, with PostgreSQL's formulas: a reservoir of rows (Vitter's algorithm R), distinct
 * values after Haas and Stokes (estimator Duj1), most common values where they stand out from the average.
 */
public final class Analyzer {
    /** Rows of the sample: 300 for each of 100 histogram parts. */
    static final int SAMPLE_ROWS = 30_000;

    private static final int TARGET = 100;
    private static final double CLEARLY_MORE = 1.25;

    private final Randomness randomness;

    public Analyzer(Randomness randomness) {
        this.randomness = randomness;
    }

    /** Reads the table as the transaction's statement sees it. */
    public TableStatistics analyze(Transaction transaction, Table table, TableDefinition definition) {
        List<Row> sample = new ArrayList<>();
        long rows = 0;
        // One number per row: what guards keys is too slow for that.
        SplittableRandom random = new SplittableRandom(randomness.nextLong());
        int width = definition.columns().size();
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                rows++;
                if (sample.size() < SAMPLE_ROWS) {
                    Row row = new Row(width);
                    cursor.load(row);
                    sample.add(row);
                } else {
                    long slot = random.nextLong(rows);
                    if (slot < SAMPLE_ROWS) {
                        cursor.load(sample.get((int) slot));
                    }
                }
            }
        }
        List<ColumnStatistics> columns = new ArrayList<>();
        for (Column column : definition.liveColumns()) {
            if (!sample.isEmpty() && countable(column.pgType())) {
                columns.add(column(column, sample, rows));
            }
        }
        return new TableStatistics(definition.oid(), rows, columns);
    }

    /** Types whose boxed values have a meaningful equality. */
    private static boolean countable(PgType type) {
        return switch (type.name()) {
            case "bytea", "json", "jsonb", "xml", "record", "sr_encrypted_rnd" -> false;
            default -> !type.isArray();
        };
    }

    private static ColumnStatistics column(Column column, List<Row> sample, long rows) {
        Map<Object, Integer> counts = new HashMap<>();
        long bytes = 0;
        int present = 0;
        for (Row row : sample) {
            Object value = TypeCodecs.of(column.pgType()).box(row, column.slot());
            if (value != null) {
                counts.merge(value instanceof byte[] cell ? ByteBuffer.wrap(cell) : value, 1, Integer::sum);
                bytes += width(column.pgType(), value);
                present++;
            }
        }
        double nullFraction = 1 - (double) present / sample.size();
        int averageWidth = present == 0 ? 0 : (int) (bytes / present);
        double distinct = distinct(counts, present, rows * (1 - nullFraction), rows);
        // Cells are counted, not kept: statistics are for everybody to read (AE-144).
        boolean kept = column.pgType() != PgType.ENCRYPTED_DET;
        List<Map.Entry<Object, Integer>> common = kept ? common(counts, present) : List.of();
        List<Object> values = new ArrayList<>();
        List<Double> frequencies = new ArrayList<>();
        for (Map.Entry<Object, Integer> entry : common) {
            values.add(entry.getKey());
            frequencies.add((double) entry.getValue() / sample.size());
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
    private static double distinct(Map<Object, Integer> counts, int present, double values, long rows) {
        if (present == 0) {
            return 0;
        }
        long once = counts.values().stream().filter(count -> count == 1).count();
        double found = counts.size();
        double estimate;
        if (once == present) {
            return -1.0 * values / rows;
        }
        if (once == 0 || present >= values) {
            estimate = found;
        } else {
            estimate = present * found / (present - once + once * present / values);
        }
        estimate = Math.min(Math.max(estimate, found), values);
        return estimate > 0.1 * rows ? -estimate / rows : Math.rint(estimate);
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
