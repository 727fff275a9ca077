package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.FormatVersion;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.Jca;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Last chunk of a backup set: the description as known at the end, a SHA-256 for every chunk before it (header and stored
 * payload), and a signature over both.
 *
 * @param hashes 32 bytes for each chunk
 * @param certificate of the signer, DER; empty where nobody signed
 */
public record BackupManifest(BackupDescription description, byte[] hashes, byte[] certificate, byte[] signature) {
    static final int HASH_BYTES = 32;
    private static final int FORMAT = 1;

    /** Makes and signs a manifest. */
    static BackupManifest of(BackupDescription description, byte[] hashes, @Nullable ManifestSigner signer) {
        byte[] certificate = signer == null ? new byte[0] : signer.certificate();
        BackupManifest unsigned = new BackupManifest(description, hashes, certificate, new byte[0]);
        return signer == null
                ? unsigned
                : new BackupManifest(description, hashes, certificate, signer.sign(unsigned.signedContent()));
    }

    public long chunks() {
        return hashes.length / HASH_BYTES;
    }

    public boolean isSigned() {
        return signature.length > 0;
    }

    /** What the signature covers. */
    public byte[] signedContent() {
        return Fields.writer()
                .putInt(FORMAT)
                .putBytes(description.encode())
                .putBytes(hashes)
                .putBytes(certificate)
                .toBytes();
    }

    byte[] encode() {
        byte[] content = signedContent();
        return Fields.writer()
                .putBytes(content)
                .putBytes(signature)
                .putBytes(Jca.digest("SHA-256").digest(content))
                .toBytes();
    }

    /** Whether a chunk has this hash. */
    boolean fits(long chunk, byte[] hash) {
        int from = Math.toIntExact(chunk * HASH_BYTES);
        return chunk < chunks() && Arrays.equals(hashes, from, from + HASH_BYTES, hash, 0, HASH_BYTES);
    }

    /** Reads a manifest; null if these bytes are none. Throws {@link NumberedError#BACKUP_VERSION}. */
    static @Nullable BackupManifest decode(byte[] bytes) {
        try {
            Fields outer = Fields.reader(bytes);
            byte[] content = outer.takeBytes();
            byte[] signature = outer.takeBytes();
            if (!Arrays.equals(outer.takeBytes(), Jca.digest("SHA-256").digest(content))) {
                return null;
            }
            Fields in = Fields.reader(content);
            FormatVersion.check(NumberedError.BACKUP_VERSION, "the manifest of the backup", in.takeInt(), FORMAT);
            BackupDescription description = BackupDescription.decode(Fields.reader(in.takeBytes()));
            byte[] hashes = in.takeBytes();
            return hashes.length % HASH_BYTES == 0
                    ? new BackupManifest(description, hashes, in.takeBytes(), signature)
                    : null;
        } catch (DatabaseException otherVersion) {
            throw otherVersion;
        } catch (RuntimeException damaged) {
            return null;
        }
    }
}
