package dev.strongroom.catalog.audit;

import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/// The layout of an audit file, and its keys. All integers are big-endian.
///
/// ```text
/// 0    4   "SRAU"
/// 4    4   format, 1
/// 8    16  guid of the audit
/// 24   4   number of the file in the audit, from 1
/// 28   4   zero
/// 32   16  tag of the last record of the file before, zero in the first
/// 48   8   time of creation, microseconds since 1970
/// 56   32  MAC of the bytes before
/// 128  64  where the file ends, first copy: count, end offset, last tag, MAC
/// 192  64  second copy; they are written in turns
/// 256  ..  records: length, nonce, ciphertext, tag
/// ```
///
/// A record is sealed with XAES-256-GCM. Its associated data are guid, file number, record number and the tag of the
/// record
/// before (the first takes the MAC of the header), so a record changed, moved, left out or put in does not open. The
/// end
/// is kept in the header, so a file cut short is found as well. The keys come from the instance key (S-23).
final class AuditFileFormat {
    static final int HEADER_BYTES = 256;
    static final int END_AT = 128;
    static final int END_BYTES = 64;
    static final int TAG_BYTES = XaesKey.TAG_BYTES;
    static final int LENGTH_BYTES = Integer.BYTES;
    static final int MAX_RECORD = 64 * 1024;

    private static final int MAGIC = 0x53524155;
    private static final int FORMAT = 1;
    private static final int MAC_AT = 56;
    private static final byte[] SEAL = "strongroom/audit/v1/seal".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MAC = "strongroom/audit/v1/mac".getBytes(StandardCharsets.US_ASCII);

    private AuditFileFormat() {}

    /** The keys of all audit files of an instance. */
    record Keys(XaesKey seal, MacKey mac) implements AutoCloseable {
        static Keys of(MacKey instance) {
            return new Keys(
                    new XaesKey(KeyBuffer.takeOver(instance.mac(SEAL))),
                    new MacKey(KeyBuffer.takeOver(instance.mac(MAC))));
        }

        @Override
        public void close() {
            seal.close();
            mac.close();
        }
    }

    /** The fixed part of the header. */
    record Header(UUID audit, int number, byte[] previousTag, long createdMicros) {
        byte[] encode(MacKey mac) {
            ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES);
            buffer.putInt(MAGIC).putInt(FORMAT);
            buffer.putLong(audit.getMostSignificantBits()).putLong(audit.getLeastSignificantBits());
            buffer.putInt(number).putInt(0).put(previousTag).putLong(createdMicros);
            buffer.put(mac.mac(Arrays.copyOf(buffer.array(), MAC_AT)));
            return buffer.array();
        }

        /** Empty if it is no header of this instance. */
        static Optional<Header> decode(byte[] bytes, MacKey mac) {
            if (bytes.length < HEADER_BYTES) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            byte[] expected = Arrays.copyOfRange(bytes, MAC_AT, MAC_AT + MacKey.MAC_BYTES);
            if (buffer.getInt() != MAGIC
                    || buffer.getInt() != FORMAT
                    || !mac.verify(expected, Arrays.copyOf(bytes, MAC_AT))) {
                return Optional.empty();
            }
            UUID audit = new UUID(buffer.getLong(), buffer.getLong());
            int number = buffer.getInt();
            buffer.getInt();
            byte[] previous = new byte[TAG_BYTES];
            buffer.get(previous);
            return Optional.of(new Header(audit, number, previous, buffer.getLong()));
        }

        /** What stands for the tag before the first record. */
        byte[] firstTag(MacKey mac) {
            return Arrays.copyOfRange(encode(mac), MAC_AT, MAC_AT + TAG_BYTES);
        }

        byte[] associatedData(long record, byte[] tag) {
            return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + Long.BYTES + TAG_BYTES)
                    .putLong(audit.getMostSignificantBits())
                    .putLong(audit.getLeastSignificantBits())
                    .putInt(number)
                    .putLong(record)
                    .put(tag)
                    .array();
        }
    }

    /** Where a file ends: how many records, at which offset, after which tag. */
    record End(long count, long offset, byte[] tag) {
        byte[] encode(Header header, MacKey mac) {
            ByteBuffer buffer = ByteBuffer.allocate(END_BYTES);
            buffer.putLong(count).putLong(offset).put(tag);
            byte[] body = Arrays.copyOf(buffer.array(), buffer.position());
            return buffer.put(mac.mac(header.associatedData(-1, header.previousTag), body))
                    .array();
        }

        static Optional<End> decode(byte[] bytes, Header header, MacKey mac) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            byte[] tag = new byte[TAG_BYTES];
            End end = new End(buffer.getLong(), buffer.getLong(), tag);
            buffer.get(tag);
            return Arrays.equals(end.encode(header, mac), bytes) ? Optional.of(end) : Optional.empty();
        }
    }
}
