package dev.strongroom.storage.buffer;

import java.util.Arrays;

/**
 * A few frames that something big goes through, so that it does not push out what others use often: a scan of a table far larger
 * than its share, a bulk load. A page read through a ring takes the ring's oldest frame, unless somebody else wants that one
 * too; then it stays where it is and the ring gets another from the pool. Used by one thread at a time.
 */
public final class FrameRing {
    private static final int MOST_FRAMES = 256;
    private static final int LEAST_FRAMES = 8;

    private final int[] frames;
    private final long[] pages;
    private int next;

    FrameRing(int poolFrames) {
        frames = new int[Math.clamp(poolFrames / 16, LEAST_FRAMES, MOST_FRAMES)];
        pages = new long[frames.length];
        Arrays.fill(frames, -1);
    }

    /** The frame whose turn it is, -1 for none yet. */
    int oldest() {
        return frames[next];
    }

    /** The page that was put into {@link #oldest}. */
    long oldestPage() {
        return pages[next];
    }

    /** The frame whose turn it was holds another page, or another frame has taken its place. */
    void put(int frame, long page) {
        frames[next] = frame;
        pages[next] = page;
        next = next + 1 == frames.length ? 0 : next + 1;
    }

    /** Number of frames at most. */
    public int size() {
        return frames.length;
    }
}
