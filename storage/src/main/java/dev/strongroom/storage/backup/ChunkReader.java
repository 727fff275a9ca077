package dev.strongroom.storage.backup;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of one set in order. Each is compared with the manifest before anything looks at it: what was changed, moved,
 * left out or put in is found here, with file and position. Used by one thread.
 */
public final class ChunkReader implements AutoCloseable {
    private final MediaReader media;
    private final MediaReader.BackupSet set;
    private final long[] positions;
    private final @Nullable StreamSealer sealer;
    private final Inflater inflater = new Inflater(true);
    private final MessageDigest digest = Jca.digest("SHA-256");
    private byte[] stored = new byte[0];
    private byte[] opened = new byte[0];
    private byte[] payload = new byte[0];
    private byte[] current = new byte[0];
    private int length;
    private int kind;
    private long number;
    private long position;
    private String device = "";

    /**
     * @param key of the stream; null if the set is not sealed, or is only to be compared with its manifest
     */
    public ChunkReader(MediaReader media, MediaReader.BackupSet set, @Nullable KeyVersion key) {
        media.requireAllFamilies();
        this.media = media;
        this.set = set;
        positions = set.starts().stream().mapToLong(Long::longValue).toArray();
        byte[] nonce = set.description().sealing().startNonce();
        sealer = key == null ? null : new StreamSealer(SealKind.BACKUP, key, nonce);
    }

    /**
     * Reads the next chunk; false behind the last.
     *
     * @throws dev.strongroom.common.error.DatabaseException 3241, 3189 with device and byte
     */
    public boolean next() {
        BackupManifest manifest = set.manifest();
        if (number == manifest.chunks()) {
            return false;
        }
        int index = (int) (number % positions.length);
        MediaReader.Family family = media.families().get(index);
        StorageFile file = family.file();
        device = family.path();
        position = positions[index];
        byte[] head = new byte[ChunkHeader.SIZE];
        file.read(ByteBuffer.wrap(head), position);
        ChunkHeader header = ChunkHeader.decode(head);
        if (header == null || position + ChunkHeader.SIZE + header.storedLength() > family.size()) {
            throw BackupErrors.malformed(device, position, "chunk " + number + " is unreadable");
        }
        if (header.number() != number
                || !Arrays.equals(header.setUuid(), set.description().setUuid())) {
            throw BackupErrors.damaged(
                    device, position, "chunk " + number + " is missing, chunk " + header.number() + " is in its place");
        }
        if (stored.length < header.storedLength()) {
            stored = new byte[header.storedLength()];
        }
        file.read(ByteBuffer.wrap(stored, 0, header.storedLength()), position + ChunkHeader.SIZE);
        digest.reset();
        digest.update(head);
        digest.update(stored, 0, header.storedLength());
        if (!manifest.fits(number, digest.digest())) {
            throw BackupErrors.damaged(device, position, "chunk " + number + " is not the one that was written");
        }
        positions[index] = position + ChunkHeader.SIZE + header.storedLength();
        kind = header.kind();
        unpack(header);
        number++;
        return true;
    }

    private void unpack(ChunkHeader header) {
        current = stored;
        length = header.storedLength();
        if (header.sealed()) {
            StreamSealer opening = sealer;
            if (opening == null) {
                length = 0;
                return;
            }
            if (opened.length < header.packedLength()) {
                opened = new byte[header.packedLength()];
            }
            boolean fits = header.packedLength() + StreamSealer.TAG_BYTES == header.storedLength();
            if (!fits || !opening.open(stored, 0, header.packedLength(), number, false, opened, 0)) {
                throw BackupErrors.damaged(device, position, "chunk " + number + " is not authentic");
            }
            current = opened;
            length = header.packedLength();
        }
        if (header.compressed()) {
            inflate(header);
        }
    }

    private void inflate(ChunkHeader header) {
        if (payload.length < header.plainLength()) {
            payload = new byte[header.plainLength()];
        }
        inflater.reset();
        inflater.setInput(current, 0, length);
        try {
            int produced = inflater.inflate(payload, 0, header.plainLength());
            if (produced != header.plainLength()) {
                throw BackupErrors.damaged(device, position, "chunk " + number + " does not inflate");
            }
        } catch (DataFormatException e) {
            throw BackupErrors.damaged(device, position, "chunk " + number + " does not inflate");
        }
        current = payload;
        length = header.plainLength();
    }

    /** Kind of the chunk that was read. */
    public int kind() {
        return kind;
    }

    /** Its payload, opened; valid until the next call of {@link #next}. Empty where it is sealed and no key was given. */
    public byte[] payload() {
        return current;
    }

    public int length() {
        return length;
    }

    public String device() {
        return device;
    }

    /** Byte of the device where the chunk begins. */
    public long position() {
        return position;
    }

    /** Chunks read. */
    public long chunksRead() {
        return number;
    }

    @Override
    public void close() {
        inflater.end();
        Arrays.fill(opened, (byte) 0);
        Arrays.fill(payload, (byte) 0);
    }
}
