package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A latched leaf and a position in it. Reused by its owner; says nothing once the leaf is released.
 */
public final class Leaf {
    MemorySegment memory = MemorySegment.NULL;
    int frame;
    long offset;
    int index;
    boolean found;

    @Nullable
    FrameRing ring;

    /**
     * From here on leaves latched exclusively go through a ring, where they are not in memory or are made by a split, and count
     * as not used (design, section 6: scan and load rings).
     *
     * @param frames null for any of the pool
     */
    public void ring(@Nullable FrameRing frames) {
        ring = frames;
    }

    /** Whether the key searched for is here, at {@link #index}. */
    public boolean found() {
        return found;
    }

    /** Index of the key searched for, or of the first greater one. */
    public int index() {
        return index;
    }

    /** Index of the first entry that is not below a key. */
    public int lowerBound(byte[] key) {
        int at = TreeNode.search(memory, offset, key);
        return at >= 0 ? at : ~at;
    }

    public int count() {
        return TreeNode.count(memory, offset);
    }

    public int keyLength(int at) {
        return TreeNode.keyLength(memory, offset, at);
    }

    public void copyKey(int at, byte[] into, int position) {
        TreeNode.copyKey(memory, offset, at, into, position);
    }

    public byte[] key(int at) {
        return TreeNode.key(memory, offset, at);
    }

    public int valueLength(int at) {
        return TreeNode.valueLength(memory, offset, at);
    }

    public void copyValue(int at, byte[] into, int position) {
        MemorySegment.copy(
                memory,
                ValueLayout.JAVA_BYTE,
                offset + TreeNode.valueOffset(memory, offset, at),
                into,
                position,
                valueLength(at));
    }

    public byte[] value(int at) {
        return TreeNode.value(memory, offset, at);
    }

    /** A byte of a value. */
    public byte valueByte(int at, int position) {
        return memory.get(ValueLayout.JAVA_BYTE, offset + TreeNode.valueOffset(memory, offset, at) + position);
    }

    /** Eight little-endian bytes of a value. */
    public long valueLong(int at, int position) {
        return memory.get(PageLayout.LONG, offset + TreeNode.valueOffset(memory, offset, at) + position);
    }

    /** Copies the page body for {@link PageCopy}. */
    public void copyBody(byte[] into, int position) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, into, position, PageLayout.BODY_SIZE);
    }

    /** Whether leaves with greater keys may follow. */
    public boolean hasNext() {
        return TreeNode.hasHighFence(memory, offset);
    }

    public boolean hasPrevious() {
        return TreeNode.hasLowFence(memory, offset);
    }

    /** Where the next leaf begins. */
    public byte[] highFence() {
        return TreeNode.highFence(memory, offset);
    }

    /** Where this leaf begins. */
    public byte[] lowFence() {
        return TreeNode.lowFence(memory, offset);
    }
}
