package dev.strongroom.common.cell;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a cell wears on the wire (AE-107): everything a client needs to find its key and to read what it decrypts. Big-endian,
 * 28 bytes before the cell. Never stored (AE-108).
 *
 * @param encryptionType 1 deterministic, 2 randomized
 * @param keyId column encryption key
 * @param keyVersion metadata version of the key
 * @param baseOid type of the plain value
 * @param baseTypmod its modifier, -1 for none
 */
public record CellEnvelope(
        byte encryptionType,
        byte algorithm,
        byte normalizationRule,
        int keyId,
        long keyVersion,
        int baseOid,
        int baseTypmod) {
    public static final byte DETERMINISTIC = 1;
    public static final byte RANDOMIZED = 2;
    /** AEAD_AES_256_CBC_HMAC_SHA_256. */
    public static final byte ALGORITHM = 2;

    /** Bytes before the cell. */
    public static final int LENGTH = 28;

    private static final int MAGIC = 0x53524145; // SRAE
    private static final byte VERSION = 1;

    /** An envelope and what is in it. */
    public record Opened(CellEnvelope envelope, byte[] cell) {}

    /** The envelope of a value; null where the bytes do not begin with one of version 1. */
    public static @Nullable Opened open(byte[] bytes) {
        if (bytes.length < LENGTH) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC || in.get() != VERSION) {
            return null;
        }
        CellEnvelope envelope =
                new CellEnvelope(in.get(), in.get(), in.get(), in.getInt(), in.getLong(), in.getInt(), in.getInt());
        return new Opened(envelope, Arrays.copyOfRange(bytes, LENGTH, bytes.length));
    }

    /** The cell with this envelope before it. */
    public byte[] wrap(byte[] cell) {
        ByteBuffer out = ByteBuffer.allocate(LENGTH + cell.length);
        out.putInt(MAGIC).put(VERSION).put(encryptionType).put(algorithm).put(normalizationRule);
        out.putInt(keyId).putLong(keyVersion).putInt(baseOid).putInt(baseTypmod).put(cell);
        return out.array();
    }
}
