package dev.strongroom.storage.database;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.page.ChangedExtents;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the changed extents of a database over an orderly stop, in file `changes`, so that the first differential
/// backup after it need not read everything. Big-endian:
///
/// ```text
/// 0     8   magic "SRCHANG1"
/// 8     n   what ChangedExtents.save gave
/// 8+n   32  MAC of all before and of the boot record, with its sequence, that the stop left behind
/// ```
///
/// The file counts only beside the very boot record of the orderly stop that wrote it, and only once: opening the
/// database deletes it, durably, before the first page is written. A crash at any moment therefore leaves no file, a
/// file
/// without a whole MAC, or one whose boot record is still the newest and behind which no page was written. In every
/// other
/// case, also where the file was brought back or belongs to other files, nothing is known and the next differential
/// backup
/// reads everything.
final class SavedExtents {
    private static final Logger LOG = LoggerFactory.getLogger(SavedExtents.class);
    private static final String NAME = "changes";
    private static final long MAGIC = 0x53524348414E4731L;
    private static final long MAX_BYTES = 64L << 20;

    private final StorageFiles files;
    private final BootFile boot;
    private final MacKey key;

    /**
     * @param files the database's directory; what goes wrong with this one file stops no database
     */
    SavedExtents(StorageFiles files, BootFile boot, MacKey key) {
        this.files = files;
        this.boot = boot;
        this.key = key;
    }

    /** Writes the file, last thing of an orderly stop. */
    void save(ChangedExtents changes) {
        byte[] content = changes.save();
        if (content.length == 0) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(Long.BYTES + content.length + MacKey.MAC_BYTES);
        out.putLong(MAGIC).put(content);
        out.put(mac(Arrays.copyOf(out.array(), out.position()))).flip();
        try (StorageFile file = files.create(NAME)) {
            file.write(out, 0);
            file.sync();
            files.syncDirectory("");
        } catch (DatabaseException failure) {
            LOG.info(
                    "the changed extents are not kept, the next differential backup reads everything: {}",
                    failure.report().message());
        }
    }

    /** Reads the file and deletes it, before any page is written. */
    void take(ChangedExtents changes) {
        if (!files.exists(NAME)) {
            return;
        }
        byte[] content = boot.current().clean() ? read() : new byte[0];
        files.delete(NAME);
        files.syncDirectory("");
        if (content.length > 0) {
            changes.restore(content);
        }
    }

    private byte[] read() {
        byte[] bytes;
        try (StorageFile file = files.open(NAME)) {
            bytes = new byte[(int) Math.min(file.size(), MAX_BYTES)];
            file.read(ByteBuffer.wrap(bytes), 0);
        } catch (DatabaseException failure) {
            return new byte[0];
        }
        int end = bytes.length - MacKey.MAC_BYTES;
        boolean whole = end >= Long.BYTES
                && ByteBuffer.wrap(bytes).getLong() == MAGIC
                && MessageDigest.isEqual(mac(Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length));
        return whole ? Arrays.copyOfRange(bytes, Long.BYTES, end) : new byte[0];
    }

    private byte[] mac(byte[] before) {
        byte[] sequence =
                ByteBuffer.allocate(Long.BYTES).putLong(boot.sequence()).array();
        return key.mac(before, sequence, boot.current().encode());
    }
}
