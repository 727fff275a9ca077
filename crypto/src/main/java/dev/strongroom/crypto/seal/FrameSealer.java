package dev.strongroom.crypto.seal;

import static dev.strongroom.crypto.seal.PageFormat.FORMAT_1;
import static dev.strongroom.crypto.seal.PageFormat.INTS;
import static dev.strongroom.crypto.seal.PageFormat.LONGS;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.XaesKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/// Seals and opens the frames of one log segment (S-8). Frame i uses the segment's starting nonce plus i on the last 96
/// bits; the tag of each frame is bound into the next, so that frames cannot be removed, swapped, repeated or moved to
/// another segment (TDE-512). One instance belongs to one thread.
///
/// Associated data of a frame, 80 bytes:
///
/// ```text
/// 0   4   "SRTD"
/// 4   1   format, 1
/// 5   1   algorithm, 1
/// 6   1   kind, 2
/// 7   1   zero
/// 8   16  encryption id
/// 24  4   key version
/// 28  16  segment UUID
/// 44  4   frame number
/// 48  8   first LSN
/// 56  8   payload length
/// 64  16  tag of the previous frame; for frame 0 the MAC of the segment header
/// ```
public final class FrameSealer {
    public static final int TAG_BYTES = XaesKey.TAG_BYTES;
    public static final int UUID_BYTES = 16;

    private static final int AAD_BYTES = 80;
    private static final int AAD_ENCRYPTION_ID = 8;
    private static final int AAD_VERSION = 24;
    private static final int AAD_SEGMENT = 28;
    private static final int AAD_FRAME = 44;
    private static final int AAD_LSN = 48;
    private static final int AAD_LENGTH = 56;
    private static final int AAD_PREVIOUS_TAG = 64;

    private final KeyVersion version;
    private final byte[] startNonce;
    private final byte[] nonce = new byte[XaesKey.NONCE_BYTES];
    private final byte[] aad = new byte[AAD_BYTES];
    private final Cipher cipher = Jca.gcm();

    /**
     * @param segmentUuid 16 bytes
     * @param startNonce the 24 bytes of the segment header, drawn from a {@link NonceSource} made for this segment
     */
    public FrameSealer(KeyVersion version, byte[] segmentUuid, byte[] startNonce) {
        if (segmentUuid.length != UUID_BYTES || startNonce.length != XaesKey.NONCE_BYTES) {
            throw new IllegalArgumentException(
                    "segment UUID of " + segmentUuid.length + " bytes, nonce of " + startNonce.length + " bytes");
        }
        this.version = version;
        this.startNonce = startNonce.clone();
        aad[0] = 'S';
        aad[1] = 'R';
        aad[2] = 'T';
        aad[3] = 'D';
        aad[4] = FORMAT_1;
        aad[5] = PageFormat.XAES_256_GCM;
        aad[6] = (byte) SealKind.LOG.code();
        version.putEncryptionId(aad, AAD_ENCRYPTION_ID);
        INTS.set(aad, AAD_VERSION, version.number());
        System.arraycopy(segmentUuid, 0, aad, AAD_SEGMENT, UUID_BYTES);
    }

    public int keyVersion() {
        return version.number();
    }

    /**
     * Seals {@code buffer[offset .. offset + length)} in place; the tag follows at {@code offset + length}, for which the
     * buffer must have room. {@code previousTag} holds 16 bytes at {@code previousTagOffset}.
     */
    public void seal(
            byte[] buffer, int offset, int length, FramePosition position, byte[] previousTag, int previousTagOffset) {
        prepare(position, length, previousTag, previousTagOffset);
        try {
            init(Cipher.ENCRYPT_MODE);
            int written = cipher.doFinal(buffer, offset, length, buffer, offset);
            assert written == length + TAG_BYTES;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /**
     * Opens {@code sealed[offset .. offset + length)} with its tag behind it into {@code target[targetOffset ..)}, another
     * array. Returns false, with nothing readable in the target, if the tag does not fit.
     */
    public boolean open(
            byte[] sealed,
            int offset,
            int length,
            FramePosition position,
            byte[] previousTag,
            int previousTagOffset,
            byte[] target,
            int targetOffset) {
        prepare(position, length, previousTag, previousTagOffset);
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
        cipher.init(mode, version.log().derive(nonce, 0), spec);
        cipher.updateAAD(aad);
    }

    private void prepare(FramePosition position, int length, byte[] previousTag, int previousTagOffset) {
        NonceSource.add(startNonce, position.frameNumber(), nonce, 0);
        INTS.set(aad, AAD_FRAME, position.frameNumber());
        LONGS.set(aad, AAD_LSN, position.firstLsn());
        LONGS.set(aad, AAD_LENGTH, (long) length);
        System.arraycopy(previousTag, previousTagOffset, aad, AAD_PREVIOUS_TAG, TAG_BYTES);
    }

    /**
     * Where a frame stands.
     *
     * @param frameNumber from 0 in each segment
     * @param firstLsn stream position of the first payload byte
     */
    public record FramePosition(int frameNumber, long firstLsn) {}
}
