package dev.strongroom.storage.txn;

import dev.strongroom.storage.tree.Tree;
import org.jspecify.annotations.Nullable;

/** Finds trees by their number. */
public interface TreeDirectory {
    /** The tree, or null if it is gone: then there is nothing in it to undo. */
    @Nullable
    Tree find(long treeId);

    /**
     * Told by recovery before an entry is put back.
     *
     * @param current what it is now, null where there is none
     * @param before what it will be, null where it will be gone
     */
    void undoing(Tree tree, byte[] key, byte @Nullable [] current, byte @Nullable [] before);
}
