package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates and times to bytes and back. Bytes are SQL Server's: days since 0001-01-01 in three bytes and ticks of 100 ns since
 * midnight in five, little-endian. Rounding is PostgreSQL's: half away from 2000-01-01.
 */
final class Times {
    static final int DATE_BYTES = 3;
    static final int TIME_BYTES = 5;
    static final int TIMESTAMP_BYTES = TIME_BYTES + DATE_BYTES;
    static final int TIMESTAMPTZ_BYTES = TIMESTAMP_BYTES + 2;

    private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
    private static final long EPOCH_2000 = LocalDate.of(2000, 1, 1).toEpochDay();
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final int TICKS_PER_MICRO = 10;
    private static final long[] MICROS_PER_DIGIT = {1_000_000, 100_000, 10_000, 1_000, 100, 10, 1};
    private static final Pattern TIMESTAMP_TEXT =
            Pattern.compile("(\\d{4,}-\\d{1,2}-\\d{1,2})(?:[ T](\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)"
                    + "\\s*(Z|[+-]\\d{1,2}(?::?\\d{2}(?::?\\d{2})?)?)?)?");
    private static final Pattern TIME_TEXT =
            Pattern.compile("(\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)\\s*(?:Z|[+-]\\d{1,2}(?::?\\d{2})?)?");

    private static final Pattern TIME_WITHOUT_COLONS = Pattern.compile("(\\d{2})(\\d{2})(\\d{2}(?:\\.\\d{1,9})?)?");

    private Times() {}

    static byte[] dateBytes(Object value, ZoneId zone, Fit fit) throws ColumnEncryptionException {
        LocalDate date = switch (value) {
            case LocalDate day -> day;
            case LocalTime time -> throw Fit.unsuitable(time, "date");
            case OffsetTime time -> throw Fit.unsuitable(time, "date");
            default -> {
                LocalDateTime moment = wall(value, zone, "date");
                if (!moment.toLocalTime().equals(LocalTime.MIDNIGHT)) {
                    fit.rounded();
                }
                yield moment.toLocalDate();
            }
        };
        byte[] bytes = new byte[DATE_BYTES];
        putDays(bytes, 0, day(date.toEpochDay(), fit));
        return bytes;
    }

    private static long day(long epochDay, Fit fit) throws ColumnEncryptionException {
        if (epochDay < FIRST_DAY || epochDay > LAST_DAY) {
            fit.outside(Reason.DATETIME_OUT_OF_RANGE, "an encrypted date lies between 0001-01-01 and 9999-12-31");
            return FIRST_DAY;
        }
        return epochDay;
    }

    static byte[] timeBytes(Object value, ColumnType type, ZoneId zone, Fit fit) throws ColumnEncryptionException {
        LocalTime time;
        boolean midnightAtEnd = false;
        switch (value) {
            case LocalTime local -> time = local;
            case OffsetTime offset -> time = offset.toLocalTime();
            case String text -> {
                Matcher matcher = TIME_TEXT.matcher(withColons(text.strip()));
                if (!matcher.matches()) {
                    throw Fit.unreadable("time");
                }
                midnightAtEnd = matcher.group(1).matches("24:00(:00(\\.0+)?)?");
                time = midnightAtEnd ? LocalTime.MIDNIGHT : localTime(matcher.group(1), "time");
            }
            case LocalDate date -> throw Fit.unsuitable(date, "time");
            default -> time = wall(value, zone, "time").toLocalTime();
        }
        long micros = midnightAtEnd ? MICROS_PER_DAY : microsOfDay(time, fit);
        byte[] bytes = new byte[TIME_BYTES];
        putTicks(bytes, 0, rounded(micros, type, fit) * TICKS_PER_MICRO);
        return bytes;
    }

    static byte[] timestampBytes(Object value, ColumnType type, ZoneId zone, Fit fit) throws ColumnEncryptionException {
        byte[] bytes = new byte[TIMESTAMP_BYTES];
        put(bytes, wall(value, zone, "timestamp"), type, fit);
        return bytes;
    }

    static byte[] timestamptzBytes(Object value, ColumnType type, ZoneId zone, Fit fit)
            throws ColumnEncryptionException {
        byte[] bytes = new byte[TIMESTAMPTZ_BYTES];
        put(bytes, LocalDateTime.ofInstant(instant(value, zone), ZoneOffset.UTC), type, fit);
        return bytes;
    }

    private static void put(byte[] bytes, LocalDateTime moment, ColumnType type, Fit fit)
            throws ColumnEncryptionException {
        long sinceMillennium = (moment.toLocalDate().toEpochDay() - EPOCH_2000) * MICROS_PER_DAY
                + microsOfDay(moment.toLocalTime(), fit);
        long micros = rounded(sinceMillennium, type, fit);
        putTicks(bytes, 0, Math.floorMod(micros, MICROS_PER_DAY) * TICKS_PER_MICRO);
        putDays(bytes, TIME_BYTES, day(Math.floorDiv(micros, MICROS_PER_DAY) + EPOCH_2000, fit));
    }

    private static long microsOfDay(LocalTime time, Fit fit) throws ColumnEncryptionException {
        long nanos = time.toNanoOfDay();
        if (nanos % 1000 != 0) {
            fit.rounded();
        }
        return (nanos + 500) / 1000;
    }

    private static long rounded(long micros, ColumnType type, Fit fit) throws ColumnEncryptionException {
        long unit = MICROS_PER_DIGIT[type.fractionDigits()];
        if (micros % unit == 0) {
            return micros;
        }
        fit.rounded();
        return (micros + (micros < 0 ? -unit / 2 : unit / 2)) / unit * unit;
    }

    /** What a clock on the wall shows: where the value has a zone of its own, there; an instant in the session's zone. */
    private static LocalDateTime wall(Object value, ZoneId zone, String type) throws ColumnEncryptionException {
        return switch (value) {
            case LocalDateTime local -> local;
            case LocalDate date -> date.atStartOfDay();
            // What the driver made of a java.sql.Timestamp: PostgreSQL reads it as text and drops the offset.
            case ZonedDateTime zoned -> zoned.toLocalDateTime();
            case OffsetDateTime offset -> offset.atZoneSameInstant(zone).toLocalDateTime();
            case Instant instant -> LocalDateTime.ofInstant(instant, zone);
            case String text -> {
                Matcher matcher = timestamp(text, type);
                LocalTime time = matcher.group(2) == null ? LocalTime.MIDNIGHT : localTime(matcher.group(2), type);
                yield localDate(matcher.group(1), type).atTime(time);
            }
            default -> throw Fit.unsuitable(value, type);
        };
    }

    private static Instant instant(Object value, ZoneId zone) throws ColumnEncryptionException {
        return switch (value) {
            case Instant instant -> instant;
            case OffsetDateTime offset -> offset.toInstant();
            case ZonedDateTime zoned -> zoned.toInstant();
            case String text -> {
                Matcher matcher = timestamp(text, "timestamp with time zone");
                LocalDateTime wall = wall(text, zone, "timestamp with time zone");
                yield matcher.group(3) == null
                        ? wall.atZone(zone).toInstant()
                        : wall.toInstant(ZoneOffset.of(offset(matcher.group(3))));
            }
            default ->
                wall(value, zone, "timestamp with time zone").atZone(zone).toInstant();
        };
    }

    private static String offset(String text) {
        return text.matches("[+-]\\d") ? text.charAt(0) + "0" + text.charAt(1) : text;
    }

    private static Matcher timestamp(String text, String type) throws ColumnEncryptionException {
        Matcher matcher = TIMESTAMP_TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            if (text.strip().matches("(?i)[+-]?infinity")) {
                throw new ColumnEncryptionException(
                        Reason.DATETIME_OUT_OF_RANGE, "an encrypted " + type + " cannot be infinite");
            }
            throw Fit.unreadable(type);
        }
        return matcher;
    }

    private static LocalDate localDate(String text, String type) throws ColumnEncryptionException {
        String[] parts = text.split("-");
        try {
            return LocalDate.of(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        } catch (DateTimeException | NumberFormatException e) {
            throw Fit.unreadable(type);
        }
    }

    /** PostgreSQL reads {@code hhmm} and {@code hhmmss} too. */
    private static String withColons(String text) {
        Matcher digits = TIME_WITHOUT_COLONS.matcher(text);
        if (!digits.matches()) {
            return text;
        }
        String seconds = digits.group(3);
        return digits.group(1) + ":" + digits.group(2) + (seconds == null ? "" : ":" + seconds);
    }

    private static LocalTime localTime(String text, String type) throws ColumnEncryptionException {
        try {
            return LocalTime.parse(text.charAt(1) == ':' ? "0" + text : text);
        } catch (DateTimeException e) {
            throw Fit.unreadable(type);
        }
    }

    private static void putTicks(byte[] bytes, int at, long ticks) {
        for (int i = 0; i < TIME_BYTES; i++) {
            bytes[at + i] = (byte) (ticks >>> (8 * i));
        }
    }

    private static void putDays(byte[] bytes, int at, long epochDay) {
        long days = epochDay - FIRST_DAY;
        for (int i = 0; i < DATE_BYTES; i++) {
            bytes[at + i] = (byte) (days >>> (8 * i));
        }
    }

    private static long number(byte[] bytes, int at, int count) {
        long number = 0;
        for (int i = count - 1; i >= 0; i--) {
            number = number << 8 | (bytes[at + i] & 0xff);
        }
        return number;
    }

    static String readDate(byte[] bytes, int at) {
        return LocalDate.ofEpochDay(number(bytes, at, DATE_BYTES) + FIRST_DAY).toString();
    }

    static String readTime(byte[] bytes) {
        long micros = number(bytes, 0, TIME_BYTES) / TICKS_PER_MICRO;
        return micros == MICROS_PER_DAY ? "24:00:00" : timeText(LocalTime.ofNanoOfDay(micros * 1000));
    }

    static String readTimestamp(byte[] bytes) {
        return text(moment(bytes));
    }

    static String readTimestamptz(byte[] bytes, ZoneId zone) {
        return text(
                moment(bytes).atOffset(ZoneOffset.UTC).atZoneSameInstant(zone).toOffsetDateTime());
    }

    /** As PostgreSQL prints a timestamp with time zone. */
    static String text(OffsetDateTime moment) {
        int seconds = moment.getOffset().getTotalSeconds();
        StringBuilder offset = new StringBuilder(seconds < 0 ? "-" : "+");
        int rest = Math.abs(seconds);
        twoDigits(offset, rest / 3600);
        if (rest % 3600 != 0) {
            twoDigits(offset.append(':'), rest / 60 % 60);
            if (rest % 60 != 0) {
                twoDigits(offset.append(':'), rest % 60);
            }
        }
        return text(moment.toLocalDateTime()) + offset;
    }

    private static LocalDateTime moment(byte[] bytes) {
        long micros = number(bytes, 0, TIME_BYTES) / TICKS_PER_MICRO;
        return LocalDate.ofEpochDay(number(bytes, TIME_BYTES, DATE_BYTES) + FIRST_DAY)
                .atStartOfDay()
                .plus(micros, ChronoUnit.MICROS);
    }

    static String text(LocalDateTime moment) {
        return moment.toLocalDate() + " " + timeText(moment.toLocalTime());
    }

    static String timeText(LocalTime time) {
        StringBuilder out = new StringBuilder(15);
        twoDigits(out, time.getHour());
        twoDigits(out.append(':'), time.getMinute());
        twoDigits(out.append(':'), time.getSecond());
        int micros = time.get(ChronoField.MICRO_OF_SECOND);
        if (micros != 0) {
            String digits = Integer.toString(1_000_000 + micros).substring(1);
            out.append('.').append(digits.replaceFirst("0+$", ""));
        }
        return out.toString();
    }

    private static void twoDigits(StringBuilder out, int number) {
        out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
