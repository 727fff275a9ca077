package dev.strongroom.storage.backup;

import dev.strongroom.crypto.key.Jca;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares every chunk of a backup set with the manifest, without any key, and goes on after a defect (TDE-517, TDE-518). Used by
 * one thread.
 */
public final class ManifestCheck {
    private final MediaReader media;
    private final MediaReader.BackupSet set;
    private final MessageDigest digest = Jca.digest("SHA-256");
    private byte[] stored = new byte[0];

    /**
     * A piece that is not what was written.
     *
     * @param position byte of the device
     */
    public record Defect(String device, long position, String what) {}

    public ManifestCheck(MediaReader media, MediaReader.BackupSet set) {
        media.requireAllFamilies();
        this.media = media;
        this.set = set;
    }

    /** Reads the whole set. */
    public void run(Consumer<Defect> defects) {
        List<MediaReader.Family> families = media.families();
        for (int i = 0; i < families.size(); i++) {
            family(families.get(i), i, defects);
        }
    }

    private void family(MediaReader.Family family, int index, Consumer<Defect> defects) {
        long position = set.starts().get(index);
        byte[] head = new byte[ChunkHeader.SIZE];
        int stride = set.starts().size();
        for (long number = index; number < set.manifest().chunks(); number += stride) {
            family.file().read(ByteBuffer.wrap(head), position);
            ChunkHeader header = ChunkHeader.decode(head);
            if (header == null) {
                defects.accept(new Defect(
                        family.path(), position, "chunk " + number + " is unreadable, and so is what follows"));
                return;
            }
            boolean inPlace = header.number() == number
                    && Arrays.equals(header.setUuid(), set.description().setUuid());
            if (!inPlace) {
                defects.accept(new Defect(
                        family.path(), position, "chunk " + header.number() + " is in the place of chunk " + number));
            } else if (!fits(family, head, header, position)) {
                defects.accept(
                        new Defect(family.path(), position, "chunk " + number + " is not the one that was written"));
            }
            position += ChunkHeader.SIZE + header.storedLength();
        }
    }

    private boolean fits(MediaReader.Family family, byte[] head, ChunkHeader header, long position) {
        if (stored.length < header.storedLength()) {
            stored = new byte[header.storedLength()];
        }
        family.file().read(ByteBuffer.wrap(stored, 0, header.storedLength()), position + ChunkHeader.SIZE);
        digest.reset();
        digest.update(head);
        digest.update(stored, 0, header.storedLength());
        return set.manifest().fits(header.number(), digest.digest());
    }
}
