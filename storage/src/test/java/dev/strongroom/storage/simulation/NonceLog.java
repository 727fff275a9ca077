package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.page.PageLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Every pair of key and nonce that went to a disk, and for what (TDE-507): pages, log frames, chunks of backups, blocks of
 * temporary files, which hold undo, versions and sorts. It outlives crashes, follows copies of the disk, and knows what a
 * restore only copies. Keys are told apart by their version: the same version is the same key here, in every copy.
 */
public final class NonceLog {
    private static final String TEMP = "/temp/";
    private static final int PAGE = 8192;
    private static final int HEADER = 4096;
    private static final int HEADER_KEY = 116;
    private static final int HEADER_NONCE = 140;
    private static final int NONCE_BYTES = 24;
    private static final int FRAME = 0x53524652;
    private static final int FRAME_OVERHEAD = 40;
    private static final int CHUNK = 64;
    private static final long CHUNK_MAGIC = 0x5352424B43484B31L;
    private static final int DESCRIPTION = 1;
    private static final int SEALED = 2;

    private final Map<String, Integer> seen;
    /** Headers of sealed segments by path; what is written under one stands in the map above. */
    private final Map<String, byte[]> segments = new HashMap<>();
    /** Header of the chunk whose payload comes next, by file. */
    private final Map<String, byte[]> chunks = new HashMap<>();
    /** Key and nonce each backup set started with. */
    private final Map<String, String> sets;
    /** What temporary files are sealed with since the last start, by directory of the database. */
    private final Map<String, TempWatch> temps = new HashMap<>();

    private int temporary;

    public NonceLog() {
        this(new HashMap<>(), new HashMap<>());
    }

    private NonceLog(Map<String, Integer> seen, Map<String, String> sets) {
        this.seen = seen;
        this.sets = sets;
    }

    /** The same log, for a copy of the disk. */
    public NonceLog ofCopy() {
        NonceLog copy = new NonceLog(seen, sets);
        copy.segments.putAll(segments);
        return copy;
    }

    /** Randomness for the temporary files of a database that is being started. */
    Randomness ofTemp(String directory, Randomness random) {
        TempWatch watch = new TempWatch(random);
        temps.put(directory + TEMP, watch);
        return watch;
    }

    /** Blocks of temporary files so far. */
    int temporary() {
        return temporary;
    }

    /** Pairs so far. */
    public int size() {
        return seen.size();
    }

    /** What a {@link dev.strongroom.testkit.disk.SimulatedDisk.WriteListener} is told. */
    public void written(String path, long position, byte[] bytes) {
        if (path.contains("data.")) {
            pages(bytes, 0);
        } else if (path.endsWith("journal") && bytes.length > PAGE) {
            pages(bytes, PAGE);
        } else if (path.contains(".seg")) {
            // A restore gives segments their names once they are complete.
            log(path.substring(0, path.indexOf(".seg")), position, bytes);
        } else if (path.contains("backups/")) {
            backup(path, bytes);
        } else if (path.contains(TEMP)) {
            TempWatch watch = temps.get(path.substring(0, path.indexOf(TEMP) + TEMP.length()));
            if (watch != null) {
                once(watch.sealedUnder(path, bytes), Arrays.hashCode(bytes));
                temporary++;
            }
        }
    }

    private void pages(byte[] bytes, int start) {
        for (int at = start; at + PAGE <= bytes.length; at += PAGE) {
            int version = ByteBuffer.wrap(bytes).getInt(at + PageLayout.KEY_VERSION);
            if (version != 0) {
                once("page " + version + "/" + hex(bytes, at + PageLayout.NONCE, at + PageLayout.TAG), hash(bytes, at));
            }
        }
    }

    private static int hash(byte[] bytes, int at) {
        return Arrays.hashCode(Arrays.copyOfRange(bytes, at, at + PageLayout.NONCE));
    }

    /** A frame's nonce follows from its segment's and its number. */
    private void log(String segment, long position, byte[] bytes) {
        int from = 0;
        if (position == 0 && bytes.length >= HEADER) {
            byte[] header = Arrays.copyOf(bytes, HEADER);
            if (ByteBuffer.wrap(header).getInt(HEADER_KEY) == 0) {
                segments.remove(segment);
            } else {
                segments.put(segment, header);
                once("segment " + nonce(header), Arrays.hashCode(header));
            }
            from = HEADER;
        }
        byte[] header = segments.get(segment);
        if (header == null) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (from + FRAME_OVERHEAD <= bytes.length && in.getInt(from) == FRAME) {
            int length = (in.getInt(from + 8) & 0xFFFFFF) + FRAME_OVERHEAD;
            if (from + length > bytes.length) {
                // The piece of a restored segment ends within it; what was there before was logged when it was written.
                return;
            }
            byte[] frame = Arrays.copyOfRange(bytes, from, from + length);
            // How many before it may be torn, and the sum over that, are not sealed.
            frame[8] = 0;
            Arrays.fill(frame, 12, 16, (byte) 0);
            once("frame " + nonce(header) + "+" + in.getInt(from + 4), Arrays.hashCode(frame));
            from += length + HEADER - 1 & -HEADER;
        }
    }

    private void backup(String path, byte[] bytes) {
        if (bytes.length == CHUNK && ByteBuffer.wrap(bytes).getLong() == CHUNK_MAGIC) {
            chunks.put(path, bytes.clone());
            return;
        }
        byte[] header = chunks.remove(path);
        if (header == null) {
            return;
        }
        String set = hex(header, 32, 48);
        if (header[8] == DESCRIPTION) {
            BackupDescription.Sealing sealing = BackupDescription.decode(bytes).sealing();
            int version = sealing.key() == null ? 0 : sealing.key().keyVersion();
            String start = (sealing.ownKey() ? "own " : "") + version + "/" + hex(sealing.startNonce(), 0, NONCE_BYTES);
            sets.put(set, start);
            once("backup " + start, set.hashCode());
        } else if ((header[9] & SEALED) != 0) {
            once("chunk " + sets.get(set) + "+" + ByteBuffer.wrap(header).getLong(24), Arrays.hashCode(bytes));
        }
    }

    private static String nonce(byte[] header) {
        return hex(header, HEADER_KEY, HEADER_KEY + 4) + hex(header, HEADER_NONCE, HEADER_NONCE + NONCE_BYTES);
    }

    private static String hex(byte[] bytes, int from, int to) {
        return HexFormat.of().formatHex(bytes, from, to);
    }

    private void once(String nonce, int content) {
        Integer other = seen.put(nonce, content);
        assertThat(other == null || other == content)
                .as("nonce used for two contents: %s", nonce)
                .isTrue();
    }
}
