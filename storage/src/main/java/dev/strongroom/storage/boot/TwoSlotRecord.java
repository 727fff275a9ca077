package dev.strongroom.storage.boot;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.key.MacKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A small record that survives a crash at any moment: two files `name.0` and `name.1` written in turn, the newer whole
/// one counts. Big-endian.
///
/// ```text
/// 0     8     magic, given by the owner
/// 8     8     sequence
/// 16    4     length n of the content
/// 20    n     content
/// 8156  32    MAC of bytes 0 to 20+n, zero where the owner has no key
/// 8188  4     CRC-32C of all before
/// ```
///
/// Not thread-safe.
public final class TwoSlotRecord {
    /** Bytes of a slot. */
    public static final int SIZE = 8192;

    /** Longest content. */
    public static final int MAX_CONTENT = SIZE - 20 - MacKey.MAC_BYTES - 4;

    private static final int CRC = SIZE - 4;
    private static final int MAC = CRC - MacKey.MAC_BYTES;
    private static final int CONTENT = 20;

    private final StorageFiles files;
    private final String name;
    private final long magic;
    private long sequence;
    private byte[] current = new byte[0];

    /**
     * @param name file name without the slot
     */
    public TwoSlotRecord(StorageFiles files, String name, long magic) {
        this.files = files;
        this.name = name;
        this.magic = magic;
    }

    /**
     * Reads the newer whole slot.
     *
     * @return the content; null if neither slot is whole
     */
    public byte @Nullable [] read() {
        byte[] first = readSlot(0);
        byte[] second = readSlot(1);
        long firstSequence = first.length == 0 ? -1 : ByteBuffer.wrap(first).getLong(8);
        long secondSequence = second.length == 0 ? -1 : ByteBuffer.wrap(second).getLong(8);
        current = firstSequence >= secondSequence ? first : second;
        if (current.length == 0) {
            return null;
        }
        ByteBuffer slot = ByteBuffer.wrap(current);
        sequence = slot.getLong(8);
        makeDurable();
        return Arrays.copyOfRange(current, CONTENT, CONTENT + slot.getInt(16));
    }

    /** A process may have died before it had synced what it wrote; the next write overwrites the other slot. */
    private void makeDurable() {
        try (StorageFile file = files.open(name + "." + (sequence & 1))) {
            file.sync();
        }
        files.syncDirectory("");
    }

    private byte[] readSlot(int slot) {
        String path = name + "." + slot;
        if (!files.exists(path)) {
            return new byte[0];
        }
        byte[] bytes = new byte[SIZE];
        try (StorageFile file = files.open(path)) {
            if (file.read(ByteBuffer.wrap(bytes), 0) < SIZE) {
                return new byte[0];
            }
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int length = in.getInt(16);
        boolean whole = in.getLong(0) == magic && length >= 0 && length <= MAX_CONTENT && in.getInt(CRC) == crc(bytes);
        return whole ? bytes : new byte[0];
    }

    /** Whether what {@link #read} returned was written under this key. */
    public boolean isAuthentic(MacKey key) {
        return current.length > 0
                && key.verify(
                        Arrays.copyOfRange(current, MAC, CRC),
                        Arrays.copyOf(
                                current, CONTENT + ByteBuffer.wrap(current).getInt(16)));
    }

    /** Number of the newest record: raised by each write. */
    public long sequence() {
        return sequence;
    }

    /** Writes the next record durably over the older slot. */
    public void write(byte[] content, @Nullable MacKey key) {
        if (content.length > MAX_CONTENT) {
            throw ErrorReport.error(
                            ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                            "record \"" + name + "\" of " + content.length + " bytes, at most " + MAX_CONTENT)
                    .exception();
        }
        byte[] bytes = new byte[SIZE];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(magic).putLong(sequence + 1).putInt(content.length).put(content);
        if (key != null) {
            byte[] mac = key.mac(Arrays.copyOf(bytes, CONTENT + content.length));
            System.arraycopy(mac, 0, bytes, MAC, mac.length);
        }
        out.putInt(CRC, crc(bytes));
        String path = name + "." + (sequence + 1 & 1);
        boolean isNew = !files.exists(path);
        try (StorageFile file = isNew ? files.create(path) : files.open(path)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.sync();
        }
        if (isNew) {
            files.syncDirectory("");
        }
        sequence++;
        current = bytes;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC);
        return (int) crc.getValue();
    }
}
