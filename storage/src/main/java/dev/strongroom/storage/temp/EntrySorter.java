package dev.strongroom.storage.temp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorts entries of key and value by the keys' bytes, unsigned; equal keys stay in the order they were added. What is beyond
 * the memory allowed goes to temporary files as sorted runs, which are merged on the way out. Used by one thread: add all, then
 * {@link #sorted}, then close.
 */
public final class EntrySorter implements AutoCloseable {
    private static final int BLOCK = 256 * 1024;
    private static final int HEADER = 12;
    private static final int BLOCK_BITS = 31;
    private static final int MAX_RUNS = 128;
    private static final int ENTRY_OVERHEAD = 32;

    private final TempFiles temp;
    private final long memory;
    private final List<byte[]> blocks = new ArrayList<>();
    private final List<TempFile> runs = new ArrayList<>();
    private byte[] block = new byte[0];
    private int used;
    private long blockBytes;

    /** First eight bytes of the keys, and where the entries are: number of the block above, offset below. */
    private long[] heads = new long[1024];

    private long[] places = new long[1024];
    private int count;
    private boolean sorted = true;

    /**
     * @param memoryBytes memory to use before spilling, about
     */
    public EntrySorter(TempFiles temp, long memoryBytes) {
        this.temp = temp;
        this.memory = Math.max(memoryBytes, 2L * BLOCK);
    }

    /** A place to read an entry from; the arrays are valid until the next {@link Output#next}. */
    public static final class Entry {
        private byte[] bytes = new byte[0];
        private int at;

        public byte[] bytes() {
            return bytes;
        }

        public int keyAt() {
            return at + HEADER;
        }

        public int keyLength() {
            return word(bytes, at);
        }

        public int valueAt() {
            return keyAt() + keyLength();
        }

        public int valueLength() {
            return word(bytes, at + 4);
        }

        /** As given to {@link EntrySorter#add}. */
        public int number() {
            return word(bytes, at + 8);
        }

        public byte[] key() {
            return Arrays.copyOfRange(bytes, keyAt(), keyAt() + keyLength());
        }

        public byte[] value() {
            return Arrays.copyOfRange(bytes, valueAt(), valueAt() + valueLength());
        }
    }

    /** Hands out entries in order. */
    public interface Output {
        /** The next entry, null at the end. */
        @Nullable
        Entry next();
    }

    /** Bytes in memory, about. */
    public long memoryUsed() {
        return blockBytes + (long) count * ENTRY_OVERHEAD;
    }

    /** Whether anything went to disk. */
    public boolean hasSpilled() {
        return !runs.isEmpty();
    }

    /** Whether entries came in ascending order so far. */
    public boolean isSorted() {
        return sorted && runs.isEmpty();
    }

    /**
     * Adds an entry.
     *
     * @param number anything the caller wants to know the entry by
     */
    public void add(byte[] key, int keyLength, byte[] value, int valueAt, int valueLength, int number) {
        int length = HEADER + keyLength + valueLength;
        if (used + length > block.length) {
            if (memoryUsed() + length > memory && count > 0) {
                spill();
            }
            block = new byte[Math.max(BLOCK, length)];
            blocks.add(block);
            blockBytes += block.length;
            used = 0;
        }
        if (count == heads.length) {
            heads = Arrays.copyOf(heads, count * 2);
            places = Arrays.copyOf(places, count * 2);
        }
        putWord(block, used, keyLength);
        putWord(block, used + 4, valueLength);
        putWord(block, used + 8, number);
        System.arraycopy(key, 0, block, used + HEADER, keyLength);
        System.arraycopy(value, valueAt, block, used + HEADER + keyLength, valueLength);
        heads[count] = head(block, used + HEADER, keyLength);
        places[count] = (long) (blocks.size() - 1) << BLOCK_BITS | used;
        if (sorted && count > 0) {
            sorted = compare(heads, places, count - 1, heads, places, count) <= 0;
        }
        used += length;
        count++;
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    private static void putWord(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    /** The first eight bytes as a number that compares signed as they do unsigned. */
    private static long head(byte[] bytes, int at, int length) {
        long head = 0;
        for (int i = 0; i < 8; i++) {
            head = head << 8 | (i < length ? bytes[at + i] & 0xFF : 0);
        }
        return head ^ Long.MIN_VALUE;
    }

    private int compare(
            long[] leftHeads, long[] leftPlaces, int left, long[] rightHeads, long[] rightPlaces, int right) {
        int order = Long.compare(leftHeads[left], rightHeads[right]);
        return order != 0 ? order : compareKeys(leftPlaces[left], rightPlaces[right]);
    }

    private int compareKeys(long left, long right) {
        byte[] leftBytes = blocks.get((int) (left >>> BLOCK_BITS));
        byte[] rightBytes = blocks.get((int) (right >>> BLOCK_BITS));
        return compareKeys(leftBytes, (int) left & Integer.MAX_VALUE, rightBytes, (int) right & Integer.MAX_VALUE);
    }

    private static int compareKeys(byte[] left, int leftAt, byte[] right, int rightAt) {
        return Arrays.compareUnsigned(
                left,
                leftAt + HEADER,
                leftAt + HEADER + word(left, leftAt),
                right,
                rightAt + HEADER,
                rightAt + HEADER + word(right, rightAt));
    }

    private void sort() {
        if (sorted) {
            return;
        }
        long[] fromHeads = heads;
        long[] fromPlaces = places;
        long[] toHeads = new long[count];
        long[] toPlaces = new long[count];
        for (int width = 1; width < count; width *= 2) {
            for (int low = 0; low < count; low += 2 * width) {
                int middle = Math.min(low + width, count);
                int high = Math.min(low + 2 * width, count);
                merge(fromHeads, fromPlaces, low, middle, high, toHeads, toPlaces);
            }
            long[] swap = fromHeads;
            fromHeads = toHeads;
            toHeads = swap;
            swap = fromPlaces;
            fromPlaces = toPlaces;
            toPlaces = swap;
            if (width > count / 2) {
                break;
            }
        }
        heads = fromHeads;
        places = fromPlaces;
        sorted = true;
    }

    private void merge(
            long[] fromHeads, long[] fromPlaces, int low, int middle, int high, long[] toHeads, long[] toPlaces) {
        int left = low;
        int right = middle;
        if (middle >= high || compare(fromHeads, fromPlaces, middle - 1, fromHeads, fromPlaces, middle) <= 0) {
            System.arraycopy(fromHeads, low, toHeads, low, high - low);
            System.arraycopy(fromPlaces, low, toPlaces, low, high - low);
            return;
        }
        for (int to = low; to < high; to++) {
            boolean takeLeft = left < middle
                    && (right >= high || compare(fromHeads, fromPlaces, left, fromHeads, fromPlaces, right) <= 0);
            int from = takeLeft ? left++ : right++;
            toHeads[to] = fromHeads[from];
            toPlaces[to] = fromPlaces[from];
        }
    }

    private void spill() {
        sort();
        TempFile run = temp.create();
        runs.add(run);
        for (int i = 0; i < count; i++) {
            byte[] bytes = blocks.get((int) (places[i] >>> BLOCK_BITS));
            int at = (int) places[i] & Integer.MAX_VALUE;
            run.write(bytes, at, HEADER + word(bytes, at) + word(bytes, at + 4));
        }
        run.complete();
        forgetMemory();
        if (runs.size() == MAX_RUNS) {
            mergeRuns();
        }
    }

    private void forgetMemory() {
        blocks.clear();
        block = new byte[0];
        used = 0;
        blockBytes = 0;
        count = 0;
        sorted = true;
    }

    private void mergeRuns() {
        TempFile merged = temp.create();
        Merge merge = new Merge();
        for (Entry entry = merge.next(); entry != null; entry = merge.next()) {
            merged.write(entry.bytes, entry.at, HEADER + entry.keyLength() + entry.valueLength());
        }
        merged.complete();
        runs.forEach(TempFile::close);
        runs.clear();
        runs.add(merged);
    }

    /** All entries in order; nothing may be added any more. */
    public Output sorted() {
        if (runs.isEmpty()) {
            sort();
            return new Memory();
        }
        if (count > 0) {
            spill();
        }
        return new Merge();
    }

    private final class Memory implements Output {
        private final Entry entry = new Entry();
        private int next;

        @Override
        public @Nullable Entry next() {
            if (next == count) {
                return null;
            }
            long place = places[next++];
            entry.bytes = blocks.get((int) (place >>> BLOCK_BITS));
            entry.at = (int) place & Integer.MAX_VALUE;
            return entry;
        }
    }

    /** The next entry of a run. */
    private static final class Source {
        private final TempFile.Reader reader;
        private final Entry entry = new Entry();
        private byte[] spare = new byte[1024];
        private long head;

        Source(TempFile run) {
            reader = run.reader();
            entry.bytes = new byte[1024];
        }

        /** Reads on; the entry before stays where it was. */
        boolean advance() {
            if (reader.atEnd()) {
                return false;
            }
            byte[] into = spare;
            spare = entry.bytes;
            reader.read(into, 0, HEADER);
            int length = HEADER + word(into, 0) + word(into, 4);
            if (length > into.length) {
                into = Arrays.copyOf(into, Math.max(length, into.length * 2));
            }
            reader.read(into, HEADER, length - HEADER);
            entry.bytes = into;
            head = EntrySorter.head(into, HEADER, word(into, 0));
            return true;
        }
    }

    /** A heap of runs; of equal keys the earlier run comes first. */
    private final class Merge implements Output {
        private final Source[] heap;
        private final int[] order;
        private final Entry out = new Entry();
        private int size;
        private boolean started;

        Merge() {
            heap = new Source[runs.size()];
            order = new int[runs.size()];
            for (int i = 0; i < runs.size(); i++) {
                Source source = new Source(runs.get(i));
                if (source.advance()) {
                    heap[size] = source;
                    order[size] = i;
                    size++;
                }
            }
            for (int i = size / 2 - 1; i >= 0; i--) {
                sink(i);
            }
        }

        @Override
        public @Nullable Entry next() {
            if (started && size > 0) {
                if (!heap[0].advance()) {
                    size--;
                    heap[0] = heap[size];
                    order[0] = order[size];
                }
                sink(0);
            }
            started = true;
            if (size == 0) {
                return null;
            }
            out.bytes = heap[0].entry.bytes;
            out.at = 0;
            return out;
        }

        private boolean before(int left, int right) {
            Source first = heap[left];
            Source second = heap[right];
            int difference = Long.compare(first.head, second.head);
            if (difference == 0) {
                difference = compareKeys(first.entry.bytes, 0, second.entry.bytes, 0);
            }
            return difference != 0 ? difference < 0 : order[left] < order[right];
        }

        private void sink(int from) {
            int at = from;
            while (true) {
                int child = 2 * at + 1;
                if (child >= size) {
                    return;
                }
                if (child + 1 < size && before(child + 1, child)) {
                    child++;
                }
                if (!before(child, at)) {
                    return;
                }
                Source source = heap[at];
                heap[at] = heap[child];
                heap[child] = source;
                int run = order[at];
                order[at] = order[child];
                order[child] = run;
                at = child;
            }
        }
    }

    @Override
    public void close() {
        runs.forEach(TempFile::close);
        runs.clear();
        forgetMemory();
        heads = new long[0];
        places = new long[0];
    }
}
