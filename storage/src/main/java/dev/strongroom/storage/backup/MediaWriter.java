package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a media set while a backup set is written to them. New files grow under another name and take their place when
 * they are complete, so that a failed backup destroys none; a set that is appended is cut off again. Used by one thread.
 */
public final class MediaWriter implements AutoCloseable {
    private static final String UNFINISHED = ".unfinished";
    /** Written bytes are handed to the disk in steps of this size, so that it is never idle and the last sync has little to do. */
    private static final long SYNC_BYTES = 8L << 20;

    private final StorageFiles files;
    private final List<Family> families = new ArrayList<>();
    private final MediaHeader media;
    private final int setPosition;
    private boolean finished;

    private static final class Family {
        private final String path;
        private final StorageFile file;
        private final boolean isNew;
        private final long start;
        private long position;
        private long synced;

        Family(String path, StorageFile file, boolean isNew, long position) {
            this.path = path;
            this.file = file;
            this.isNew = isNew;
            this.start = position;
            this.position = position;
            this.synced = position;
        }
    }

    private MediaWriter(StorageFiles files, MediaHeader media, int setPosition) {
        this.files = files;
        this.media = media;
        this.setPosition = setPosition;
    }

    /**
     * Starts a new media set; whatever the files held before is gone once it is finished.
     *
     * @param paths one for each family
     * @param media header of the first family
     */
    public static MediaWriter create(StorageFiles files, List<String> paths, MediaHeader media) {
        MediaWriter writer = new MediaWriter(files, media, 1);
        boolean done = false;
        try {
            for (int i = 0; i < paths.size(); i++) {
                StorageFile file = createFile(files, paths.get(i));
                writer.families.add(new Family(paths.get(i), file, true, MediaHeader.SIZE));
                file.write(ByteBuffer.wrap(media.ofFamily(i + 1).encode()), 0);
            }
            done = true;
            return writer;
        } finally {
            if (!done) {
                writer.close();
            }
        }
    }

    private static StorageFile createFile(StorageFiles files, String path) {
        try {
            if (files.exists(path + UNFINISHED)) {
                files.delete(path + UNFINISHED);
            }
            return files.create(path + UNFINISHED);
        } catch (DatabaseException failure) {
            throw BackupErrors.cannotOpen(path, failure);
        }
    }

    /**
     * Goes on behind the last complete set of existing files.
     *
     * @throws DatabaseException 91009 if the set on it is encrypted, 3132 if a family is missing, 3241 if something follows
     *     the last set
     */
    public static MediaWriter append(StorageFiles files, MediaReader existing) {
        existing.requireAllFamilies();
        if (existing.media().encrypted()) {
            throw NumberedError.BACKUP_NOT_APPENDABLE
                    .report("the backup cannot be appended to a media set that holds an encrypted backup")
                    .withHint("Use WITH FORMAT, or another file.")
                    .exception();
        }
        MediaReader.Family first = existing.families().getFirst();
        if (existing.hasUnfinishedTail()) {
            // It may be more than what a crash left: a damaged set with good ones behind it.
            throw BackupErrors.malformed(
                    first.path(), first.end(), "an incomplete backup set follows the last good one");
        }
        MediaWriter writer =
                new MediaWriter(files, existing.media(), existing.sets().size() + 1);
        boolean done = false;
        try {
            for (MediaReader.Family family : existing.families()) {
                StorageFile file = files.open(family.path());
                writer.families.add(new Family(family.path(), file, false, family.end()));
            }
            done = true;
            return writer;
        } finally {
            if (!done) {
                writer.close();
            }
        }
    }

    /** Header of the first family. */
    public MediaHeader media() {
        return media;
    }

    /** Number of the set on the media, from 1. */
    public int setPosition() {
        return setPosition;
    }

    public int familyCount() {
        return families.size();
    }

    /** Bytes written to all files. */
    public long bytes() {
        return families.stream()
                .mapToLong(family -> family.position - family.start)
                .sum();
    }

    /** Writes a chunk to a family; true when it is time to {@link #sync} it, beside what is written next. */
    boolean append(int index, byte[] header, byte[] payload, int length) {
        Family family = families.get(index);
        family.file.write(ByteBuffer.wrap(header), family.position);
        family.file.write(ByteBuffer.wrap(payload, 0, length), family.position + header.length);
        family.position += header.length + length;
        if (family.position - family.synced < SYNC_BYTES) {
            return false;
        }
        family.synced = family.position;
        return true;
    }

    /** Hands to the disk what a family has got so far. Any thread may call it. */
    void sync(int index) {
        families.get(index).file.sync();
    }

    /** Makes everything durable under its name. */
    void finish() {
        for (Family family : families) {
            family.file.sync();
        }
        for (Family family : families) {
            if (family.isNew) {
                files.rename(family.path + UNFINISHED, family.path);
                files.syncDirectory(directoryOf(family.path));
            }
        }
        finished = true;
    }

    private static String directoryOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** Closes the files; those that are not finished are undone. */
    @Override
    public void close() {
        for (Family family : families) {
            if (!finished && !family.isNew) {
                family.file.truncate(family.start);
                family.file.sync();
            }
            family.file.close();
            if (!finished && family.isNew && files.exists(family.path + UNFINISHED)) {
                files.delete(family.path + UNFINISHED);
            }
        }
        families.clear();
    }
}
