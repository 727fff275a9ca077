package dev.strongroom.storage.database;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupSource;
import dev.strongroom.storage.backup.LogRetention;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.buffer.BufferPool;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.encryption.DatabaseEncryption;
import dev.strongroom.storage.encryption.SegmentKeys;
import dev.strongroom.storage.file.FailStopFiles;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LocalLogStream;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.ManifestAudit;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageJournal;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.Protection;
import dev.strongroom.storage.recovery.Analysis;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.recovery.Recovery;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.ResidueErasure;
import dev.strongroom.storage.verify.VerifyProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open database with everything it is made of. Thread-safe once open. */
public final class StoredDatabase<C extends StoredContent> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoredDatabase.class);
    private static final long FIRST_PAGES = 64;
    private static final int AUDIT_PAGES = 512;

    private final int id;
    private final BufferPool pool;
    private final StopSwitch stop;
    private final BootFile boot;
    private final DatabaseKeys keys;
    private final InPlacePageStore store;
    private final LocalLogStream log;
    private final PageAccess pages;
    private final SpaceAllocator space;
    private final Checkpointer checkpointer;
    private final DatabaseEncryption encryption;
    private final C content;
    private final TempFiles temp;
    private final Scheduler.Worker checkpoints;
    private final LogRetention retention;
    private final BackupSource backupSource;
    private final boolean manifestIsOld;
    private final SavedExtents savedExtents;
    private boolean closed;

    private StoredDatabase(Opening<C> opening, SpaceAllocator space, EncryptionFacts facts, boolean scanning) {
        StorageEnvironment environment = opening.environment;
        this.id = opening.id;
        this.pool = opening.pool;
        this.stop = opening.stop;
        this.boot = opening.boot;
        this.keys = opening.protection.keys();
        this.store = opening.store;
        this.log = opening.log();
        this.pages = opening.pages();
        this.space = space;
        this.content = opening.content();
        this.temp = opening.temp;
        this.manifestIsOld = opening.manifestIsOld;
        this.savedExtents = opening.savedExtents;
        this.checkpointer = new Checkpointer(
                new Checkpointer.Parts(boot, pages, log, content, content, environment.clock(), stop),
                environment.settings().checkpoint(),
                environment.scheduler());
        this.retention = new LogRetention(boot);
        checkpointer.keepLogFor(retention);
        this.backupSource = new BackupSource(
                opening.files,
                boot,
                store,
                pages,
                space,
                log,
                checkpointer,
                retention,
                environment.clock(),
                environment.randomness(),
                environment.scheduler(),
                stop);
        this.encryption = new DatabaseEncryption(
                new DatabaseEncryption.Parts(
                        id, boot, store, pages, space, log, checkpointer, environment.clock(), stop),
                facts,
                environment.scheduler());
        encryption.askForBackups(retention::dataBackupRuns);
        checkpointer.checkpoint();
        this.checkpoints = environment.scheduler().start("checkpoint", checkpointer::step);
        if (scanning) {
            encryption.start();
        }
    }

    /** A database's files, and what stops it when they fail. */
    private record Footing(StopSwitch stop, StorageFiles files) {
        static Footing of(StorageEnvironment environment, int id) {
            StopSwitch stop = new StopSwitch(environment.onStop());
            return new Footing(stop, new FailStopFiles(environment.files().below(directory(id)), stop));
        }
    }

    /** The parts as they come up, and how to let go of them when something fails on the way. */
    private static final class Opening<C extends StoredContent> {
        private final StorageEnvironment environment;
        private final int id;
        private final BufferPool pool;
        private final StorageFiles files;
        private final StopSwitch stop;
        private final BootFile boot;
        private final Protection protection = new Protection(new DatabaseKeys());
        private final SegmentKeys segmentKeys;
        private final InPlacePageStore store;
        private final TempFiles temp;
        private final SavedExtents savedExtents;
        private @Nullable LocalLogStream log;
        private @Nullable PageAccess pages;
        private @Nullable C content;
        private boolean manifestIsOld;

        Opening(StorageEnvironment environment, int id, BufferPool pool, BootFile boot, Footing footing) {
            this.environment = environment;
            this.id = id;
            this.pool = pool;
            this.boot = boot;
            files = footing.files;
            stop = footing.stop;
            segmentKeys = new SegmentKeys(protection, () -> boot.current().encryption());
            // Not behind the stop switch: a disk too full for a sort is nothing to stop a database for.
            temp = TempFiles.open(environment.files().below(directory(id)), environment.randomness());
            savedExtents = new SavedExtents(environment.files().below(directory(id)), boot, environment.instanceKey());
            BootRecord record = boot.current();
            PageJournal journal = PageJournal.open(files, record.databaseUuid(), environment.instanceKey());
            PageCodec codec =
                    new PageCodec(record.databaseUuid(), protection, new NonceSource(environment.randomness()));
            store = new InPlacePageStore(files, codec, journal, record.pageCount());
        }

        LocalLogStream log() {
            return present(log);
        }

        PageAccess pages() {
            return present(pages);
        }

        C content() {
            return present(content);
        }

        private static <T> T present(@Nullable T part) {
            if (part == null) {
                throw new IllegalStateException("part is not up yet");
            }
            return part;
        }

        LocalLogStream.Environment logEnvironment() {
            return new LocalLogStream.Environment(
                    files,
                    boot.current().databaseUuid(),
                    segmentKeys,
                    environment.randomness(),
                    environment.scheduler(),
                    environment.clock(),
                    stop,
                    environment.settings().logSegmentBytes());
        }

        C bringUp(ContentFactory<C> factory, LocalLogStream stream, RecordHandlers handlers) {
            log = stream;
            pages = pool.attach(store, stream, stop);
            C made = factory.content(new ContentFactory.Ground(
                    id,
                    pages,
                    stream,
                    environment.scheduler(),
                    environment.clock(),
                    stop,
                    temp,
                    boot.current().rootPage()));
            content = made;
            made.register(handlers);
            return made;
        }

        void abandon() {
            stop.stopQuietly(new IllegalStateException("the database could not be opened"));
            if (log != null) {
                log.close();
            }
            if (pages != null) {
                pool.detach(pages);
            }
            store.close();
            temp.close();
            protection.keys().close();
        }
    }

    static String directory(int id) {
        return "db/" + id;
    }

    /** Creates a database in a directory of its own, durably. The caller decides whether it counts (S-1). */
    static <C extends StoredContent> StoredDatabase<C> create(
            StorageEnvironment environment,
            int id,
            BufferPool pool,
            ContentFactory<C> factory,
            @Nullable NewKey newKey) {
        Footing footing = Footing.of(environment, id);
        StorageFiles files = footing.files;
        files.createDirectory("");
        environment.files().syncDirectory("db");
        byte[] uuid = new byte[16];
        environment.randomness().fill(uuid);
        PageJournal.create(files);
        InPlacePageStore.create(files);
        files.syncDirectory("");
        EncryptionFacts facts = facts(newKey, environment.clock().epochMicros());
        BootRecord first = new BootRecord(
                uuid, id, 1, 0, 0, 0, 0, false, Counters.FIRST, PageManifest.EMPTY, facts, BackupFacts.NONE);
        BootFile boot = BootFile.create(files, environment.instanceKey(), environment.scheduler(), first);
        Opening<C> opening = new Opening<>(environment, id, pool, boot, footing);
        boolean opened = false;
        try {
            if (newKey != null) {
                opening.protection.keys().add(newKey.key());
            }
            DatabaseEncryption.apply(opening.protection, facts);
            opening.store.grow(FIRST_PAGES);
            LocalLogStream log = LocalLogStream.create(opening.logEnvironment());
            C content = opening.bringUp(factory, log, new RecordHandlers());
            SpaceAllocator.format(opening.pages(), log);
            SpaceAllocator space = new SpaceAllocator(opening.pages(), log, environment.scheduler());
            content.attach(space);
            long root = content.create();
            boot.update(record -> record.withRootPage(root));
            content.open(Counters.FIRST);
            StoredDatabase<C> database = new StoredDatabase<>(opening, space, facts, true);
            opened = true;
            return database;
        } finally {
            if (!opened) {
                opening.abandon();
            }
        }
    }

    private static EncryptionFacts facts(@Nullable NewKey newKey, long now) {
        if (newKey == null) {
            return EncryptionFacts.NONE;
        }
        List<WrappedDek> wrapped = new ArrayList<>();
        if (newKey.wrapped() != null) {
            wrapped.add(newKey.wrapped());
        }
        EncryptionFacts.Dates dates = new EncryptionFacts.Dates(now, now, now, now, now, now);
        int version = newKey.key().number();
        return new EncryptionFacts(
                EncryptionFacts.ENCRYPTED, EncryptionFacts.SCAN_NONE, version, 0, version, true, dates, wrapped, 0);
    }

    /** Opens a database, recovering it first. */
    static <C extends StoredContent> StoredDatabase<C> open(
            StorageEnvironment environment, int id, BufferPool pool, ContentFactory<C> factory) {
        return open(environment, id, pool, factory, true, null);
    }

    /** Makes a database of a directory into which backups were restored. */
    static <C extends StoredContent> StoredDatabase<C> recoverRestored(
            StorageEnvironment environment, int id, BufferPool pool, ContentFactory<C> factory, RestoreEnd end) {
        return open(environment, id, pool, factory, true, end);
    }

    /** Opens a database to look at it: an encryption scan that was running stays where it is. */
    static <C extends StoredContent> StoredDatabase<C> inspect(
            StorageEnvironment environment, int id, BufferPool pool, ContentFactory<C> factory) {
        return open(environment, id, pool, factory, false, null);
    }

    private static <C extends StoredContent> StoredDatabase<C> open(
            StorageEnvironment environment,
            int id,
            BufferPool pool,
            ContentFactory<C> factory,
            boolean scanning,
            @Nullable RestoreEnd end) {
        Footing footing = Footing.of(environment, id);
        StorageFiles files = footing.files;
        BootFile boot = BootFile.open(files, environment.instanceKey(), environment.scheduler());
        if (boot.current().backup().restoring() && end == null) {
            throw NumberedError.DATABASE_RESTORING.exception(
                    "database " + id + " cannot be opened, it is in the middle of a restore");
        }
        Opening<C> opening = new Opening<>(environment, id, pool, boot, footing);
        boolean opened = false;
        try {
            StoredDatabase<C> database = recover(opening, factory, scanning, end);
            opened = true;
            return database;
        } finally {
            if (!opened) {
                opening.abandon();
            }
        }
    }

    private static <C extends StoredContent> StoredDatabase<C> recover(
            Opening<C> opening, ContentFactory<C> factory, boolean scanning, @Nullable RestoreEnd end) {
        StorageEnvironment environment = opening.environment;
        BootRecord record = opening.boot.current();
        for (WrappedDek wrapped : record.encryption().keys()) {
            opening.protection.keys().add(environment.encryptors().unwrap(opening.id, wrapped));
        }
        opening.savedExtents.take(opening.store.changes());
        int repaired = opening.store.repair();
        opening.manifestIsOld = isOlder(opening.store.found(), record.manifest());
        long start = environment.clock().monotonicNanos();
        long stop = end == null ? Long.MAX_VALUE : end.stopLsn(opening.files, record, opening.segmentKeys);
        try (LogReader reader =
                LogReader.open(opening.files, record.databaseUuid(), opening.segmentKeys, record.redoLsn(), stop)) {
            Analysis analysis = new Analysis(record, reader);
            long now = environment.clock().epochMicros();
            EncryptionFacts found = opened(analysis.encryption(), now);
            EncryptionFacts facts = end == null ? found : end.encryption(record.encryption(), found);
            if (end != null) {
                end.useOwnKey(opening.protection.keys(), opening.boot, facts);
            }
            DatabaseEncryption.apply(opening.protection, facts);
            if (end == null) {
                opening.store.grown(analysis.pageCount());
            } else {
                // In the original these pages came before the log that speaks of them.
                opening.store.grow(Math.max(record.pageCount(), analysis.pageCount()));
            }
            int timeline = end == null ? record.timeline() : record.timeline() + 1;
            LocalLogStream log = LocalLogStream.resume(opening.logEnvironment(), reader, timeline);
            if (end != null) {
                // The log ends where it was to stop and goes on in a segment of its own: from here on it is a database.
                opening.boot.writeTwice(old -> end.ended(old, reader.endLsn(), timeline, facts));
            }
            RecordHandlers handlers = new RecordHandlers();
            C content = opening.bringUp(factory, log, handlers);
            Recovery recovery = new Recovery(reader, handlers, opening.pages());
            long applied =
                    recovery.redo(record.redoLsn(), environment.settings().redoThreads(), environment.scheduler());
            SpaceAllocator space = new SpaceAllocator(opening.pages(), log, environment.scheduler());
            content.attach(space);
            List<Long> decided = analysis.takeCommitted(
                    transaction -> environment.decisions().committed(opening.id, transaction));
            Recovery.commit(
                    decided,
                    analysis.counters().timestamp() - decided.size(),
                    environment.clock().epochMicros(),
                    log);
            recovery.undo(analysis.unfinished(), log);
            content.open(analysis.counters());
            LOG.info(
                    "database {}: recovered in {} ms: {} records, {} page changes, {} transactions undone, {} pages"
                            + " rewritten from the journal, {} of them torn",
                    opening.id,
                    (environment.clock().monotonicNanos() - start) / 1_000_000,
                    analysis.records(),
                    applied,
                    analysis.unfinished().size(),
                    repaired,
                    opening.store.torn().size());
            opening.boot.update(old -> old.withEncryption(facts));
            return new StoredDatabase<>(opening, space, facts, scanning);
        }
    }

    /** Whether the page journal knows less than the boot record: then it, at least, was put back. */
    private static boolean isOlder(PageManifest journal, PageManifest remembered) {
        boolean differs =
                journal.sequence() == remembered.sequence() && !journal.sums().equals(remembered.sums());
        return journal.sequence() < remembered.sequence() || differs;
    }

    /** A change of encryptor that a crash cut short has happened or not, as the keys show; it is over either way. */
    private static EncryptionFacts opened(EncryptionFacts found, long now) {
        EncryptionFacts facts = found.afterProtectionChange();
        return facts.keys().isEmpty() ? facts : facts.withDates(facts.dates().openedAt(now));
    }

    public int id() {
        return id;
    }

    /** Tables and transactions. */
    public C content() {
        return content;
    }

    public DatabaseEncryption encryption() {
        return encryption;
    }

    /** Sequence of the boot record, and the rest that {@code master} remembers (S-2). */
    public BootFile boot() {
        return boot;
    }

    public SpaceAllocator space() {
        return space;
    }

    public InPlacePageStore store() {
        return store;
    }

    public PageAccess pages() {
        return pages;
    }

    public LocalLogStream log() {
        return log;
    }

    /** What a backup needs of it. */
    public BackupSource backupSource() {
        return backupSource;
    }

    /**
     * Adds up the tags of all pages and compares with what was written (TDE-519), beside other work.
     *
     * @return key versions some of whose pages are older than they should be; 0 stands for the page journal
     */
    public TreeSet<Integer> rolledBack() {
        ManifestAudit audit = store.audit();
        AtomicReference<ManifestAudit.@Nullable Outcome> outcome = new AtomicReference<>();
        ManifestAudit.Outcome found = null;
        while (found == null) {
            pages.flusher().betweenBatches(() -> {
                if (audit.step(AUDIT_PAGES)) {
                    outcome.set(audit.end());
                }
            });
            found = outcome.get();
        }
        TreeSet<Integer> versions = found.mismatches();
        if (manifestIsOld) {
            versions.add(0);
        }
        return versions;
    }

    /**
     * Overwrites free pages, free space within pages and the page journal, so that data that was replaced or removed is gone
     * from them. Log and backups from before still have it.
     *
     * @param progress told how many pages of how many are done; what it throws ends the work
     */
    public void eraseResidue(VerifyProgress progress) {
        new ResidueErasure(pages, space).run(done -> progress.accept(done, space.pageCount()));
        pages.flusher().betweenBatches(store::eraseJournal);
    }

    /** CHECKPOINT. */
    public void checkpoint() {
        checkpointer.checkpoint();
    }

    public boolean isStopped() {
        return stop.isStopped();
    }

    /** Ends all work and closes the files in order, so that the next start has nothing to recover. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        encryption.close();
        checkpoints.close();
        try {
            finish();
        } catch (RuntimeException failure) {
            // The next start recovers; files, memory and keys are let go of all the same.
            stop.stopQuietly(failure);
            release();
            throw failure;
        }
        release();
    }

    private void finish() {
        boolean stalled = !stop.isStopped() && log.isStalled();
        content.close();
        if (stalled) {
            // A checkpoint would wait for a disk with room: the next start recovers.
            stop.stopQuietly(new IllegalStateException("the log has no room on the disk"));
        } else if (!stop.isStopped()) {
            checkpointer.closing();
            pages.flusher().betweenBatches(store::markJournalIdle);
            savedExtents.save(store.changes());
        }
    }

    private void release() {
        try {
            log.close();
            pool.detach(pages);
            store.close();
            temp.close();
        } finally {
            keys.close();
        }
    }
}
