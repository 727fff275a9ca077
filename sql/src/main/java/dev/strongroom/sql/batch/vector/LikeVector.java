package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.ScalarCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * LIKE and NOT LIKE. A pattern of nothing but text and {@code %} is matched on the bytes: its first piece at the start, its
 * last at the end, the others one after the other between. Other patterns go through the function.
 */
final class LikeVector extends Comparison {
    private final FixedVector pattern;
    private final boolean negated;
    private final ScalarCode.RefsToLong<Object, Object> code;
    private byte @Nullable [][] pieces;
    private boolean ready;

    LikeVector(VectorExpr text, FixedVector pattern, boolean negated, ScalarCode.RefsToLong<Object, Object> code) {
        super(text, pattern);
        this.pattern = pattern;
        this.negated = negated;
        this.code = code;
    }

    private void prepare() {
        if (!ready) {
            ready = true;
            if (pattern.value() instanceof String text && text.indexOf('_') < 0 && text.indexOf('\\') < 0) {
                String[] parts = text.split("%", -1);
                pieces = new byte[parts.length][];
                for (int i = 0; i < parts.length; i++) {
                    pieces[i] = parts[i].getBytes(StandardCharsets.UTF_8);
                }
            }
        }
    }

    @Override
    int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
        prepare();
        byte @Nullable [][] parts = pieces;
        boolean onBytes = parts != null && a.form() == Vector.Form.BYTES;
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[found] = row;
            if (onBytes && parts != null) {
                long range = a.longs()[row];
                int from = Vector.start(range);
                found += matches(parts, a.heap(), from, from + Vector.length(range)) != negated ? 1 : 0;
            } else {
                Object text = a.ref(row);
                Object like = b.ref(row);
                found += text != null && like != null && code.call(text, like) != 0 ? 1 : 0;
            }
        }
        return found;
    }

    private static boolean matches(byte[][] pieces, byte[] heap, int start, int stop) {
        byte[] first = pieces[0];
        if (pieces.length == 1) {
            return Arrays.equals(first, 0, first.length, heap, start, stop);
        }
        byte[] last = pieces[pieces.length - 1];
        int from = start + first.length;
        int end = stop - last.length;
        if (from > end || !at(heap, start, first) || !at(heap, end, last)) {
            return false;
        }
        for (int i = 1; i < pieces.length - 1; i++) {
            from = find(heap, from, end, pieces[i]);
            if (from < 0) {
                return false;
            }
            from += pieces[i].length;
        }
        return true;
    }

    private static boolean at(byte[] heap, int from, byte[] piece) {
        return Arrays.equals(heap, from, from + piece.length, piece, 0, piece.length);
    }

    private static int find(byte[] heap, int from, int end, byte[] piece) {
        if (piece.length == 0) {
            return from;
        }
        byte first = piece[0];
        int last = end - piece.length;
        for (int at = from; at <= last; at++) {
            if (heap[at] == first && at(heap, at, piece)) {
                return at;
            }
        }
        return -1;
    }
}
