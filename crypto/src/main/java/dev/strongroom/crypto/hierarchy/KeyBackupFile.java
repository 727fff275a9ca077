package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/// The file of BACKUP SERVICE MASTER KEY and BACKUP MASTER KEY (TDE-132).
///
/// ```text
/// 0   4   "SRKB"
/// 4   1   version, 1
/// 5   1   kind: 1 service master key, 2 database master key
/// 6   16  guid
/// 22  ..  the key under the password, see PasswordWrap; the 22 bytes before are authenticated with it
/// ```
///
/// @param object service or database master key
public record KeyBackupFile(KeyObject object, UUID guid, PasswordWrap wrap) {
    private static final byte[] MAGIC = "SRKB".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 22;

    public static KeyBackupFile of(
            KeyObject object, UUID guid, KeyBuffer secret, String password, Randomness randomness) {
        return new KeyBackupFile(object, guid, PasswordWrap.wrap(secret, password, header(object, guid), randomness));
    }

    public Opening open(String password) {
        return wrap.open(password, header(object, guid));
    }

    public byte[] encode() {
        byte[] wrapped = wrap.encode();
        return ByteBuffer.allocate(HEADER_BYTES + wrapped.length)
                .put(header(object, guid))
                .put(wrapped)
                .array();
    }

    /** Empty if the bytes are no such file. */
    public static Optional<KeyBackupFile> decode(byte[] content) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        try {
            byte[] magic = new byte[MAGIC.length];
            buffer.get(magic);
            int version = buffer.get();
            int kind = buffer.get();
            byte[] guid = new byte[16];
            buffer.get(guid);
            byte[] wrapped = new byte[buffer.remaining()];
            buffer.get(wrapped);
            boolean known = kind == KeyObject.SERVICE_MASTER_KEY.code() || kind == KeyObject.DATABASE_MASTER_KEY.code();
            if (!Arrays.equals(magic, MAGIC) || version != VERSION || !known) {
                return Optional.empty();
            }
            KeyObject object = kind == KeyObject.SERVICE_MASTER_KEY.code()
                    ? KeyObject.SERVICE_MASTER_KEY
                    : KeyObject.DATABASE_MASTER_KEY;
            return PasswordWrap.decode(wrapped).map(wrap -> new KeyBackupFile(object, KeyObject.guidOf(guid), wrap));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static byte[] header(KeyObject object, UUID guid) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put(MAGIC)
                .put((byte) VERSION)
                .put((byte) object.code())
                .put(KeyObject.guidBytes(guid))
                .array();
    }
}
