package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers distinct keys in the order they come. One integer key has a table of its own; no key at all is one group. */
public abstract class KeyIndex {
    private static final int FIRST_CAPACITY = 64;

    /** An index over keys of some types. */
    public static KeyIndex of(List<PgType> types) {
        if (types.isEmpty()) {
            return new Single();
        }
        StoredColumn[] columns = types.stream().map(StoredColumn::of).toArray(StoredColumn[]::new);
        return columns.length == 1 && columns[0] instanceof LongColumn only ? new Longs(only) : new General(columns);
    }

    /** How many keys there are. */
    public abstract int size();

    /** The keys, column by column. */
    public abstract StoredColumn[] columns();

    /**
     * Numbers the keys of some rows, adding new ones.
     *
     * @param into gets the number of each row's key, by row
     */
    public abstract void add(Vector[] keys, int @Nullable [] rows, int count, int[] into);

    /** Looks keys up: the number of each row's key, by row, or -1 if it is not there or has a null in it. */
    public abstract void find(Vector[] keys, int @Nullable [] rows, int count, int[] into);

    /** Bytes held, roughly. */
    public abstract long bytes();

    /** Everything is one group. */
    private static final class Single extends KeyIndex {
        private int size;

        @Override
        public int size() {
            return size;
        }

        @Override
        public StoredColumn[] columns() {
            return new StoredColumn[0];
        }

        @Override
        public void add(Vector[] keys, int @Nullable [] rows, int count, int[] into) {
            size = 1;
            for (int i = 0; i < count; i++) {
                into[rows == null ? i : rows[i]] = 0;
            }
        }

        @Override
        public void find(Vector[] keys, int @Nullable [] rows, int count, int[] into) {
            add(keys, rows, count, into);
        }

        @Override
        public long bytes() {
            return 0;
        }
    }

    /** One integer key. */
    private static final class Longs extends KeyIndex {
        private final LongColumn column;
        private long[] keys = new long[FIRST_CAPACITY * 2];
        /** Number + 1 by place, 0 for an empty place. */
        private int[] numbers = new int[FIRST_CAPACITY * 2];

        private int nullNumber = -1;

        Longs(LongColumn column) {
            this.column = column;
        }

        @Override
        public int size() {
            return column.size();
        }

        @Override
        public StoredColumn[] columns() {
            return new StoredColumn[] {column};
        }

        @Override
        public void add(Vector[] vectors, int @Nullable [] rows, int count, int[] into) {
            Vector vector = vectors[0];
            column.attach(vector);
            long[] values = vector.longs();
            boolean[] nulls = vector.nulls();
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                into[row] = nulls[row] ? addNull(row) : add(values[row], row);
            }
        }

        private int addNull(int row) {
            if (nullNumber < 0) {
                nullNumber = column.size();
                column.add(row);
            }
            return nullNumber;
        }

        private int add(long value, int row) {
            int mask = keys.length - 1;
            int at = StoredColumn.mix(value) & mask;
            while (numbers[at] != 0) {
                if (keys[at] == value) {
                    return numbers[at] - 1;
                }
                at = at + 1 & mask;
            }
            int number = column.size();
            column.add(row);
            keys[at] = value;
            numbers[at] = number + 1;
            if (number * 2 >= keys.length) {
                grow();
            }
            return number;
        }

        private void grow() {
            long[] oldKeys = keys;
            int[] oldNumbers = numbers;
            keys = new long[oldKeys.length * 2];
            numbers = new int[keys.length];
            int mask = keys.length - 1;
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldNumbers[i] != 0) {
                    int at = StoredColumn.mix(oldKeys[i]) & mask;
                    while (numbers[at] != 0) {
                        at = at + 1 & mask;
                    }
                    keys[at] = oldKeys[i];
                    numbers[at] = oldNumbers[i];
                }
            }
        }

        @Override
        public void find(Vector[] vectors, int @Nullable [] rows, int count, int[] into) {
            long[] values = vectors[0].longs();
            boolean[] nulls = vectors[0].nulls();
            int mask = keys.length - 1;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                long value = values[row];
                int at = StoredColumn.mix(value) & mask;
                while (numbers[at] != 0 && keys[at] != value) {
                    at = at + 1 & mask;
                }
                into[row] = nulls[row] ? -1 : numbers[at] - 1;
            }
        }

        @Override
        public long bytes() {
            return 12L * keys.length + column.bytes();
        }
    }

    /** Keys of any columns. */
    private static final class General extends KeyIndex {
        private final StoredColumn[] columns;
        private final int[] rowHashes = new int[dev.strongroom.sql.batch.vector.Batch.CAPACITY];
        private int[] hashes = new int[FIRST_CAPACITY];
        private int[] numbers = new int[FIRST_CAPACITY * 2];
        private int size;

        General(StoredColumn[] columns) {
            this.columns = columns;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public StoredColumn[] columns() {
            return columns.clone();
        }

        private void hash(Vector[] vectors, int @Nullable [] rows, int count) {
            for (int i = 0; i < count; i++) {
                rowHashes[rows == null ? i : rows[i]] = 1;
            }
            for (int c = 0; c < columns.length; c++) {
                StoredColumn column = columns[c];
                column.attach(vectors[c]);
                boolean[] nulls = vectors[c].nulls();
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    int hash = nulls[row] ? 0 : column.hash(row);
                    rowHashes[row] = Integer.rotateLeft(rowHashes[row] * 0x01000193, 5) ^ hash;
                }
            }
        }

        private boolean equal(int row, int number) {
            for (StoredColumn column : columns) {
                boolean isNull = column.source.isNull(row);
                if (isNull != column.isNull(number) || !isNull && !column.equal(row, number)) {
                    return false;
                }
            }
            return true;
        }

        /** Place of the row's key, or the empty place where it belongs. */
        private int place(int row) {
            int hash = rowHashes[row];
            int mask = numbers.length - 1;
            int at = hash & mask;
            while (numbers[at] != 0 && (hashes[numbers[at] - 1] != hash || !equal(row, numbers[at] - 1))) {
                at = at + 1 & mask;
            }
            return at;
        }

        @Override
        public void add(Vector[] keys, int @Nullable [] rows, int count, int[] into) {
            hash(keys, rows, count);
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                int at = place(row);
                if (numbers[at] == 0) {
                    insert(row, at);
                    into[row] = size - 1;
                } else {
                    into[row] = numbers[at] - 1;
                }
            }
        }

        private void insert(int row, int at) {
            for (StoredColumn column : columns) {
                column.add(row);
            }
            if (size == hashes.length) {
                hashes = Arrays.copyOf(hashes, size * 2);
            }
            hashes[size++] = rowHashes[row];
            numbers[at] = size;
            if (size * 2 >= numbers.length) {
                grow();
            }
        }

        private void grow() {
            numbers = new int[numbers.length * 2];
            int mask = numbers.length - 1;
            for (int number = 0; number < size; number++) {
                int at = hashes[number] & mask;
                while (numbers[at] != 0) {
                    at = at + 1 & mask;
                }
                numbers[at] = number + 1;
            }
        }

        @Override
        public void find(Vector[] keys, int @Nullable [] rows, int count, int[] into) {
            hash(keys, rows, count);
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                boolean hasNull = false;
                for (StoredColumn column : columns) {
                    hasNull |= column.source.isNull(row);
                }
                into[row] = hasNull ? -1 : numbers[place(row)] - 1;
            }
        }

        @Override
        public long bytes() {
            long bytes = 4L * (hashes.length + numbers.length);
            for (StoredColumn column : columns) {
                bytes += column.bytes();
            }
            return bytes;
        }
    }
}
