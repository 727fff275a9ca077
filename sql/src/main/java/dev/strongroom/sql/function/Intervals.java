package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Interval;

/** Arithmetic of intervals. */
final class Intervals {
    private static final int DAYS_PER_MONTH = 30;
    private static final double SECONDS_PER_DAY = 86_400;

    private Intervals() {}

    static DatabaseException outOfRange() {
        return new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "interval out of range");
    }

    static Interval of(long months, long days, long micros) {
        if (months != (int) months || days != (int) days) {
            throw outOfRange();
        }
        return new Interval((int) months, (int) days, micros);
    }

    static Interval add(Interval a, Interval b) {
        long micros = a.micros() + b.micros();
        if (((a.micros() ^ micros) & (b.micros() ^ micros)) < 0) {
            throw outOfRange();
        }
        return of((long) a.months() + b.months(), (long) a.days() + b.days(), micros);
    }

    static Interval subtract(Interval a, Interval b) {
        return add(a, negate(b));
    }

    static Interval negate(Interval a) {
        if (a.micros() == Long.MIN_VALUE) {
            throw outOfRange();
        }
        return of(-(long) a.months(), -(long) a.days(), -a.micros());
    }

    static Interval multiply(Interval a, double factor) {
        return scale(a, a.months() * factor, a.days() * factor, a.micros() * factor);
    }

    static Interval divide(Interval a, double divisor) {
        if (divisor == 0) {
            throw Arithmetic.divisionByZero();
        }
        return scale(a, a.months() / divisor, a.days() / divisor, a.micros() / divisor);
    }

    /** Fractions of months become days, fractions of days become time. */
    private static Interval scale(Interval original, double months, double days, double micros) {
        if (Double.isNaN(months) || Math.abs(months) > Integer.MAX_VALUE || Math.abs(days) > Integer.MAX_VALUE) {
            throw outOfRange();
        }
        int wholeMonths = (int) months;
        int wholeDays = (int) days;
        double restDays = roundSeconds((months - wholeMonths) * DAYS_PER_MONTH);
        double restSeconds = roundSeconds((days - wholeDays + restDays - (int) restDays) * SECONDS_PER_DAY);
        if (Math.abs(restSeconds) >= SECONDS_PER_DAY) {
            wholeDays += (int) (restSeconds / SECONDS_PER_DAY);
            restSeconds -= (int) (restSeconds / SECONDS_PER_DAY) * SECONDS_PER_DAY;
        }
        double time = Math.rint(micros + restSeconds * Calendar.MICROS_PER_SECOND);
        if (Math.abs(time) >= 0x1p63) {
            throw outOfRange();
        }
        return of(wholeMonths, (long) wholeDays + (int) restDays, (long) time);
    }

    private static double roundSeconds(double value) {
        return Math.rint(value * 1e6) / 1e6;
    }

    static Interval justifyHours(Interval a) {
        long days = a.micros() / Calendar.MICROS_PER_DAY;
        long micros = a.micros() - days * Calendar.MICROS_PER_DAY;
        days += a.days();
        if (days > 0 && micros < 0) {
            micros += Calendar.MICROS_PER_DAY;
            days--;
        } else if (days < 0 && micros > 0) {
            micros -= Calendar.MICROS_PER_DAY;
            days++;
        }
        return of(a.months(), days, micros);
    }

    static Interval justifyDays(Interval a) {
        long months = a.days() / DAYS_PER_MONTH;
        long days = a.days() - months * DAYS_PER_MONTH;
        months += a.months();
        if (months > 0 && days < 0) {
            days += DAYS_PER_MONTH;
            months--;
        } else if (months < 0 && days > 0) {
            days -= DAYS_PER_MONTH;
            months++;
        }
        return of(months, days, a.micros());
    }

    static Interval justify(Interval a) {
        long days = a.days() + a.micros() / Calendar.MICROS_PER_DAY;
        long micros = a.micros() % Calendar.MICROS_PER_DAY;
        long months = a.months() + days / DAYS_PER_MONTH;
        days %= DAYS_PER_MONTH;
        if (months > 0 && (days < 0 || days == 0 && micros < 0)) {
            days += DAYS_PER_MONTH;
            months--;
        } else if (months < 0 && (days > 0 || days == 0 && micros > 0)) {
            days -= DAYS_PER_MONTH;
            months++;
        }
        if (days > 0 && micros < 0) {
            micros += Calendar.MICROS_PER_DAY;
            days--;
        } else if (days < 0 && micros > 0) {
            micros -= Calendar.MICROS_PER_DAY;
            days++;
        }
        return of(months, days, micros);
    }
}
