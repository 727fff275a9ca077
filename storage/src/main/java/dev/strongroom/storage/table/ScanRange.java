package dev.strongroom.storage.table;

import org.jspecify.annotations.Nullable;

/**
 * A range of encoded keys. A bound is a prefix: an inclusive high bound takes in every key that starts with it, an exclusive
 * low bound leaves out every key that starts with it.
 */
public record ScanRange(
        byte @Nullable [] low, boolean lowInclusive, byte @Nullable [] high, boolean highInclusive, boolean backward) {
    public static final ScanRange ALL = new ScanRange(null, true, null, true, false);

    /** Every key that starts with the prefix. */
    public static ScanRange prefix(byte[] prefix) {
        return new ScanRange(prefix, true, prefix, true, false);
    }

    public ScanRange reversed() {
        return new ScanRange(low, lowInclusive, high, highInclusive, !backward);
    }
}
