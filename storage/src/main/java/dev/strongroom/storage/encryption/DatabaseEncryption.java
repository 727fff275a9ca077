package dev.strongroom.storage.encryption;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.buffer.PageRun;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LocalLogStream;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.Protection;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.space.SpaceAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encryption of one database: its state, the commands that change it, and the background scan that carries a change out.
 * Every change of state is logged and forced, then kept in the boot record; what a command returns from survives a crash. The
 * statements' own rules (who may, which messages) are the caller's; here only what would break the state is refused.
 * Thread-safe.
 */
public final class DatabaseEncryption implements EncryptionControl {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseEncryption.class);
    private static final long RETRY_NANOS = 200_000_000;
    /** What a database without tables has is well below: the catalog and the bitmaps. */
    private static final int EMPTY_PAGES = 512;

    private static final long MOMENT_NANOS = 1_000_000_000;

    private final Parts parts;
    private final Protection protection;
    private final Mutex changing;
    private final Scheduler scheduler;
    private final ScanPace pace;
    private final RecordWriter record = new RecordWriter();
    private volatile EncryptionFacts facts;
    /** Where the running scan is: what lies below is durable under the target. Checkpoints save it. */
    private volatile long position;

    private volatile BooleanSupplier backupRuns = () -> false;
    private volatile Consumer<EncryptionStatus> scanListener = status -> {};
    private Scheduler.@Nullable Worker worker;
    /** What a running scan holds. */
    private @Nullable EncryptionScan scan;

    /** The parts of a database this deals with. */
    public record Parts(
            int databaseId,
            BootFile boot,
            InPlacePageStore store,
            PageAccess pages,
            SpaceAllocator space,
            LocalLogStream log,
            Checkpointer checkpointer,
            Clock clock,
            StopSwitch stop) {}

    /**
     * @param facts as recovery found them; {@link Protection} already follows them
     */
    public DatabaseEncryption(Parts parts, EncryptionFacts facts, Scheduler scheduler) {
        this.parts = parts;
        this.facts = facts;
        this.protection = parts.store.codec().protection();
        this.changing = new Mutex(scheduler);
        this.scheduler = scheduler;
        this.pace = new ScanPace(parts.clock, parts.log::endLsn);
        position = facts.scanPosition();
        parts.checkpointer.erasePlainLog(facts.state() > EncryptionFacts.UNENCRYPTED);
        parts.checkpointer.saveScanBy(this::withPosition);
        parts.checkpointer.onTrim(this::logWent);
    }

    /** Starts the background worker; a running scan goes on from where it was saved. */
    public void start() {
        switch (facts.scanState()) {
            case EncryptionFacts.SCAN_RUNNING ->
                LOG.info("database {}: beginning encryption scan again at page {} (33112)", parts.databaseId, position);
            case EncryptionFacts.SCAN_SUSPENDED ->
                LOG.info(
                        "database {}: an existing encryption scan is paused at page {}; it goes on after SET ENCRYPTION"
                                + " RESUME",
                        parts.databaseId,
                        position);
            case EncryptionFacts.SCAN_ABORTED ->
                LOG.warn(
                        "database {}: the encryption scan was aborted at page {} (33114); repeat SET ENCRYPTION, or RESUME",
                        parts.databaseId,
                        position);
            default -> {}
        }
        worker = scheduler.start("scan", this::step);
    }

    public void close() {
        Scheduler.Worker running = worker;
        if (running != null) {
            running.close();
            worker = null;
        }
        endScan();
    }

    /** Makes {@link Protection} follow the facts. */
    public static void apply(Protection protection, EncryptionFacts facts) {
        KeyVersion target =
                facts.targetVersion() == 0 ? null : protection.keys().require(facts.targetVersion());
        long plainFrom = switch (facts.state()) {
            case EncryptionFacts.ENCRYPTING -> facts.scanPosition();
            case EncryptionFacts.ENCRYPTED, EncryptionFacts.KEY_CHANGE -> Protection.PLAIN_NOWHERE;
            case EncryptionFacts.PROTECTION_CHANGE ->
                target == null ? Protection.PLAIN_ANYWHERE : Protection.PLAIN_NOWHERE;
            default -> Protection.PLAIN_ANYWHERE;
        };
        protection.change(target, plainFrom);
    }

    public EncryptionFacts facts() {
        return facts;
    }

    @Override
    public EncryptionStatus status() {
        return status(facts);
    }

    private EncryptionStatus status(EncryptionFacts now) {
        long total = parts.store.pageCount();
        boolean scanning = now.state() == EncryptionFacts.ENCRYPTING
                || now.state() == EncryptionFacts.KEY_CHANGE
                || now.state() == EncryptionFacts.DECRYPTING;
        WrappedDek newest = now.newestKey();
        boolean somethingPlain = now.targetVersion() == 0 || now.state() == EncryptionFacts.ENCRYPTING;
        EncryptionFacts.Dates dates = now.dates();
        return new EncryptionStatus(
                now.state(),
                now.scanState(),
                now.wanted(),
                newest == null ? now.targetVersion() : newest.keyVersion(),
                now.lastVersion(),
                somethingPlain
                        ? 0
                        : now.keys().stream()
                                .mapToInt(WrappedDek::keyVersion)
                                .min()
                                .orElse(now.targetVersion()),
                total,
                scanning ? Math.min(position, total) : 0,
                plainLogBytes(),
                regenerationDue(),
                new EncryptionStatus.Dates(
                        dates.created(),
                        dates.regenerated(),
                        dates.modified(),
                        dates.set(),
                        dates.opened(),
                        dates.scanChanged()),
                now.keys());
    }

    @Override
    public boolean dataBackupRuns() {
        return backupRuns.getAsBoolean();
    }

    /** Says who knows whether a backup of pages is running. */
    public void askForBackups(BooleanSupplier running) {
        backupRuns = running;
    }

    @Override
    public PageManifest manifest() {
        return parts.store.manifest();
    }

    private boolean regenerationDue() {
        KeyVersion target = protection.target();
        return target != null && target.regenerationDue();
    }

    private long plainLogBytes() {
        return segments().stream()
                .filter(segment -> segment.keyVersion() == 0)
                .mapToLong(LogSegmentInfo::sizeBytes)
                .sum();
    }

    @Override
    public List<LogSegmentInfo> segments() {
        return parts.log.segments();
    }

    /** Limits the scan (TDE-303), 0 for no limit; takes effect with the next batch. */
    @Override
    public void throttle(int newMebibytesPerSecond) {
        pace.limit(newMebibytesPerSecond);
    }

    /** CREATE DATABASE ENCRYPTION KEY. */
    @Override
    public void createKey(WrappedDek wrapped, KeyVersion key) {
        locked(() -> {
            if (facts.state() != EncryptionFacts.NO_KEY) {
                throw NumberedError.DATABASE_KEY_EXISTS.exception("the database already has an encryption key");
            }
            addKey(key);
            change(now -> now.withKeys(List.of(wrapped))
                    .withState(EncryptionFacts.UNENCRYPTED, EncryptionFacts.SCAN_NONE, 0, 0)
                    .withDates(new EncryptionFacts.Dates(now(), now(), now(), 0, now(), 0)));
        });
    }

    /** ALTER DATABASE ENCRYPTION KEY REGENERATE: a new version; the scan rewrites what is under older ones. */
    @Override
    public void regenerate(WrappedDek wrapped, KeyVersion key) {
        locked(() -> {
            EncryptionFacts old = facts;
            if (old.state() == EncryptionFacts.NO_KEY) {
                throw NumberedError.DATABASE_KEY_MISSING.exception("the database has no encryption key");
            }
            if (old.state() != EncryptionFacts.ENCRYPTED && old.state() != EncryptionFacts.UNENCRYPTED) {
                throw NumberedError.KEY_CHANGE_DURING_SCAN.exception(
                        "the database encryption key cannot be changed while a scan is in progress");
            }
            requireRoomForKey();
            parts.log.requireRoomToSwitch();
            List<WrappedDek> keys = new ArrayList<>(facts.keys());
            keys.add(wrapped);
            addKey(key);
            EncryptionFacts.Dates dates = old.dates();
            EncryptionFacts.Dates next = new EncryptionFacts.Dates(
                    dates.created(), now(), now(), dates.set(), dates.opened(), dates.scanChanged());
            if (old.state() == EncryptionFacts.UNENCRYPTED) {
                change(now -> now.withKeys(keys).withDates(next));
                retireKeys();
                return;
            }
            begin(now -> now.withKeys(keys)
                    .withDates(next)
                    .withState(EncryptionFacts.KEY_CHANGE, EncryptionFacts.SCAN_RUNNING, wrapped.keyVersion(), 0));
        });
    }

    /** Before a key is made for nothing. */
    @Override
    public void requireKeyChange() {
        locked(this::requireRoomForKey);
    }

    /** Room for one more version: each that is kept opens log which is still needed (TDE-61, TDE-323). */
    private void requireRoomForKey() {
        if (facts.keys().size() < EncryptionFacts.MAX_VERSIONS) {
            return;
        }
        parts.checkpointer.checkpoint();
        retireKeys();
        if (facts.keys().size() >= EncryptionFacts.MAX_VERSIONS) {
            throw NumberedError.LOG_BACKUP_NEEDED
                    .report("the database encryption key cannot be changed again: log under the keys before waits to be"
                            + " backed up")
                    .withHint(
                            "Use BACKUP LOG, or CHECKPOINT under the simple recovery model; log of an open transaction"
                                    + " waits for its end.")
                    .exception();
        }
    }

    /** Versions that something is under once all pages are under the target: log, and the pages or those to come. */
    private List<WrappedDek> keysInUse() {
        int target = facts.targetVersion();
        int next = target != 0 ? target : status().keyVersion();
        Set<Integer> ofLog = segments().stream().map(LogSegmentInfo::keyVersion).collect(Collectors.toSet());
        return facts.keys().stream()
                .filter(key -> key.keyVersion() == next || ofLog.contains(key.keyVersion()))
                .toList();
    }

    /** Forgets versions whose last log is gone. Not during a scan: pages are under several. */
    private void retireKeys() {
        boolean resting = facts.state() == EncryptionFacts.ENCRYPTED || facts.state() == EncryptionFacts.UNENCRYPTED;
        List<WrappedDek> keep = resting ? keysInUse() : facts.keys();
        if (keep.size() < facts.keys().size()) {
            keepOnly(keep, facts);
        }
    }

    /** Makes these the facts, but for the versions: all others are forgotten. */
    private void keepOnly(List<WrappedDek> keep, EncryptionFacts next) {
        List<WrappedDek> old = facts.keys();
        record(next.withKeys(keep));
        old.stream()
                .filter(key -> !keep.contains(key))
                .forEach(key -> protection.keys().retire(key.keyVersion()));
    }

    /** ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY: the same versions under another encryptor. No page is touched. */
    @Override
    public void rewrap(UnaryOperator<List<WrappedDek>> wrapAnew) {
        locked(() -> {
            int state = facts.state();
            if (state == EncryptionFacts.PROTECTION_CHANGE) {
                throw NumberedError.PROTECTOR_CHANGE_RUNNING.exception("another change of encryptor is in progress");
            }
            if (state != EncryptionFacts.ENCRYPTED && state != EncryptionFacts.UNENCRYPTED) {
                throw NumberedError.KEY_CHANGE_DURING_SCAN.exception(
                        "the encryptor cannot be changed while a scan is in progress");
            }
            parts.log.requireRoomToSwitch();
            change(now -> now.in(EncryptionFacts.PROTECTION_CHANGE));
        });
        List<WrappedDek> wrapped = null;
        try {
            wrapped = wrapAnew.apply(facts.keys());
        } finally {
            endProtectionChange(wrapped);
        }
    }

    /** Nobody else can change anything in state 6, so it ends as it began. */
    private void endProtectionChange(@Nullable List<WrappedDek> wrapped) {
        locked(() -> {
            change(now -> wrapped == null
                    ? now.afterProtectionChange()
                    : now.withKeys(wrapped)
                            .withDates(now.dates().modifiedAt(now()))
                            .afterProtectionChange());
            if (wrapped != null && facts.targetVersion() != 0) {
                parts.log.switchSegment();
            }
        });
    }

    /** DROP DATABASE ENCRYPTION KEY. */
    @Override
    public void dropKey() {
        locked(() -> {
            if (facts.state() == EncryptionFacts.NO_KEY) {
                throw NumberedError.DATABASE_KEY_MISSING.exception("the database has no encryption key");
            }
            if (facts.state() != EncryptionFacts.UNENCRYPTED) {
                throw inUse();
            }
            parts.log.switchSegmentIfRoom();
            parts.checkpointer.checkpoint();
            if (segments().stream().anyMatch(segment -> segment.keyVersion() != 0)) {
                throw inUse();
            }
            List<WrappedDek> old = facts.keys();
            change(now -> now.withKeys(List.of())
                    .withState(EncryptionFacts.NO_KEY, EncryptionFacts.SCAN_NONE, 0, 0)
                    .withDates(EncryptionFacts.NONE.dates()));
            old.forEach(key -> protection.keys().retire(key.keyVersion()));
        });
    }

    /** SET ENCRYPTION ON. Returns when no new byte is written in clear; the scan does the rest. */
    @Override
    public void switchOn() {
        locked(() -> {
            EncryptionFacts old = facts;
            WrappedDek key = old.newestKey();
            if (key == null) {
                throw NumberedError.NO_DATABASE_KEY.exception("the database has no encryption key");
            }
            if (old.state() == EncryptionFacts.ENCRYPTED) {
                throw NumberedError.ALREADY_ENCRYPTED.exception("the database is already encrypted");
            }
            if (isAborted(EncryptionFacts.ENCRYPTING)) {
                goOn();
                return;
            }
            if (old.state() != EncryptionFacts.UNENCRYPTED) {
                throw duringScan();
            }
            begin(now -> now.withWanted(true)
                    .withState(EncryptionFacts.ENCRYPTING, EncryptionFacts.SCAN_RUNNING, key.keyVersion(), 0)
                    .withDates(dates(now, true)));
        });
    }

    @Override
    public void settle() {
        if (parts.store.pageCount() <= EMPTY_PAGES) {
            scheduler.await(
                    this,
                    () -> facts.scanState() != EncryptionFacts.SCAN_RUNNING || parts.stop.isStopped(),
                    MOMENT_NANOS);
        }
    }

    @Override
    public void onScanChange(Consumer<EncryptionStatus> listener) {
        scanListener = listener;
    }

    /** SET ENCRYPTION OFF. */
    @Override
    public void switchOff() {
        locked(() -> {
            int state = facts.state();
            if (state == EncryptionFacts.UNENCRYPTED || state == EncryptionFacts.NO_KEY) {
                throw NumberedError.ALREADY_UNENCRYPTED.exception("the database is not encrypted");
            }
            if (isAborted(EncryptionFacts.DECRYPTING)) {
                goOn();
                return;
            }
            if (state != EncryptionFacts.ENCRYPTED) {
                throw duringScan();
            }
            begin(now -> now.withWanted(false)
                    .withState(EncryptionFacts.DECRYPTING, EncryptionFacts.SCAN_RUNNING, 0, 0)
                    .withDates(dates(now, true)));
        });
    }

    /** SET ENCRYPTION SUSPEND: when it returns, the scan writes nothing more. New writes keep using the target. */
    @Override
    public void suspend() {
        locked(() -> {
            if (facts.scanState() != EncryptionFacts.SCAN_RUNNING) {
                throw NumberedError.NO_SCAN.exception("no encryption scan is running");
            }
            change(now -> now.withScan(EncryptionFacts.SCAN_SUSPENDED, position).withDates(dates(now, false)));
        });
    }

    /** SET ENCRYPTION RESUME. */
    @Override
    public void resume() {
        locked(() -> {
            int state = facts.scanState();
            if (state != EncryptionFacts.SCAN_SUSPENDED && state != EncryptionFacts.SCAN_ABORTED) {
                throw NumberedError.NO_SCAN.exception("no encryption scan is suspended");
            }
            goOn();
        });
    }

    private void goOn() {
        change(now -> now.withScan(EncryptionFacts.SCAN_RUNNING, position).withDates(dates(now, false)));
        wake();
    }

    private boolean isAborted(int state) {
        return facts.state() == state && facts.scanState() == EncryptionFacts.SCAN_ABORTED;
    }

    private static DatabaseException duringScan() {
        return NumberedError.SWITCH_DURING_SCAN.exception("encryption cannot be switched while a scan is in progress");
    }

    private static DatabaseException inUse() {
        return NumberedError.DATABASE_KEY_IN_USE.exception(
                "the database encryption key cannot be dropped because it is in use");
    }

    private void locked(Runnable work) {
        changing.lock();
        try {
            parts.stop.check();
            work.run();
        } finally {
            changing.unlock();
        }
    }

    private long now() {
        return parts.clock.epochMicros();
    }

    private EncryptionFacts.Dates dates(EncryptionFacts old, boolean set) {
        EncryptionFacts.Dates dates = old.dates();
        return new EncryptionFacts.Dates(
                dates.created(),
                dates.regenerated(),
                dates.modified(),
                set ? now() : dates.set(),
                dates.opened(),
                now());
    }

    private void addKey(KeyVersion key) {
        if (key.number() <= facts.lastVersion()) {
            throw new DatabaseException(ErrorCode.INTERNAL_ERROR, "key version " + key.number() + " was used before");
        }
        protection.keys().add(key);
    }

    /**
     * A new target: from the end of this method on, nothing is written under the old one. Refused on a full disk while nothing
     * has changed.
     */
    private void begin(UnaryOperator<EncryptionFacts> start) {
        parts.log.requireRoomToSwitch();
        position = 0;
        parts.checkpointer.erasePlainLog(true);
        change(start);
        parts.log.switchSegment();
        parts.pages.flusher().betweenBatches(parts.store::eraseJournal);
        LOG.info("database {}: beginning encryption scan (33112), state {}", parts.databaseId, facts.state());
        wake();
    }

    /** A scan looks at the log by itself: it checkpoints, and would wake itself up. */
    private void logWent() {
        if (facts.scanState() != EncryptionFacts.SCAN_RUNNING && facts.keys().size() > 1) {
            wake();
        }
    }

    private void wake() {
        Scheduler.Worker scanning = worker;
        if (scanning != null) {
            scanning.wake();
        }
    }

    /** How far the scan is, as a checkpoint saves it. */
    private EncryptionFacts withPosition(EncryptionFacts saved) {
        return saved.scanState() == EncryptionFacts.SCAN_RUNNING
                ? saved.withScan(EncryptionFacts.SCAN_RUNNING, position)
                : saved;
    }

    /** Logs, forces and keeps new facts, makes writers follow them, and tells who listens. */
    private void change(UnaryOperator<EncryptionFacts> how) {
        EncryptionFacts before = facts;
        record(how.apply(before));
        if (before.scanState() != facts.scanState() || before.state() != facts.state()) {
            scanListener.accept(status());
        }
    }

    private void record(EncryptionFacts next) {
        // Keys first: no log record may speak of a key the boot record does not have yet.
        if (!next.keys().equals(facts.keys())
                && next.keys().size() >= facts.keys().size()) {
            List<WrappedDek> keys = next.keys();
            parts.boot.writeTwice(old -> old.withEncryption(old.encryption().withKeys(keys)));
        }
        byte[] body = next.encode();
        record.begin(RecordKind.ENCRYPTION, 0, 0, 0, false).putBytes(body, 0, body.length);
        long lsn = parts.log.append(record);
        parts.log.durable(lsn);
        EncryptionFacts logged = next.withLsn(lsn);
        parts.boot.writeTwice(old -> old.withEncryption(logged));
        facts = logged;
        apply(protection, logged);
        scheduler.signal(this);
    }

    private long step() {
        if (parts.stop.isStopped()) {
            endScan();
            return Long.MAX_VALUE;
        }
        if (!changing.tryLock()) {
            return 1_000_000;
        }
        try {
            if (facts.scanState() != EncryptionFacts.SCAN_RUNNING) {
                endScan();
                retireKeys();
                return Long.MAX_VALUE;
            }
            long total = parts.store.pageCount();
            if (position < total) {
                return advance(total);
            }
            return finish();
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.OUT_OF_MEMORY) {
                // Work has taken every page frame for the moment: what is written stays written, the batch comes again.
                return RETRY_NANOS;
            }
            return failed(failure);
        } finally {
            changing.unlock();
        }
    }

    private long failed(DatabaseException failure) {
        if (parts.stop.isStopped()) {
            return 0;
        }
        if (facts.scanState() != EncryptionFacts.SCAN_RUNNING) {
            LOG.warn("database {}: an old key version is kept until log goes again", parts.databaseId, failure);
            return Long.MAX_VALUE;
        }
        LOG.warn("database {}: encryption scan aborted at page {} (33114)", parts.databaseId, position, failure);
        change(now -> now.withScan(EncryptionFacts.SCAN_ABORTED, position).withDates(dates(now, false)));
        return 0;
    }

    /** Rewrites the next pages, as many as the throttle gives at once; returns how long to wait. */
    private long advance(long total) {
        long end = Math.min(total, position + pace.pages());
        int written = scan().rewrite(position, end);
        moveTo(end);
        return pace.pause(written);
    }

    /** What lies below is under the target: nothing there is plain any more where a scan encrypts (S-4). */
    private void moveTo(long page) {
        position = page;
        if (facts.state() == EncryptionFacts.ENCRYPTING) {
            protection.change(protection.target(), page);
        }
    }

    private EncryptionScan scan() {
        EncryptionScan running = scan;
        if (running == null) {
            running = new EncryptionScan(parts, scheduler);
            scan = running;
        }
        return running;
    }

    /** On the worker's thread, or when it has ended. */
    private void endScan() {
        EncryptionScan running = scan;
        scan = null;
        if (running != null) {
            running.close();
        }
    }

    /** Every page has been visited: proves it, gets rid of old log, then says so. */
    private long finish() {
        // The log was switched when the scan began: once the redo point is past that, older segments go.
        parts.checkpointer.checkpoint();
        boolean decrypting = facts.state() == EncryptionFacts.DECRYPTING;
        if (!decrypting && plainLogBytes() > 0) {
            // An old transaction, or a backup to come, still needs log in the clear.
            return RETRY_NANOS;
        }
        long left = scan().firstNotUnderTarget();
        if (left >= 0) {
            moveTo(left / PageRun.CAPACITY * PageRun.CAPACITY);
            return 0;
        }
        parts.pages.flusher().betweenBatches(parts.store::eraseJournal);
        int state = decrypting ? EncryptionFacts.UNENCRYPTED : EncryptionFacts.ENCRYPTED;
        EncryptionFacts ended = facts.withState(state, EncryptionFacts.SCAN_COMPLETE, facts.targetVersion(), 0)
                .withDates(dates(facts, false));
        // Said and audited before it holds (TDE-307): after a crash in between it is said once more.
        LOG.info("database {}: encryption scan is complete (33113), state {}", parts.databaseId, state);
        scanListener.accept(status(ended));
        keepOnly(keysInUse(), ended);
        parts.checkpointer.erasePlainLog(!decrypting);
        return 0;
    }
}
