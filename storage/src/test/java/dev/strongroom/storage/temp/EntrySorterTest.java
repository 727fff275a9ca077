package dev.strongroom.storage.temp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries come out in order, from memory and from disk; nothing readable is on the disk, and nothing stays there. */
class EntrySorterTest extends SeededTest {
    private record Pair(byte[] key, byte[] value, int number) {}

    private List<Pair> pairs(int count, int kinds) {
        SeededRandomness random = random();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[random.below(14)];
            for (int at = 0; at < key.length; at++) {
                key[at] = (byte) (at < 8 ? random.below(kinds) : random.below(256));
            }
            byte[] value = ("secret " + i).repeat(random.below(8)).getBytes(StandardCharsets.UTF_8);
            pairs.add(new Pair(key, value, i));
        }
        return pairs;
    }

    private static List<Pair> sorted(EntrySorter sorter, List<Pair> pairs) {
        for (Pair pair : pairs) {
            sorter.add(pair.key, pair.key.length, pair.value, 0, pair.value.length, pair.number);
        }
        List<Pair> out = new ArrayList<>();
        EntrySorter.Output output = sorter.sorted();
        for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
            out.add(new Pair(entry.key(), entry.value(), entry.number()));
        }
        return out;
    }

    private static void compare(List<Pair> found, List<Pair> pairs) {
        List<Pair> expected = new ArrayList<>(pairs);
        expected.sort(Comparator.comparing(Pair::key, Arrays::compareUnsigned).thenComparing(Pair::number));
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).number).isEqualTo(expected.get(i).number);
            assertThat(found.get(i).key).isEqualTo(expected.get(i).key);
            assertThat(found.get(i).value).isEqualTo(expected.get(i).value);
        }
    }

    @Test
    void sortInMemory() {
        for (int count : new int[] {0, 1, 2, 3, 1000, 4097}) {
            List<Pair> pairs = pairs(count, 3);
            try (EntrySorter sorter = new EntrySorter(TempFiles.none(), Long.MAX_VALUE)) {
                compare(sorted(sorter, pairs), pairs);
            }
        }
    }

    /** TDE-325: what is spilled is sealed, also for a database that is not encrypted. */
    @Test
    void sortThroughFiles() {
        StorageFiles files = new SimulatedDisk(random().split()).files();
        try (TempFiles temp = TempFiles.open(files, random().split())) {
            List<Pair> pairs = pairs(60_000, 2);
            try (EntrySorter sorter = new EntrySorter(temp, 0)) {
                List<Pair> found = sorted(sorter, pairs);
                assertThat(sorter.hasSpilled()).isTrue();
                assertThat(temp.bytes()).isPositive();
                compare(found, pairs);
                for (String name : files.list("temp")) {
                    assertThat(contains(files, "temp/" + name, "secret")).isFalse();
                }
            }
            assertThat(files.list("temp")).isEmpty();
            assertThat(temp.bytes()).isZero();
        }
    }

    private static boolean contains(StorageFiles files, String path, String text) {
        try (dev.strongroom.common.file.StorageFile file = files.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) file.size());
            file.read(content, 0);
            return new String(content.array(), StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    /** TDE-325, TDE-327: the key is drawn by the process and is in no file, so nobody reads what a crash leaves. */
    @Test
    void theKeyIsInMemoryOnly() {
        SimulatedDisk disk = new SimulatedDisk(random().split());
        List<byte[]> drawn = new ArrayList<>();
        TempFiles temp = TempFiles.open(disk.files(), new Drawing(random().split(), drawn));
        TempFile left = temp.create();
        left.write("secret ".repeat(30_000).getBytes(StandardCharsets.US_ASCII), 0, 210_000);
        assertThat(drawn).anySatisfy(bytes -> assertThat(bytes).hasSize(32));
        disk.kill();
        assertThat(disk.paths()).isNotEmpty();
        for (String path : disk.paths()) {
            String content = new String(disk.bytes(path), StandardCharsets.ISO_8859_1);
            assertThat(content).isNotEmpty().doesNotContain("secret");
            for (byte[] each : drawn) {
                String key = new String(each, StandardCharsets.ISO_8859_1);
                assertThat(each.length == 32 && content.contains(key)).isFalse();
            }
        }
    }

    /** Keeps what was drawn. */
    private record Drawing(Randomness random, List<byte[]> drawn) implements Randomness {
        @Override
        public void fill(byte[] bytes) {
            random.fill(bytes);
            drawn.add(bytes.clone());
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }

    /** TDE-327: and they are removed at the next start. */
    @Test
    void leftoversGoAtTheNextStart() {
        StorageFiles files = new SimulatedDisk(random().split()).files();
        TempFile left = TempFiles.open(files, random().split()).create();
        left.write(new byte[200_000], 0, 200_000);
        assertThat(files.list("temp")).hasSize(1);
        TempFiles.open(files, random().split());
        assertThat(files.list("temp")).isEmpty();
    }
}
