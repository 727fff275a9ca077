package dev.strongroom.common.datetime;

import dev.strongroom.common.datetime.DateTimeLexer.Field;
import dev.strongroom.common.datetime.DateTimeLexer.Kind;
import dev.strongroom.common.datetime.DateTimeWords.Abbreviation;
import dev.strongroom.common.datetime.DateTimeWords.Word;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.DateOrder;
import dev.strongroom.common.type.TypeContext;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Works out year, month, day, time and zone from fields, as PostgreSQL's {@code DecodeDateTime} and {@code DecodeTimeOnly}.
 * Used once for one text. Failures are {@link DateTimeError.Failure}.
 */
final class DateTimeDecoder {
    private static final int YEAR = 1;
    private static final int MONTH = 1 << 1;
    private static final int DAY = 1 << 2;
    private static final int HOUR = 1 << 3;
    private static final int MINUTE = 1 << 4;
    private static final int SECOND = 1 << 5;
    private static final int ZONE = 1 << 6;
    private static final int DAY_OF_YEAR = 1 << 7;
    private static final int WEEKDAY = 1 << 8;
    private static final int ERA = 1 << 9;
    private static final int AM_PM = 1 << 10;
    private static final int DAYLIGHT = 1 << 11;
    private static final int DATE_FIELDS = YEAR | MONTH | DAY;
    private static final int TIME_FIELDS = HOUR | MINUTE | SECOND;
    private static final int MAX_ZONE_HOURS = 15;

    private final TypeContext context;
    private final boolean timeOnly;

    private int seen;
    private int year;
    private int month;
    private int day;
    private int dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private long micros;
    private int meridian;
    private boolean bc;
    private boolean twoDigitYear;
    private boolean textMonth;
    private boolean julian;
    private boolean hasDate;
    /** Label that the field before put on the next one. */
    private int label;

    private int offsetSeconds;
    private @Nullable PgTimeZone namedZone;
    private @Nullable Abbreviation abbreviation;
    private int special;

    DateTimeDecoder(TypeContext context, boolean timeOnly) {
        this.context = context;
        this.timeOnly = timeOnly;
    }

    void decode(List<Field> fields) {
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            int found = switch (field.kind()) {
                case DATE -> dateField(fields, i);
                case TIME -> timeField(field.text());
                case ZONE -> {
                    offsetSeconds = zoneOffset(field.text());
                    yield ZONE;
                }
                case NUMBER -> numberField(fields, i);
                case STRING, SPECIAL -> wordField(fields, i);
            };
            if ((found & seen) != 0) {
                throw bad();
            }
            seen |= found;
        }
        if (label != 0) {
            throw bad();
        }
        finish();
    }

    /** {@link DateTimeWords#EPOCH}, {@code LATE}, {@code EARLY}, or 0 for an ordinary value. */
    int special() {
        return special;
    }

    boolean hasFullDate() {
        return (seen & DATE_FIELDS) == DATE_FIELDS;
    }

    long dayNumber() {
        return Calendar.day(year, month, day);
    }

    int yearValue() {
        return year;
    }

    /** Microseconds since midnight, up to and including 24:00. */
    long timeMicros() {
        return ((hour * 60L + minute) * 60 + second) * Calendar.MICROS_PER_SECOND + micros;
    }

    /** Offset east for the decoded local time: as written, or the session's. */
    int offsetSeconds(long localMicros) {
        if (namedZone != null) {
            return namedZone.offsetAtLocal(localMicros);
        }
        if (abbreviation != null) {
            PgTimeZone zone = abbreviation.zone();
            return zone == null ? abbreviation.offsetSeconds() : zone.offsetAtLocal(localMicros);
        }
        return (seen & ZONE) != 0 ? offsetSeconds : context.timeZone().offsetAtLocal(localMicros);
    }

    boolean hasZone() {
        return (seen & ZONE) != 0;
    }

    private int dateField(List<Field> fields, int i) {
        String text = fields.get(i).text();
        if (label == DateTimeWords.JULIAN) {
            label = 0;
            int end = digitsEnd(text, 0);
            setJulian(number(text, 0, end));
            offsetSeconds = zoneOffset(text.substring(end));
            return DATE_FIELDS | TIME_FIELDS | ZONE;
        }
        boolean dateKnown = timeOnly
                ? !(i == 0
                        && fields.size() >= 2
                        && (fields.getLast().kind() == Kind.DATE
                                || fields.get(1).kind() == Kind.TIME))
                : label != 0 || (seen & (MONTH | DAY)) == (MONTH | DAY);
        if (!dateKnown) {
            return date(text);
        }
        if (DateTimeLexer.isDigit(text.charAt(0)) || label != 0) {
            if (label != 0) {
                requireTimeLabel();
            }
            if ((seen & TIME_FIELDS) == TIME_FIELDS) {
                throw bad();
            }
            int dash = text.indexOf('-');
            if (dash < 0) {
                throw bad();
            }
            offsetSeconds = zoneOffset(text.substring(dash));
            return concatenated(text.substring(0, dash), timeOnly ? seen | DATE_FIELDS : seen) | ZONE;
        }
        namedZone = zoneNamed(text);
        return ZONE;
    }

    private void requireTimeLabel() {
        if (label != DateTimeWords.TIME) {
            throw bad();
        }
        label = 0;
    }

    private static PgTimeZone zoneNamed(String text) {
        Optional<PgTimeZone> zone = PgTimeZone.named(text);
        if (zone.isEmpty()) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "time zone \"" + text + "\" not recognized");
        }
        return zone.get();
    }

    private int timeField(String text) {
        if (label != 0) {
            requireTimeLabel();
        }
        int[] at = {0};
        hour = integer(text, at);
        if (at[0] >= text.length() || text.charAt(at[0]) != ':') {
            throw bad();
        }
        at[0]++;
        minute = integer(text, at);
        second = 0;
        micros = 0;
        char next = at[0] < text.length() ? text.charAt(at[0]) : 0;
        if (next == '.') {
            micros = fraction(text.substring(at[0]));
            second = minute;
            minute = hour;
            hour = 0;
        } else if (next == ':') {
            at[0]++;
            second = integer(text, at);
            if (at[0] < text.length()) {
                if (text.charAt(at[0]) != '.') {
                    throw bad();
                }
                micros = fraction(text.substring(at[0]));
            }
        } else if (next != 0) {
            throw bad();
        }
        checkTime();
        return TIME_FIELDS;
    }

    private void checkTime() {
        boolean legal = minute <= 59 && second <= 60 && hour <= 24 && timeMicros() <= Calendar.MICROS_PER_DAY;
        if (!legal) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
    }

    private int numberField(List<Field> fields, int i) {
        String text = fields.get(i).text();
        if (label != 0) {
            return labelledNumber(text);
        }
        int point = text.indexOf('.');
        int length = text.length();
        if (timeOnly) {
            return timeOnlyNumber(fields, i, text, point);
        }
        if (point >= 0 && (seen & DATE_FIELDS) == 0) {
            return date(text);
        }
        if (point > 2) {
            return concatenated(text, seen);
        }
        if (length >= 6 && ((seen & DATE_FIELDS) == 0 || (seen & TIME_FIELDS) == 0)) {
            return concatenated(text, seen);
        }
        return number(text, seen);
    }

    private int timeOnlyNumber(List<Field> fields, int i, String text, int point) {
        if (point >= 0) {
            if (i == 0 && fields.size() >= 2 && fields.getLast().kind() == Kind.DATE) {
                return date(text);
            }
            if (point > 2) {
                return concatenated(text, seen | DATE_FIELDS);
            }
            throw bad();
        }
        return text.length() > 4 ? concatenated(text, seen | DATE_FIELDS) : number(text, seen | DATE_FIELDS);
    }

    private int labelledNumber(String text) {
        int which = label;
        label = 0;
        int end = digitsEnd(text, 0);
        boolean fractional = end < text.length();
        if (which == DateTimeWords.TIME) {
            int found = concatenated(text, seen | DATE_FIELDS);
            if (found != TIME_FIELDS) {
                throw bad();
            }
            return found;
        }
        int value = number(text, 0, end);
        if (fractional && which != DateTimeWords.JULIAN && which != DateTimeWords.SECOND) {
            throw bad();
        }
        switch (which) {
            case DateTimeWords.YEAR -> {
                year = value;
                return YEAR;
            }
            case DateTimeWords.MONTH -> {
                if ((seen & MONTH) != 0 && (seen & HOUR) != 0) {
                    minute = value;
                    return MINUTE;
                }
                month = value;
                return MONTH;
            }
            case DateTimeWords.DAY -> {
                day = value;
                return DAY;
            }
            case DateTimeWords.HOUR -> {
                hour = value;
                return HOUR;
            }
            case DateTimeWords.MINUTE -> {
                minute = value;
                return MINUTE;
            }
            case DateTimeWords.SECOND -> {
                second = value;
                micros = fractional ? fraction(text.substring(end)) : 0;
                return SECOND;
            }
            case DateTimeWords.JULIAN -> {
                setJulian(value);
                if (!fractional) {
                    return DATE_FIELDS;
                }
                long ofDay = new BigDecimal("0" + text.substring(end))
                        .multiply(BigDecimal.valueOf(Calendar.MICROS_PER_DAY))
                        .longValue();
                setTime(ofDay);
                return DATE_FIELDS | TIME_FIELDS;
            }
            default -> throw bad();
        }
    }

    private void setTime(long ofDay) {
        hour = (int) (ofDay / Calendar.MICROS_PER_HOUR);
        minute = (int) (ofDay / Calendar.MICROS_PER_MINUTE % 60);
        second = (int) (ofDay / Calendar.MICROS_PER_SECOND % 60);
        micros = ofDay % Calendar.MICROS_PER_SECOND;
    }

    private void setJulian(int value) {
        julian = true;
        setDate(value - Calendar.JULIAN_2000);
    }

    private void setDate(long dayNumber) {
        long civil = Calendar.civil(dayNumber);
        year = Calendar.year(civil);
        month = Calendar.month(civil);
        day = Calendar.dayOfMonth(civil);
    }

    private int wordField(List<Field> fields, int i) {
        String text = fields.get(i).text();
        Optional<Abbreviation> zone = DateTimeWords.abbreviation(text);
        if (zone.isPresent()) {
            abbreviation = zone.get();
            return ZONE;
        }
        Word word = DateTimeWords.date(text);
        if (word == null) {
            if (text.equals("z") || text.equals("zulu")) {
                offsetSeconds = 0;
                return ZONE;
            }
            Optional<PgTimeZone> named = PgTimeZone.named(text);
            if (named.isEmpty()) {
                throw bad();
            }
            namedZone = named.get();
            return ZONE;
        }
        return switch (word.kind()) {
            case IGNORED -> 0;
            case RESERVED -> reserved(word.value());
            case MONTH -> monthWord(word.value());
            case DAY_OF_WEEK -> WEEKDAY;
            case AM_PM -> {
                meridian = word.value();
                yield AM_PM;
            }
            case ERA -> {
                bc = word.value() == 1;
                yield ERA;
            }
            case DAYLIGHT_MODIFIER -> {
                daylightModifier();
                yield DAYLIGHT;
            }
            case UNIT -> {
                label = word.value();
                yield 0;
            }
            case ISO_TIME -> {
                if (!timeOnly && (seen & DATE_FIELDS) != DATE_FIELDS || i + 1 >= fields.size()) {
                    throw bad();
                }
                Kind next = fields.get(i + 1).kind();
                if (next != Kind.NUMBER && next != Kind.TIME && next != Kind.DATE) {
                    throw bad();
                }
                label = DateTimeWords.TIME;
                yield 0;
            }
            case AGO -> throw bad();
        };
    }

    private void daylightModifier() {
        Abbreviation given = abbreviation;
        if (given != null && given.zone() == null) {
            abbreviation = new Abbreviation(given.offsetSeconds() + 3600, true, null);
        } else {
            offsetSeconds += 3600;
        }
    }

    private int monthWord(int value) {
        int found = MONTH;
        if ((seen & MONTH) != 0 && !textMonth && (seen & DAY) == 0 && month >= 1 && month <= 31) {
            day = month;
            found = DAY;
        }
        textMonth = true;
        month = value;
        return found;
    }

    private int reserved(int which) {
        long now = context.nowMicros();
        long local = context.timeZone().toLocal(now);
        long today = Math.floorDiv(local, Calendar.MICROS_PER_DAY);
        switch (which) {
            case DateTimeWords.NOW -> {
                setDate(today);
                setTime(Math.floorMod(local, Calendar.MICROS_PER_DAY));
                offsetSeconds = context.timeZone().offsetAt(now);
                return DATE_FIELDS | TIME_FIELDS | ZONE;
            }
            case DateTimeWords.TODAY, DateTimeWords.TOMORROW, DateTimeWords.YESTERDAY -> {
                setDate(which == DateTimeWords.TODAY ? today : which == DateTimeWords.TOMORROW ? today + 1 : today - 1);
                return DATE_FIELDS;
            }
            case DateTimeWords.ZULU_MIDNIGHT -> {
                offsetSeconds = 0;
                return TIME_FIELDS | ZONE;
            }
            default -> {
                special = which;
                return DATE_FIELDS | TIME_FIELDS | ZONE;
            }
        }
    }

    /** {@code DecodeDate}: three parts, one of which may be a month's name. */
    private int date(String text) {
        String[] parts = text.split("[^a-z0-9]+|(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])", -1);
        int found = 0;
        int mask = seen;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty()) {
                throw bad();
            }
            if (!DateTimeLexer.isAlpha(parts[i].charAt(0))) {
                continue;
            }
            Word word = DateTimeWords.date(parts[i]);
            if (word == null || word.kind() != DateTimeWords.Kind.MONTH || (mask & MONTH) != 0) {
                throw bad();
            }
            month = word.value();
            textMonth = true;
            mask |= MONTH;
            found |= MONTH;
            parts[i] = "";
        }
        for (String part : parts) {
            if (part.isEmpty()) {
                continue;
            }
            int one = number(part, mask);
            if ((mask & one) != 0) {
                throw bad();
            }
            mask |= one;
            found |= one;
        }
        if ((mask & ~(DAY_OF_YEAR | ZONE | WEEKDAY | ERA | TIME_FIELDS | AM_PM | DAYLIGHT)) != DATE_FIELDS) {
            throw bad();
        }
        hasDate = true;
        return found;
    }

    /** {@code DecodeNumber}: one number, whose meaning follows from what is known. */
    private int number(String text, int mask) {
        int length = text.length();
        int end = digitsEnd(text, 0);
        int value = end == 0 ? 0 : number(text, 0, end);
        if (end < length) {
            if (text.charAt(end) != '.') {
                throw bad();
            }
            if (end > 2) {
                return concatenated(text, mask | DATE_FIELDS);
            }
            micros = fraction(text.substring(end));
        } else if (end == 0) {
            throw bad();
        }
        if (length == 3 && (mask & DATE_FIELDS) == YEAR && value >= 1 && value <= 366) {
            dayOfYear = value;
            return DAY_OF_YEAR | MONTH | DAY;
        }
        int found;
        switch (mask & DATE_FIELDS) {
            case 0 ->
                found = length >= 3 || context.dateOrder() == DateOrder.YMD
                        ? YEAR
                        : context.dateOrder() == DateOrder.DMY ? DAY : MONTH;
            case YEAR, DAY -> found = MONTH;
            case MONTH -> found = textMonth && (length >= 3 || context.dateOrder() == DateOrder.YMD) ? YEAR : DAY;
            case YEAR | MONTH -> {
                if (textMonth && length >= 3 && twoDigitYear) {
                    day = year;
                    year = value;
                    twoDigitYear = false;
                    return DAY;
                }
                found = DAY;
            }
            case MONTH | DAY -> found = YEAR;
            case DATE_FIELDS -> {
                return concatenated(text, mask);
            }
            default -> throw bad();
        }
        switch (found) {
            case YEAR -> {
                year = value;
                twoDigitYear = length <= 2;
            }
            case MONTH -> month = value;
            default -> day = value;
        }
        return found;
    }

    /** {@code DecodeNumberField}: run-together yyyymmdd or hhmmss. */
    private int concatenated(String text, int mask) {
        String digits = text;
        int point = text.indexOf('.');
        if (point >= 0) {
            micros = fraction(text.substring(point));
            digits = text.substring(0, point);
        } else if ((mask & DATE_FIELDS) != DATE_FIELDS && text.length() >= 6) {
            int length = text.length();
            requireDigits(text);
            day = number(text, length - 2, length);
            month = number(text, length - 4, length - 2);
            year = number(text, 0, length - 4);
            twoDigitYear = length - 4 == 2;
            return DATE_FIELDS;
        }
        requireDigits(digits);
        if ((mask & TIME_FIELDS) != TIME_FIELDS) {
            if (digits.length() == 6) {
                hour = number(digits, 0, 2);
                minute = number(digits, 2, 4);
                second = number(digits, 4, 6);
                return TIME_FIELDS;
            }
            if (digits.length() == 4) {
                hour = number(digits, 0, 2);
                minute = number(digits, 2, 4);
                second = 0;
                return TIME_FIELDS;
            }
        }
        throw bad();
    }

    private static void requireDigits(String text) {
        if (text.isEmpty() || digitsEnd(text, 0) != text.length()) {
            throw bad();
        }
    }

    /** {@code DecodeTimezone}: {@code +hh}, {@code +hhmm}, {@code +hh:mm[:ss]}; seconds east. */
    private static int zoneOffset(String text) {
        if (text.isEmpty() || text.charAt(0) != '+' && text.charAt(0) != '-') {
            throw bad();
        }
        int[] at = {1};
        int hours = integer(text, at);
        int minutes = 0;
        int seconds = 0;
        if (at[0] < text.length() && text.charAt(at[0]) == ':') {
            at[0]++;
            minutes = integer(text, at);
            if (at[0] < text.length() && text.charAt(at[0]) == ':') {
                at[0]++;
                seconds = integer(text, at);
            }
        } else if (at[0] == text.length() && text.length() > 3) {
            minutes = hours % 100;
            hours /= 100;
        }
        if (hours > MAX_ZONE_HOURS || minutes > 59 || seconds > 59) {
            throw DateTimeError.ZONE_OVERFLOW.failure();
        }
        if (at[0] < text.length()) {
            throw bad();
        }
        int total = (hours * 60 + minutes) * 60 + seconds;
        return text.charAt(0) == '-' ? -total : total;
    }

    private void finish() {
        validateDate();
        if (meridian != 0) {
            if (hour > 12) {
                throw DateTimeError.FIELD_OVERFLOW.failure();
            }
            if (meridian == 1 && hour == 12) {
                hour = 0;
            } else if (meridian == 2 && hour != 12) {
                hour += 12;
            }
        }
        checkTime();
        if (timeOnly) {
            if ((seen & TIME_FIELDS) != TIME_FIELDS && special == 0) {
                throw bad();
            }
        } else if ((seen & DATE_FIELDS) != DATE_FIELDS) {
            throw bad();
        }
        if ((seen & DAYLIGHT) != 0 && (seen & ZONE) == 0) {
            throw bad();
        }
    }

    private void validateDate() {
        if ((seen & YEAR) != 0 && !julian && special == 0) {
            if (bc) {
                if (year <= 0) {
                    throw DateTimeError.FIELD_OVERFLOW.failure();
                }
                year = -(year - 1);
            } else if (twoDigitYear) {
                year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
            } else if (year <= 0 && hasWrittenYear()) {
                throw DateTimeError.FIELD_OVERFLOW.failure();
            }
        }
        if (special != 0) {
            return;
        }
        if ((seen & DAY_OF_YEAR) != 0) {
            setDate(Calendar.day(year, 1, 1) + dayOfYear - 1);
        }
        if ((seen & MONTH) != 0 && (month < 1 || month > 12)) {
            throw DateTimeError.MONTH_DAY_OVERFLOW.failure();
        }
        if ((seen & DAY) != 0 && (day < 1 || day > 31)) {
            throw DateTimeError.MONTH_DAY_OVERFLOW.failure();
        }
        if ((seen & DATE_FIELDS) == DATE_FIELDS && day > Calendar.monthLength(year, month)) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
    }

    /** Dates from words such as today may lie before year 1; written years may not. */
    private boolean hasWrittenYear() {
        return hasDate || year <= 0;
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && DateTimeLexer.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int number(String text, int from, int to) {
        if (to == from) {
            throw bad();
        }
        if (to - from > 10) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
        long value = Long.parseLong(text, from, to, 10);
        if (value > Integer.MAX_VALUE) {
            throw DateTimeError.FIELD_OVERFLOW.failure();
        }
        return (int) value;
    }

    /** Number at a moving position. */
    private static int integer(String text, int[] at) {
        int end = digitsEnd(text, at[0]);
        int value = number(text, at[0], end);
        at[0] = end;
        return value;
    }

    /** Microseconds of {@code .123…}, rounded. */
    static long fraction(String text) {
        if (text.length() == 1) {
            return 0;
        }
        if (digitsEnd(text, 1) != text.length()) {
            throw bad();
        }
        return new BigDecimal("0" + text)
                .movePointRight(6)
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }

    private static DateTimeError.Failure bad() {
        return DateTimeError.BAD_FORMAT.failure();
    }
}
