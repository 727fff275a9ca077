package dev.strongroom.storage.space;

import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The bitmap page of an interval of 32768 pages: the interval's first page.
///
/// ```text
/// 0       24    page header, type 1
/// 24      4096  one bit per page of the interval: in use (this page included)
/// 4120    64    one bit per extent of 64 pages: changed since the last full backup
/// ```
///
/// Its log section's body is a list of 16-bit numbers, low 15 bits the page within the interval, top bit 1 = allocate;
/// a
/// section that formats starts from an empty bitmap.
public final class BitmapPage {
    /** Pages per bitmap page. */
    public static final int INTERVAL = 32768;

    private static final int BITS = PageLayout.CONTENT;
    private static final int ALLOCATE = 0x8000;

    private BitmapPage() {}

    /** The bitmap page that knows about a page. */
    public static long of(long page) {
        return page & -INTERVAL;
    }

    public static boolean isBitmap(long page) {
        return of(page) == page;
    }

    static void describe(RecordWriter record, long page, boolean allocate) {
        record.putShort((int) (page & (INTERVAL - 1)) | (allocate ? ALLOCATE : 0));
    }

    /** Applies a section that belongs to space. */
    public static void apply(LogRecord record, int section, MemorySegment memory, long offset) {
        if (record.formats(section)) {
            PageLayout.type(memory, offset, PageLayout.TYPE_BITMAP);
        }
        int at = record.sectionOffset(section);
        int end = at + record.sectionLength(section);
        for (; at < end; at += 2) {
            int entry = record.shortAt(at);
            set(memory, offset, entry & (INTERVAL - 1), (entry & ALLOCATE) != 0);
        }
    }

    static void set(MemorySegment memory, long offset, int index, boolean used) {
        long at = offset + BITS + (index >>> 3);
        int bits = memory.get(ValueLayout.JAVA_BYTE, at);
        int bit = 1 << (index & 7);
        assert ((bits & bit) != 0) != used
                : "page " + index + " of the interval is already " + (used ? "used" : "free");
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (used ? bits | bit : bits & ~bit));
    }

    /** Whether a page is in use. */
    public static boolean isUsed(MemorySegment memory, long offset, long page) {
        int index = (int) (page & (INTERVAL - 1));
        return (memory.get(ValueLayout.JAVA_BYTE, offset + BITS + (index >>> 3)) & 1 << (index & 7)) != 0;
    }

    static long word(MemorySegment memory, long offset, int word) {
        return memory.get(PageLayout.LONG, offset + BITS + word * 8L);
    }
}
