package dev.strongroom.storage.page;

import java.util.Arrays;

/** Pages on their way to the disk: plain bodies go in, {@link PageStore#write} leaves the trailers it wrote. Reused. */
public final class PageBatch {
    /** Most pages in one batch; the size of a journal area. */
    public static final int CAPACITY = 128;

    private static final int INDEX_BITS = 16;

    /** Key version of a page whose state on disk nobody remembers. */
    public static final int UNKNOWN = -1;

    private final int[] formerVersions = new int[CAPACITY];
    private final byte[][] formerTags = new byte[CAPACITY][];
    private final long[] pages = new long[CAPACITY];
    private final int[] tickets = new int[CAPACITY];
    private final byte[][] images = new byte[CAPACITY][];
    private int size;
    private int limit = CAPACITY;

    /** How many pages make it full, {@link #CAPACITY} at most. */
    public void limit(int most) {
        limit = Math.clamp(most, 1, CAPACITY);
    }

    /** Empties the batch; the buffers stay. */
    public void clear() {
        size = 0;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size >= limit;
    }

    /**
     * Adds a page whose body the caller fills in.
     *
     * @param ticket the caller's own number for it
     * @return 8192 bytes
     */
    public byte[] add(long page, int ticket) {
        byte[] image = images[size];
        if (image == null) {
            image = new byte[PageLayout.PAGE_SIZE];
            images[size] = image;
        }
        pages[size] = page;
        tickets[size] = ticket;
        formerVersions[size] = UNKNOWN;
        size++;
        return image;
    }

    /**
     * Says how the page added last stands on disk now.
     *
     * @return 16 bytes to fill in with its tag
     */
    public byte[] former(int keyVersion) {
        int index = size - 1;
        byte[] tag = formerTags[index];
        if (tag == null) {
            tag = new byte[PageLayout.TAG_SIZE];
            formerTags[index] = tag;
        }
        formerVersions[index] = keyVersion;
        return tag;
    }

    /** Its indexes in the order of the page numbers. */
    int[] byPage() {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            keys[i] = pages[i] << INDEX_BITS | i;
        }
        Arrays.sort(keys);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = (int) keys[i] & (1 << INDEX_BITS) - 1;
        }
        return order;
    }

    int formerVersion(int index) {
        return formerVersions[index];
    }

    byte[] formerTag(int index) {
        return formerTags[index];
    }

    public long page(int index) {
        return pages[index];
    }

    public int ticket(int index) {
        return tickets[index];
    }

    public byte[] image(int index) {
        return images[index];
    }
}
