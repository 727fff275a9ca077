package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Vector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code x = ANY (array)} for integers and text, with an array that is the same for all rows. */
final class MemberVector extends VectorExpr {
    private static final int FEW = 12;

    private final VectorExpr operand;
    private final FixedVector array;
    private final boolean padded;
    private final Vector result = vector();
    private final int[] found = new int[Batch.CAPACITY];
    private boolean ready;
    private boolean nothing;
    private boolean hasNull;
    private long[] longs = {};
    private byte[][] texts = {};
    private final Set<String> words = new HashSet<>();

    /**
     * A membership test.
     *
     * @param padded text whose blanks at the end do not count
     */
    MemberVector(VectorExpr operand, FixedVector array, boolean padded) {
        this.operand = operand;
        this.array = array;
        this.padded = padded;
    }

    private void prepare() {
        if (ready) {
            return;
        }
        ready = true;
        if (!(array.value() instanceof PgArray values)) {
            nothing = true;
            return;
        }
        longs = new long[values.size()];
        texts = new byte[values.size()][];
        int numbers = 0;
        int strings = 0;
        for (Object element : values.elements()) {
            switch (element) {
                case null -> hasNull = true;
                case Long number -> longs[numbers++] = number;
                default -> {
                    byte[] bytes = ((String) element).getBytes(StandardCharsets.UTF_8);
                    int length = padded ? TextComparison.trimmed(bytes, 0, bytes.length) : bytes.length;
                    texts[strings++] = Arrays.copyOf(bytes, length);
                    words.add(new String(bytes, 0, length, StandardCharsets.UTF_8));
                }
            }
        }
        longs = Arrays.copyOf(longs, numbers);
        texts = Arrays.copyOf(texts, strings);
        Arrays.sort(longs);
    }

    @Override
    int filter(Batch batch, int @Nullable [] rows, int count, int[] into) {
        return filter(operand.evaluate(batch, rows, count), rows, count, into);
    }

    private int filter(Vector values, int @Nullable [] rows, int count, int[] into) {
        prepare();
        if (nothing) {
            return 0;
        }
        int size = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            boolean member = !values.isNull(row)
                    && switch (values.form()) {
                        case LONGS -> contains(values.longs()[row]);
                        case BYTES -> contains(values.heap(), values.longs()[row]);
                        case OBJECTS -> contains((String) values.objects()[row]);
                        case DOUBLES, DECIMALS -> throw new IllegalStateException("no set of " + values.form());
                    };
            into[size] = row;
            size += member ? 1 : 0;
        }
        return size;
    }

    private boolean contains(long value) {
        if (longs.length > FEW) {
            return Arrays.binarySearch(longs, value) >= 0;
        }
        for (long candidate : longs) {
            if (candidate == value) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(byte[] heap, long range) {
        int from = Vector.start(range);
        int length = Vector.length(range);
        if (padded) {
            length = TextComparison.trimmed(heap, from, length);
        }
        if (texts.length > FEW) {
            return words.contains(new String(heap, from, length, StandardCharsets.UTF_8));
        }
        for (byte[] candidate : texts) {
            if (candidate.length == length && Arrays.equals(candidate, 0, length, heap, from, from + length)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(@Nullable String value) {
        if (value == null) {
            return false;
        }
        return words.contains(
                padded ? value.substring(0, dev.strongroom.common.value.CodePoints.trimmedEnd(value)) : value);
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        Vector values = operand.evaluate(batch, rows, count);
        int size = filter(values, rows, count, found);
        result.reset(Vector.Form.LONGS);
        boolean empty = !nothing && !hasNull && longs.length == 0 && texts.length == 0;
        boolean unknown = nothing || hasNull;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            result.longs()[row] = 0;
            if (unknown || values.isNull(row) && !empty) {
                result.setNull(row);
            }
        }
        for (int i = 0; i < size; i++) {
            result.longs()[found[i]] = 1;
            result.nulls()[found[i]] = false;
        }
        return result;
    }
}
