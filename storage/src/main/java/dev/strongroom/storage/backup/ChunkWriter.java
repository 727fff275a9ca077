package dev.strongroom.storage.backup;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes the chunks of one set: deflates, seals, checks sums, deals them out to the families. Used by one thread. */
final class ChunkWriter implements AutoCloseable {
    private final MediaWriter media;
    private final byte[] setUuid;
    private final @Nullable StreamSealer sealer;
    private final @Nullable Deflater deflater;
    private final MessageDigest digest = Jca.digest("SHA-256");
    private final ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    private byte[] packed = new byte[0];
    private long number;

    ChunkWriter(MediaWriter media, BackupDescription description, @Nullable KeyVersion key) {
        this.media = media;
        this.setUuid = description.setUuid();
        BackupDescription.Sealing sealing = description.sealing();
        sealer = key == null ? null : new StreamSealer(SealKind.BACKUP, key, sealing.startNonce());
        deflater = sealing.compressed() ? new Deflater(Deflater.BEST_SPEED, true) : null;
    }

    /** Writes a chunk that anyone may read. */
    void writeClear(int kind, byte[] payload) {
        emit(new Piece(kind, false, false, payload.length, payload.length), payload, payload.length);
    }

    /** Writes a chunk of data. {@code payload} needs {@link StreamSealer#TAG_BYTES} of room behind its length. */
    void write(int kind, byte[] payload, int length) {
        byte[] bytes = payload;
        int used = length;
        boolean compressed = false;
        Deflater deflating = deflater;
        if (deflating != null) {
            int deflated = deflate(deflating, payload, length);
            if (deflated < length) {
                bytes = packed;
                used = deflated;
                compressed = true;
            }
        }
        StreamSealer sealing = sealer;
        int stored = used;
        if (sealing != null) {
            sealing.seal(bytes, 0, used, number, false);
            stored = used + StreamSealer.TAG_BYTES;
        }
        emit(new Piece(kind, compressed, sealing != null, length, used), bytes, stored);
    }

    /** Length of what is in {@link #packed}, or {@code length} if it would not become smaller. */
    private int deflate(Deflater deflating, byte[] payload, int length) {
        if (packed.length < length + StreamSealer.TAG_BYTES) {
            packed = new byte[length + StreamSealer.TAG_BYTES];
        }
        deflating.reset();
        deflating.setInput(payload, 0, length);
        deflating.finish();
        int used = deflating.deflate(packed, 0, length);
        return deflating.finished() ? used : length;
    }

    private record Piece(int kind, boolean compressed, boolean sealed, int plain, int packed) {}

    private void emit(Piece piece, byte[] bytes, int stored) {
        byte[] header = header(piece, bytes, stored);
        digest.reset();
        digest.update(header);
        digest.update(bytes, 0, stored);
        hashes.writeBytes(digest.digest());
        media.append((int) (number % media.familyCount()), header, bytes, stored);
        number++;
    }

    private byte[] header(Piece piece, byte[] bytes, int stored) {
        int crc = ChunkHeader.crc(bytes, 0, stored);
        return new ChunkHeader(
                        piece.kind,
                        piece.compressed,
                        piece.sealed,
                        stored,
                        piece.plain,
                        piece.packed,
                        number,
                        setUuid,
                        crc)
                .encode();
    }

    /** Bytes written so far. */
    long bytes() {
        return media.bytes();
    }

    /** Ends the set with its manifest in every family and makes it durable. */
    BackupManifest finish(BackupDescription description, @Nullable ManifestSigner signer) {
        BackupManifest manifest = BackupManifest.of(description, hashes.toByteArray(), signer);
        byte[] bytes = manifest.encode();
        byte[] header =
                header(new Piece(ChunkHeader.MANIFEST, false, false, bytes.length, bytes.length), bytes, bytes.length);
        for (int family = 0; family < media.familyCount(); family++) {
            media.append(family, header, bytes, bytes.length);
        }
        media.finish();
        return manifest;
    }

    @Override
    public void close() {
        Arrays.fill(packed, (byte) 0);
        if (deflater != null) {
            deflater.end();
        }
    }
}
