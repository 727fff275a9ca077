package dev.strongroom.storage.tree;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.buffer.BufferPool;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.PageStore;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.space.SpaceAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pages and log in memory, with a log that can be read back: what tests of trees and transactions stand on. */
public final class MemoryStorage implements PageStore, LogStream {
    private final List<byte[]> pageImages = new ArrayList<>();
    private final List<byte[]> records = new ArrayList<>();
    private final List<Long> lsns = new ArrayList<>();
    private final RecordWriterAccess access = new RecordWriterAccess();
    private long end = 1;
    private boolean failing;
    private long reads;

    public final Scheduler scheduler = new ThreadScheduler((role, failure) -> {
        throw new AssertionError(role, failure);
    });
    public final PageAccess pages;

    public MemoryStorage(long poolBytes) {
        grow(64);
        pages = new BufferPool(poolBytes, scheduler).attach(this, this, new StopSwitch(failure -> {
            throw failure;
        }));
    }

    /** Pages read up to now. */
    public synchronized long reads() {
        return reads;
    }

    /** Makes an empty database and its allocator. */
    public SpaceAllocator format() {
        SpaceAllocator.format(pages, this);
        return new SpaceAllocator(pages, this, scheduler);
    }

    /** A database that has only this one's log up to now: every page is redone from it. */
    public MemoryStorage replay(Consumer<LogRecord> each) {
        MemoryStorage copy = new MemoryStorage(64L << 20);
        synchronized (this) {
            while (copy.pageCount() < pageCount()) {
                copy.grow(pageCount());
            }
            for (int i = 0; i < records.size(); i++) {
                copy.redo(records.get(i), lsns.get(i), each);
            }
            copy.end = end;
            copy.records.addAll(records);
            copy.lsns.addAll(lsns);
        }
        return copy;
    }

    private void redo(byte[] bytes, long lsn, Consumer<LogRecord> each) {
        LogRecord record = new LogRecord().at(bytes, 0, lsn);
        for (int section = 0; section < record.sectionCount(); section++) {
            long page = record.page(section);
            int frame = record.formats(section) ? pages.fixNew(page) : pages.fixExclusive(page);
            long offset = pages.offset(frame);
            if (!record.formats(section) && record.previousPageLsn(section) != pages.lsn(frame)) {
                throw new AssertionError("page " + page + " has LSN " + pages.lsn(frame) + ", record expects "
                        + record.previousPageLsn(section));
            }
            if (record.ofSpace(section)) {
                BitmapPage.apply(record, section, pages.memory(), offset);
            } else {
                TreeRecords.apply(record, section, pages.memory(), offset);
            }
            pages.logged(frame, lsn);
            pages.unfixExclusive(frame);
        }
        each.accept(record);
    }

    /** All records so far. */
    public synchronized void forEach(Consumer<LogRecord> each) {
        for (int i = 0; i < records.size(); i++) {
            each.accept(new LogRecord().at(records.get(i), 0, lsns.get(i)));
        }
    }

    /** Body of a page as it is now. */
    public byte[] body(long page) {
        int frame = pages.fixShared(page);
        byte[] body = new byte[PageLayout.BODY_SIZE];
        java.lang.foreign.MemorySegment.copy(
                pages.memory(), java.lang.foreign.ValueLayout.JAVA_BYTE, pages.offset(frame), body, 0, body.length);
        pages.unfixShared(frame);
        return body;
    }

    @Override
    public synchronized void read(long page, byte[] into) {
        reads++;
        System.arraycopy(pageImages.get((int) page), 0, into, 0, into.length);
    }

    @Override
    public synchronized void write(PageBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            pageImages.set((int) batch.page(i), batch.image(i).clone());
        }
    }

    @Override
    public PageManifest manifest() {
        return PageManifest.EMPTY;
    }

    @Override
    public synchronized long pageCount() {
        return pageImages.size();
    }

    @Override
    public synchronized void grow(long pageCount) {
        while (pageImages.size() < pageCount) {
            pageImages.add(new byte[PageLayout.PAGE_SIZE]);
        }
    }

    /** From now on nothing is appended: what a crash leaves behind. */
    public synchronized void stop() {
        failing = true;
    }

    @Override
    public synchronized long append(RecordWriter record) {
        if (failing) {
            throw new IllegalStateException("stopped");
        }
        byte[] bytes = access.bytes(record);
        records.add(bytes);
        end += bytes.length;
        lsns.add(end);
        return end;
    }

    @Override
    public void durable(long lsn) {
        // Memory is as durable as it gets here.
    }

    @Override
    public boolean tryDurable(long lsn) {
        return true;
    }

    @Override
    public void whenDurable(long lsn, Consumer<@Nullable DatabaseException> told) {
        told.accept(null);
    }

    @Override
    public synchronized long durableLsn() {
        return end;
    }

    @Override
    public synchronized long endLsn() {
        return end;
    }

    /** Reads a record out of its writer through its public view. */
    private static final class RecordWriterAccess {
        byte[] bytes(RecordWriter record) {
            int length = record.finish();
            return java.util.Arrays.copyOf(record.bytes(), length);
        }
    }

    /** Kinds of this log, for a look at what was written. */
    public synchronized long commits() {
        long count = 0;
        for (byte[] record : records) {
            count += new LogRecord().at(record, 0, 0).kind() == RecordKind.COMMIT ? 1 : 0;
        }
        return count;
    }
}
