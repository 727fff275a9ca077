package dev.strongroom.server.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for any 12-byte piece of any secret in every file below a folder, at every byte offset. */
final class PlaintextHunt {
    private static final int PIECE = 12;
    private static final int CHUNK = 16 << 20;
    private static final long BASE = 1_099_511_628_211L;

    private final Set<Long> hashes = new HashSet<>();
    /** By the last bits of a hash whether any is like that: most bytes of most files need no more than this. */
    private final boolean[] likely = new boolean[1 << 16];

    private final Set<String> pieces = new HashSet<>();

    PlaintextHunt(List<String> secrets) {
        this(secrets.stream().map(secret -> secret.getBytes(StandardCharsets.UTF_8)));
    }

    PlaintextHunt(Stream<byte[]> secrets) {
        secrets.forEach(bytes -> {
            for (int i = 0; i + PIECE <= bytes.length; i++) {
                hashes.add(hash(bytes, i));
                likely[(int) hash(bytes, i) & 0xffff] = true;
                pieces.add(new String(bytes, i, PIECE, StandardCharsets.ISO_8859_1));
            }
        });
    }

    /** File and offset of what was found, at most 20. */
    List<String> findings(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            search(file, found);
            if (found.size() >= 20) {
                break;
            }
        }
        return found;
    }

    /** Where the memory of a process that it may write has one, the pages outside Java's heap included. */
    List<String> memory(long pid) throws IOException {
        List<String> found = new ArrayList<>();
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                String[] words = line.split("[- ]");
                if (!words[2].startsWith("rw")) {
                    continue;
                }
                long end = Long.parseUnsignedLong(words[1], 16);
                for (long at = Long.parseUnsignedLong(words[0], 16); at < end && found.size() < 20; at += CHUNK) {
                    // The end of a chunk is the beginning of the next one, for what lies across.
                    byte[] bytes = new byte[(int) Math.min(CHUNK + PIECE, end - at)];
                    try {
                        memory.seek(at);
                        memory.readFully(bytes);
                    } catch (IOException gone) {
                        // The process has given these pages back.
                        continue;
                    }
                    search(bytes, line, found);
                }
            }
        }
        return found;
    }

    private void search(Path file, List<String> found) throws IOException {
        search(Files.readAllBytes(file), file.toString(), found);
    }

    private void search(byte[] bytes, String where, List<String> found) {
        if (bytes.length < PIECE) {
            return;
        }
        long highPower = 1;
        for (int i = 1; i < PIECE; i++) {
            highPower *= BASE;
        }
        long rolling = hash(bytes, 0);
        for (int i = 0; ; i++) {
            if (likely[(int) rolling & 0xffff]
                    && hashes.contains(rolling)
                    && pieces.contains(new String(bytes, i, PIECE, StandardCharsets.ISO_8859_1))) {
                found.add(where + " at byte " + i);
                if (found.size() >= 20) {
                    return;
                }
            }
            if (i + PIECE >= bytes.length) {
                return;
            }
            rolling = (rolling - bytes[i] * highPower) * BASE + bytes[i + PIECE];
        }
    }

    private static long hash(byte[] bytes, int from) {
        long hash = 0;
        for (int i = from; i < from + PIECE; i++) {
            hash = hash * BASE + bytes[i];
        }
        return hash;
    }
}
