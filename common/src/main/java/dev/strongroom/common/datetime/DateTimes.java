package dev.strongroom.common.datetime;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.TimeTz;

/** Text to date, time and timestamp values. The usual ISO form is read without the general machinery. */
public final class DateTimes {
    private DateTimes() {}

    /** Days since 2000-01-01, or an infinity of {@code date}. */
    public static long parseDate(String text, TypeContext context) {
        if (text.length() == 10) {
            long quick = isoDate(text);
            if (quick != Long.MIN_VALUE) {
                return quick;
            }
        }
        DateTimeDecoder decoder = decode(text, context, false, "date");
        switch (decoder.special()) {
            case DateTimeWords.EPOCH -> {
                return -Calendar.EPOCH_2000_DAYS;
            }
            case DateTimeWords.LATE -> {
                return Calendar.DATE_INFINITY;
            }
            case DateTimeWords.EARLY -> {
                return Calendar.DATE_MINUS_INFINITY;
            }
            default -> {
                long day = decoder.dayNumber();
                if (!Calendar.isDate(day)) {
                    throw new DatabaseException(
                            ErrorCode.DATETIME_FIELD_OVERFLOW, "date out of range: \"" + text + "\"");
                }
                return day;
            }
        }
    }

    /** Microseconds since 2000-01-01; a zone in the text is ignored. */
    public static long parseTimestamp(String text, TypeContext context) {
        long quick = isoTimestamp(text);
        if (quick != Long.MIN_VALUE) {
            return quick;
        }
        DateTimeDecoder decoder = decode(text, context, false, "timestamp");
        return timestamp(decoder, text, false);
    }

    /** Microseconds since 2000-01-01 UTC. */
    public static long parseTimestampTz(String text, TypeContext context) {
        long quick = isoTimestamp(text);
        if (quick != Long.MIN_VALUE) {
            return checkTimestamp(context.timeZone().toUtc(quick), text);
        }
        DateTimeDecoder decoder = decode(text, context, false, "timestamp with time zone");
        return timestamp(decoder, text, true);
    }

    private static long timestamp(DateTimeDecoder decoder, String text, boolean zoned) {
        switch (decoder.special()) {
            case DateTimeWords.EPOCH -> {
                return -Calendar.EPOCH_2000_MICROS;
            }
            case DateTimeWords.LATE -> {
                return Long.MAX_VALUE;
            }
            case DateTimeWords.EARLY -> {
                return Long.MIN_VALUE;
            }
            default -> {
                long day = decoder.dayNumber();
                if (day < Calendar.MIN_DAY - 1L || day > 106_751_991L) {
                    throw outOfRange(text);
                }
                long local = day * Calendar.MICROS_PER_DAY + decoder.timeMicros();
                return checkTimestamp(
                        zoned ? local - decoder.offsetSeconds(local) * Calendar.MICROS_PER_SECOND : local, text);
            }
        }
    }

    private static long checkTimestamp(long micros, String text) {
        if (!Calendar.isTimestamp(micros)) {
            throw outOfRange(text);
        }
        return micros;
    }

    private static DatabaseException outOfRange(String text) {
        return new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "timestamp out of range: \"" + text + "\"");
    }

    /** Microseconds since midnight; a zone in the text is ignored. */
    public static long parseTime(String text, TypeContext context) {
        return decode(text, context, true, "time").timeMicros();
    }

    public static TimeTz parseTimeTz(String text, TypeContext context) {
        DateTimeDecoder decoder = decode(text, context, true, "time with time zone");
        long day = decoder.hasFullDate()
                ? decoder.dayNumber()
                : Math.floorDiv(context.timeZone().toLocal(context.nowMicros()), Calendar.MICROS_PER_DAY);
        long micros = decoder.timeMicros();
        return new TimeTz(micros, decoder.offsetSeconds(day * Calendar.MICROS_PER_DAY + micros));
    }

    private static DateTimeDecoder decode(String text, TypeContext context, boolean timeOnly, String typeName) {
        try {
            DateTimeDecoder decoder = new DateTimeDecoder(context, timeOnly);
            decoder.decode(DateTimeLexer.split(text));
            return decoder;
        } catch (DateTimeError.Failure failure) {
            throw failure.error().report(text, typeName);
        }
    }

    /** Day of {@code YYYY-MM-DD} at the start of the text, or MIN_VALUE if it is not exactly that. */
    private static long isoDate(String text) {
        if (text.charAt(4) != '-' || text.charAt(7) != '-') {
            return Long.MIN_VALUE;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        boolean legal = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= Calendar.monthLength(year, month);
        return legal ? Calendar.day(year, month, day) : Long.MIN_VALUE;
    }

    /** {@code YYYY-MM-DD[( |T)HH:MM:SS[.ffffff]]}, or MIN_VALUE. */
    private static long isoTimestamp(String text) {
        int length = text.length();
        if (length != 10 && length < 19 || length > 26) {
            return Long.MIN_VALUE;
        }
        long day = isoDate(text);
        if (day == Long.MIN_VALUE || length == 10) {
            return day == Long.MIN_VALUE ? day : day * Calendar.MICROS_PER_DAY;
        }
        char separator = text.charAt(10);
        boolean shaped = (separator == ' ' || separator == 'T') && text.charAt(13) == ':' && text.charAt(16) == ':';
        if (!shaped) {
            return Long.MIN_VALUE;
        }
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return Long.MIN_VALUE;
        }
        long micros = 0;
        if (length > 19) {
            if (text.charAt(19) != '.' || length == 20) {
                return Long.MIN_VALUE;
            }
            micros = digits(text, 20, length);
            if (micros < 0) {
                return Long.MIN_VALUE;
            }
            for (int i = length; i < 26; i++) {
                micros *= 10;
            }
        }
        return day * Calendar.MICROS_PER_DAY
                + ((hour * 60L + minute) * 60 + second) * Calendar.MICROS_PER_SECOND
                + micros;
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
