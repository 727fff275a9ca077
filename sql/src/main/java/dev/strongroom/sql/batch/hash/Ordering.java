package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.sql.execute.SortKey;
import java.util.List;

/**
 * Sorts positions of kept rows by keys; equal rows keep their order. One key after the other is sorted by radix, on an unsigned
 * long that orders as the key does: all of it for numbers, the first eight bytes for text. Runs that are still equal go on to
 * the next key; short runs, and what has no such long, are merged by comparison.
 */
public final class Ordering {
    private static final int SHORT_RUN = 64;
    private static final int RADIX = 256;

    private final StoredColumn[] columns;
    private final SortKey[] keys;
    private final CancelFlag cancel;
    private int[] positions = {};
    private int[] otherPositions = {};
    private long[] prefixes = {};
    private long[] otherPrefixes = {};

    /**
     * An order.
     *
     * @param columns the kept values of each key
     */
    public Ordering(List<StoredColumn> columns, List<SortKey> keys, CancelFlag cancel) {
        this.columns = columns.toArray(StoredColumn[]::new);
        this.keys = keys.toArray(SortKey[]::new);
        this.cancel = cancel;
    }

    /** Bytes that sorting takes besides the rows. */
    public static long bytes(int size) {
        return 24L * size;
    }

    /** Positions 0 to size - 1 in order. */
    public int[] sorted(int size) {
        positions = new int[size];
        otherPositions = new int[size];
        prefixes = new long[size];
        otherPrefixes = new long[size];
        for (int i = 0; i < size; i++) {
            positions[i] = i;
        }
        sort(0, size, 0);
        return positions;
    }

    private void sort(int from, int to, int key) {
        if (to - from < 2 || key == keys.length) {
            return;
        }
        if (to - from <= SHORT_RUN) {
            merge(from, to, key);
            return;
        }
        cancel.check();
        StoredColumn column = columns[key];
        int start = from;
        int end = to;
        if (column.hasNulls()) {
            int nulls = nullsApart(from, to, column, keys[key].nullsFirst());
            if (keys[key].nullsFirst()) {
                start = from + nulls;
                sort(from, start, key + 1);
            } else {
                end = to - nulls;
                sort(end, to, key + 1);
            }
        }
        if (!prefixes(start, end, column, keys[key].descending())) {
            merge(start, end, key);
            return;
        }
        radix(start, end);
        boolean exact = !(column instanceof TextColumn);
        if (exact && key + 1 == keys.length) {
            return;
        }
        // A deeper radix sort uses the same arrays, but only this run's part of them, which is read before.
        for (int run = start; run < end; ) {
            int next = run + 1;
            while (next < end && prefixes[next] == prefixes[run]) {
                next++;
            }
            if (exact) {
                sort(run, next, key + 1);
            } else if (next - run > 1) {
                merge(run, next, key);
            }
            run = next;
        }
    }

    /** Moves rows whose key is null to one end; returns how many there are. */
    private int nullsApart(int from, int to, StoredColumn column, boolean first) {
        int nulls = 0;
        for (int i = from; i < to; i++) {
            nulls += column.isNull(positions[i]) ? 1 : 0;
        }
        int nullAt = first ? from : to - nulls;
        int otherAt = first ? from + nulls : from;
        for (int i = from; i < to; i++) {
            otherPositions[column.isNull(positions[i]) ? nullAt++ : otherAt++] = positions[i];
        }
        System.arraycopy(otherPositions, from, positions, from, to - from);
        return nulls;
    }

    /** Computes what to sort by; false if the column has nothing of the kind. */
    private boolean prefixes(int from, int to, StoredColumn column, boolean descending) {
        long flip = descending ? -1 : 0;
        switch (column) {
            case LongColumn longs -> fromLongs(longs.values(), from, to, flip);
            case NumericColumn numbers -> {
                long[] unscaled = numbers.unscaled();
                if (unscaled == null) {
                    return false;
                }
                fromLongs(unscaled, from, to, flip);
            }
            case DoubleColumn doubles -> {
                double[] values = doubles.values();
                for (int i = from; i < to; i++) {
                    prefixes[i] = ordered(values[positions[i]]) ^ flip;
                }
            }
            case TextColumn text -> {
                for (int i = from; i < to; i++) {
                    prefixes[i] = text.prefix(positions[i]) ^ flip;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void fromLongs(long[] values, int from, int to, long flip) {
        for (int i = from; i < to; i++) {
            prefixes[i] = values[positions[i]] ^ Long.MIN_VALUE ^ flip;
        }
    }

    /** An unsigned long that orders as the double does; NaN is the largest, minus zero is zero. */
    private static long ordered(double value) {
        long bits = Double.doubleToLongBits(value == 0 ? 0.0 : value);
        return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    }

    private void radix(int from, int to) {
        int[][] counts = new int[Long.BYTES][RADIX];
        for (int i = from; i < to; i++) {
            long prefix = prefixes[i];
            for (int digit = 0; digit < Long.BYTES; digit++) {
                counts[digit][(int) (prefix >>> 8 * digit) & RADIX - 1]++;
            }
        }
        for (int digit = 0; digit < Long.BYTES; digit++) {
            int[] count = counts[digit];
            int shift = 8 * digit;
            if (count[(int) (prefixes[from] >>> shift) & RADIX - 1] == to - from) {
                continue;
            }
            int at = from;
            for (int i = 0; i < RADIX; i++) {
                int size = count[i];
                count[i] = at;
                at += size;
            }
            for (int i = from; i < to; i++) {
                int target = count[(int) (prefixes[i] >>> shift) & RADIX - 1]++;
                otherPrefixes[target] = prefixes[i];
                otherPositions[target] = positions[i];
            }
            System.arraycopy(otherPrefixes, from, prefixes, from, to - from);
            System.arraycopy(otherPositions, from, positions, from, to - from);
        }
    }

    /** Merge sort by comparison from a key on. */
    private void merge(int from, int to, int key) {
        if (to - from < 2) {
            return;
        }
        if (to - from <= 8) {
            insert(from, to, key);
            return;
        }
        int middle = from + to >>> 1;
        merge(from, middle, key);
        merge(middle, to, key);
        if (compare(positions[middle - 1], positions[middle], key) <= 0) {
            return;
        }
        System.arraycopy(positions, from, otherPositions, from, middle - from);
        int left = from;
        int right = middle;
        for (int at = from; left < middle; at++) {
            positions[at] = right < to && compare(otherPositions[left], positions[right], key) > 0
                    ? positions[right++]
                    : otherPositions[left++];
        }
    }

    private void insert(int from, int to, int key) {
        for (int i = from + 1; i < to; i++) {
            int position = positions[i];
            int at = i;
            while (at > from && compare(positions[at - 1], position, key) > 0) {
                positions[at] = positions[at - 1];
                at--;
            }
            positions[at] = position;
        }
    }

    private int compare(int a, int b, int firstKey) {
        for (int key = firstKey; key < keys.length; key++) {
            StoredColumn column = columns[key];
            boolean aNull = column.isNull(a);
            boolean bNull = column.isNull(b);
            if (aNull || bNull) {
                if (aNull != bNull) {
                    return aNull == keys[key].nullsFirst() ? -1 : 1;
                }
                continue;
            }
            int order = column.compare(a, b);
            if (order != 0) {
                return keys[key].descending() ? -order : order;
            }
        }
        return 0;
    }
}
