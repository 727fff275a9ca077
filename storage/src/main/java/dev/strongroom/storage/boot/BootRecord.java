package dev.strongroom.storage.boot;

import dev.strongroom.common.error.FormatVersion;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageManifest;
import java.nio.ByteBuffer;

/**
 * What must be known to open a database.
 *
 * @param pageCount pages of the data files
 * @param redoLsn recovery reads the log from here
 * @param checkpointLsn end of the log when the checkpoint was taken
 * @param rootPage root of the tree of trees
 * @param manifest what the sealed pages added up to at the checkpoint (S-11)
 * @param clean closed in order: nothing to undo or redo after {@code checkpointLsn}
 * @param backup what is remembered of backups
 */
public record BootRecord(
        byte[] databaseUuid,
        int databaseId,
        int timeline,
        long pageCount,
        long redoLsn,
        long checkpointLsn,
        long rootPage,
        boolean clean,
        Counters counters,
        PageManifest manifest,
        EncryptionFacts encryption,
        BackupFacts backup) {
    /** Raised whenever anything in a database's folder is laid out differently. 4: tree nodes with hints. */
    private static final int FORMAT = 4;

    public BootRecord withCheckpoint(
            PageManifest pages, long redo, long checkpoint, long count, boolean closed, Counters next) {
        return new BootRecord(
                databaseUuid,
                databaseId,
                timeline,
                count,
                redo,
                checkpoint,
                rootPage,
                closed,
                next,
                pages,
                encryption,
                backup);
    }

    public BootRecord withEncryption(EncryptionFacts facts) {
        return with(timeline, rootPage, facts, backup);
    }

    public BootRecord withBackup(BackupFacts facts) {
        return with(timeline, rootPage, encryption, facts);
    }

    /** On another branch of history, after a restore. */
    public BootRecord withTimeline(int next) {
        return with(next, rootPage, encryption, backup);
    }

    /** The same files under another number. */
    public BootRecord numbered(int id) {
        return new BootRecord(
                databaseUuid,
                id,
                timeline,
                pageCount,
                redoLsn,
                checkpointLsn,
                rootPage,
                clean,
                counters,
                manifest,
                encryption,
                backup);
    }

    public BootRecord withRootPage(long root) {
        return with(timeline, root, encryption, backup);
    }

    private BootRecord with(int branch, long root, EncryptionFacts keys, BackupFacts backups) {
        return new BootRecord(
                databaseUuid,
                databaseId,
                branch,
                pageCount,
                redoLsn,
                checkpointLsn,
                root,
                clean,
                counters,
                manifest,
                keys,
                backups);
    }

    /** Bytes for the slots, and for backups. */
    public byte[] encode() {
        byte[] facts = encryption.encode();
        byte[] sums = manifest.encode();
        ByteBuffer out = ByteBuffer.allocate(256 + sums.length + facts.length);
        out.putInt(FORMAT)
                .putInt(PageLayout.PAGE_SIZE)
                .put(databaseUuid)
                .putInt(databaseId)
                .putInt(timeline);
        out.putLong(pageCount).putLong(redoLsn).putLong(checkpointLsn).putLong(rootPage);
        out.put((byte) (clean ? 1 : 0));
        out.putLong(counters.transactionId()).putLong(counters.timestamp()).putLong(counters.treeId());
        out.putLong(counters.valueId()).putLong(counters.oid());
        backup.encode(out);
        out.put(sums).putLong(encryption.lsn()).put(facts);
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    /** Reads what {@link #encode} wrote; throws {@link NumberedError#DATABASE_VERSION} where another version did. */
    public static BootRecord decode(byte[] bytes) {
        return decode(bytes, NumberedError.DATABASE_VERSION, "the database");
    }

    /**
     * As {@link #decode(byte[])}.
     *
     * @param otherVersion raised where another version wrote it
     * @param what holds the record, for that error
     */
    public static BootRecord decode(byte[] bytes, NumberedError otherVersion, String what) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        FormatVersion.check(otherVersion, what, in.getInt(), FORMAT);
        int pageSize = in.getInt();
        if (pageSize != PageLayout.PAGE_SIZE) {
            throw BootFile.unreadable("page size " + pageSize);
        }
        byte[] uuid = new byte[16];
        in.get(uuid);
        int id = in.getInt();
        int timeline = in.getInt();
        long pages = in.getLong();
        long redo = in.getLong();
        long checkpoint = in.getLong();
        long root = in.getLong();
        boolean clean = in.get() != 0;
        Counters counters = new Counters(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
        BackupFacts backup = BackupFacts.decode(in);
        PageManifest manifest =
                PageManifest.decode(in).orElseThrow(() -> BootFile.unreadable("the page manifest does not decode"));
        EncryptionFacts facts = EncryptionFacts.decode(in.slice(in.position() + 8, in.remaining() - 8), in.getLong());
        return new BootRecord(
                uuid, id, timeline, pages, redo, checkpoint, root, clean, counters, manifest, facts, backup);
    }
}
