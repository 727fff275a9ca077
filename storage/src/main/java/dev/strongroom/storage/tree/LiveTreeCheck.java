package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.PageAccess;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Looks whether a tree is in order while others change it: goes down to one leaf after another by coupled shared latches, as
 * splits and merges come down exclusively, so what a latched parent says of its latched child must hold. The tree's pages must
 * not be freed meanwhile. One thread.
 */
public final class LiveTreeCheck {
    private final PageAccess pages;
    private final TreeCheck nodes;
    private final LongPredicate isUsed;
    private final Consumer<String> findings;

    /**
     * @param isUsed whether the allocation bitmap has a page in use
     * @param findings gets one line per finding
     */
    public LiveTreeCheck(PageAccess pages, LongPredicate isUsed, Consumer<String> findings) {
        this.pages = pages;
        this.isUsed = isUsed;
        this.findings = findings;
        this.nodes = new TreeCheck(pages, findings, page -> true);
    }

    /** Checks the tree below a root; {@code stop} is asked before each leaf. Returns the nodes looked at. */
    public long check(long treeId, long root, Runnable stop) {
        byte[] from = {};
        long looked = 0;
        boolean more = true;
        while (more) {
            stop.run();
            Descent descent = new Descent(treeId, root, from);
            looked += descent.run();
            byte[] next = descent.next;
            more = descent.sound && next.length > 0;
            if (more && Arrays.compareUnsigned(from, next) >= 0) {
                findings.accept("tree " + treeId + ": its leaves do not go on after page " + descent.expected.page());
                return looked;
            }
            from = next;
        }
        return looked;
    }

    /** One way down, to the leaf that covers a key. */
    private final class Descent {
        private final byte[] key;
        private TreeCheck.Expected expected;
        private byte[] next = {};
        private boolean sound = true;
        private int looked;

        Descent(long treeId, long root, byte[] key) {
            this.key = key;
            this.expected = new TreeCheck.Expected(treeId, root, -1, new byte[0], new byte[0]);
        }

        int run() {
            int frame = pages.fixShared(expected.page());
            try {
                while (look(frame)) {
                    TreeCheck.Expected child = nodes.childFor(expected, pages.offset(frame), key);
                    if (child.page() == 0) {
                        // A tree that is being freed.
                        return looked;
                    }
                    int below = pages.fixShared(child.page());
                    pages.unfixShared(frame);
                    frame = below;
                    expected = child;
                }
            } finally {
                pages.unfixShared(frame);
            }
            return looked;
        }

        /** Whether to go further down from here. */
        private boolean look(int frame) {
            long offset = pages.offset(frame);
            looked++;
            if (!isUsed.test(expected.page())) {
                findings.accept("page " + expected.page() + " belongs to a tree but is free in its bitmap");
            }
            // An inner node is looked at in full on the way to the first leaf below it.
            boolean first = Arrays.equals(key, expected.low());
            sound = nodes.checkHeader(expected, offset) && (!first || nodes.checkEntries(expected, offset));
            if (sound && nodes.isLeaf(offset)) {
                next = expected.high();
                return false;
            }
            return sound;
        }
    }
}
