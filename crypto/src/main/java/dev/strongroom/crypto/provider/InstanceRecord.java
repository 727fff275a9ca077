package dev.strongroom.crypto.provider;

import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.key.MacKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// What `instance.0` and `instance.1` hold: who this instance is and its service master key, once per root provider.
///
/// ```text
/// 0   4   "SRIN"
/// 4   2   format, 2
/// 6   2   number of wraps
/// 8   8   sequence: the higher of the two slots counts
/// 16  16  instance id
/// 32  8   system identifier, as PostgreSQL clients know it
/// 40  16  guid of the service master key
/// 56  8   when it was made, microseconds since 1970 UTC
/// 64  ..  wraps: length (2) and specification, length (2) and wrapped key
/// ..  ..  length (2) and key of the instance under the service master key; 0 where it is derived from it
/// ..  ..  length (2) and guid, date and wrap of the service master key before, while it is being replaced; else 0
/// ..  32  HMAC under the key of the instance
/// ..  4   CRC-32C of everything before
/// ```
record InstanceRecord(
        long sequence,
        UUID instanceId,
        long systemIdentifier,
        UUID keyGuid,
        long keyCreatedMicros,
        List<Wrap> wraps,
        byte[] instanceKey,
        byte[] formerKey) {
    static final int MAX_BYTES = 64 * 1024;

    private static final byte[] MAGIC = "SRIN".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 2;
    private static final int HEADER_BYTES = 64;

    /** The service master key as one root provider wrapped it. */
    record Wrap(String specification, byte[] wrapped) {}

    byte[] encode(MacKey instanceKey) {
        byte[] body = body();
        ByteBuffer buffer = ByteBuffer.allocate(body.length + MacKey.MAC_BYTES + Integer.BYTES);
        buffer.put(body).put(instanceKey.mac(body));
        CRC32C crc = new CRC32C();
        crc.update(buffer.array(), 0, buffer.position());
        return buffer.putInt((int) crc.getValue()).array();
    }

    private byte[] body() {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_BYTES);
        buffer.put(MAGIC).putShort((short) FORMAT).putShort((short) wraps.size());
        buffer.putLong(sequence).put(KeyObject.guidBytes(instanceId)).putLong(systemIdentifier);
        buffer.put(KeyObject.guidBytes(keyGuid)).putLong(keyCreatedMicros);
        assert buffer.position() == HEADER_BYTES;
        for (Wrap wrap : wraps) {
            byte[] name = wrap.specification().getBytes(StandardCharsets.UTF_8);
            buffer.putShort((short) name.length).put(name);
            buffer.putShort((short) wrap.wrapped().length).put(wrap.wrapped());
        }
        for (byte[] carried : new byte[][] {instanceKey, formerKey}) {
            buffer.putShort((short) carried.length).put(carried);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** A record whose CRC fits; its MAC can be checked only once the key is open. */
    static Optional<Stored> decode(byte[] content) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            byte[] magic = new byte[MAGIC.length];
            buffer.get(magic);
            if (!Arrays.equals(magic, MAGIC) || buffer.getShort() != FORMAT) {
                return Optional.empty();
            }
            int count = Short.toUnsignedInt(buffer.getShort());
            long sequence = buffer.getLong();
            UUID instanceId = new UUID(buffer.getLong(), buffer.getLong());
            long systemIdentifier = buffer.getLong();
            UUID keyGuid = new UUID(buffer.getLong(), buffer.getLong());
            long created = buffer.getLong();
            List<Wrap> wraps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = new String(take(buffer), StandardCharsets.UTF_8);
                wraps.add(new Wrap(name, take(buffer)));
            }
            byte[] instanceKey = take(buffer);
            byte[] formerKey = take(buffer);
            byte[] body = Arrays.copyOf(content, buffer.position());
            byte[] mac = new byte[MacKey.MAC_BYTES];
            buffer.get(mac);
            CRC32C crc = new CRC32C();
            crc.update(content, 0, buffer.position());
            if (buffer.getInt() != (int) crc.getValue()) {
                return Optional.empty();
            }
            return Optional.of(new Stored(
                    new InstanceRecord(
                            sequence,
                            instanceId,
                            systemIdentifier,
                            keyGuid,
                            created,
                            List.copyOf(wraps),
                            instanceKey,
                            formerKey),
                    body,
                    mac));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static byte[] take(ByteBuffer buffer) {
        byte[] bytes = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(bytes);
        return bytes;
    }

    /** A record as read, with the bytes its MAC covers. */
    record Stored(InstanceRecord record, byte[] body, byte[] mac) {
        boolean authentic(MacKey instanceKey) {
            return instanceKey.verify(mac, body);
        }
    }
}
