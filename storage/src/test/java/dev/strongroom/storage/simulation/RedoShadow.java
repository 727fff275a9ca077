package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.tree.TreeRecords;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Redo equals do: applies each record that is appended to a copy of its pages, and finds each page, when its next record comes,
 * as the copy says (storage design, section 11, point 5). The caller of append holds the pages' exclusive latches.
 */
final class RedoShadow implements LogStream {
    private final LogStream log;
    private final PageAccess pages;
    private final Map<Long, MemorySegment> copies = new HashMap<>();
    private final LogRecord record = new LogRecord();
    private int applied;

    RedoShadow(LogStream log, PageAccess pages) {
        this.log = log;
        this.pages = pages;
    }

    int applied() {
        return applied;
    }

    @Override
    public long append(RecordWriter writer) {
        long lsn = log.append(writer);
        record.at(writer.bytes(), 0, lsn);
        for (int section = 0; section < record.sectionCount(); section++) {
            redo(section, lsn);
        }
        return lsn;
    }

    @Override
    public void admit() {
        log.admit();
    }

    @Override
    public void owe(long bytes) {
        log.owe(bytes);
    }

    @Override
    public boolean isShort() {
        return log.isShort();
    }

    private void redo(int section, long lsn) {
        long page = record.page(section);
        MemorySegment copy;
        if (record.formats(section)) {
            copy = page();
        } else {
            copy = copies.get(page);
            if (copy == null) {
                copy = page();
                MemorySegment.copy(pages.memory(), live(page), copy, 0, PageLayout.BODY_SIZE);
            } else {
                compare(page, copy);
            }
        }
        if (record.ofSpace(section)) {
            BitmapPage.apply(record, section, copy, 0);
        } else {
            TreeRecords.apply(record, section, copy, 0);
        }
        PageLayout.lsn(copy, 0, lsn);
        copies.put(page, copy);
        applied++;
    }

    private static MemorySegment page() {
        return MemorySegment.ofArray(new long[PageLayout.PAGE_SIZE / Long.BYTES]);
    }

    /** Where the page is as it was done. */
    private long live(long page) {
        int frame = pages.resident(page);
        assertThat(frame).as("page %s is latched by who changes it", page).isNotNegative();
        return pages.offset(frame);
    }

    private void compare(long page, MemorySegment redone) {
        long live = live(page);
        long first = MemorySegment.mismatch(
                redone, 0, PageLayout.BODY_SIZE, pages.memory(), live, live + PageLayout.BODY_SIZE);
        if (first >= 0) {
            throw new AssertionError("page " + page + ": redo differs from what was done, first at byte " + first);
        }
    }

    /** Compares all pages that hold something now. */
    void compareAll() {
        copies.forEach((page, copy) -> {
            int frame = pages.fixShared(page);
            try {
                if (pages.lsn(frame) == PageLayout.lsn(copy, 0)) {
                    compare(page, copy);
                }
            } finally {
                pages.unfixShared(frame);
            }
        });
    }

    @Override
    public void durable(long lsn) {
        log.durable(lsn);
    }

    @Override
    public boolean tryDurable(long lsn) {
        return log.tryDurable(lsn);
    }

    @Override
    public void whenDurable(long lsn, Consumer<@Nullable DatabaseException> told) {
        log.whenDurable(lsn, told);
    }

    @Override
    public long durableLsn() {
        return log.durableLsn();
    }

    @Override
    public long endLsn() {
        return log.endLsn();
    }
}
