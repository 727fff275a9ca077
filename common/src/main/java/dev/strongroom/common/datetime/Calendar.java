package dev.strongroom.common.datetime;

/** The proleptic Gregorian calendar on day numbers counted from 2000-01-01. Year 0 is 1 BC. */
public final class Calendar {
    public static final long MICROS_PER_SECOND = 1_000_000L;
    public static final long MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
    public static final long MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
    public static final long MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

    /** Days from 1970-01-01 to 2000-01-01. */
    public static final int EPOCH_2000_DAYS = 10957;

    /** Microseconds from 1970-01-01 to 2000-01-01. */
    public static final long EPOCH_2000_MICROS = EPOCH_2000_DAYS * MICROS_PER_DAY;

    /** Julian day of 2000-01-01. */
    public static final int JULIAN_2000 = 2451545;

    /** First day of {@code date}: 4714-11-24 BC, Julian day 0. */
    public static final int MIN_DAY = -JULIAN_2000;

    /** One after the last day of {@code date}: 5874898-01-01. */
    public static final int END_DAY = 2147483494 - JULIAN_2000;

    /** First moment of {@code timestamp}: 4714-11-24 BC. */
    public static final long MIN_TIMESTAMP = -211813488000000000L;

    /** One after the last moment of {@code timestamp}: 294277-01-01. */
    public static final long END_TIMESTAMP = 9223371331200000000L;

    public static final int DATE_INFINITY = Integer.MAX_VALUE;
    public static final int DATE_MINUS_INFINITY = Integer.MIN_VALUE;

    private static final int DAYS_PER_ERA = 146097;
    private static final int DAYS_0000_TO_2000 = 730425;
    private static final int[] MONTH_LENGTHS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private Calendar() {}

    /** Day number of a date; month and day are taken as they are. */
    public static long day(long year, int month, int day) {
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * DAYS_PER_ERA + dayOfEra - DAYS_0000_TO_2000;
    }

    /** Year, month and day of a day number, packed: {@link #year}, {@link #month}, {@link #dayOfMonth} take them out. */
    public static long civil(long dayNumber) {
        long z = dayNumber + DAYS_0000_TO_2000;
        long era = Math.floorDiv(z, (long) DAYS_PER_ERA);
        long dayOfEra = z - era * DAYS_PER_ERA;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shifted = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * shifted + 2) / 5 + 1;
        long month = shifted < 10 ? shifted + 3 : shifted - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year << 16 | month << 8 | day;
    }

    public static int year(long civil) {
        return (int) (civil >> 16);
    }

    public static int month(long civil) {
        return (int) (civil >> 8) & 0xff;
    }

    public static int dayOfMonth(long civil) {
        return (int) civil & 0xff;
    }

    public static boolean isLeap(long year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    public static int monthLength(long year, int month) {
        return month == 2 && isLeap(year) ? 29 : MONTH_LENGTHS[month - 1];
    }

    /** 0 for Sunday to 6 for Saturday. */
    public static int dayOfWeek(long dayNumber) {
        return (int) Math.floorMod(dayNumber + 6, 7L);
    }

    /** 1 for 1 January. */
    public static int dayOfYear(long dayNumber) {
        return (int) (dayNumber - day(year(civil(dayNumber)), 1, 1)) + 1;
    }

    /** True for a finite timestamp within PostgreSQL's range. */
    public static boolean isTimestamp(long micros) {
        return micros >= MIN_TIMESTAMP && micros < END_TIMESTAMP;
    }

    /** True for a day within {@code date}'s range. */
    public static boolean isDate(long day) {
        return day >= MIN_DAY && day < END_DAY;
    }

    /** True for either infinity of {@code timestamp} and {@code timestamptz}. */
    public static boolean isInfinite(long micros) {
        return micros == Long.MIN_VALUE || micros == Long.MAX_VALUE;
    }
}
