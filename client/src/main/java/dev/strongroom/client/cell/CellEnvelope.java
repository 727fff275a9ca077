package dev.strongroom.client.cell;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a cell wears between client and server (AE-107); it never reaches a disk. Big-endian:
 *
 * <pre>
 * offset  bytes  content
 * 0       4      "SRAE"
 * 4       1      envelope version 1
 * 5       1      encryption type (1 deterministic, 2 randomized)
 * 6       1      algorithm id 2
 * 7       1      rule version of the plaintext
 * 8       4      column encryption key id
 * 12      8      metadata version of that key
 * 20      4      base type OID
 * 24      4      base type modifier
 * 28      n      the cell
 * </pre>
 *
 * @param type how the cell is encrypted
 * @param rule rule version of the plaintext (AE-91)
 * @param keyId id of the column encryption key in its database
 * @param keyVersion metadata version of that key
 * @param baseType OID of the declared type
 * @param baseModifier type modifier of the declared type, -1 for none
 */
public record CellEnvelope(EncryptionType type, int rule, int keyId, long keyVersion, int baseType, int baseModifier) {
    /** Bytes before the cell. */
    public static final int BYTES = 28;

    /** AEAD_AES_256_CBC_HMAC_SHA_256. */
    public static final int ALGORITHM_ID = 2;

    private static final int MAGIC = 0x53524145;
    private static final byte VERSION = 1;

    /** Encrypts a plaintext into its envelope. */
    public byte[] seal(ColumnKey key, byte[] plain) {
        return seal(key, type, plain);
    }

    /** As {@link #seal(ColumnKey, byte[])}, with an IV drawn at random whatever the envelope says: equals no stored cell. */
    public byte[] sealUnequal(ColumnKey key, byte[] plain) {
        return seal(key, EncryptionType.RANDOMIZED, plain);
    }

    private byte[] seal(ColumnKey key, EncryptionType how, byte[] plain) {
        byte[] whole = new byte[BYTES + ColumnKey.cellBytes(plain.length)];
        ByteBuffer.wrap(whole)
                .putInt(MAGIC)
                .put(VERSION)
                .put((byte) type.code())
                .put((byte) ALGORITHM_ID)
                .put((byte) rule)
                .putInt(keyId)
                .putLong(keyVersion)
                .putInt(baseType)
                .putInt(baseModifier);
        key.encrypt(how, plain, whole, BYTES);
        return whole;
    }

    /** Reads the envelope of a value the server sent. */
    public static CellEnvelope read(byte[] whole) throws ColumnEncryptionException {
        if (whole.length < BYTES) {
            throw new ColumnEncryptionException(Reason.ENVELOPE_INVALID, "value of an encrypted column is no cell");
        }
        ByteBuffer buffer = ByteBuffer.wrap(whole);
        if (buffer.getInt() != MAGIC || buffer.get() != VERSION) {
            throw new ColumnEncryptionException(Reason.ENVELOPE_INVALID, "value of an encrypted column is no cell");
        }
        EncryptionType type = switch (buffer.get()) {
            case 1 -> EncryptionType.DETERMINISTIC;
            case 2 -> EncryptionType.RANDOMIZED;
            default ->
                throw new ColumnEncryptionException(Reason.ENVELOPE_INVALID, "unknown encryption type in a cell");
        };
        int algorithm = buffer.get();
        if (algorithm != ALGORITHM_ID) {
            throw new ColumnEncryptionException(Reason.ALGORITHM_UNKNOWN, "unknown cell algorithm " + algorithm);
        }
        return new CellEnvelope(
                type, buffer.get(), buffer.getInt(), buffer.getLong(), buffer.getInt(), buffer.getInt());
    }

    /** The plaintext behind an envelope. */
    public static byte[] open(ColumnKey key, byte[] whole) throws ColumnEncryptionException {
        return key.decrypt(whole, BYTES);
    }

    /** The bare cell behind an envelope. */
    public static byte[] cell(byte[] whole) {
        return Arrays.copyOfRange(whole, BYTES, whole.length);
    }
}
