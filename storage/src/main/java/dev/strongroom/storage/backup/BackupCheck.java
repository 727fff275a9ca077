package dev.strongroom.storage.backup;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.encryption.DatabaseEncryption;
import dev.strongroom.storage.log.SegmentCheck;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.Protection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Proves a backup set without restoring it (TDE-331): every chunk against the manifest, and with its keys every page and every
 * log frame as well. Needs memory for one log segment. Used by one thread.
 */
public final class BackupCheck {
    private final MediaReader.BackupSet set;
    private final @Nullable DatabaseKeys keys;
    private final Randomness randomness;
    private final byte[] image = new byte[PageLayout.PAGE_SIZE];
    private byte[] segment = new byte[0];
    private int segmentLength;
    private long segmentNumber = -1;
    private String segmentDevice = "";
    private long segmentPosition;
    private long pages;

    /** @param keys every key version of the set; null to compare with the manifest only */
    public BackupCheck(MediaReader.BackupSet set, @Nullable DatabaseKeys keys, Randomness randomness) {
        this.set = set;
        this.randomness = randomness;
        this.keys = keys;
    }

    /**
     * Reads the whole set.
     *
     * @throws dev.strongroom.common.error.DatabaseException 3189, 3241 with device and byte
     */
    public void run(ChunkReader chunks, BackupProgress progress) {
        DatabaseKeys opened = keys;
        BackupDescription description = set.description();
        PageCodec codec = opened == null || description.sealing().openedPages() ? null : codec(description, opened);
        while (chunks.next()) {
            if (chunks.kind() == ChunkHeader.PAGES && codec != null) {
                pages(chunks, codec);
            } else if (chunks.kind() == ChunkHeader.LOG && opened != null) {
                log(chunks, opened);
            }
            progress.pages(chunks.chunksRead(), set.manifest().chunks());
        }
        if (opened != null) {
            endSegment(opened);
        }
        Arrays.fill(image, (byte) 0);
    }

    /** Pages that were opened. */
    public long pages() {
        return pages;
    }

    private PageCodec codec(BackupDescription description, DatabaseKeys keys) {
        BootRecord boot = description.boot();
        Protection protection = new Protection(keys);
        DatabaseEncryption.apply(protection, boot.encryption());
        return new PageCodec(boot.databaseUuid(), protection, new NonceSource(randomness));
    }

    private void pages(ChunkReader chunks, PageCodec codec) {
        ByteBuffer in = ByteBuffer.wrap(chunks.payload(), 0, chunks.length());
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
            long page = in.getLong(Integer.BYTES + i * Long.BYTES);
            in.get(Integer.BYTES + count * Long.BYTES + i * PageLayout.PAGE_SIZE, image);
            OpenResult result = codec.open(image, page);
            if (!result.opened()) {
                throw BackupErrors.damaged(
                        chunks.device(), chunks.position(), "page " + page + " does not open: " + result);
            }
            pages++;
        }
    }

    private void log(ChunkReader chunks, DatabaseKeys opened) {
        ByteBuffer in = ByteBuffer.wrap(chunks.payload(), 0, chunks.length());
        long number = in.getLong();
        long offset = in.getLong();
        if (offset == 0) {
            endSegment(opened);
            segmentNumber = number;
            segmentDevice = chunks.device();
            segmentPosition = chunks.position();
        }
        int end = Math.toIntExact(offset + in.remaining());
        if (segment.length < end) {
            segment = Arrays.copyOf(segment, Math.max(end, 2 * segment.length));
        }
        in.get(segment, (int) offset, in.remaining());
        segmentLength = end;
    }

    private void endSegment(DatabaseKeys opened) {
        if (segmentNumber >= 0) {
            String wrong = SegmentCheck.check(segment, segmentLength, opened);
            if (wrong != null) {
                throw BackupErrors.damaged(
                        segmentDevice, segmentPosition, "log segment " + segmentNumber + ": " + wrong);
            }
        }
        segmentNumber = -1;
    }
}
