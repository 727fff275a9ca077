package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Interval;

/** Arithmetic of dates and timestamps: microseconds since 2000-01-01. */
final class Timestamps {
    private Timestamps() {}

    static DatabaseException timestampOutOfRange() {
        return new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "timestamp out of range");
    }

    static DatabaseException dateOutOfRange() {
        return new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "date out of range");
    }

    static long checked(long micros) {
        if (!Calendar.isTimestamp(micros)) {
            throw timestampOutOfRange();
        }
        return micros;
    }

    static boolean isInfiniteDate(long day) {
        return day == Calendar.DATE_INFINITY || day == Calendar.DATE_MINUS_INFINITY;
    }

    static long fromDate(long day) {
        if (isInfiniteDate(day)) {
            return day > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        if (day >= Calendar.END_TIMESTAMP / Calendar.MICROS_PER_DAY) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "date out of range for timestamp");
        }
        return day * Calendar.MICROS_PER_DAY;
    }

    static long toDate(long micros) {
        if (Calendar.isInfinite(micros)) {
            return micros > 0 ? Calendar.DATE_INFINITY : Calendar.DATE_MINUS_INFINITY;
        }
        return Math.floorDiv(micros, Calendar.MICROS_PER_DAY);
    }

    static long timeOfDay(long micros) {
        return Math.floorMod(micros, Calendar.MICROS_PER_DAY);
    }

    static long addDays(long day, long days) {
        if (isInfiniteDate(day)) {
            return day;
        }
        if (!Calendar.isDate(day + days)) {
            throw dateOutOfRange();
        }
        return day + days;
    }

    /** Months first (clipped to the month's length), then days, then time. */
    static long add(long micros, Interval span) {
        if (Calendar.isInfinite(micros)) {
            return micros;
        }
        return checked(Math.addExact(addDate(micros, span), span.micros()));
    }

    /** As {@link #add}, with months and days counted in local time. */
    static long addZoned(long micros, Interval span, PgTimeZone zone) {
        if (Calendar.isInfinite(micros)) {
            return micros;
        }
        long moved = micros;
        if (span.months() != 0 || span.days() != 0) {
            moved = zone.toUtc(addDate(zone.toLocal(micros), span));
        }
        return checked(Math.addExact(moved, span.micros()));
    }

    private static long addDate(long micros, Interval span) {
        long day = toDate(micros);
        long time = timeOfDay(micros);
        if (span.months() != 0) {
            day = addMonths(day, span.months());
        }
        return checked((day + span.days()) * Calendar.MICROS_PER_DAY + time);
    }

    private static long addMonths(long day, long months) {
        long civil = Calendar.civil(day);
        long total = Calendar.year(civil) * 12L + Calendar.month(civil) - 1 + months;
        long year = Math.floorDiv(total, 12);
        int month = Math.floorMod(total, 12) + 1;
        int dayOfMonth = Math.min(Calendar.dayOfMonth(civil), Calendar.monthLength(year, month));
        return Calendar.day(year, month, dayOfMonth);
    }

    static Interval subtract(long a, long b) {
        if (Calendar.isInfinite(a) || Calendar.isInfinite(b)) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite timestamps");
        }
        return Intervals.justifyHours(new Interval(0, 0, a - b));
    }

    /** {@code age}: years, months and days between two local times. */
    static Interval age(long a, long b) {
        if (Calendar.isInfinite(a) || Calendar.isInfinite(b)) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "timestamp out of range");
        }
        boolean negative = a < b;
        long later = negative ? b : a;
        long earlier = negative ? a : b;
        long laterDay = Calendar.civil(toDate(later));
        long earlierDay = Calendar.civil(toDate(earlier));
        long micros = timeOfDay(later) - timeOfDay(earlier);
        long days = Calendar.dayOfMonth(laterDay) - Calendar.dayOfMonth(earlierDay);
        long months = (Calendar.year(laterDay) - Calendar.year(earlierDay)) * 12L
                + Calendar.month(laterDay)
                - Calendar.month(earlierDay);
        if (micros < 0) {
            micros += Calendar.MICROS_PER_DAY;
            days--;
        }
        if (days < 0) {
            long borrowed = negative ? laterDay : earlierDay;
            long lender = negative ? addMonths(toDate(later), -1) : toDate(earlier);
            long lenderCivil = negative ? Calendar.civil(lender) : borrowed;
            days += Calendar.monthLength(Calendar.year(lenderCivil), Calendar.month(lenderCivil));
            months--;
        }
        Interval result = Intervals.of(months, days, micros);
        return negative ? Intervals.negate(result) : result;
    }

    static long make(long year, long month, long day, long hour, long minute, double second) {
        return checked(fromDate(makeDate(year, month, day)) + makeTime(hour, minute, second));
    }

    static long makeDate(long year, long month, long day) {
        long astronomical = year < 0 ? year + 1 : year;
        boolean valid = year != 0
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= Calendar.monthLength(astronomical, (int) month);
        if (!valid) {
            throw new DatabaseException(
                    ErrorCode.DATETIME_FIELD_OVERFLOW,
                    "date field value out of range: " + year + "-" + two(month) + "-" + two(day));
        }
        long result = Calendar.day(astronomical, (int) month, (int) day);
        if (!Calendar.isDate(result)) {
            throw new DatabaseException(
                    ErrorCode.DATETIME_FIELD_OVERFLOW,
                    "date out of range: " + year + "-" + two(month) + "-" + two(day));
        }
        return result;
    }

    static long makeTime(long hour, long minute, double second) {
        boolean valid = hour >= 0
                && hour <= 24
                && minute >= 0
                && minute <= 59
                && second >= 0
                && second <= 60
                && (hour < 24 || minute == 0 && second == 0);
        if (!valid) {
            throw new DatabaseException(
                    ErrorCode.DATETIME_FIELD_OVERFLOW,
                    "time field value out of range: " + hour + ":" + two(minute) + ":" + second);
        }
        return (hour * 60 + minute) * Calendar.MICROS_PER_MINUTE + Math.round(second * 1e6);
    }

    private static String two(long number) {
        return number >= 0 && number < 10 ? "0" + number : String.valueOf(number);
    }
}
