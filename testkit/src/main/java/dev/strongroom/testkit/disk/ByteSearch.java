package dev.strongroom.testkit.disk;

import java.util.Arrays;

/** Looks for a text in bytes, most of which it need not look at (Horspool, 1980). */
final class ByteSearch {
    static final int NOWHERE = Integer.MIN_VALUE;

    private final byte[] text;
    /** How far to go on from a byte that stands where the text would end. */
    private final int[] skips = new int[256];

    ByteSearch(byte[] text) {
        this.text = text.clone();
        Arrays.fill(skips, text.length);
        for (int i = 0; i < text.length - 1; i++) {
            skips[text[i] & 0xFF] = text.length - 1 - i;
        }
    }

    /** Where the text starts, or {@link #NOWHERE}. */
    int in(byte[] bytes) {
        int last = text.length - 1;
        for (int end = last; end < bytes.length; end += skips[bytes[end] & 0xFF]) {
            if (bytes[end] == text[last] && Arrays.equals(bytes, end - last, end + 1, text, 0, text.length)) {
                return end - last;
            }
        }
        return NOWHERE;
    }

    /** Where the text starts if its beginning is at the end of one piece and the rest in the next, which position counts from. */
    int acrossSeam(byte[] piece, byte[] next) {
        int overlap = text.length - 1;
        int before = Math.min(overlap, piece.length);
        int after = Math.min(overlap, next.length);
        byte[] seam = Arrays.copyOfRange(piece, piece.length - before, piece.length + after);
        System.arraycopy(next, 0, seam, before, after);
        int at = in(seam);
        return at == NOWHERE ? NOWHERE : at - before;
    }
}
