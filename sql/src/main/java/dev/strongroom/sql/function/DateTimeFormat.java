package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Templates of {@code to_char}, {@code to_date} and {@code to_timestamp} for dates and times. */
final class DateTimeFormat {
    private static final String[] MONTHS = {
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December"
    };
    private static final String[] DAYS = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

    /** Keywords, the longer before their own beginnings. */
    private static final String[] KEYWORDS = {
        "SSSSS", "SSSS", "Y,YYY", "YYYY", "IYYY", "MONTH", "HH24", "HH12", "IDDD", "A.M.", "P.M.", "B.C.", "A.D.",
        "YYY", "IYY", "MON", "DAY", "DDD", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "TZH", "TZM", "YY", "IY", "MM",
        "DD", "ID", "DY", "HH", "MI", "SS", "MS", "US", "AM", "PM", "WW", "IW", "CC", "TZ", "OF", "BC", "AD", "RM", "Y",
        "I", "D", "W", "Q", "J"
    };

    private final String template;
    private int at;

    DateTimeFormat(String template) {
        this.template = template;
    }

    /** The next keyword at the position, null if there is none. */
    private @Nullable String keyword() {
        for (String keyword : KEYWORDS) {
            if (template.regionMatches(true, at, keyword, 0, keyword.length())) {
                return keyword;
            }
        }
        return null;
    }

    /**
     * The value as text.
     *
     * @param local microseconds of local time
     * @param zone null for a value without time zone
     */
    String format(long local, @Nullable PgTimeZone zone, long moment) {
        StringBuilder result = new StringBuilder();
        while (at < template.length()) {
            boolean bare = template.regionMatches(true, at, "FM", 0, 2);
            at += bare ? 2 : 0;
            if (template.regionMatches(true, at, "FX", 0, 2)) {
                at += 2;
                continue;
            }
            if (at < template.length() && template.charAt(at) == '"') {
                at = quoted(result);
                continue;
            }
            String keyword = at < template.length() ? keyword() : null;
            if (keyword == null) {
                if (at < template.length()) {
                    result.append(template.charAt(at++));
                }
                continue;
            }
            String written = template.substring(at, at + keyword.length());
            at += keyword.length();
            String value = field(keyword, written, bare, local, zone, moment);
            boolean ordinal = template.regionMatches(true, at, "TH", 0, 2);
            result.append(value);
            if (ordinal) {
                String suffix = ordinalSuffix(value.strip());
                result.append(template.charAt(at) == 'T' ? suffix : suffix.toLowerCase(Locale.ROOT));
                at += 2;
            }
        }
        return result.toString();
    }

    private int quoted(StringBuilder result) {
        int end = template.indexOf('"', at + 1);
        int stop = end < 0 ? template.length() : end;
        result.append(template, at + 1, stop);
        return Math.min(stop + 1, template.length());
    }

    private static String ordinalSuffix(String number) {
        String digits = "0" + number;
        char last = digits.charAt(digits.length() - 1);
        boolean teen = digits.charAt(digits.length() - 2) == '1';
        if (teen || last < '1' || last > '3') {
            return "TH";
        }
        return last == '1' ? "ST" : last == '2' ? "ND" : "RD";
    }

    private static String number(long value, int digits, boolean bare) {
        return bare ? String.valueOf(value) : String.format(Locale.ROOT, "%0" + digits + "d", value);
    }

    private static String cased(String name, String written, int width, boolean bare) {
        String cased = written.equals(written.toUpperCase(Locale.ROOT))
                ? name.toUpperCase(Locale.ROOT)
                : Character.isUpperCase(written.charAt(0)) ? name : name.toLowerCase(Locale.ROOT);
        return bare ? cased : Strings.padRight(cased, Math.max(width, cased.length()), " ");
    }

    private static String field(
            String keyword, String written, boolean bare, long local, @Nullable PgTimeZone zone, long moment) {
        long day = Timestamps.toDate(local);
        long time = Timestamps.timeOfDay(local);
        long civil = Calendar.civil(day);
        long year = Calendar.year(civil) > 0 ? Calendar.year(civil) : 1 - Calendar.year(civil);
        int month = Calendar.month(civil);
        long hour = time / Calendar.MICROS_PER_HOUR;
        long micros = time % Calendar.MICROS_PER_SECOND;
        return switch (keyword) {
            case "YYYY" -> number(year, 4, bare);
            case "Y,YYY" -> year / 1000 + "," + number(year % 1000, 3, false);
            case "YYY" -> number(year % 1000, 3, bare);
            case "YY" -> number(year % 100, 2, bare);
            case "Y" -> number(year % 10, 1, bare);
            case "IYYY" -> number(DateTimeFields.isoYear(day), 4, bare);
            case "IYY" -> number(DateTimeFields.isoYear(day) % 1000, 3, bare);
            case "IY" -> number(DateTimeFields.isoYear(day) % 100, 2, bare);
            case "I" -> number(DateTimeFields.isoYear(day) % 10, 1, bare);
            case "MONTH" -> cased(MONTHS[month - 1], written, 9, bare);
            case "MON" -> cased(MONTHS[month - 1].substring(0, 3), written, 3, true);
            case "MM" -> number(month, 2, bare);
            case "DAY" -> cased(DAYS[Calendar.dayOfWeek(day)], written, 9, bare);
            case "DY" -> cased(DAYS[Calendar.dayOfWeek(day)].substring(0, 3), written, 3, true);
            case "DDD" -> number(Calendar.dayOfYear(day), 3, bare);
            case "DD" -> number(Calendar.dayOfMonth(civil), 2, bare);
            case "D" -> String.valueOf(Calendar.dayOfWeek(day) + 1);
            case "ID" -> String.valueOf((Calendar.dayOfWeek(day) + 6) % 7 + 1);
            case "IDDD" -> number((DateTimeFields.week(day) - 1) * 7 + (Calendar.dayOfWeek(day) + 6) % 7 + 1, 3, bare);
            case "HH24" -> number(hour, 2, bare);
            case "HH", "HH12" -> number(hour % 12 == 0 ? 12 : hour % 12, 2, bare);
            case "MI" -> number(time / Calendar.MICROS_PER_MINUTE % 60, 2, bare);
            case "SS" -> number(time / Calendar.MICROS_PER_SECOND % 60, 2, bare);
            case "SSSS", "SSSSS" -> String.valueOf(time / Calendar.MICROS_PER_SECOND);
            case "MS", "FF3" -> number(micros / 1000, 3, false);
            case "US", "FF6" -> number(micros, 6, false);
            case "FF1" -> number(micros / 100_000, 1, false);
            case "FF2" -> number(micros / 10_000, 2, false);
            case "FF4" -> number(micros / 100, 4, false);
            case "FF5" -> number(micros / 10, 5, false);
            case "AM", "PM" -> half(hour < 12 ? "AM" : "PM", written);
            case "A.M.", "P.M." -> half(hour < 12 ? "A.M." : "P.M.", written);
            case "BC", "AD" -> half(Calendar.year(civil) > 0 ? "AD" : "BC", written);
            case "B.C.", "A.D." -> half(Calendar.year(civil) > 0 ? "A.D." : "B.C.", written);
            case "WW" -> number((Calendar.dayOfYear(day) - 1) / 7 + 1, 2, bare);
            case "IW" -> number(DateTimeFields.week(day), 2, bare);
            case "W" -> String.valueOf((Calendar.dayOfMonth(civil) - 1) / 7 + 1);
            case "Q" -> String.valueOf((month - 1) / 3 + 1);
            case "CC" -> number((year + 99) / 100, 2, bare);
            case "J" -> String.valueOf(day + Calendar.JULIAN_2000);
            case "RM" -> roman(month, written, bare);
            case "TZ" -> zone == null ? "" : half(zone.abbreviation(moment), written);
            case "TZH" -> zone == null ? "" : offset(zone.offsetAt(moment)).substring(0, 3);
            case "TZM" -> zone == null ? "" : number(Math.abs(zone.offsetAt(moment)) / 60 % 60, 2, false);
            default -> zone == null ? "" : offset(zone.offsetAt(moment));
        };
    }

    private static String half(String name, String written) {
        return Character.isUpperCase(written.charAt(0)) ? name : name.toLowerCase(Locale.ROOT);
    }

    private static String offset(int seconds) {
        int minutes = Math.abs(seconds) / 60;
        String text = (seconds < 0 ? "-" : "+") + number(minutes / 60, 2, false);
        return minutes % 60 == 0 ? text : text + ":" + number(minutes % 60, 2, false);
    }

    private static String roman(int month, String written, boolean bare) {
        String[] numerals = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};
        String numeral = half(numerals[month - 1], written);
        return bare ? numeral : Strings.padRight(numeral, 4, " ");
    }

    /** Microseconds of the local time a text stands for. */
    long parse(String text) {
        long[] values = {1, 1, 1, 0, 0, 0, 0};
        boolean afternoon = false;
        boolean halves = false;
        boolean beforeChrist = false;
        int in = 0;
        while (at < template.length()) {
            if (template.regionMatches(true, at, "FM", 0, 2) || template.regionMatches(true, at, "FX", 0, 2)) {
                at += 2;
                continue;
            }
            String keyword = keyword();
            if (keyword == null) {
                boolean separator = !Character.isLetterOrDigit(template.charAt(at));
                boolean matches =
                        in < text.length() && (separator ? !Character.isLetterOrDigit(text.charAt(in)) : true);
                in += matches ? 1 : 0;
                at++;
                continue;
            }
            at += keyword.length();
            while (in < text.length() && text.charAt(in) == ' ') {
                in++;
            }
            switch (keyword) {
                case "MONTH", "MON" -> {
                    int month = monthAt(text, in);
                    values[1] = month;
                    String full = MONTHS[month - 1];
                    in += text.regionMatches(true, in, full, 0, full.length()) ? full.length() : 3;
                }
                case "DAY", "DY" -> in = wordEnd(text, in);
                case "AM", "PM", "A.M.", "P.M." -> {
                    halves = true;
                    afternoon = in < text.length() && Character.toLowerCase(text.charAt(in)) == 'p';
                    in += keyword.length();
                }
                case "BC", "AD", "B.C.", "A.D." -> {
                    beforeChrist = in < text.length() && Character.toLowerCase(text.charAt(in)) == 'b';
                    in += keyword.length();
                }
                default -> in = number(keyword, text, in, values);
            }
        }
        if (halves) {
            values[3] = values[3] % 12 + (afternoon ? 12 : 0);
        }
        return Timestamps.make(
                        beforeChrist ? -values[0] : values[0], values[1], values[2], values[3], values[4], values[5])
                + values[6];
    }

    private static int wordEnd(String text, int from) {
        int end = from;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int monthAt(String text, int from) {
        for (int i = 0; i < MONTHS.length; i++) {
            if (text.regionMatches(true, from, MONTHS[i], 0, 3)) {
                return i + 1;
            }
        }
        throw invalid(text.substring(Math.min(from, text.length())), "MON");
    }

    private static DatabaseException invalid(String value, String keyword) {
        return new DatabaseException(
                ErrorCode.INVALID_DATETIME_FORMAT, "invalid value \"" + value + "\" for \"" + keyword + "\"");
    }

    private int number(String keyword, String text, int from, long[] values) {
        int slot = switch (keyword) {
            case "YYYY", "YYY", "YY", "Y" -> 0;
            case "MM" -> 1;
            case "DD" -> 2;
            case "HH24", "HH12", "HH" -> 3;
            case "MI" -> 4;
            case "SS" -> 5;
            case "MS", "US" -> 6;
            default ->
                throw new DatabaseException(
                        ErrorCode.FEATURE_NOT_SUPPORTED,
                        "template pattern \"" + keyword + "\" is not supported for input yet");
        };
        boolean fixed = at < template.length() && keyword() != null;
        int most = keyword.equals("HH24") || keyword.equals("HH12") ? 2 : keyword.length();
        int limit = fixed ? most : keyword.equals("US") ? 6 : keyword.equals("MS") ? 3 : slot == 0 ? 9 : 2;
        int end = from;
        while (end < text.length() && end - from < limit && Character.isDigit(text.charAt(end))) {
            end++;
        }
        if (end == from) {
            if (from >= text.length()) {
                return end;
            }
            throw invalid(text.substring(from, Math.min(text.length(), from + most)), keyword);
        }
        long value = Long.parseLong(text.substring(from, end));
        values[slot] = switch (keyword) {
            case "YY" -> end - from <= 2 ? value + (value < 70 ? 2000 : 1900) : value;
            case "MS" -> value * 1000 * (long) Math.pow(10, 3 - (end - from));
            case "US" -> value * (long) Math.pow(10, 6 - (end - from));
            default -> value;
        };
        return end;
    }
}
