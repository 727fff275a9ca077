package dev.strongroom.storage.log;

import java.lang.foreign.MemorySegment;

/** Applies records of one kind to a page. Pure: depends on the record's section and the page alone, takes no latch. */
@FunctionalInterface
public interface RedoHandler {
    /**
     * Brings one page from before the record to after it. The caller stamps the LSN. Where the section formats the page, the
     * body's bytes are zero on entry.
     *
     * @param section number of the record's section for this page
     * @param offset where the page starts in the memory
     */
    void apply(LogRecord record, int section, MemorySegment memory, long offset);
}
