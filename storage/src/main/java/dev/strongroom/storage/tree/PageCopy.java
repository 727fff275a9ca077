package dev.strongroom.storage.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads a leaf from a copy of its page body in a byte array ({@link Leaf#copyBody}): what a scan decodes without holding the
 * latch. The layout is {@link TreeNode}'s; apart from it so that the one memory the tree itself works on stays the only kind
 * its code meets.
 */
public final class PageCopy {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private PageCopy() {}

    /** Where the value of an entry starts, from the start of the array. */
    public static int valueStart(byte[] bytes, int page, int index) {
        int slot = page + TreeNode.SLOTS + index * TreeNode.SLOT_SIZE;
        int cell = (short) SHORTS.get(bytes, slot) & 0xFFFF;
        int suffix = (short) SHORTS.get(bytes, slot + 2) & 0xFFFF;
        return page + cell + TreeNode.CELL_HEADER + suffix;
    }
}
