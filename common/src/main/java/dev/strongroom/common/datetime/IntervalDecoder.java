package dev.strongroom.common.datetime;

import dev.strongroom.common.datetime.DateTimeLexer.Field;
import dev.strongroom.common.datetime.DateTimeWords.Word;
import dev.strongroom.common.type.IntervalStyle;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Interval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Text to interval as PostgreSQL's {@code DecodeInterval} (units after numbers, read from the right) and
 * {@code DecodeISO8601Interval}. Used once for one text.
 */
public final class IntervalDecoder {
    private static final int DAYS_PER_MONTH = 30;

    private final int range;
    private final boolean sqlStandard;
    private long months;
    private long days;
    private long micros;
    private int seen;

    private IntervalDecoder(int typmod, IntervalStyle style) {
        range = typmod < 0 ? Typmods.FULL_RANGE : typmod >> 16 & Typmods.FULL_RANGE;
        sqlStandard = style == IntervalStyle.SQL_STANDARD;
    }

    /**
     * Reads an interval.
     *
     * @param typmod decides what a bare number means ({@code interval '3' day}); not applied to the result
     */
    public static Interval parse(String text, int typmod, IntervalStyle style) {
        try {
            IntervalDecoder decoder = new IntervalDecoder(typmod, style);
            return decoder.read(text);
        } catch (DateTimeError.Failure failure) {
            DateTimeError error =
                    failure.error() == DateTimeError.FIELD_OVERFLOW ? DateTimeError.INTERVAL_OVERFLOW : failure.error();
            throw error.report(text, "interval");
        } catch (ArithmeticException overflow) {
            throw DateTimeError.INTERVAL_OVERFLOW.report(text, "interval");
        }
    }

    private Interval read(String text) {
        try {
            decode(DateTimeLexer.split(text));
        } catch (DateTimeError.Failure failure) {
            if (failure.error() != DateTimeError.BAD_FORMAT || !text.startsWith("P")) {
                throw failure;
            }
            months = 0;
            days = 0;
            micros = 0;
            new Iso(text).read();
        }
        return new Interval(Math.toIntExact(months), Math.toIntExact(days), micros);
    }

    private void decode(List<Field> fields) {
        int unit = 0;
        boolean ago = false;
        boolean allNegative = sqlStandard && leadingSignOnly(fields);
        for (int i = fields.size() - 1; i >= 0; i--) {
            Field field = fields.get(i);
            String text = field.text();
            switch (field.kind()) {
                case TIME -> {
                    time(text, false);
                    unit = DateTimeWords.DAY;
                }
                case ZONE -> {
                    if (text.indexOf(':') > 0) {
                        time(text.substring(1), text.charAt(0) == '-');
                        unit = DateTimeWords.DAY;
                    } else {
                        number(text, unit);
                    }
                }
                case DATE, NUMBER -> number(text, unit);
                case STRING, SPECIAL -> {
                    Word word = DateTimeWords.interval(text);
                    if (word == null) {
                        throw DateTimeError.BAD_FORMAT.failure();
                    }
                    switch (word.kind()) {
                        case UNIT -> unit = word.value();
                        case AGO -> ago = true;
                        case IGNORED -> {}
                        default -> throw DateTimeError.BAD_FORMAT.failure();
                    }
                }
            }
        }
        if (seen == 0) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        if (allNegative) {
            months = -Math.abs(months);
            days = -Math.abs(days);
            micros = -Math.abs(micros);
        }
        if (ago) {
            months = -months;
            days = -days;
            micros = Math.negateExact(micros);
        }
    }

    /** SQL standard: one leading minus makes every unsigned field negative. */
    private static boolean leadingSignOnly(List<Field> fields) {
        if (fields.isEmpty() || !fields.getFirst().text().startsWith("-")) {
            return false;
        }
        for (Field field : fields.subList(1, fields.size())) {
            if (field.text().startsWith("-") || field.text().startsWith("+")) {
                return false;
            }
        }
        return true;
    }

    private void mark(int bits) {
        if ((seen & bits) != 0) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        seen |= bits;
    }

    private static int bit(int unit) {
        return 1 << unit;
    }

    private void time(String text, boolean negative) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        long hour = Long.parseLong(digits(parts[0]));
        long minute;
        long second = 0;
        long fraction = 0;
        int point = parts[1].indexOf('.');
        if (parts.length == 2 && (point >= 0 || range == (Typmods.MINUTE | Typmods.SECOND))) {
            fraction = point < 0 ? 0 : DateTimeDecoder.fraction(parts[1].substring(point));
            second = Long.parseLong(digits(point < 0 ? parts[1] : parts[1].substring(0, point)));
            minute = hour;
            hour = 0;
        } else {
            minute = Long.parseLong(digits(parts[1]));
            if (parts.length == 3) {
                int dot = parts[2].indexOf('.');
                fraction = dot < 0 ? 0 : DateTimeDecoder.fraction(parts[2].substring(dot));
                second = Long.parseLong(digits(dot < 0 ? parts[2] : parts[2].substring(0, dot)));
            }
        }
        if (minute > 59 || second > 60) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
        mark(bit(DateTimeWords.HOUR) | bit(DateTimeWords.MINUTE) | bit(DateTimeWords.SECOND));
        long total = Math.addExact(
                Math.multiplyExact(hour, Calendar.MICROS_PER_HOUR),
                minute * Calendar.MICROS_PER_MINUTE + second * Calendar.MICROS_PER_SECOND + fraction);
        micros = Math.addExact(micros, negative ? -total : total);
    }

    private static String digits(String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        return text;
    }

    private void number(String text, int givenUnit) {
        int unit = givenUnit == 0 ? unitOfRange() : givenUnit;
        int dash = text.indexOf('-', 1);
        if (dash > 0) {
            yearsMonths(text, dash);
            return;
        }
        BigDecimal value;
        try {
            value = new BigDecimal(text.endsWith(".") ? text + "0" : text);
        } catch (NumberFormatException malformed) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        if (unit == DateTimeWords.SECOND && value.stripTrailingZeros().scale() > 0) {
            mark(bit(DateTimeWords.SECOND) | bit(DateTimeWords.MILLISECOND) | bit(DateTimeWords.MICROSECOND));
        } else {
            mark(bit(unit));
        }
        add(unit, value);
    }

    private void yearsMonths(String text, int dash) {
        boolean negative = text.startsWith("-");
        String first = text.substring(0, dash);
        long years = Long.parseLong(digits(first.replaceFirst("^[+-]", "")));
        long rest = Long.parseLong(digits(text.substring(dash + 1)));
        if (rest >= 12) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
        mark(bit(DateTimeWords.MONTH) | bit(DateTimeWords.YEAR));
        long total = Math.addExact(Math.multiplyExact(years, 12), rest);
        months += negative ? -total : total;
    }

    private int unitOfRange() {
        int finest = range == Typmods.FULL_RANGE ? Typmods.SECOND : Integer.highestOneBit(range);
        return switch (finest) {
            case Typmods.YEAR -> (range & Typmods.MONTH) != 0 ? DateTimeWords.MONTH : DateTimeWords.YEAR;
            case Typmods.MONTH -> DateTimeWords.MONTH;
            case Typmods.DAY -> DateTimeWords.DAY;
            case Typmods.HOUR -> DateTimeWords.HOUR;
            case Typmods.MINUTE -> DateTimeWords.MINUTE;
            default -> DateTimeWords.SECOND;
        };
    }

    private void add(int unit, BigDecimal value) {
        BigDecimal whole = value.setScale(0, RoundingMode.DOWN);
        BigDecimal fraction = value.subtract(whole);
        switch (unit) {
            case DateTimeWords.MICROSECOND -> addMicros(value, 1);
            case DateTimeWords.MILLISECOND -> addMicros(value, 1000);
            case DateTimeWords.SECOND -> addMicros(value, Calendar.MICROS_PER_SECOND);
            case DateTimeWords.MINUTE -> addMicros(value, Calendar.MICROS_PER_MINUTE);
            case DateTimeWords.HOUR -> addMicros(value, Calendar.MICROS_PER_HOUR);
            case DateTimeWords.DAY -> addDays(value);
            case DateTimeWords.WEEK -> {
                days = Math.addExact(days, Math.multiplyExact(whole.longValueExact(), 7));
                addDays(fraction.multiply(BigDecimal.valueOf(7)));
            }
            case DateTimeWords.MONTH -> {
                months = Math.addExact(months, whole.longValueExact());
                addDays(fraction.multiply(BigDecimal.valueOf(DAYS_PER_MONTH)));
            }
            case DateTimeWords.YEAR -> addMonths(value, 12);
            case DateTimeWords.DECADE -> addMonths(value, 120);
            case DateTimeWords.CENTURY -> addMonths(value, 1200);
            case DateTimeWords.MILLENNIUM -> addMonths(value, 12000);
            default -> throw DateTimeError.BAD_FORMAT.failure();
        }
        checkRange();
    }

    private void checkRange() {
        if (Math.abs(months) > Integer.MAX_VALUE || Math.abs(days) > Integer.MAX_VALUE) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
    }

    private void addMonths(BigDecimal value, int each) {
        months = Math.addExact(
                months,
                value.multiply(BigDecimal.valueOf(each))
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValueExact());
    }

    private void addDays(BigDecimal value) {
        BigDecimal whole = value.setScale(0, RoundingMode.DOWN);
        days = Math.addExact(days, whole.longValueExact());
        addMicros(value.subtract(whole), Calendar.MICROS_PER_DAY);
    }

    private void addMicros(BigDecimal value, long each) {
        micros = Math.addExact(
                micros,
                value.multiply(BigDecimal.valueOf(each))
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValueExact());
    }

    /** {@code P1Y2M3DT4H5M6S}, {@code P0001-02-03T04:05:06}, {@code P00010203T040506}. */
    private final class Iso {
        private final String text;
        private int at = 1;
        private boolean inTime;

        Iso(String text) {
            this.text = text;
        }

        void read() {
            if (text.length() < 2) {
                throw DateTimeError.BAD_FORMAT.failure();
            }
            boolean any = false;
            while (at < text.length()) {
                if (text.charAt(at) == 'T') {
                    inTime = true;
                    any = true;
                    at++;
                    continue;
                }
                int start = at;
                BigDecimal value = value();
                char designator = at < text.length() ? text.charAt(at) : 0;
                if (designator == '-' || designator == ':' || designator == 0 || designator == 'T') {
                    at = start;
                    alternative();
                } else {
                    at++;
                    add(unit(designator), value);
                }
                any = true;
            }
            if (!any) {
                throw DateTimeError.BAD_FORMAT.failure();
            }
        }

        private int unit(char designator) {
            if (inTime) {
                return switch (designator) {
                    case 'H' -> DateTimeWords.HOUR;
                    case 'M' -> DateTimeWords.MINUTE;
                    case 'S' -> DateTimeWords.SECOND;
                    default -> throw DateTimeError.BAD_FORMAT.failure();
                };
            }
            return switch (designator) {
                case 'Y' -> DateTimeWords.YEAR;
                case 'M' -> DateTimeWords.MONTH;
                case 'W' -> DateTimeWords.WEEK;
                case 'D' -> DateTimeWords.DAY;
                default -> throw DateTimeError.BAD_FORMAT.failure();
            };
        }

        private void alternative() {
            int end = text.indexOf('T', at);
            String part = text.substring(at, end < 0 ? text.length() : end);
            at += part.length();
            String separator = inTime ? ":" : "-";
            String[] pieces = part.split(separator, -1);
            if (pieces.length == 1 && !inTime && part.length() == 8) {
                pieces = new String[] {part.substring(0, 4), part.substring(4, 6), part.substring(6)};
            } else if (pieces.length == 1 && inTime && part.length() >= 6 && part.indexOf('.') != 1) {
                pieces = new String[] {part.substring(0, 2), part.substring(2, 4), part.substring(4)};
            }
            int[] units = inTime
                    ? new int[] {DateTimeWords.HOUR, DateTimeWords.MINUTE, DateTimeWords.SECOND}
                    : new int[] {DateTimeWords.YEAR, DateTimeWords.MONTH, DateTimeWords.DAY};
            if (pieces.length > units.length) {
                throw DateTimeError.BAD_FORMAT.failure();
            }
            for (int i = 0; i < pieces.length; i++) {
                try {
                    add(units[i], new BigDecimal(pieces[i]));
                } catch (NumberFormatException malformed) {
                    throw DateTimeError.BAD_FORMAT.failure();
                }
            }
        }

        private BigDecimal value() {
            int start = at;
            if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
                at++;
            }
            while (at < text.length() && (DateTimeLexer.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            try {
                return new BigDecimal(text.substring(start, at));
            } catch (NumberFormatException malformed) {
                throw DateTimeError.BAD_FORMAT.failure();
            }
        }
    }
}
