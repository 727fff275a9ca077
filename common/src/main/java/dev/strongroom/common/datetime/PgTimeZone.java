package dev.strongroom.common.datetime;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneOffsetTransitionRule.TimeDefinition;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * A time zone as PostgreSQL understands one (decision P-14): an IANA name in any case, or a POSIX specification whose sign
 * counts west ({@code GMT-03:00} is three hours east), or a plain number of hours east. Immutable.
 */
public final class PgTimeZone {
    public static final PgTimeZone UTC = fixed("UTC", 0);

    /** Largest displacement accepted, seconds. */
    private static final int MAX_OFFSET_SECONDS = 168 * 3600 - 1;

    private static final int MAX_JAVA_OFFSET_SECONDS = 18 * 3600;

    private final String name;
    private final @Nullable ZoneRules rules;
    private final @Nullable ZoneId zone;
    private final int fixedSeconds;

    private PgTimeZone(String name, @Nullable ZoneRules rules, @Nullable ZoneId zone, int fixedSeconds) {
        this.name = name;
        this.rules = rules;
        this.zone = zone;
        this.fixedSeconds = fixedSeconds;
    }

    /** A zone of one offset, seconds east of UTC. */
    public static PgTimeZone fixed(String name, int secondsEast) {
        return new PgTimeZone(name, null, null, secondsEast);
    }

    /** What {@code SET TIME ZONE <hours>} and {@code SET TIME ZONE INTERVAL} make: named {@code <+03>-03}. */
    public static PgTimeZone ofOffset(int secondsEast) {
        return fixed("<" + offsetText(secondsEast) + ">" + offsetText(-secondsEast), secondsEast);
    }

    private static String offsetText(int seconds) {
        int magnitude = Math.abs(seconds);
        StringBuilder text = new StringBuilder()
                .append(seconds < 0 ? '-' : '+')
                .append(String.format(Locale.ROOT, "%02d", magnitude / 3600));
        if (magnitude % 3600 != 0) {
            text.append(String.format(Locale.ROOT, ":%02d", magnitude / 60 % 60));
        }
        if (magnitude % 60 != 0) {
            text.append(String.format(Locale.ROOT, ":%02d", magnitude % 60));
        }
        return text.toString();
    }

    /** The zone a setting or a literal names: a number of hours, an IANA name, or a POSIX specification. */
    public static Optional<PgTimeZone> of(String text) {
        Optional<PgTimeZone> named = named(text);
        if (named.isPresent()) {
            return named;
        }
        try {
            double hours = Double.parseDouble(text.trim());
            double seconds = hours * 3600;
            return Math.abs(seconds) > MAX_OFFSET_SECONDS ? Optional.empty() : Optional.of(ofOffset((int) seconds));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    /** The zone of an IANA name or a POSIX specification; no plain numbers. */
    public static Optional<PgTimeZone> named(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        if (wanted.equals("utc")) {
            return Optional.of(UTC);
        }
        String iana = Names.IANA.get(wanted);
        if (iana != null) {
            ZoneId id = ZoneId.of(iana, ZoneId.SHORT_IDS);
            ZoneRules zoneRules = id.getRules();
            return Optional.of(
                    zoneRules.isFixedOffset()
                            ? fixed(iana, zoneRules.getOffset(Instant.EPOCH).getTotalSeconds())
                            : new PgTimeZone(iana, zoneRules, id, 0));
        }
        return new PosixSpecification(text).parse();
    }

    /** As SHOW TimeZone prints it. */
    public String name() {
        return name;
    }

    /** Offset in seconds east at a moment (microseconds since 2000-01-01 UTC). */
    public int offsetAt(long utcMicros) {
        if (rules == null) {
            return fixedSeconds;
        }
        return rules.getOffset(instant(utcMicros)).getTotalSeconds();
    }

    /**
     * Offset in seconds east at a local time. In a gap the offset before it, in an overlap the offset after it, as
     * PostgreSQL decides.
     */
    public int offsetAtLocal(long localMicros) {
        if (rules == null) {
            return fixedSeconds;
        }
        long seconds = Math.floorDiv(localMicros, Calendar.MICROS_PER_SECOND) + Calendar.EPOCH_2000_DAYS * 86400L;
        LocalDateTime local = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        ZoneOffsetTransition transition = rules.getTransition(local);
        if (transition == null) {
            return rules.getOffset(local).getTotalSeconds();
        }
        return (transition.isGap() ? transition.getOffsetBefore() : transition.getOffsetAfter()).getTotalSeconds();
    }

    /** Local time of a moment. */
    public long toLocal(long utcMicros) {
        return utcMicros + offsetAt(utcMicros) * Calendar.MICROS_PER_SECOND;
    }

    /** Moment of a local time. */
    public long toUtc(long localMicros) {
        return localMicros - offsetAtLocal(localMicros) * Calendar.MICROS_PER_SECOND;
    }

    public boolean isDaylight(long utcMicros) {
        return rules != null && rules.isDaylightSavings(instant(utcMicros));
    }

    /** Abbreviation in force at a moment, such as {@code CEST}; a numeric offset where the zone has none. */
    public String abbreviation(long utcMicros) {
        if (zone == null) {
            int end = name.indexOf('>');
            if (name.startsWith("<") && end > 0) {
                return name.substring(1, end);
            }
            return rules == null && name.chars().allMatch(Character::isLetter) ? name : offsetText(offsetAt(utcMicros));
        }
        if (rules != null && isBeforeFirstTransition(rules, utcMicros)) {
            return "LMT";
        }
        String text = TimeZone.getTimeZone(zone).getDisplayName(isDaylight(utcMicros), TimeZone.SHORT, Locale.US);
        boolean letters = text.length() >= 3 && text.chars().allMatch(c -> c >= 'A' && c <= 'Z');
        return letters ? text : offsetText(offsetAt(utcMicros));
    }

    private static boolean isBeforeFirstTransition(ZoneRules rules, long utcMicros) {
        List<ZoneOffsetTransition> transitions = rules.getTransitions();
        return !transitions.isEmpty()
                && instant(utcMicros).isBefore(transitions.getFirst().getInstant());
    }

    private static Instant instant(long utcMicros) {
        long seconds = Math.floorDiv(utcMicros, Calendar.MICROS_PER_SECOND);
        return Instant.ofEpochSecond(seconds + Calendar.EPOCH_2000_DAYS * 86400L);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PgTimeZone that && name.equals(that.name) && fixedSeconds == that.fixedSeconds;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Lower-cased IANA names to their own spelling, made when first needed. */
    private static final class Names {
        static final Map<String, String> IANA = load();

        private static Map<String, String> load() {
            Map<String, String> names = new HashMap<>();
            for (String id : ZoneId.getAvailableZoneIds()) {
                names.put(id.toLowerCase(Locale.ROOT), id);
            }
            for (String id : List.of("EST", "MST", "HST")) {
                names.put(id.toLowerCase(Locale.ROOT), id);
            }
            names.keySet().removeIf(name -> name.startsWith("systemv/"));
            return names;
        }
    }

    /**
     * {@code std offset [dst [offset] [,rule]]} of POSIX, for example {@code EST5EDT,M3.2.0,M11.1.0} or {@code <+03>-3}.
     * Used by one thread, once.
     */
    private static final class PosixSpecification {
        private final String text;
        private int at;

        PosixSpecification(String text) {
            this.text = text;
        }

        Optional<PgTimeZone> parse() {
            String standard = name();
            if (standard.isEmpty()) {
                return Optional.empty();
            }
            Integer west = offset();
            if (west == null) {
                return Optional.empty();
            }
            int standardEast = -west;
            if (at == text.length()) {
                return Optional.of(fixed(text, standardEast));
            }
            String daylight = name();
            if (daylight.isEmpty()) {
                return Optional.empty();
            }
            int daylightEast = standardEast + 3600;
            if (at < text.length() && text.charAt(at) != ',') {
                Integer own = offset();
                if (own == null) {
                    return Optional.empty();
                }
                daylightEast = -own;
            }
            return withRules(standardEast, daylightEast);
        }

        private Optional<PgTimeZone> withRules(int standardEast, int daylightEast) {
            String rule = at < text.length() ? text.substring(at + 1) : "M3.2.0,M11.1.0";
            String[] parts = rule.split(",", -1);
            if (parts.length != 2
                    || Math.abs(standardEast) > MAX_JAVA_OFFSET_SECONDS
                    || Math.abs(daylightEast) > MAX_JAVA_OFFSET_SECONDS) {
                return Optional.empty();
            }
            ZoneOffset standard = ZoneOffset.ofTotalSeconds(standardEast);
            ZoneOffset daylight = ZoneOffset.ofTotalSeconds(daylightEast);
            ZoneOffsetTransitionRule start = transition(parts[0], standard, standard, daylight);
            ZoneOffsetTransitionRule end = transition(parts[1], standard, daylight, standard);
            if (start == null || end == null) {
                return Optional.empty();
            }
            ZoneRules rules = ZoneRules.of(standard, standard, List.of(), List.of(), List.of(start, end));
            return Optional.of(new PgTimeZone(text, rules, null, 0));
        }

        private static @Nullable ZoneOffsetTransitionRule transition(
                String rule, ZoneOffset standard, ZoneOffset before, ZoneOffset after) {
            String[] halves = rule.split("/", -1);
            String[] fields = halves[0].split("\\.", -1);
            if (fields.length != 3 || !fields[0].startsWith("M") || halves.length > 2) {
                return null;
            }
            try {
                int month = Integer.parseInt(fields[0].substring(1));
                int week = Integer.parseInt(fields[1]);
                int day = Integer.parseInt(fields[2]);
                int hour = halves.length == 2 ? Integer.parseInt(halves[1]) : 2;
                if (month < 1 || month > 12 || week < 1 || week > 5 || day < 0 || day > 6 || hour < 0 || hour > 23) {
                    return null;
                }
                return ZoneOffsetTransitionRule.of(
                        Month.of(month),
                        week == 5 ? -1 : (week - 1) * 7 + 1,
                        day == 0 ? DayOfWeek.SUNDAY : DayOfWeek.of(day),
                        LocalTime.of(hour, 0),
                        false,
                        TimeDefinition.WALL,
                        standard,
                        before,
                        after);
            } catch (NumberFormatException notARule) {
                return null;
            }
        }

        /** Three or more letters, or anything in angle brackets; empty if there is neither. */
        private String name() {
            if (at < text.length() && text.charAt(at) == '<') {
                int end = text.indexOf('>', at);
                if (end < 0) {
                    return "";
                }
                String name = text.substring(at, end + 1);
                at = end + 1;
                return name;
            }
            int start = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            return at - start >= 3 ? text.substring(start, at) : "";
        }

        /** Seconds west, {@code [+-]hh[:mm[:ss]]}; null if there is no number. */
        private @Nullable Integer offset() {
            int sign = 1;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                sign = text.charAt(at) == '-' ? -1 : 1;
                at++;
            }
            Integer hours = number(167);
            if (hours == null) {
                return null;
            }
            int seconds = hours * 3600;
            for (int unit = 60; unit >= 1 && at < text.length() && text.charAt(at) == ':'; unit /= 60) {
                at++;
                Integer part = number(59);
                if (part == null) {
                    return null;
                }
                seconds += part * unit;
            }
            return sign * seconds;
        }

        private @Nullable Integer number(int limit) {
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 4 && Character.isDigit(text.charAt(at))) {
                value = value * 10 + (text.charAt(at) - '0');
                at++;
            }
            return at == start || value > limit ? null : value;
        }
    }
}
