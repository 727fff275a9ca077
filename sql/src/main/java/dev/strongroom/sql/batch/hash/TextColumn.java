package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.value.Vector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Kept text as UTF-8 in pieces of memory that never move; in blank-padded text blanks at the end do not count. */
final class TextColumn extends StoredColumn {
    private static final int PIECE = 1 << 20;
    private static final int FIRST_PIECE = 1 << 12;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final boolean padded;
    private final Vector encoded = new Vector(dev.strongroom.sql.batch.vector.Batch.CAPACITY);
    private long[] ranges = new long[firstCapacity()];
    private byte[] @Nullable [] heaps = new byte[firstCapacity()][];
    private byte[] piece = new byte[FIRST_PIECE];
    private int used;
    private long heapBytes = FIRST_PIECE;

    TextColumn(boolean padded) {
        this.padded = padded;
    }

    @Override
    public void attach(Vector vector) {
        super.attach(vector.form() == Vector.Form.BYTES ? vector : encode(vector));
    }

    /** The same text as bytes; rows that were not filled may hold what is left from earlier. */
    private Vector encode(Vector vector) {
        encoded.reset(Vector.Form.BYTES);
        byte[] bytes = new byte[FIRST_PIECE];
        int end = 0;
        for (int row = 0; row < vector.capacity(); row++) {
            if (vector.isNull(row)) {
                encoded.setNull(row);
            } else if (vector.objects()[row] instanceof String text) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                if (end + utf8.length > bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.max(end + utf8.length, bytes.length * 2));
                }
                System.arraycopy(utf8, 0, bytes, end, utf8.length);
                encoded.longs()[row] = Vector.range(end, utf8.length);
                end += utf8.length;
            }
        }
        encoded.heap(bytes);
        return encoded;
    }

    @Override
    protected void grow(int capacity) {
        ranges = Arrays.copyOf(ranges, capacity);
        heaps = Arrays.copyOf(heaps, capacity);
    }

    @Override
    protected void put(int position, int row) {
        long range = source.longs()[row];
        int length = Vector.length(range);
        if (used + length > piece.length) {
            piece = new byte[Math.max(length, PIECE)];
            heapBytes += piece.length;
            used = 0;
        }
        System.arraycopy(source.heap(), Vector.start(range), piece, used, length);
        ranges[position] = Vector.range(used, length);
        heaps[position] = piece;
        used += length;
    }

    private int counted(byte[] heap, long range) {
        int length = Vector.length(range);
        if (padded) {
            int from = Vector.start(range);
            while (length > 0 && heap[from + length - 1] == ' ') {
                length--;
            }
        }
        return length;
    }

    @Override
    public int hash(int row) {
        long range = source.longs()[row];
        byte[] heap = source.heap();
        int at = Vector.start(range);
        int end = at + counted(heap, range);
        long hash = end - at;
        for (; at + 8 <= end; at += 8) {
            hash = (hash ^ (long) LONGS.get(heap, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << 8 | heap[at] & 0xFF;
        }
        return mix(hash ^ rest);
    }

    @Override
    public boolean equal(int row, int position) {
        long range = source.longs()[row];
        int from = Vector.start(range);
        int length = counted(source.heap(), range);
        byte[] heap = heap(position);
        int keptFrom = Vector.start(ranges[position]);
        return length == counted(heap, ranges[position])
                && Arrays.equals(source.heap(), from, from + length, heap, keptFrom, keptFrom + length);
    }

    private byte[] heap(int position) {
        byte[] heap = heaps[position];
        assert heap != null;
        return heap;
    }

    @Override
    public int compare(int first, int second) {
        byte[] a = heap(first);
        byte[] b = heap(second);
        int aFrom = Vector.start(ranges[first]);
        int bFrom = Vector.start(ranges[second]);
        return Arrays.compareUnsigned(
                a, aFrom, aFrom + counted(a, ranges[first]), b, bFrom, bFrom + counted(b, ranges[second]));
    }

    /** The first eight bytes of a kept value, as an unsigned number that orders values as far as it goes. */
    long prefix(int position) {
        byte[] heap = heap(position);
        int from = Vector.start(ranges[position]);
        int length = counted(heap, ranges[position]);
        if (length >= 8) {
            return (long) LONGS.get(heap, from);
        }
        long prefix = 0;
        for (int i = 0; i < length; i++) {
            prefix |= (heap[from + i] & 0xFFL) << 56 - 8 * i;
        }
        return prefix;
    }

    @Override
    protected void prepare(Vector into) {
        into.reset(Vector.Form.OBJECTS);
    }

    @Override
    protected void get(int position, Vector into, int row) {
        long range = ranges[position];
        into.objects()[row] =
                new String(heap(position), Vector.start(range), Vector.length(range), StandardCharsets.UTF_8);
    }

    @Override
    public long bytes() {
        return 17L * ranges.length + heapBytes;
    }
}
