package dev.strongroom.storage.backup;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import dev.strongroom.storage.backup.WriteBehind.Piece;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes the chunks of one set: deflates, seals, and hands them to who writes. Used by one thread. */
final class ChunkWriter implements AutoCloseable {
    private final MediaWriter media;
    private final WriteBehind behind;
    private final @Nullable StreamSealer sealer;
    private final @Nullable Deflater deflater;
    private byte[] packed = new byte[0];

    ChunkWriter(MediaWriter media, BackupDescription description, @Nullable KeyVersion key, Scheduler scheduler) {
        this.media = media;
        BackupDescription.Sealing sealing = description.sealing();
        sealer = key == null ? null : new StreamSealer(SealKind.BACKUP, key, sealing.startNonce());
        deflater = sealing.compressed() ? new Deflater(Deflater.BEST_SPEED, true) : null;
        behind = new WriteBehind(media, description.setUuid(), scheduler);
    }

    /** Writes a chunk that anyone may read. */
    void writeClear(int kind, byte[] payload) {
        behind.put(new Piece(kind, false, false, payload.length, payload.length), payload, payload.length);
    }

    /**
     * Writes a chunk of data.
     *
     * @param payload needs {@link StreamSealer#TAG_BYTES} of room behind its length; it is given away
     * @return an array to use instead, as long as this one
     */
    byte[] write(int kind, byte[] payload, int length) {
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
            sealing.seal(bytes, 0, used, behind.next(), false);
            stored = used + StreamSealer.TAG_BYTES;
        }
        byte[] free = behind.put(new Piece(kind, compressed, sealing != null, length, used), bytes, stored);
        if (compressed) {
            packed = free;
            return payload;
        }
        return free;
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

    /** Ends the set with its manifest in every family and makes it durable. */
    BackupManifest finish(BackupDescription description, @Nullable ManifestSigner signer) {
        BackupManifest manifest = BackupManifest.of(description, behind.drain(), signer);
        byte[] bytes = manifest.encode();
        Piece piece = new Piece(ChunkHeader.MANIFEST, false, false, bytes.length, bytes.length);
        byte[] header = WriteBehind.header(piece, behind.next(), description.setUuid(), bytes, bytes.length);
        for (int family = 0; family < media.familyCount(); family++) {
            media.append(family, header, bytes, bytes.length);
        }
        media.finish();
        return manifest;
    }

    /** Bytes of the chunks given so far, once they are all written. */
    long bytes() {
        behind.drain();
        return media.bytes();
    }

    @Override
    public void close() {
        behind.close();
        Arrays.fill(packed, (byte) 0);
        if (deflater != null) {
            deflater.end();
        }
    }
}
