package dev.strongroom.storage.buffer;

import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.page.PageLayout;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Neighbouring pages read from the disk in one piece, as they are there. A page that is written between that and the moment it
 * gets a frame counts as not read. Read and taken by one thread; others write pages meanwhile.
 */
public final class PageRun {
    /** Most pages: 1 MiB. */
    public static final int CAPACITY = 128;

    private final InPlacePageStore store;
    private final ByteBuffer images = ByteBuffer.allocateDirect(CAPACITY * PageLayout.PAGE_SIZE);
    /** Pages written since; guarded by itself. */
    private final BitSet outdated = new BitSet(CAPACITY);

    private long first;
    private int count;

    PageRun(InPlacePageStore store) {
        this.store = store;
    }

    /** Reads the pages from one up to, not including, another. */
    public void read(long from, long to) {
        synchronized (outdated) {
            outdated.clear();
            first = from;
            count = (int) (to - from);
        }
        store.readRaw(from, images.clear().limit(count * PageLayout.PAGE_SIZE));
    }

    /** Key version on disk of a page of the run, as it was read. */
    public int keyVersion(long page) {
        return images.getInt((int) (page - first) * PageLayout.PAGE_SIZE + PageLayout.KEY_VERSION);
    }

    /** Says that pages are on disk anew; they are still in their frames. */
    void written(PageBatch batch) {
        synchronized (outdated) {
            for (int i = 0; i < batch.size(); i++) {
                long index = batch.page(i) - first;
                if (index >= 0 && index < count) {
                    outdated.set((int) index);
                }
            }
        }
    }

    /**
     * Opens a page of the run. Nobody else may be able to give it a frame.
     *
     * @return false if it must be read once more
     * @throws dev.strongroom.common.error.DatabaseException 91001 if it is damaged
     */
    boolean read(long page, byte[] into) {
        int index = (int) (page - first);
        synchronized (outdated) {
            if (outdated.get(index)) {
                return false;
            }
        }
        images.get(index * PageLayout.PAGE_SIZE, into);
        store.codec().openOrFail(into, page);
        return true;
    }
}
