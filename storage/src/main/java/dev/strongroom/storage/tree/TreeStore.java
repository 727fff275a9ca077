package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.space.SpaceAllocator;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What all trees of a database share: pages, log, space. Space is known only after redo, so it is handed in later.
 */
public final class TreeStore {
    private final PageAccess pages;
    private final LogStream log;
    private final int capacity;
    private final ConcurrentLinkedQueue<TreeScratch> scratch = new ConcurrentLinkedQueue<>();
    private volatile @Nullable SpaceAllocator space;

    public TreeStore(PageAccess pages, LogStream log) {
        this(pages, log, TreeNode.CAPACITY);
    }

    /**
     * For tests that want many splits.
     *
     * @param capacity bytes of a node that are used, at most
     */
    public TreeStore(PageAccess pages, LogStream log, int capacity) {
        this.pages = pages;
        this.log = log;
        this.capacity = capacity;
    }

    public void attach(SpaceAllocator allocator) {
        space = allocator;
    }

    public PageAccess pages() {
        return pages;
    }

    public LogStream log() {
        return log;
    }

    SpaceAllocator space() {
        SpaceAllocator attached = space;
        if (attached == null) {
            throw new IllegalStateException("space is not known before redo has ended");
        }
        return attached;
    }

    int capacity() {
        return capacity;
    }

    TreeScratch take() {
        TreeScratch free = scratch.poll();
        return free != null ? free : new TreeScratch();
    }

    void giveBack(TreeScratch used) {
        scratch.add(used);
    }
}
