package dev.strongroom.storage.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.log.RecordWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trees built from left to right against a {@link TreeMap}, and their log against their pages. */
class TreeAppenderTest {
    private static byte[] key(SplittableRandom random, int length, int shape) {
        byte[] key = new byte[shape == 0 ? random.nextInt(1, length + 1) : length];
        if (shape == 1) {
            Arrays.fill(key, (byte) 5);
        }
        for (int i = 0; i < (shape == 1 ? 5 : key.length); i++) {
            key[random.nextInt(key.length)] = (byte) random.nextInt(256);
        }
        return key;
    }

    private static TreeMap<byte[], byte[]> entries(SplittableRandom random, int count, int length, int shape) {
        TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[random.nextInt(shape == 2 ? 1700 : 60)];
            random.nextBytes(value);
            entries.put(key(random, length, shape), value);
        }
        return entries;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8, 0, 8032",
        "1, 8, 0, 8032",
        "5000, 8, 0, 8032",
        "3000, 300, 1, 8032",
        "900, 1000, 2, 8032",
        "20000, 4, 0, 8032",
        "4000, 12, 0, 900",
        "2000, 1000, 1, 8032"
    })
    void holdWhatWasAppendedAndCanBeRedone(int count, int length, int shape, int capacity) {
        long seed = 77L * count + shape;
        SplittableRandom random = new SplittableRandom(seed);
        MemoryStorage storage = new MemoryStorage(64L << 20);
        TreeStore store = new TreeStore(storage.pages, storage, capacity);
        store.attach(storage.format());
        Tree tree = Tree.create(store, 7);
        TreeMap<byte[], byte[]> entries = entries(random, count, length, shape);
        // In several goes: each starts behind the last.
        List<Map.Entry<byte[], byte[]>> all = new ArrayList<>(entries.entrySet());
        int done = 0;
        for (int part = 1; part <= 3; part++) {
            TreeAppender appender = new TreeAppender(tree, part == 2 ? 90 : 100);
            for (; done < all.size() * part / 3; done++) {
                byte[] key = all.get(done).getKey();
                byte[] value = all.get(done).getValue();
                assertThat(appender.isAbove(key, 0, key.length)).isTrue();
                appender.add(key, 0, key.length, value, 0, value.length);
            }
            if (done > 0) {
                byte[] key = all.get(done - 1).getKey();
                assertThat(appender.isAbove(key, 0, key.length)).isFalse();
            }
            appender.finish();
        }
        check(storage, store, tree, entries);
        insertBetween(store, tree, entries, random);
        check(storage, store, tree, entries);
        MemoryStorage copy = storage.replay(record -> {});
        TreeStore redone = new TreeStore(copy.pages, copy, capacity);
        check(copy, redone, new Tree(redone, 7, tree.root()), entries);
    }

    private static void insertBetween(
            TreeStore store, Tree tree, TreeMap<byte[], byte[]> entries, SplittableRandom random) {
        Leaf leaf = new Leaf();
        RecordWriter record = new RecordWriter();
        for (int i = 0; i < 500; i++) {
            byte[] key = key(random, 9, 0);
            byte[] value = new byte[random.nextInt(50)];
            tree.seekExclusive(key, value.length, leaf);
            record.begin(TreeRecords.ROW, 0, 0, tree.id(), false);
            tree.put(leaf, key, value, record);
            tree.releaseExclusive(leaf);
            entries.put(key, value);
        }
        assertThat(store).isNotNull();
    }

    private static void check(MemoryStorage storage, TreeStore store, Tree tree, TreeMap<byte[], byte[]> entries) {
        List<String> findings = new ArrayList<>();
        BitSet seen = new BitSet();
        new TreeCheck(storage.pages, findings::add, page -> {
                    boolean first = !seen.get((int) page);
                    seen.set((int) page);
                    return first;
                })
                .check(tree.id(), tree.root());
        assertThat(findings).isEmpty();
        assertThat(store.pages()).isSameAs(storage.pages);
        List<byte[]> found = new ArrayList<>();
        Leaf leaf = new Leaf();
        byte[] from = {};
        boolean more = true;
        while (more) {
            tree.seek(from, leaf);
            for (int i = leaf.index(); i < leaf.count(); i++) {
                found.add(leaf.key(i));
                found.add(leaf.value(i));
            }
            more = leaf.hasNext();
            from = leaf.highFence();
            tree.releaseShared(leaf);
        }
        List<byte[]> expected = new ArrayList<>();
        entries.forEach((key, value) -> {
            expected.add(key);
            expected.add(value);
        });
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isEqualTo(expected.get(i));
        }
    }
}
