package dev.strongroom.storage.tree;

import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Room for building a structure change: a record and three pages. Used by one thread at a time, pooled. */
final class TreeScratch {
    final RecordWriter record = new RecordWriter();
    final MemorySegment memory = Arena.ofAuto().allocate(3L * PageLayout.PAGE_SIZE, 64);

    /** Start of one of three zeroed pages in {@link #memory}. */
    long page(int number) {
        long at = (long) number * PageLayout.PAGE_SIZE;
        memory.asSlice(at, PageLayout.PAGE_SIZE).fill((byte) 0);
        return at;
    }
}
