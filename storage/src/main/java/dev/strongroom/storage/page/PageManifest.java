package dev.strongroom.storage.page;

import dev.strongroom.crypto.key.Jca;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What all sealed pages of a database add up to after a batch (TDE-519, S-11): a page that was put back to an older
/// state
/// opens under its key, but no longer fits the sum. Immutable.
///
/// ```text
/// H(version) = sum over pages under that version of HMAC-SHA-256(K_manifest, file id (4) || page number (8) || tag
/// (16))
///              modulo 2^256
/// ```
///
/// @param sequence number of the batch, as the page journal counts them
/// @param pageCount pages that are in the sums
/// @param tripleDesPages pages sealed so far under the newest TRIPLE_DES_3KEY key (S-20)
/// @param sums one for each key version that seals a page, ascending
public record PageManifest(long sequence, long pageCount, long tripleDesPages, List<Sum> sums) {
    /** A database without pages. */
    public static final PageManifest EMPTY = new PageManifest(0, 0, 0, List.of());

    static final int SUM_BYTES = 32;
    private static final int MAX_SUMS = 64;
    private static final int FIXED = 28;

    /** The sum of one key version, 32 bytes. */
    public record Sum(int keyVersion, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Sum that && keyVersion == that.keyVersion && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return keyVersion + ":" + HexFormat.of().formatHex(value);
        }
    }

    public PageManifest {
        sums = List.copyOf(sums);
    }

    /** The sum of a version; zero where it seals no page. */
    public byte[] sum(int keyVersion) {
        return sums.stream()
                .filter(sum -> sum.keyVersion() == keyVersion)
                .findFirst()
                .map(Sum::value)
                .orElseGet(() -> new byte[SUM_BYTES]);
    }

    /** SHA-256 of everything in it, for an anchor outside. */
    public byte[] head() {
        return Jca.digest("SHA-256").digest(encode());
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(FIXED + sums.size() * (Integer.BYTES + SUM_BYTES));
        out.putLong(sequence).putLong(pageCount).putLong(tripleDesPages).putInt(sums.size());
        sums.forEach(sum -> out.putInt(sum.keyVersion()).put(sum.value()));
        return out.array();
    }

    /** Reads what {@link #encode} wrote and moves on behind it; empty if it is none. */
    public static Optional<PageManifest> decode(ByteBuffer in) {
        try {
            long sequence = in.getLong();
            long pageCount = in.getLong();
            long tripleDesPages = in.getLong();
            int count = in.getInt();
            if (count < 0 || count > MAX_SUMS) {
                return Optional.empty();
            }
            List<Sum> sums = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int version = in.getInt();
                byte[] value = new byte[SUM_BYTES];
                in.get(value);
                sums.add(new Sum(version, value));
            }
            return Optional.of(new PageManifest(sequence, pageCount, tripleDesPages, sums));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
