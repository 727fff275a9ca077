package dev.strongroom.storage.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.TimeTz;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order of encoded keys is PostgreSQL's order of the values. */
class KeyEncoderTest {
    private static final long SEED = 20261122;
    private final SplittableRandom random = new SplittableRandom(SEED);

    /** A type, how to make values of it, and PostgreSQL's order of them. */
    private record Sample(PgType type, Function<SplittableRandom, Object> value, Comparator<Object> order) {}

    private static <T> Comparator<Object> by(Class<T> type, Comparator<T> order) {
        return (left, right) -> order.compare(type.cast(left), type.cast(right));
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
            int[] points = {0, 1, 'a', 'b', ' ', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    private static Numeric numeric(SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0 -> Numeric.NAN;
            case 1 -> Numeric.INFINITY;
            case 2 -> Numeric.NEGATIVE_INFINITY;
            case 3 ->
                Numeric.of(new BigDecimal(new BigInteger(200, new java.util.Random(random.nextLong())), 30).negate());
            default -> Numeric.of(random.nextInt(-1200, 1200), random.nextInt(5));
        };
    }

    private static double number(SplittableRandom random) {
        double[] some = {
            0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 1, -1, 1e300
        };
        return random.nextBoolean() ? some[random.nextInt(some.length)] : random.nextDouble() * 100 - 50;
    }

    private static Interval interval(SplittableRandom random) {
        return new Interval(
                random.nextInt(-3, 3), random.nextInt(-70, 70), random.nextLong(-90_000_000_000L, 90_000_000_000L));
    }

    private static PgArray array(SplittableRandom random) {
        @Nullable Object[] elements = new @Nullable Object[random.nextInt(4)];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = random.nextInt(4) == 0 ? null : (Object) random.nextLong(-2, 3);
        }
        return PgArray.of(PgType.INT4, elements);
    }

    private static int compareArrays(PgArray left, PgArray right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            Object a = left.elements()[i];
            Object b = right.elements()[i];
            int order =
                    a == null || b == null ? Boolean.compare(a == null, b == null) : Long.compare((Long) a, (Long) b);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int comparePoints(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }

    private static List<Sample> samples() {
        Comparator<Object> longs = by(Long.class, Long::compare);
        return List.of(
                new Sample(PgType.INT4, random -> (long) random.nextInt(), longs),
                new Sample(PgType.INT2, random -> (long) (short) random.nextInt(), longs),
                new Sample(PgType.INT8, SplittableRandom::nextLong, longs),
                new Sample(PgType.OID, random -> random.nextLong(1L << 32), longs),
                new Sample(PgType.BOOL, random -> (long) random.nextInt(2), longs),
                new Sample(PgType.TIMESTAMP, SplittableRandom::nextLong, longs),
                new Sample(PgType.DATE, random -> (long) random.nextInt(), longs),
                // Double.compare puts -0 before 0, PostgreSQL takes them as equal.
                new Sample(
                        PgType.FLOAT8,
                        KeyEncoderTest::number,
                        by(Double.class, (a, b) -> Double.compare(a + 0.0, b + 0.0))),
                new Sample(PgType.NUMERIC, KeyEncoderTest::numeric, by(Numeric.class, Numeric::compareTo)),
                new Sample(PgType.TEXT, KeyEncoderTest::text, by(String.class, KeyEncoderTest::comparePoints)),
                new Sample(
                        PgType.BPCHAR,
                        KeyEncoderTest::text,
                        by(String.class, (a, b) -> comparePoints(unpadded(a), unpadded(b)))),
                new Sample(PgType.BYTEA, KeyEncoderTest::bytes, by(byte[].class, Arrays::compareUnsigned)),
                new Sample(PgType.INTERVAL, KeyEncoderTest::interval, by(Interval.class, Interval::compareTo)),
                new Sample(
                        PgType.TIMETZ,
                        random -> new TimeTz(random.nextLong(3) * 3_600_000_000L, random.nextInt(-2, 3) * 3600),
                        by(TimeTz.class, TimeTz::compareTo)),
                new Sample(
                        PgType.UUID,
                        random -> new UUID(random.nextLong(), random.nextLong()),
                        by(UUID.class, Comparator.comparing(UUID::toString))),
                new Sample(
                        PgType.byName("_int4").orElseThrow(),
                        KeyEncoderTest::array,
                        by(PgArray.class, KeyEncoderTest::compareArrays)));
    }

    private static String unpadded(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(5)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(-2, 3);
        }
        return bytes;
    }

    private static Row row(PgType type, @Nullable Object value, long second) {
        Row row = new Row(2);
        TypeCodecs.of(type).unbox(value, row, 0);
        row.setLong(1, second);
        return row;
    }

    @Test
    void bytesCompareAsValuesDo() {
        for (Sample sample : samples()) {
            for (int flags = 0; flags < 4; flags++) {
                boolean descending = (flags & 1) != 0;
                boolean nullsFirst = (flags & 2) != 0;
                KeyEncoder encoder = new KeyEncoder(List.of(
                        new KeyColumn(sample.type, 0, descending, nullsFirst),
                        new KeyColumn(PgType.INT8, 1, false, false)));
                for (int i = 0; i < 3000; i++) {
                    Object left = random.nextInt(10) == 0 ? null : sample.value.apply(random);
                    Object right = random.nextInt(10) == 0 ? null : sample.value.apply(random);
                    Row leftRow = row(sample.type, left, random.nextLong(-1, 2));
                    Row rightRow = row(sample.type, right, random.nextLong(-1, 2));
                    int expected = expected(sample, left, right, descending, nullsFirst);
                    if (expected == 0) {
                        assertThat(encoder.prefix(leftRow, 1)).isEqualTo(encoder.prefix(rightRow, 1));
                        expected = Long.compare(leftRow.getLong(1), rightRow.getLong(1));
                    }
                    int actual = Arrays.compareUnsigned(encoder.encode(leftRow), encoder.encode(rightRow));
                    assertThat(Integer.signum(actual))
                            .as("%s: %s and %s, flags %d, seed %d", sample.type, left, right, flags, SEED)
                            .isEqualTo(Integer.signum(expected));
                }
            }
        }
    }

    private static int expected(
            Sample sample, @Nullable Object left, @Nullable Object right, boolean descending, boolean nullsFirst) {
        if (left == null || right == null) {
            int order = Boolean.compare(left == null, right == null);
            return nullsFirst ? -order : order;
        }
        int order = sample.order.compare(left, right);
        return descending ? -order : order;
    }
}
