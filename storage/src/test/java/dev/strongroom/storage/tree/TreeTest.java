package dev.strongroom.storage.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.log.RecordWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trees against a {@link TreeMap}, and their log against their pages. */
class TreeTest {
    private final RecordWriter record = new RecordWriter();
    private final Leaf leaf = new Leaf();

    private void put(Tree tree, byte[] key, byte[] value) {
        tree.seekExclusive(key, value.length, leaf);
        record.begin(TreeRecords.ROW, 0, 0, tree.id(), false);
        tree.put(leaf, key, value, record);
        tree.releaseExclusive(leaf);
    }

    private boolean remove(Tree tree, byte[] key) {
        tree.seekExclusive(key, -1, leaf);
        boolean found = leaf.found();
        if (found) {
            record.begin(TreeRecords.ROW, 0, 0, tree.id(), false);
            tree.removeAndTidy(leaf, record);
        } else {
            tree.releaseExclusive(leaf);
        }
        return found;
    }

    private static byte[] key(SplittableRandom random, int shape) {
        return switch (shape) {
            case 0 -> {
                byte[] key = new byte[random.nextInt(1, 12)];
                for (int i = 0; i < key.length; i++) {
                    key[i] = (byte) random.nextInt(-2, 3);
                }
                yield key;
            }
            case 1 -> {
                byte[] key = new byte[8];
                long number = random.nextInt(5000);
                for (int i = 0; i < 8; i++) {
                    key[7 - i] = (byte) (number >>> 8 * i);
                }
                yield key;
            }
            default -> {
                byte[] key = new byte[random.nextInt(200, 1000)];
                Arrays.fill(key, (byte) 7);
                for (int i = 0; i < 3; i++) {
                    key[random.nextInt(key.length)] = (byte) random.nextInt(20);
                }
                yield key;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "8,40,true",
        "8,40,false",
        "300,2,true",
        "900,1500,true",
        "900,1500,false",
        "980,0,true",
        "1000,1700,false"
    })
    void ascendingAndDescendingKeysOfAnySizeFit(int keyLength, int valueLength, boolean ascending) {
        MemoryStorage storage = new MemoryStorage(64L << 20);
        TreeStore store = new TreeStore(storage.pages, storage);
        store.attach(storage.format());
        Tree tree = Tree.create(store, 7);
        TreeMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
        SplittableRandom random = new SplittableRandom(keyLength);
        for (int step = 0; step < 3000; step++) {
            int number = ascending ? step : 1_000_000 - step;
            byte[] key = new byte[Math.max(8, keyLength - random.nextInt(3))];
            for (int i = 0; i < 4; i++) {
                key[3 - i] = (byte) (number >>> 8 * i);
            }
            key[key.length - 1] = (byte) random.nextInt();
            byte[] value = new byte[valueLength == 0 ? 0 : random.nextInt(valueLength)];
            put(tree, key, value);
            expected.put(key, value);
        }
        compare(tree, expected);
    }

    @ParameterizedTest
    @CsvSource({"0,300,20", "0,8032,60", "1,300,20", "1,8032,300", "2,8032,1600", "1,2000,900", "0,8032,1700"})
    void treesDoWhatATreeMapDoes(int shape, int capacity, int longest) {
        long seed = 20261122L + shape * 31L + capacity;
        SplittableRandom random = new SplittableRandom(seed);
        MemoryStorage storage = new MemoryStorage(16L << 20);
        TreeStore store = new TreeStore(storage.pages, storage, capacity);
        store.attach(storage.format());
        Tree tree = Tree.create(store, 7);
        TreeMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
        for (int step = 0; step < 12000; step++) {
            byte[] key = key(random, shape);
            if (random.nextInt(4) == 0) {
                assertThat(remove(tree, key)).as("seed %d step %d", seed, step).isEqualTo(expected.remove(key) != null);
            } else {
                byte[] value = new byte[random.nextInt(longest)];
                Arrays.fill(value, (byte) step);
                put(tree, key, value);
                expected.put(key, value);
            }
            if (step % 3000 == 2999) {
                compare(tree, expected);
            }
        }
        compare(tree, expected);
        byte[][] some = expected.keySet().toArray(byte[][]::new);
        for (int i = 0; i < 500; i++) {
            byte[] key = i % 2 == 0 ? some[random.nextInt(some.length)] : key(random, shape);
            tree.seek(key, leaf);
            assertThat(leaf.found()).isEqualTo(expected.containsKey(key));
            if (leaf.found()) {
                assertThat(leaf.value(leaf.index())).isEqualTo(expected.get(key));
            }
            tree.releaseShared(leaf);
        }
        removeAll(tree, expected, random);
        MemoryStorage redone = storage.replay(each -> {});
        for (long page = 0; page < storage.pageCount(); page++) {
            assertThat(redone.body(page)).as("page %d, seed %d", page, seed).isEqualTo(storage.body(page));
        }
    }

    /** The tree gets smaller with its content, and is one page again at the end. */
    private void removeAll(Tree tree, TreeMap<byte[], byte[]> expected, SplittableRandom random) {
        List<byte[]> keys = new ArrayList<>(expected.keySet());
        for (int i = keys.size() - 1; i > 0; i--) {
            java.util.Collections.swap(keys, i, random.nextInt(i + 1));
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(remove(tree, keys.get(i))).isTrue();
            expected.remove(keys.get(i));
            if (i % 3000 == 2999) {
                compare(tree, expected);
                check(tree);
            }
        }
        compare(tree, expected);
        assertThat(check(tree)).isEqualTo(1);
    }

    /** Pages of a sound tree. */
    private int check(Tree tree) {
        List<String> findings = new ArrayList<>();
        java.util.BitSet seen = new java.util.BitSet();
        new TreeCheck(tree.store().pages(), findings::add, page -> {
                    boolean first = !seen.get((int) page);
                    seen.set((int) page);
                    return first;
                })
                .check(tree.id(), tree.root());
        assertThat(findings).isEmpty();
        return seen.cardinality();
    }

    private void compare(Tree tree, TreeMap<byte[], byte[]> expected) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        byte[] from = new byte[0];
        while (true) {
            tree.seek(from, leaf);
            for (int i = leaf.index(); i < leaf.count(); i++) {
                keys.add(leaf.key(i));
                values.add(leaf.value(i));
            }
            boolean more = leaf.hasNext();
            from = leaf.highFence();
            tree.releaseShared(leaf);
            if (!more) {
                break;
            }
        }
        assertThat(keys).hasSameSizeAs(expected.keySet());
        int at = 0;
        for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
            assertThat(keys.get(at)).isEqualTo(entry.getKey());
            assertThat(values.get(at++)).isEqualTo(entry.getValue());
        }
        List<byte[]> backwards = new ArrayList<>();
        byte[] below = null;
        while (true) {
            tree.seekBelow(below, leaf);
            for (int i = leaf.index() - 1; i >= 0; i--) {
                backwards.add(leaf.key(i));
            }
            boolean more = leaf.hasPrevious();
            below = leaf.lowFence();
            tree.releaseShared(leaf);
            if (!more) {
                break;
            }
        }
        assertThat(backwards.reversed())
                .usingElementComparator(Arrays::compareUnsigned)
                .isEqualTo(keys);
    }
}
