package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.encryption.DatabaseEncryption;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageJournal;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.Protection;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a database that is being restored. Backups are laid into it; its boot record says that it waits. Whoever
 * opens it for good runs recovery over it. A crash leaves either nothing with a boot record, or a database that still waits.
 * Used by one thread.
 */
public final class RestoreDirectory {
    /** Redo point of a directory whose pages are half those of one backup and half of another. */
    private static final long BROKEN = Long.MAX_VALUE;

    private final Ground ground;
    private final int databaseId;

    /**
     * What a restore stands on.
     *
     * @param files below the database's directory
     * @param instanceKey authenticates the boot record
     */
    public record Ground(StorageFiles files, MacKey instanceKey, Scheduler scheduler, Randomness randomness) {}

    public RestoreDirectory(Ground ground, int databaseId) {
        this.ground = ground;
        this.databaseId = databaseId;
    }

    /** Boot record of a database that waits for more. */
    public BootRecord boot() {
        return BootFile.open(ground.files(), ground.instanceKey(), ground.scheduler())
                .current();
    }

    /**
     * Lays a full backup into an empty directory. Durable on return.
     *
     * @param chunks at the beginning of the set
     * @param keys every key version of the set
     */
    public void layFull(BackupManifest manifest, ChunkReader chunks, DatabaseKeys keys, BackupProgress progress) {
        StorageFiles files = ground.files();
        BackupDescription description = manifest.description();
        BootRecord boot = description.boot();
        files.createDirectory("");
        files.createDirectory(LogReader.DIRECTORY);
        PageJournal.create(files);
        try (PageLayer pages = new PageLayer(
                        files, codec(boot, keys), 0, description.sealing().openedPages());
                LogLayer log = LogLayer.create(files, boot.databaseUuid())) {
            lay(manifest, chunks, pages, log, progress);
            pages.finish(boot.pageCount());
            log.finish();
            log.publish();
        }
        files.syncDirectory(LogReader.DIRECTORY);
        files.syncDirectory("");
        BackupFacts facts = new BackupFacts(
                boot.backup().recoveryModel(), 0, description.range().firstLsn(), description.setUuid(), true);
        BootRecord record = restored(boot, description)
                .withEncryption(boot.encryption().withKeys(description.keys()))
                .withBackup(facts);
        BootFile.create(files, ground.instanceKey(), ground.scheduler(), record);
    }

    /** Where recovery starts, and from where on the pages are consistent. */
    private BootRecord restored(BootRecord boot, BackupDescription description) {
        return new BootRecord(
                boot.databaseUuid(),
                databaseId,
                boot.timeline(),
                boot.pageCount(),
                description.range().firstLsn(),
                description.range().lastLsn(),
                boot.rootPage(),
                false,
                boot.counters(),
                PageManifest.EMPTY,
                boot.encryption(),
                boot.backup());
    }

    /**
     * Lays a differential backup over the full one it builds on.
     *
     * @param commitKeys called once the backup has proved to belong here, before anything names its keys
     * @throws DatabaseException 3136 if it builds on another one, or if another differential one is there already
     */
    public void layDifferential(
            BackupManifest manifest,
            ChunkReader chunks,
            DatabaseKeys keys,
            Runnable commitKeys,
            BackupProgress progress) {
        BootFile file = openWaiting();
        BootRecord before = file.current();
        BackupDescription description = manifest.description();
        BootRecord boot = description.boot();
        if (!Arrays.equals(before.databaseUuid(), boot.databaseUuid())
                || !Arrays.equals(
                        before.backup().baseUuid(), description.range().baseUuid())
                // Pages that are newer than the base may be of another history, or of a later moment.
                || before.redoLsn() != description.range().baseLsn()) {
            throw NumberedError.DIFFERENTIAL_BASE.exception("this differential backup cannot be restored because the"
                    + " database has not been restored to the correct earlier state");
        }
        List<WrappedDek> union = union(before.encryption().keys(), description.keys());
        commitKeys.run();
        StorageFiles files = ground.files();
        file.update(record -> withRedo(record, BROKEN));
        LogLayer.clear(files);
        try (PageLayer pages = new PageLayer(
                        files,
                        codec(boot, keys),
                        before.pageCount(),
                        description.sealing().openedPages());
                LogLayer log = LogLayer.create(files, boot.databaseUuid())) {
            lay(manifest, chunks, pages, log, progress);
            pages.finish(boot.pageCount());
            log.finish();
            log.publish();
        }
        // What the differential backup does not have is as it was when the full one was taken.
        EncryptionFacts facts = boot.encryption().over(before.encryption()).withKeys(union);
        file.writeTwice(
                record -> restored(boot, description).withEncryption(facts).withBackup(before.backup()));
    }

    /**
     * Adds the segments of a log backup. Nothing changes unless all of them belong to the history that is here.
     *
     * @param commitKeys called once the backup has proved to belong here, before anything names its keys
     * @throws DatabaseException 4305 if log is missing in between, 4326 if it brings nothing new, 4330 if it is of another
     *     history
     */
    public void layLog(BackupManifest manifest, ChunkReader chunks, Runnable commitKeys, BackupProgress progress) {
        BootFile file = openWaiting();
        BootRecord before = file.current();
        BackupDescription description = manifest.description();
        if (!Arrays.equals(before.databaseUuid(), description.boot().databaseUuid())) {
            throw LogLayer.otherHistory("it is a backup of another database");
        }
        List<WrappedDek> union = union(before.encryption().keys(), description.keys());
        try (LogLayer log = LogLayer.append(ground.files(), before.databaseUuid(), description.range())) {
            lay(manifest, chunks, null, log, progress);
            log.finish();
            // Keys first: no segment may name one the boot record does not have.
            commitKeys.run();
            file.writeTwice(record -> record.withEncryption(record.encryption().withKeys(union)));
            log.publish();
        }
    }

    /** Says that the files of a closed database are to be nobody's: another server may attach them. */
    public void detach(BackupDescription description, ManifestSigner.Finder signers) {
        DetachedFiles.mark(ground.files(), description, signers);
    }

    /** The files are those of a database again. */
    public void attachAgain() {
        DetachedFiles.unmark(ground.files());
    }

    /**
     * Makes a database that waits for its recovery of detached files, copying them if they are elsewhere. Files that are in
     * place and have a boot record of this instance go by that: an attach that was cut short may have recovered them already,
     * and what described them when they were detached is older than they are then.
     *
     * @param source where the files are
     */
    public void attach(BackupManifest manifest, StorageFiles source) {
        StorageFiles files = ground.files();
        BootRecord boot = manifest.description().boot();
        if (!DetachedFiles.isDetached(files)) {
            DetachedFiles.copy(source, files);
        } else if (isOwn(boot.databaseUuid())) {
            waitAgain();
            return;
        }
        for (String name : files.list("")) {
            if (name.startsWith("boot.")) {
                files.delete(name);
            }
        }
        BootFile.create(
                files,
                ground.instanceKey(),
                ground.scheduler(),
                boot.numbered(databaseId).withBackup(boot.backup().withRestoring(true)));
    }

    /** Whether the directory has a boot record of this database that this instance wrote. */
    private boolean isOwn(byte[] databaseUuid) {
        if (!BootFile.exists(ground.files())) {
            return false;
        }
        try {
            BootRecord found = boot();
            return found.databaseId() == databaseId && Arrays.equals(found.databaseUuid(), databaseUuid);
        } catch (DatabaseException foreign) {
            return false;
        }
    }

    /** Lets a closed database wait for backups to be restored over it, or for recovery. */
    public void waitAgain() {
        BootFile.open(ground.files(), ground.instanceKey(), ground.scheduler())
                .writeTwice(record -> record.withBackup(record.backup().withRestoring(true)));
    }

    private BootFile openWaiting() {
        BootFile file = BootFile.open(ground.files(), ground.instanceKey(), ground.scheduler());
        if (!file.current().backup().restoring()) {
            throw notReady();
        }
        requireWhole(file.current());
        return file;
    }

    /** 3117: the database is no longer, or not yet, in a state to take more. */
    public static DatabaseException notReady() {
        return NumberedError.RESTORE_NOT_READY.exception(
                "the log or differential backup cannot be restored because no files are ready to rollforward");
    }

    /** Refuses to go on with a directory in which a differential restore was cut short. */
    public static void requireWhole(BootRecord record) {
        if (record.redoLsn() == BROKEN) {
            throw NumberedError.RESTORE_NOT_READY
                    .report("the restore of a differential backup into this database did not come to its end")
                    .withHint("Restore the full backup again.")
                    .exception();
        }
    }

    private static BootRecord withRedo(BootRecord record, long redo) {
        return record.withCheckpoint(
                record.manifest(), redo, record.checkpointLsn(), record.pageCount(), false, record.counters());
    }

    /** All versions of both; the newer backup's wrap of the same key counts. */
    private static List<WrappedDek> union(List<WrappedDek> before, List<WrappedDek> added) {
        TreeMap<Integer, WrappedDek> keys = new TreeMap<>();
        before.forEach(key -> keys.put(key.keyVersion(), key));
        for (WrappedDek key : added) {
            WrappedDek same = keys.put(key.keyVersion(), key);
            if (same != null && !Arrays.equals(same.encryptionId(), key.encryptionId())) {
                throw LogLayer.otherHistory("key version " + key.keyVersion() + " is another key");
            }
        }
        return List.copyOf(keys.values());
    }

    private PageCodec codec(BootRecord boot, DatabaseKeys keys) {
        Protection protection = new Protection(keys);
        DatabaseEncryption.apply(protection, boot.encryption());
        return new PageCodec(boot.databaseUuid(), protection, new NonceSource(ground.randomness()));
    }

    private static void lay(
            BackupManifest manifest,
            ChunkReader chunks,
            @Nullable PageLayer pages,
            LogLayer log,
            BackupProgress progress) {
        while (chunks.next()) {
            switch (chunks.kind()) {
                case ChunkHeader.PAGES -> {
                    if (pages == null) {
                        throw BackupErrors.malformed(chunks.device(), chunks.position(), "a log backup holds pages");
                    }
                    pages.lay(chunks);
                }
                case ChunkHeader.LOG -> log.lay(chunks);
                default -> {}
            }
            progress.pages(chunks.chunksRead(), manifest.chunks());
        }
    }
}
