package dev.strongroom.storage.page;

/** Pages on their way to the disk: plain bodies go in, {@link PageStore#write} leaves the trailers it wrote. Reused. */
public final class PageBatch {
    /** Most pages in one batch; the size of a journal area. */
    public static final int CAPACITY = 128;

    private final long[] pages = new long[CAPACITY];
    private final int[] tickets = new int[CAPACITY];
    private final byte[][] images = new byte[CAPACITY][];
    private int size;

    /** Empties the batch; the buffers stay. */
    public void clear() {
        size = 0;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == CAPACITY;
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
        size++;
        return image;
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
