package dev.strongroom.storage.database;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.space.SpaceChange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The simplest content that needs everything below: a fixed array of cells on a few pages, changed by transactions, with redo,
 * undo and compensation, and pages that come and go.
 */
final class CellContent implements StoredContent {
    static final int PAGES = 12;
    static final int CELLS_PER_PAGE = 1000;
    private static final int CREATE = RecordKind.FIRST_TREE;
    private static final int SET = CREATE + 1;
    private static final int UNSET = SET + 1;
    private static final int ADD_PAGE = UNSET + 1;
    private static final int DROP_PAGE = ADD_PAGE + 1;

    private final PageAccess pages;
    private final LogStream log;
    private final AtomicLong nextTransaction = new AtomicLong(1);
    private final ConcurrentHashMap<Long, Change> active = new ConcurrentHashMap<>();
    private final long[] pageNumbers = new long[PAGES];
    private long root;
    private @Nullable SpaceAllocator space;
    private final RecordWriter undoWriter = new RecordWriter();

    CellContent(ContentFactory.Ground ground) {
        pages = ground.pages();
        log = ground.log();
        root = ground.rootPage();
    }

    @Override
    public void register(RecordHandlers handlers) {
        handlers.redo(CREATE, CellContent::applyCreate);
        handlers.redo(SET, CellContent::applySet);
        handlers.redo(UNSET, CellContent::applySet);
        handlers.redo(ADD_PAGE, CellContent::applyFill);
        handlers.undo(SET, this::undo);
        handlers.observe(record -> nextTransaction.accumulateAndGet(record.transaction() + 1, Math::max));
    }

    @Override
    public void attach(SpaceAllocator allocator) {
        space = allocator;
        if (root != 0) {
            readDirectory();
        }
    }

    private SpaceAllocator space() {
        return java.util.Objects.requireNonNull(space);
    }

    private void readDirectory() {
        int frame = pages.fixShared(root);
        for (int i = 0; i < PAGES; i++) {
            pageNumbers[i] = pages.memory().get(PageLayout.LONG, pages.offset(frame) + PageLayout.CONTENT + 8L * i);
        }
        pages.unfixShared(frame);
    }

    @Override
    public long create() {
        RecordWriter writer = new RecordWriter();
        try (SpaceChange change = space().change()) {
            root = change.allocate(-1);
            for (int i = 0; i < PAGES; i++) {
                pageNumbers[i] = change.allocate(root);
            }
            int[] frames = new int[PAGES + 1];
            writer.begin(CREATE, 0, 0, 1, false);
            frames[PAGES] = pages.fixNew(root);
            writer.formatSection(root);
            for (long page : pageNumbers) {
                writer.putLong(page);
            }
            for (int i = 0; i < PAGES; i++) {
                frames[i] = pages.fixNew(pageNumbers[i]);
                writer.formatSection(pageNumbers[i]);
            }
            change.describe(writer);
            LogRecord record = writer.record(log.append(writer));
            applyCreate(record, 0, pages.memory(), pages.offset(frames[PAGES]));
            for (int i = 0; i < PAGES; i++) {
                applyCreate(record, i + 1, pages.memory(), pages.offset(frames[i]));
            }
            for (int frame : frames) {
                pages.logged(frame, record.lsn());
                pages.unfixExclusive(frame);
            }
            change.logged(record);
        }
        return root;
    }

    private static void applyCreate(LogRecord record, int section, MemorySegment memory, long offset) {
        PageLayout.type(memory, offset, PageLayout.TYPE_FIRST_TREE);
        MemorySegment.copy(
                record.bytes(),
                record.sectionOffset(section),
                memory,
                ValueLayout.JAVA_BYTE,
                offset + PageLayout.CONTENT,
                record.sectionLength(section));
    }

    private static void applySet(LogRecord record, int section, MemorySegment memory, long offset) {
        int at = record.sectionOffset(section);
        memory.set(PageLayout.LONG, offset + PageLayout.CONTENT + 8L * record.intAt(at), record.longAt(at + 4));
    }

    private static void applyFill(LogRecord record, int section, MemorySegment memory, long offset) {
        PageLayout.type(memory, offset, PageLayout.TYPE_FIRST_TREE);
        for (int i = 0; i < CELLS_PER_PAGE; i++) {
            memory.set(
                    PageLayout.LONG,
                    offset + PageLayout.CONTENT + 8L * i,
                    record.longAt(record.sectionOffset(section)));
        }
    }

    private void undo(LogRecord record) {
        int body = record.bodyOffset();
        write(
                undoWriter,
                UNSET,
                record.transaction(),
                record.previousLsn(),
                record.intAt(body),
                record.longAt(body + 4),
                false);
    }

    private long write(
            RecordWriter writer, int kind, long transaction, long previous, int cell, long value, boolean undoable) {
        int frame = pages.fixExclusive(pageNumbers[cell / CELLS_PER_PAGE]);
        long old = pages.memory()
                .get(PageLayout.LONG, pages.offset(frame) + PageLayout.CONTENT + 8L * (cell % CELLS_PER_PAGE));
        writer.begin(kind, transaction, previous, 1, undoable).putInt(cell).putLong(old);
        writer.section(pages.page(frame), pages.lsn(frame))
                .putInt(cell % CELLS_PER_PAGE)
                .putLong(value);
        long lsn = log.append(writer);
        applySet(writer.record(lsn), 0, pages.memory(), pages.offset(frame));
        pages.logged(frame, lsn);
        pages.unfixExclusive(frame);
        return lsn;
    }

    /** Value of a cell, whoever wrote it. */
    long get(int cell) {
        int frame = pages.frameOf(pageNumbers[cell / CELLS_PER_PAGE]);
        for (int i = 0; i < 3; i++) {
            long version = pages.optimisticVersion(frame, pageNumbers[cell / CELLS_PER_PAGE]);
            if (version >= 0) {
                long value = pages.memory()
                        .get(PageLayout.LONG, pages.offset(frame) + PageLayout.CONTENT + 8L * (cell % CELLS_PER_PAGE));
                if (pages.validate(frame, version)) {
                    return value;
                }
            }
        }
        frame = pages.fixShared(pageNumbers[cell / CELLS_PER_PAGE]);
        long value = pages.memory()
                .get(PageLayout.LONG, pages.offset(frame) + PageLayout.CONTENT + 8L * (cell % CELLS_PER_PAGE));
        pages.unfixShared(frame);
        return value;
    }

    /** Adds a page full of a value, outside any transaction. */
    long addPage(long value) {
        RecordWriter writer = new RecordWriter();
        try (SpaceChange change = space().change()) {
            long page = change.allocate(-1);
            int frame = pages.fixNew(page);
            writer.begin(ADD_PAGE, 0, 0, 1, false).formatSection(page).putLong(value);
            change.describe(writer);
            LogRecord record = writer.record(log.append(writer));
            applyFill(record, 0, pages.memory(), pages.offset(frame));
            pages.logged(frame, record.lsn());
            pages.unfixExclusive(frame);
            change.logged(record);
            return page;
        }
    }

    void dropPage(long page) {
        RecordWriter writer = new RecordWriter();
        int frame = pages.fixExclusive(page);
        try (SpaceChange change = space().change()) {
            change.free(page);
            writer.begin(DROP_PAGE, 0, 0, 1, false);
            change.describe(writer);
            change.logged(writer.record(log.append(writer)));
        }
        pages.unfixExclusive(frame);
    }

    Change begin() {
        return new Change(nextTransaction.getAndIncrement());
    }

    final class Change {
        private final long id;
        private final RecordWriter writer = new RecordWriter();
        private long start = -1;
        private long last;

        Change(long id) {
            this.id = id;
        }

        void set(int cell, long value) {
            if (start < 0) {
                start = log.endLsn();
                active.put(id, this);
            }
            last = write(writer, SET, id, last, cell, value, true);
        }

        void commit() {
            if (start < 0) {
                return;
            }
            long lsn = log.append(writer.begin(RecordKind.COMMIT, id, last, 0, false)
                    .putLong(id)
                    .putLong(0));
            active.remove(id);
            log.durable(lsn);
        }
    }

    @Override
    public void open(Counters counters) {
        nextTransaction.accumulateAndGet(counters.transactionId(), Math::max);
    }

    @Override
    public void close() {}

    @Override
    public long oldestStartLsn() {
        return active.values().stream().mapToLong(change -> change.start).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public Counters counters() {
        return new Counters(nextTransaction.get(), 1, 1000, 1, 16384);
    }
}
