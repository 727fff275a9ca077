package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a media set, and the backup sets on them. Used by one thread. */
public final class MediaReader implements AutoCloseable {
    private final List<Family> families = new ArrayList<>();
    private final List<BackupSet> sets = new ArrayList<>();

    /** A file of the media set. */
    public static final class Family {
        private final String path;
        private final StorageFile file;
        private final MediaHeader header;
        private final long size;
        private final List<Part> parts = new ArrayList<>();
        private long end = MediaHeader.SIZE;

        private Family(String path, StorageFile file, MediaHeader header) {
            this.path = path;
            this.file = file;
            this.header = header;
            this.size = file.size();
        }

        public String path() {
            return path;
        }

        public MediaHeader header() {
            return header;
        }

        StorageFile file() {
            return file;
        }

        /** Size of the file in bytes. */
        public long size() {
            return size;
        }

        /** Where the last complete set ends. */
        long end() {
            return end;
        }
    }

    /** A set's part in one family: where it starts, and its manifest. */
    private record Part(long start, BackupManifest manifest) {}

    /**
     * A backup set.
     *
     * @param position number on the media, from 1
     * @param starts where it begins in each family
     */
    public record BackupSet(int position, BackupManifest manifest, List<Long> starts) {
        public BackupDescription description() {
            return manifest.description();
        }
    }

    private MediaReader() {}

    /**
     * Opens files of one media set, given in any order.
     *
     * @throws DatabaseException 3201 if a file cannot be opened, 3241 if one is no backup or of another set
     */
    public static MediaReader open(StorageFiles files, List<String> paths) {
        MediaReader reader = new MediaReader();
        boolean opened = false;
        try {
            for (String path : paths) {
                reader.families.add(openFamily(files, path));
            }
            reader.families.sort(Comparator.comparingInt(family -> family.header.family()));
            reader.checkFamilies();
            reader.families.forEach(MediaReader::walk);
            reader.collectSets();
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    private static Family openFamily(StorageFiles files, String path) {
        StorageFile file;
        try {
            file = files.open(path);
        } catch (DatabaseException failure) {
            throw BackupErrors.cannotOpen(path, failure);
        }
        MediaHeader header = null;
        try {
            byte[] bytes = new byte[MediaHeader.SIZE];
            file.read(ByteBuffer.wrap(bytes), 0);
            header = MediaHeader.decode(bytes);
        } finally {
            if (header == null) {
                file.close();
            }
        }
        if (header == null) {
            throw BackupErrors.malformed(path, 0, "it does not begin with the header of a backup");
        }
        return new Family(path, file, header);
    }

    private void checkFamilies() {
        MediaHeader first = families.getFirst().header;
        for (int i = 1; i < families.size(); i++) {
            Family family = families.get(i);
            if (!Arrays.equals(family.header.mediaUuid(), first.mediaUuid())
                    || family.header.family() == families.get(i - 1).header.family()) {
                throw BackupErrors.malformed(
                        family.path, 0, "it does not belong to the media set of the other devices");
            }
        }
    }

    /** Finds the sets of a family; bytes behind the last manifest are an unfinished backup. */
    private static void walk(Family family) {
        long position = MediaHeader.SIZE;
        long start = position;
        byte[] head = new byte[ChunkHeader.SIZE];
        while (position + ChunkHeader.SIZE <= family.size) {
            family.file.read(ByteBuffer.wrap(head), position);
            ChunkHeader header = ChunkHeader.decode(head);
            if (header == null) {
                // Torn when a backup was appended, or damaged: the one reads on, the other finds no manifest behind it.
                break;
            }
            long next = position + ChunkHeader.SIZE + header.storedLength();
            if (next > family.size) {
                break;
            }
            if (header.kind() == ChunkHeader.MANIFEST) {
                family.parts.add(new Part(start, manifest(family, position, header)));
                start = next;
                family.end = next;
            }
            position = next;
        }
    }

    private static BackupManifest manifest(Family family, long position, ChunkHeader header) {
        byte[] bytes = new byte[header.storedLength()];
        family.file.read(ByteBuffer.wrap(bytes), position + ChunkHeader.SIZE);
        BackupManifest manifest = BackupManifest.decode(bytes);
        if (manifest == null || header.payloadCrc() != ChunkHeader.crc(bytes, 0, bytes.length)) {
            throw BackupErrors.damaged(family.path, position, "the manifest is damaged");
        }
        return manifest;
    }

    private void collectSets() {
        Family first = families.getFirst();
        for (int i = 0; i < first.parts.size(); i++) {
            BackupManifest manifest = first.parts.get(i).manifest;
            List<Long> starts = new ArrayList<>();
            for (Family family : families) {
                Part part = i < family.parts.size() ? family.parts.get(i) : null;
                if (part == null
                        || !Arrays.equals(
                                part.manifest.description().setUuid(),
                                manifest.description().setUuid())) {
                    throw BackupErrors.damaged(family.path, family.end, "backup set " + (i + 1) + " is not complete");
                }
                starts.add(part.start);
            }
            sets.add(new BackupSet(i + 1, manifest, starts));
        }
    }

    /** Header of the first family that was given. */
    public MediaHeader media() {
        return families.getFirst().header;
    }

    public List<Family> families() {
        return List.copyOf(families);
    }

    /** Complete sets, in order. */
    public List<BackupSet> sets() {
        return List.copyOf(sets);
    }

    /** Whether bytes of an unfinished or cut set follow the last complete one. */
    public boolean hasUnfinishedTail() {
        return families.stream().anyMatch(family -> family.end < family.size);
    }

    /**
     * A set by its number.
     *
     * @param position from 1
     * @throws DatabaseException 3287 if there is none; 3241 if the set there is not complete
     */
    public BackupSet set(int position) {
        if (position >= 1 && position <= sets.size()) {
            return sets.get(position - 1);
        }
        Family first = families.getFirst();
        if (position == sets.size() + 1 && hasUnfinishedTail()) {
            throw BackupErrors.malformed(first.path, first.end, "the backup set that begins here is not complete");
        }
        throw NumberedError.BACKUP_FILE_NUMBER.exception("the file ID " + position + " on device \"" + first.path
                + "\" is not valid, the media holds " + sets.size() + " backup sets");
    }

    /** @throws DatabaseException 3132 if files of the media set were not given */
    public void requireAllFamilies() {
        int expected = media().families();
        if (families.size() != expected) {
            throw NumberedError.MEDIA_FAMILIES_MISSING
                    .report("the media set has " + expected + " media families but only " + families.size()
                            + " are provided")
                    .withHint("All members must be provided.")
                    .exception();
        }
    }

    /** The file a family is in; null if it was not given. */
    @Nullable
    Family family(int number) {
        return families.stream()
                .filter(family -> family.header.family() == number)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        families.forEach(family -> family.file.close());
        families.clear();
    }
}
