package dev.strongroom.crypto.seal;

import static dev.strongroom.crypto.seal.PageFormat.FORMAT_1;
import static dev.strongroom.crypto.seal.PageFormat.INTS;
import static dev.strongroom.crypto.seal.PageFormat.LONGS;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.XaesKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/// Seals and opens the numbered chunks of one file that is written once: a spill file or a backup. Each file draws a
/// starting nonce of its own and so has an AES key of its own; chunk i uses that nonce plus i. The last chunk says that
/// it
/// is the last, so a file cut short is found. One instance belongs to one thread.
///
/// Associated data of a chunk, 44 bytes:
///
/// ```text
/// 0   4   "SRTD"
/// 4   1   format, 1
/// 5   1   algorithm, 1
/// 6   1   kind: 3 temp, 4 backup
/// 7   1   1 in the last chunk, else 0
/// 8   16  encryption id
/// 24  4   key version
/// 28  8   chunk number
/// 36  8   plain length
/// ```
public final class StreamSealer {
    public static final int TAG_BYTES = XaesKey.TAG_BYTES;

    private static final int AAD_BYTES = 44;
    private static final int AAD_LAST = 7;
    private static final int AAD_ENCRYPTION_ID = 8;
    private static final int AAD_VERSION = 24;
    private static final int AAD_CHUNK = 28;
    private static final int AAD_LENGTH = 36;

    private final XaesKey key;
    private final byte[] startNonce;
    private final byte[] nonce = new byte[XaesKey.NONCE_BYTES];
    private final byte[] aad = new byte[AAD_BYTES];
    private final Cipher cipher = Jca.gcm();

    /** A sealer for the file whose starting nonce is {@code startNonce}, kept in the clear with the file. */
    public StreamSealer(SealKind kind, KeyVersion version, byte[] startNonce) {
        if (startNonce.length != XaesKey.NONCE_BYTES) {
            throw new IllegalArgumentException("nonce of " + startNonce.length + " bytes");
        }
        key = switch (kind) {
            case TEMP -> version.temp();
            case BACKUP -> version.backup();
            case DATA, LOG, BOOT -> throw new IllegalArgumentException("no streams of kind " + kind);
        };
        this.startNonce = startNonce.clone();
        aad[0] = 'S';
        aad[1] = 'R';
        aad[2] = 'T';
        aad[3] = 'D';
        aad[4] = FORMAT_1;
        aad[5] = PageFormat.XAES_256_GCM;
        aad[6] = (byte) kind.code();
        version.putEncryptionId(aad, AAD_ENCRYPTION_ID);
        INTS.set(aad, AAD_VERSION, version.number());
    }

    /** A sealer for a new file, with a starting nonce drawn now. */
    public static StreamSealer start(SealKind kind, KeyVersion version, Randomness randomness) {
        byte[] start = new byte[XaesKey.NONCE_BYTES];
        randomness.fill(start);
        return new StreamSealer(kind, version, start);
    }

    public byte[] startNonce() {
        return startNonce.clone();
    }

    /** Seals {@code length} bytes in place; the tag follows, for which the buffer must have room. */
    public void seal(byte[] buffer, int offset, int length, long chunkNumber, boolean last) {
        prepare(length, chunkNumber, last);
        try {
            init(Cipher.ENCRYPT_MODE);
            int written = cipher.doFinal(buffer, offset, length, buffer, offset);
            assert written == length + TAG_BYTES;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /**
     * Opens {@code length} bytes and the tag behind them from {@code sealed} into {@code target}, another array. Returns
     * false, with nothing readable in the target, if the tag does not fit.
     */
    public boolean open(
            byte[] sealed, int offset, int length, long chunkNumber, boolean last, byte[] target, int targetOffset) {
        prepare(length, chunkNumber, last);
        try {
            init(Cipher.DECRYPT_MODE);
            cipher.doFinal(sealed, offset, length + TAG_BYTES, target, targetOffset);
            return true;
        } catch (AEADBadTagException e) {
            Arrays.fill(target, targetOffset, targetOffset + length, (byte) 0);
            return false;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    private void init(int mode) throws GeneralSecurityException {
        GCMParameterSpec spec = new GCMParameterSpec(
                XaesKey.TAG_BITS, nonce, XaesKey.PREFIX_BYTES, XaesKey.NONCE_BYTES - XaesKey.PREFIX_BYTES);
        cipher.init(mode, key.derive(nonce, 0), spec);
        cipher.updateAAD(aad);
    }

    private void prepare(int length, long chunkNumber, boolean last) {
        NonceSource.add(startNonce, chunkNumber, nonce, 0);
        aad[AAD_LAST] = (byte) (last ? 1 : 0);
        LONGS.set(aad, AAD_CHUNK, chunkNumber);
        LONGS.set(aad, AAD_LENGTH, (long) length);
    }
}
