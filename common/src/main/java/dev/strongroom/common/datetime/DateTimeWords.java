package dev.strongroom.common.datetime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The words PostgreSQL knows in dates and intervals, and its default table of time zone abbreviations. */
public final class DateTimeWords {
    /** Longest part of a word that counts. */
    private static final int SIGNIFICANT = 10;

    static final int JULIAN = 1;
    static final int YEAR = 2;
    static final int MONTH = 3;
    static final int DAY = 4;
    static final int HOUR = 5;
    static final int MINUTE = 6;
    static final int SECOND = 7;
    static final int TIME = 8;
    static final int MILLISECOND = 9;
    static final int MICROSECOND = 10;
    static final int WEEK = 11;
    static final int DECADE = 12;
    static final int CENTURY = 13;
    static final int MILLENNIUM = 14;
    static final int DAY_OF_WEEK = 16;
    static final int DAY_OF_YEAR = 17;
    static final int ISO_DAY_OF_WEEK = 18;
    static final int ISO_YEAR = 19;

    /** What kind of word. */
    enum Kind {
        MONTH,
        DAY_OF_WEEK,
        RESERVED,
        UNIT,
        AM_PM,
        ERA,
        DAYLIGHT_MODIFIER,
        ISO_TIME,
        IGNORED,
        AGO
    }

    /** Words that stand for a whole value. */
    static final int NOW = 1;

    static final int TODAY = 2;
    static final int TOMORROW = 3;
    static final int YESTERDAY = 4;
    static final int EPOCH = 5;
    static final int LATE = 6;
    static final int EARLY = 7;
    static final int ZULU_MIDNIGHT = 8;

    record Word(Kind kind, int value) {}

    /**
     * A time zone abbreviation.
     *
     * @param offsetSeconds east of UTC, where {@code zone} is null
     * @param zone zone that says what the abbreviation means at a date
     */
    public record Abbreviation(
            int offsetSeconds, boolean daylight, @Nullable PgTimeZone zone) {}

    private static final Map<String, Word> DATE_WORDS = new HashMap<>();
    private static final Map<String, Word> INTERVAL_WORDS = new HashMap<>();
    private static final Map<String, Abbreviation> ABBREVIATIONS = new HashMap<>();

    static {
        String[] months = {
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december"
        };
        for (int i = 0; i < months.length; i++) {
            dates(Kind.MONTH, i + 1, months[i], months[i].substring(0, 3));
        }
        dates(Kind.MONTH, 9, "sept");
        String[] days = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
        for (int i = 0; i < days.length; i++) {
            dates(Kind.DAY_OF_WEEK, i, days[i], days[i].substring(0, 3));
        }
        dates(Kind.DAY_OF_WEEK, 2, "tues");
        dates(Kind.DAY_OF_WEEK, 3, "weds");
        dates(Kind.DAY_OF_WEEK, 4, "thur", "thurs");
        dates(Kind.RESERVED, NOW, "now");
        dates(Kind.RESERVED, TODAY, "today");
        dates(Kind.RESERVED, TOMORROW, "tomorrow");
        dates(Kind.RESERVED, YESTERDAY, "yesterday");
        dates(Kind.RESERVED, EPOCH, "epoch");
        dates(Kind.RESERVED, LATE, "infinity", "+infinity");
        dates(Kind.RESERVED, EARLY, "-infinity");
        dates(Kind.RESERVED, ZULU_MIDNIGHT, "allballs");
        dates(Kind.ERA, 0, "ad");
        dates(Kind.ERA, 1, "bc");
        dates(Kind.AM_PM, 1, "am");
        dates(Kind.AM_PM, 2, "pm");
        dates(Kind.IGNORED, 0, "at", "on");
        dates(Kind.DAYLIGHT_MODIFIER, 3600, "dst");
        dates(Kind.ISO_TIME, TIME, "t");
        dates(Kind.UNIT, DAY, "d");
        dates(Kind.UNIT, HOUR, "h");
        dates(Kind.UNIT, JULIAN, "j", "jd", "julian");
        dates(Kind.UNIT, MONTH, "m");
        dates(Kind.UNIT, MINUTE, "mm");
        dates(Kind.UNIT, SECOND, "s");
        dates(Kind.UNIT, YEAR, "y");
        dates(Kind.UNIT, DAY_OF_WEEK, "dow");
        dates(Kind.UNIT, DAY_OF_YEAR, "doy");
        dates(Kind.UNIT, ISO_DAY_OF_WEEK, "isodow");
        dates(Kind.UNIT, ISO_YEAR, "isoyear");

        intervals(Kind.IGNORED, 0, "@");
        intervals(Kind.AGO, 0, "ago");
        intervals(Kind.UNIT, CENTURY, "c", "cent", "century", "centuries");
        intervals(Kind.UNIT, DAY, "d", "day", "days");
        intervals(Kind.UNIT, DECADE, "dec", "decade", "decades", "decs");
        intervals(Kind.UNIT, HOUR, "h", "hour", "hours", "hr", "hrs");
        intervals(Kind.UNIT, MINUTE, "m", "min", "mins", "minute", "minutes");
        intervals(Kind.UNIT, MICROSECOND, "microsecond", "us", "usec", "usecond", "useconds", "usecs");
        intervals(Kind.UNIT, MILLENNIUM, "mil", "millennia", "millennium", "mils");
        intervals(Kind.UNIT, MILLISECOND, "millisecond", "ms", "msec", "msecond", "mseconds", "msecs");
        intervals(Kind.UNIT, MONTH, "mon", "mons", "month", "months");
        intervals(Kind.UNIT, SECOND, "s", "sec", "second", "seconds", "secs");
        intervals(Kind.UNIT, WEEK, "w", "week", "weeks");
        intervals(Kind.UNIT, YEAR, "y", "year", "years", "yr", "yrs");
        loadAbbreviations();
    }

    private DateTimeWords() {}

    private static void dates(Kind kind, int value, String... words) {
        for (String word : words) {
            DATE_WORDS.put(significant(word), new Word(kind, value));
        }
    }

    private static void intervals(Kind kind, int value, String... words) {
        for (String word : words) {
            INTERVAL_WORDS.put(significant(word), new Word(kind, value));
        }
    }

    private static String significant(String word) {
        return word.length() > SIGNIFICANT ? word.substring(0, SIGNIFICANT) : word;
    }

    private static void loadAbbreviations() {
        try (InputStream in = DateTimeWords.class.getResourceAsStream("abbreviations.txt")) {
            if (in == null) {
                throw new IllegalStateException("abbreviations.txt is missing from the jar");
            }
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] parts = line.split(" ");
                if (parts.length != 3) {
                    continue;
                }
                boolean numeric = parts[1].charAt(0) == '-' || DateTimeLexer.isDigit(parts[1].charAt(0));
                PgTimeZone zone = numeric ? null : PgTimeZone.named(parts[1]).orElse(null);
                if (numeric || zone != null) {
                    int offset = numeric ? Integer.parseInt(parts[1]) : 0;
                    ABBREVIATIONS.put(
                            parts[0].toLowerCase(Locale.ROOT), new Abbreviation(offset, parts[2].equals("D"), zone));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static boolean isWord(String word) {
        return DATE_WORDS.containsKey(significant(word));
    }

    static @Nullable Word date(String word) {
        return DATE_WORDS.get(significant(word));
    }

    static @Nullable Word interval(String word) {
        return INTERVAL_WORDS.get(significant(word));
    }

    /** The abbreviation in any case, such as {@code PST}. */
    public static Optional<Abbreviation> abbreviation(String name) {
        return Optional.ofNullable(ABBREVIATIONS.get(name.toLowerCase(Locale.ROOT)));
    }
}
