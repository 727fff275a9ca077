package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.TimeTz;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code extract}, {@code date_part} and {@code date_trunc}. */
final class DateTimeFields {
    private static final long MICROS = Calendar.MICROS_PER_SECOND;

    private DateTimeFields() {}

    /** A field's name without plural and abbreviations. */
    static String unit(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "microsecond", "microseconds", "us", "usec", "usecs", "usecond", "useconds", "microsecon" ->
                "microseconds";
            case "millisecond", "milliseconds", "ms", "msec", "msecs", "msecond", "mseconds", "millisecon" ->
                "milliseconds";
            case "second", "seconds", "s", "sec", "secs" -> "second";
            case "minute", "minutes", "m", "min", "mins" -> "minute";
            case "hour", "hours", "h", "hr", "hrs" -> "hour";
            case "day", "days", "d" -> "day";
            case "week", "weeks", "w" -> "week";
            case "month", "months", "mon", "mons" -> "month";
            case "quarter", "qtr" -> "quarter";
            case "year", "years", "y", "yr", "yrs" -> "year";
            case "decade", "decades", "dec", "decs" -> "decade";
            case "century", "centuries", "c", "cent" -> "century";
            case "millennium", "millennia", "mil", "mils" -> "millennium";
            case "timezone_h", "timezone_hour" -> "timezone_hour";
            case "timezone_m", "timezone_minute" -> "timezone_minute";
            default -> lower;
        };
    }

    private static DatabaseException unknown(String unit, String type) {
        return new DatabaseException(
                ErrorCode.INVALID_PARAMETER_VALUE, "unit \"" + unit + "\" not recognized for type " + type);
    }

    private static DatabaseException unsupported(String unit, String type) {
        return ErrorReport.error(
                        ErrorCode.FEATURE_NOT_SUPPORTED, "unit \"" + unit + "\" not supported for type " + type)
                .exception();
    }

    private static Numeric whole(long value) {
        return Numeric.of(value);
    }

    private static Numeric seconds(long micros) {
        return Numeric.of(micros, 6);
    }

    private static Numeric milliseconds(long micros) {
        return Numeric.of(micros, 3);
    }

    /**
     * A field of a timestamp.
     *
     * @param zone null for a timestamp without time zone
     */
    static @Nullable Numeric ofTimestamp(String name, long micros, @Nullable PgTimeZone zone) {
        String type = zone == null ? "timestamp without time zone" : "timestamp with time zone";
        String unit = unit(name);
        if (Calendar.isInfinite(micros)) {
            return ofInfinity(unit, micros > 0, type);
        }
        long local = zone == null ? micros : zone.toLocal(micros);
        if (unit.equals("epoch")) {
            return Numeric.of(BigDecimal.valueOf(micros, 6).add(BigDecimal.valueOf(Calendar.EPOCH_2000_MICROS, 6)));
        }
        if (zone != null && unit.startsWith("timezone")) {
            int offset = zone.offsetAt(micros);
            return whole(
                    switch (unit) {
                        case "timezone" -> offset;
                        case "timezone_hour" -> offset / 3600;
                        default -> offset / 60 % 60;
                    });
        }
        Numeric time = ofTime(unit, Timestamps.timeOfDay(local));
        if (time != null) {
            return time;
        }
        if (unit.equals("julian")) {
            BigDecimal part = BigDecimal.valueOf(Timestamps.timeOfDay(local))
                    .divide(BigDecimal.valueOf(Calendar.MICROS_PER_DAY), 20, RoundingMode.HALF_UP);
            return Numeric.of(part.add(BigDecimal.valueOf(Timestamps.toDate(local) + Calendar.JULIAN_2000)));
        }
        return ofDay(unit, name, Timestamps.toDate(local), type);
    }

    private static @Nullable Numeric ofInfinity(String unit, boolean positive, String type) {
        return switch (unit) {
            case "year", "decade", "century", "millennium", "julian", "isoyear", "epoch" ->
                positive ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
            case "microseconds",
                    "milliseconds",
                    "second",
                    "minute",
                    "hour",
                    "day",
                    "month",
                    "quarter",
                    "week",
                    "dow",
                    "isodow",
                    "doy",
                    "timezone",
                    "timezone_hour",
                    "timezone_minute" -> null;
            default -> throw unknown(unit, type);
        };
    }

    private static @Nullable Numeric ofTime(String unit, long time) {
        return switch (unit) {
            case "microseconds" -> whole(time % Calendar.MICROS_PER_MINUTE);
            case "milliseconds" -> milliseconds(time % Calendar.MICROS_PER_MINUTE);
            case "second" -> seconds(time % Calendar.MICROS_PER_MINUTE);
            case "minute" -> whole(time / Calendar.MICROS_PER_MINUTE % 60);
            case "hour" -> whole(time / Calendar.MICROS_PER_HOUR);
            default -> null;
        };
    }

    private static Numeric ofDay(String unit, String name, long day, String type) {
        long civil = Calendar.civil(day);
        long year = Calendar.year(civil);
        long shown = year > 0 ? year : year - 1;
        return whole(
                switch (unit) {
                    case "day" -> Calendar.dayOfMonth(civil);
                    case "month" -> Calendar.month(civil);
                    case "quarter" -> (Calendar.month(civil) - 1) / 3 + 1;
                    case "year" -> shown;
                    case "decade" -> Math.floorDiv(year, 10);
                    case "century" -> year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
                    case "millennium" -> year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000);
                    case "week" -> week(day);
                    case "isoyear" -> {
                        long isoYear = isoYear(day);
                        yield isoYear > 0 ? isoYear : isoYear - 1;
                    }
                    case "dow" -> Calendar.dayOfWeek(day);
                    case "isodow" -> Calendar.dayOfWeek(day) == 0 ? 7 : Calendar.dayOfWeek(day);
                    case "doy" -> Calendar.dayOfYear(day);
                    case "timezone", "timezone_hour", "timezone_minute" -> throw unsupported(name, type);
                    default -> throw unknown(name, type);
                });
    }

    /** Monday of the ISO week of a day. */
    private static long monday(long day) {
        return day - (Calendar.dayOfWeek(day) + 6) % 7;
    }

    static long isoYear(long day) {
        return Calendar.year(Calendar.civil(monday(day) + 3));
    }

    static long week(long day) {
        long thursday = monday(day) + 3;
        return (Calendar.dayOfYear(thursday) - 1) / 7 + 1L;
    }

    static @Nullable Numeric ofDate(String name, long day) {
        String unit = unit(name);
        if (ofTime(unit, 0) != null) {
            throw unsupported(name, "date");
        }
        if (Timestamps.isInfiniteDate(day)) {
            return ofInfinity(unit, day > 0, "date");
        }
        if (unit.equals("epoch")) {
            return whole((day + Calendar.EPOCH_2000_DAYS) * 86_400);
        }
        if (unit.equals("julian")) {
            return whole(day + Calendar.JULIAN_2000);
        }
        return ofDay(unit, name, day, "date");
    }

    static Numeric ofTimeOfDay(String name, long time) {
        String unit = unit(name);
        if (unit.equals("epoch")) {
            return seconds(time);
        }
        Numeric value = ofTime(unit, time);
        if (value == null) {
            throw notOfTime(name, "time without time zone");
        }
        return value;
    }

    /** A field of dates is not supported for a time of day, any other not known. */
    private static DatabaseException notOfTime(String name, String type) {
        return switch (unit(name)) {
            case "day",
                    "month",
                    "quarter",
                    "year",
                    "decade",
                    "century",
                    "millennium",
                    "week",
                    "isoyear",
                    "dow",
                    "isodow",
                    "doy",
                    "julian",
                    "timezone",
                    "timezone_hour",
                    "timezone_minute" -> unsupported(name, type);
            default -> unknown(name, type);
        };
    }

    static Numeric ofTimeTz(String name, TimeTz value) {
        return switch (unit(name)) {
            case "epoch" -> seconds(value.utcMicros());
            case "timezone" -> whole(value.offsetSeconds());
            case "timezone_hour" -> whole(value.offsetSeconds() / 3600);
            case "timezone_minute" -> whole(value.offsetSeconds() / 60 % 60);
            default -> {
                Numeric field = ofTime(unit(name), value.micros());
                if (field == null) {
                    throw notOfTime(name, "time with time zone");
                }
                yield field;
            }
        };
    }

    static Numeric ofInterval(String name, Interval value) {
        long years = value.months() / 12;
        return switch (unit(name)) {
            case "microseconds" -> whole(value.micros() % Calendar.MICROS_PER_MINUTE);
            case "milliseconds" -> milliseconds(value.micros() % Calendar.MICROS_PER_MINUTE);
            case "second" -> seconds(value.micros() % Calendar.MICROS_PER_MINUTE);
            case "minute" -> whole(value.micros() / Calendar.MICROS_PER_MINUTE % 60);
            case "hour" -> whole(value.micros() / Calendar.MICROS_PER_HOUR);
            case "day" -> whole(value.days());
            case "month" -> whole(value.months() % 12);
            case "quarter" -> whole(value.months() % 12 / 3 + 1);
            case "year" -> whole(years);
            case "decade" -> whole(years / 10);
            case "century" -> whole(years / 100);
            case "millennium" -> whole(years / 1000);
            case "epoch" -> {
                BigDecimal days = BigDecimal.valueOf(years * 1461 * 6)
                        .add(BigDecimal.valueOf(value.months() % 12 * 720L))
                        .add(BigDecimal.valueOf(value.days() * 24L));
                yield Numeric.of(days.multiply(BigDecimal.valueOf(3600)).add(BigDecimal.valueOf(value.micros(), 6)));
            }
            case "week", "dow", "isodow", "doy", "isoyear", "julian", "timezone" -> throw unsupported(name, "interval");
            default -> throw unknown(name, "interval");
        };
    }

    /** A local timestamp cut to a unit. */
    static long truncate(String name, long local, String type) {
        if (Calendar.isInfinite(local)) {
            return local;
        }
        long day = Timestamps.toDate(local);
        long civil = Calendar.civil(day);
        long year = Calendar.year(civil);
        long date = switch (unit(name)) {
            case "microseconds" -> Long.MIN_VALUE;
            case "milliseconds" -> Long.MIN_VALUE + 1;
            case "second" -> Long.MIN_VALUE + 2;
            case "minute" -> Long.MIN_VALUE + 3;
            case "hour" -> Long.MIN_VALUE + 4;
            case "day" -> day;
            case "week" -> monday(day);
            case "month" -> Calendar.day(year, Calendar.month(civil), 1);
            case "quarter" -> Calendar.day(year, (Calendar.month(civil) - 1) / 3 * 3 + 1, 1);
            case "year" -> Calendar.day(year, 1, 1);
            case "decade" -> Calendar.day(Math.floorDiv(year, 10) * 10, 1, 1);
            case "century" -> Calendar.day(Math.floorDiv(year - 1, 100) * 100 + 1, 1, 1);
            case "millennium" -> Calendar.day(Math.floorDiv(year - 1, 1000) * 1000 + 1, 1, 1);
            default -> throw unknown(name, type);
        };
        if (date >= Long.MIN_VALUE + 5) {
            return date * Calendar.MICROS_PER_DAY;
        }
        long[] steps = {1, 1000, MICROS, Calendar.MICROS_PER_MINUTE, Calendar.MICROS_PER_HOUR};
        long step = steps[(int) (date - Long.MIN_VALUE)];
        return Math.floorDiv(local, step) * step;
    }

    static Interval truncate(String name, Interval value) {
        int months = value.months();
        long time = value.micros();
        return switch (unit(name)) {
            case "microseconds" -> value;
            case "milliseconds" -> new Interval(months, value.days(), time / 1000 * 1000);
            case "second" -> new Interval(months, value.days(), time / MICROS * MICROS);
            case "minute" ->
                new Interval(months, value.days(), time / Calendar.MICROS_PER_MINUTE * Calendar.MICROS_PER_MINUTE);
            case "hour" ->
                new Interval(months, value.days(), time / Calendar.MICROS_PER_HOUR * Calendar.MICROS_PER_HOUR);
            case "day" -> new Interval(months, value.days(), 0);
            case "month" -> new Interval(months, 0, 0);
            case "quarter" -> new Interval(months / 3 * 3, 0, 0);
            case "year" -> new Interval(months / 12 * 12, 0, 0);
            case "decade" -> new Interval(months / 120 * 120, 0, 0);
            case "century" -> new Interval(months / 1200 * 1200, 0, 0);
            case "millennium" -> new Interval(months / 12000 * 12000, 0, 0);
            case "week" -> throw unsupported(name, "interval");
            default -> throw unknown(name, "interval");
        };
    }
}
