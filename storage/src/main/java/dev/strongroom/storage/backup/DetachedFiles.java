package dev.strongroom.storage.backup;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.log.LogReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The files of a database that no server has: those of a cleanly closed one, and beside them a file that says what the boot
 * record said. Boot records are authenticated by one instance only (S-2); this file is signed by the certificate that protects
 * the database's key, as manifests of backups are, so another instance can tell whose files they are. Used by one thread.
 */
public final class DetachedFiles {
    /** The file that makes files a detached database. */
    public static final String NAME = "detached";

    private static final String BOOT = "boot.";
    private static final int COPY_BYTES = 1 << 20;
    private static final int MAX_BYTES = 1 << 20;

    private DetachedFiles() {}

    /** Says durably that the files in a directory are a detached database. */
    public static void mark(StorageFiles files, BackupDescription description, ManifestSigner.Finder signers) {
        var proving = description.provingKey();
        BackupManifest manifest = BackupManifest.of(
                description,
                new byte[0],
                proving == null ? null : signers.of(proving).orElse(null));
        unmark(files);
        try (StorageFile file = files.create(NAME)) {
            file.write(ByteBuffer.wrap(manifest.encode()), 0);
            file.sync();
        }
        files.syncDirectory("");
    }

    /** Whether a directory holds a detached database. */
    public static boolean isDetached(StorageFiles files) {
        return files.exists(NAME);
    }

    /** The files belong to a database again. */
    public static void unmark(StorageFiles files) {
        if (files.exists(NAME)) {
            files.delete(NAME);
            files.syncDirectory("");
        }
    }

    /**
     * What the database was when it was detached.
     *
     * @param shown the directory, for messages
     * @throws dev.strongroom.common.error.DatabaseException 5120 if there is none, or it is damaged
     */
    public static BackupManifest read(StorageFiles files, String shown) {
        BackupManifest manifest = files.exists(NAME) ? decoded(files) : null;
        if (manifest == null) {
            throw NumberedError.FILES_UNUSABLE
                    .report("\"" + shown + "\" does not hold the files of a detached database")
                    .withHint("Only databases that sp_detach_db has closed can be attached. Others come by backup and"
                            + " restore.")
                    .exception();
        }
        return manifest;
    }

    private static @Nullable BackupManifest decoded(StorageFiles files) {
        try (StorageFile file = files.open(NAME)) {
            byte[] bytes = new byte[(int) Math.min(file.size(), MAX_BYTES)];
            file.read(ByteBuffer.wrap(bytes), 0);
            return BackupManifest.decode(bytes);
        }
    }

    /** Copies everything but the boot records, durably. */
    static void copy(StorageFiles from, StorageFiles to) {
        to.createDirectory(LogReader.DIRECTORY);
        byte[] buffer = new byte[COPY_BYTES];
        for (String name : from.list("")) {
            boolean plain = !name.startsWith(BOOT) && !name.equals(LogReader.DIRECTORY) && !name.equals("temp");
            if (plain) {
                copy(from, to, name, buffer);
            }
        }
        for (String name : from.list(LogReader.DIRECTORY)) {
            copy(from, to, LogReader.DIRECTORY + "/" + name, buffer);
        }
        to.syncDirectory(LogReader.DIRECTORY);
        to.syncDirectory("");
    }

    private static void copy(StorageFiles from, StorageFiles to, String name, byte[] buffer) {
        try (StorageFile source = from.open(name);
                StorageFile target = to.create(name)) {
            for (long position = 0; position < source.size(); position += buffer.length) {
                int length = (int) Math.min(buffer.length, source.size() - position);
                source.read(ByteBuffer.wrap(buffer, 0, length), position);
                target.write(ByteBuffer.wrap(buffer, 0, length), position);
            }
            target.sync();
        }
    }
}
