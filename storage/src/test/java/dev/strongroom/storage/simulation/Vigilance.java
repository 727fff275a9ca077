package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.database.ContentFactory;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.SimulatedDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches what goes to the disk and to the log: no nonce twice, nothing readable, redo equals do. */
final class Vigilance {
    private static final int PAGE = 8192;
    private static final int HEADER = 4096;
    private static final int HEADER_KEY = 116;
    private static final int HEADER_NONCE = 140;
    private static final int NONCE_BYTES = 24;

    private final SimulatedDisk disk;
    private final UndoMemory.Limits undo;
    private final SimulatedDisk.WriteListener then;
    private final Map<String, Integer> nonces = new HashMap<>();
    /** Headers of sealed segments by path; what is written under one stands in the map above. */
    private final Map<String, byte[]> segments = new HashMap<>();

    private @Nullable RedoShadow shadow;
    private int redone;

    Vigilance(SimulatedDisk disk, UndoMemory.Limits undo, SimulatedDisk.WriteListener then) {
        this.disk = disk;
        this.undo = undo;
        this.then = then;
        disk.listen(this::written);
    }

    private void written(String path, long position, byte[] bytes) {
        then.written(path, position, bytes);
        if (path.contains("data.")) {
            pages(bytes, 0);
        } else if (path.endsWith("journal") && bytes.length > PAGE) {
            pages(bytes, PAGE);
        } else if (path.endsWith(".seg")) {
            log(path, position, bytes);
        }
    }

    private void pages(byte[] bytes, int start) {
        for (int at = start; at + PAGE <= bytes.length; at += PAGE) {
            int version = ByteBuffer.wrap(bytes).getInt(at + PageLayout.KEY_VERSION);
            if (version != 0) {
                once(
                        "page " + version + "/"
                                + HexFormat.of().formatHex(bytes, at + PageLayout.NONCE, at + PageLayout.TAG),
                        Arrays.hashCode(Arrays.copyOfRange(bytes, at, at + PageLayout.NONCE)));
            }
        }
    }

    /** A frame's nonce follows from its segment's and its place: no place of a sealed segment may be written twice. */
    private void log(String path, long position, byte[] bytes) {
        if (position == 0 && bytes.length >= HEADER) {
            byte[] header = Arrays.copyOf(bytes, HEADER);
            if (ByteBuffer.wrap(header).getInt(HEADER_KEY) == 0) {
                segments.remove(path);
            } else {
                segments.put(path, header);
                once("segment " + nonce(header), Arrays.hashCode(header));
            }
            return;
        }
        byte[] header = segments.get(path);
        if (header != null && !isZero(bytes)) {
            once("frame " + nonce(header) + "@" + position, Arrays.hashCode(bytes));
        }
    }

    private static String nonce(byte[] header) {
        return HexFormat.of().formatHex(header, HEADER_KEY, HEADER_KEY + 4)
                + HexFormat.of().formatHex(header, HEADER_NONCE, HEADER_NONCE + NONCE_BYTES);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private void once(String nonce, int content) {
        Integer other = nonces.put(nonce, content);
        assertThat(other == null || other == content)
                .as("nonce used for two contents: %s", nonce)
                .isTrue();
    }

    /** Looks for a text in all files. */
    void hunt(String marker) {
        byte[] wanted = marker.getBytes(StandardCharsets.US_ASCII);
        for (String path : disk.paths()) {
            byte[] bytes = disk.bytes(path);
            for (int i = 0; i + wanted.length <= bytes.length; i++) {
                if (bytes[i] == wanted[0] && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                    throw new AssertionError("readable text at " + i + " of " + path);
                }
            }
        }
    }

    // ---- redo equals do ----

    /** Content whose log is watched. */
    TableContent content(ContentFactory.Ground ground) {
        RedoShadow made = new RedoShadow(ground.log(), ground.pages());
        shadow = made;
        ContentFactory.Ground watched = new ContentFactory.Ground(
                ground.databaseId(),
                ground.pages(),
                made,
                ground.scheduler(),
                ground.clock(),
                ground.stop(),
                ground.temp(),
                ground.rootPage());
        return new TableContent(watched, new UndoMemory(undo));
    }

    /** Page changes redone beside the engine since the last question. */
    int redone() {
        RedoShadow watched = shadow;
        int count = watched == null ? 0 : watched.applied();
        int news = count - redone;
        redone = count;
        return Math.max(0, news);
    }

    /** Compares every page that was changed since the start with what redo makes of it. */
    void compareAll() {
        RedoShadow watched = shadow;
        if (watched != null) {
            watched.compareAll();
        }
    }
}
