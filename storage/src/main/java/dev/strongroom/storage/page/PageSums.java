package dev.strongroom.storage.page;

import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.storage.page.PageManifest.Sum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** Adds up the tags of sealed pages for {@link PageManifest}. The caller guards it by a lock. */
final class PageSums {
    /** What a sum needs of a page: tag and key version, neighbours in the trailer. */
    static final int TRAILER_BYTES = PageLayout.KEY_VERSION + Integer.BYTES - PageLayout.TAG;

    private static final int WORDS = PageManifest.SUM_BYTES / Long.BYTES;
    private static final int TAG_BYTES = PageLayout.KEY_VERSION - PageLayout.TAG;

    private final DatabaseKeys keys;
    private final TreeMap<Integer, long[]> sums = new TreeMap<>();
    private final Map<Integer, Mac> macs = new HashMap<>();
    private final ByteBuffer place = ByteBuffer.allocate(Integer.BYTES + Long.BYTES);

    PageSums(DatabaseKeys keys) {
        this.keys = keys;
    }

    /** Takes over stored sums. */
    void set(List<Sum> stored) {
        sums.clear();
        for (Sum sum : stored) {
            long[] words = new long[WORDS];
            ByteBuffer.wrap(sum.value()).asLongBuffer().get(words);
            sums.put(sum.keyVersion(), words);
        }
    }

    List<Sum> toList() {
        List<Sum> list = new ArrayList<>();
        sums.forEach((version, words) -> {
            if (!isZero(words)) {
                ByteBuffer value = ByteBuffer.allocate(PageManifest.SUM_BYTES);
                value.asLongBuffer().put(words);
                list.add(new Sum(version, value.array()));
            }
        });
        return list;
    }

    private static boolean isZero(long[] words) {
        return Arrays.stream(words).allMatch(word -> word == 0);
    }

    /** Counts a page in, by its image or a piece of it: {@code offset} is where the tag stands. */
    void add(long page, byte[] source, int offset) {
        add(page, ByteBuffer.wrap(source).getInt(offset + TAG_BYTES), source, offset);
    }

    void add(long page, int version, byte[] source, int offset) {
        change(page, version, source, offset, true);
    }

    void subtract(long page, byte[] source, int offset) {
        subtract(page, ByteBuffer.wrap(source).getInt(offset + TAG_BYTES), source, offset);
    }

    void subtract(long page, int version, byte[] source, int offset) {
        change(page, version, source, offset, false);
    }

    private void change(long page, int version, byte[] source, int offset, boolean in) {
        if (version == 0) {
            return;
        }
        Mac mac = mac(version);
        if (mac == null) {
            return;
        }
        place.clear();
        mac.update(place.putInt(PageCodec.fileOf(page)).putLong(page).flip());
        mac.update(source, offset, TAG_BYTES);
        ByteBuffer term = ByteBuffer.wrap(mac.doFinal());
        long[] sum = sums.computeIfAbsent(version, ignored -> new long[WORDS]);
        long carry = 0;
        for (int word = WORDS - 1; word >= 0; word--) {
            long one = term.getLong(word * Long.BYTES);
            carry = in ? addWord(sum, word, one, carry) : subtractWord(sum, word, one, carry);
        }
    }

    private static long addWord(long[] sum, int word, long one, long carry) {
        long before = sum[word];
        long partial = before + one;
        long result = partial + carry;
        sum[word] = result;
        return Long.compareUnsigned(partial, before) < 0 || Long.compareUnsigned(result, partial) < 0 ? 1 : 0;
    }

    private static long subtractWord(long[] sum, int word, long one, long borrow) {
        long before = sum[word];
        long partial = before - one;
        sum[word] = partial - borrow;
        return Long.compareUnsigned(before, one) < 0 || Long.compareUnsigned(partial, borrow) < 0 ? 1 : 0;
    }

    private @Nullable Mac mac(int version) {
        KeyVersion key = keys.find(version);
        if (key == null) {
            macs.remove(version);
            return null;
        }
        return macs.computeIfAbsent(version, ignored -> key.manifest().newMac());
    }
}
