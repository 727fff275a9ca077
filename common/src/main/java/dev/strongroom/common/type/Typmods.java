package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.TimeTz;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Type modifiers: how they are packed in {@code atttypmod}, and what they do to a value. -1 is no modifier.
 *
 * ```
 * varchar, bpchar      length + 4
 * numeric              (precision << 16 | scale & 0x7ff) + 4
 * time*, timestamp*    fractional digits
 * interval             fields << 16 | fractional digits (0xffff: all)
 * ```
 */
public final class Typmods {
    static final int HEADER = 4;
    public static final int FULL_RANGE = 0x7fff;
    public static final int FULL_PRECISION = 0xffff;
    public static final int MONTH = 1 << 1;
    public static final int YEAR = 1 << 2;
    public static final int DAY = 1 << 3;
    public static final int HOUR = 1 << 10;
    public static final int MINUTE = 1 << 11;
    public static final int SECOND = 1 << 12;

    private static final int MAX_NUMERIC_PRECISION = 1000;
    private static final int MAX_TIME_PRECISION = 6;
    private static final int MAX_CHARACTERS = 10_485_760;
    private static final long[] MICRO_STEPS = {1_000_000, 100_000, 10_000, 1_000, 100, 10, 1};

    private Typmods() {}

    /** Modifier of {@code varchar(n)} and {@code char(n)}; 22023 outside 1 to 10485760. */
    public static int characters(PgType type, int length) {
        String name = type == PgType.BPCHAR ? "char" : "varchar";
        if (length < 1) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "length for type " + name + " must be at least 1");
        }
        if (length > MAX_CHARACTERS) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "length for type " + name + " cannot exceed " + MAX_CHARACTERS);
        }
        return length + HEADER;
    }

    /** Modifier of {@code numeric(p,s)}; 22023 outside PostgreSQL's limits. */
    public static int numeric(int precision, int scale) {
        if (precision < 1 || precision > MAX_NUMERIC_PRECISION) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "NUMERIC precision " + precision + " must be between 1 and " + MAX_NUMERIC_PRECISION);
        }
        if (scale < -MAX_NUMERIC_PRECISION || scale > MAX_NUMERIC_PRECISION) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "NUMERIC scale " + scale + " must be between -" + MAX_NUMERIC_PRECISION + " and "
                            + MAX_NUMERIC_PRECISION);
        }
        return (precision << 16 | scale & 0x7ff) + HEADER;
    }

    public static int numericPrecision(int typmod) {
        return typmod - HEADER >> 16 & 0xffff;
    }

    /** Scale, which may be negative. */
    public static int numericScale(int typmod) {
        return (typmod - HEADER & 0x7ff ^ 1024) - 1024;
    }

    /** Modifier of {@code timestamp(p)} and its kin; a precision above 6 becomes 6, as PostgreSQL warns and does. */
    public static int time(int precision) {
        return Math.min(precision, MAX_TIME_PRECISION);
    }

    /** Modifier of an interval restricted to fields (bits above) and a precision (or {@link #FULL_PRECISION}). */
    public static int interval(int fields, int precision) {
        return fields << 16 | precision;
    }

    /**
     * Fits a slot to a modifier.
     *
     * @param explicit true in an explicit cast, where text is cut silently
     * @throws DatabaseException 22001 for text too long, 22003 for a number too large
     */
    public static void apply(PgType type, int typmod, Row row, int slot, boolean explicit) {
        if (typmod < 0 || row.isNull(slot)) {
            return;
        }
        switch (type.name()) {
            case "time", "timestamp", "timestamptz" -> row.setLong(slot, roundMicros(row.getLong(slot), typmod));
            case "varchar" -> {
                String value = row.getRef(slot);
                if (value.length() > typmod - HEADER) {
                    row.setRef(slot, varchar(value, typmod - HEADER, explicit));
                }
            }
            case "bpchar" -> row.setRef(slot, bpchar(row.getRef(slot), typmod - HEADER, explicit));
            case "numeric" -> row.setRef(slot, numeric(row.getRef(slot), typmod));
            case "timetz" -> row.setRef(slot, timeTz(row.getRef(slot), typmod));
            case "interval" -> row.setRef(slot, interval(row.getRef(slot), typmod));
            default -> {
                if (type.isArray()) {
                    row.setRef(slot, array(row.getRef(slot), typmod, explicit));
                }
            }
        }
    }

    /** {@link #apply} for the boxed form. */
    public static @Nullable Object applyBoxed(PgType type, int typmod, @Nullable Object value, boolean explicit) {
        if (typmod < 0 || value == null) {
            return value;
        }
        return switch (type.name()) {
            case "time", "timestamp", "timestamptz" -> (Object) roundMicros((Long) value, typmod);
            case "varchar" -> varchar((String) value, typmod - HEADER, explicit);
            case "bpchar" -> bpchar((String) value, typmod - HEADER, explicit);
            case "numeric" -> numeric((Numeric) value, typmod);
            case "timetz" -> timeTz((TimeTz) value, typmod);
            case "interval" -> interval((Interval) value, typmod);
            default -> type.isArray() ? array((PgArray) value, typmod, explicit) : value;
        };
    }

    private static PgArray array(PgArray value, int typmod, boolean explicit) {
        @Nullable Object[] elements = new Object[value.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = applyBoxed(value.elementType(), typmod, value.elements()[i], explicit);
        }
        return new PgArray(value.elementType(), value.dims(), value.lowerBounds(), elements);
    }

    /** Cuts or refuses text longer than {@code length} characters; blanks beyond it are always cut. */
    public static String varchar(String value, int length, boolean explicit) {
        if (value.length() <= length || CodePoints.length(value) <= length) {
            return value;
        }
        int end = value.offsetByCodePoints(0, length);
        if (!explicit && CodePoints.trimmedEnd(value) > end) {
            throw tooLong("character varying", length);
        }
        return value.substring(0, end);
    }

    /** Pads or cuts text to exactly {@code length} characters. */
    public static String bpchar(String value, int length, boolean explicit) {
        int characters = CodePoints.length(value);
        if (characters == length) {
            return value;
        }
        if (characters < length) {
            return value + " ".repeat(length - characters);
        }
        int end = value.offsetByCodePoints(0, length);
        if (!explicit && CodePoints.trimmedEnd(value) > end) {
            throw tooLong("character", length);
        }
        return value.substring(0, end);
    }

    private static DatabaseException tooLong(String name, int length) {
        return new DatabaseException(
                ErrorCode.STRING_DATA_RIGHT_TRUNCATION, "value too long for type " + name + "(" + length + ")");
    }

    /** Rounds to the scale, refuses what has too many digits before it. */
    public static Numeric numeric(Numeric value, int typmod) {
        int precision = numericPrecision(typmod);
        int scale = numericScale(typmod);
        if (value.isNaN()) {
            return value;
        }
        if (value.isInfinite()) {
            throw numericOverflow(
                    "A field with precision " + precision + ", scale " + scale + " cannot hold an infinite value.");
        }
        BigDecimal decimal = value.toBigDecimal();
        BigDecimal rounded = decimal.scale() == scale ? decimal : decimal.setScale(scale, RoundingMode.HALF_UP);
        if (rounded.signum() != 0 && rounded.precision() - rounded.scale() > precision - scale) {
            String limit = precision == scale ? "1" : "10^" + (precision - scale);
            throw numericOverflow("A field with precision " + precision + ", scale " + scale
                    + " must round to an absolute value less than " + limit + ".");
        }
        return rounded == decimal ? value : Numeric.of(rounded);
    }

    private static DatabaseException numericOverflow(String detail) {
        return ErrorReport.error(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow")
                .withDetail(detail)
                .exception();
    }

    /** Rounds microseconds half away from zero to a number of fractional digits; infinities stay. */
    public static long roundMicros(long micros, int digits) {
        if (digits >= MAX_TIME_PRECISION || micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            return micros;
        }
        long step = MICRO_STEPS[digits];
        long half = step / 2;
        return micros >= 0 ? (micros + half) / step * step : -((-micros + half) / step * step);
    }

    private static TimeTz timeTz(TimeTz value, int digits) {
        return new TimeTz(roundMicros(value.micros(), digits), value.offsetSeconds());
    }

    /** Drops fields below the restriction, rounds seconds. */
    public static Interval interval(Interval value, int typmod) {
        int range = typmod >> 16 & FULL_RANGE;
        int precision = typmod & FULL_PRECISION;
        int months = value.months();
        int days = value.days();
        long micros = value.micros();
        if (range != FULL_RANGE) {
            int lowest = Integer.lowestOneBit(range & (DAY | HOUR | MINUTE | SECOND));
            if (range == YEAR) {
                return new Interval(months / 12 * 12, 0, 0);
            }
            if (lowest == 0) {
                return new Interval(months, 0, 0);
            }
            int finest = Integer.highestOneBit(range);
            if (finest == DAY) {
                return new Interval(months, days, 0);
            }
            if (finest == HOUR) {
                micros = micros / 3_600_000_000L * 3_600_000_000L;
            } else if (finest == MINUTE) {
                micros = micros / 60_000_000L * 60_000_000L;
            }
        }
        if (precision != FULL_PRECISION) {
            micros = roundMicros(micros, precision);
        }
        return micros == value.micros() ? value : new Interval(months, days, micros);
    }
}
