package dev.strongroom.storage.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hints follow the slots through inserts and deletes, and a search with them finds what a search of all keys finds. */
class NodeHintsTest {
    private static final byte[] NONE = {};

    private final MemorySegment memory = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, PageLayout.PAGE_SIZE);
    private final List<byte[]> keys = new ArrayList<>();

    /** Few different heads: many hints are equal, and entries with one head lie on both sides of a hint. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 5", "3, 1000", "4, 1"})
    void searchFindsWhatIsThere(long seed, int heads) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeNode.format(memory, 0, 7, 0, NONE, NONE, 0);
        for (int step = 0; step < 2000; step++) {
            byte[] key = key(random, heads);
            int expected = position(key);
            assertThat(TreeNode.search(memory, 0, key))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(expected);
            boolean growing = step / 400 % 2 == 0;
            if (expected < 0 && growing && keys.size() < 300) {
                keys.add(~expected, key);
                TreeNode.insert(memory, 0, ~expected, key, 0, key.length, 0, 0);
            } else if (!growing && !keys.isEmpty()) {
                int index = random.nextInt(keys.size());
                keys.remove(index);
                TreeNode.delete(memory, 0, index);
            }
            assertThat(NodeHints.areRight(memory, 0))
                    .as("seed %d step %d", seed, step)
                    .isTrue();
        }
    }

    private static byte[] key(SplittableRandom random, int heads) {
        byte[] key = new byte[6];
        key[3] = (byte) (random.nextInt(heads) * 7);
        key[4] = (byte) random.nextInt(256);
        key[5] = (byte) random.nextInt(256);
        return key;
    }

    private int position(byte[] key) {
        int below = 0;
        while (below < keys.size() && Arrays.compareUnsigned(keys.get(below), key) < 0) {
            below++;
        }
        return below < keys.size() && Arrays.equals(keys.get(below), key) ? below : ~below;
    }
}
