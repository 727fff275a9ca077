package dev.strongroom.common.datetime;

import dev.strongroom.common.type.ByteSink;
import dev.strongroom.common.type.IntervalStyle;
import dev.strongroom.common.value.Interval;

/** Text of intervals in the four interval styles, as PostgreSQL's {@code EncodeInterval}. */
public final class IntervalText {
    private IntervalText() {}

    public static void write(Interval value, IntervalStyle style, ByteSink sink) {
        StringBuilder out = new StringBuilder(40);
        Parts parts = Parts.of(value);
        switch (style) {
            case POSTGRES -> postgres(parts, out);
            case POSTGRES_VERBOSE -> verbose(parts, out);
            case SQL_STANDARD -> sqlStandard(parts, out);
            case ISO_8601 -> iso(parts, out);
        }
        sink.writeAscii(out);
    }

    /** Fields with their own signs; {@code time} is the sign of the time part. */
    private record Parts(int years, int months, int days, long hours, int minutes, int seconds, int micros) {
        static Parts of(Interval value) {
            long rest = value.micros();
            long hours = rest / Calendar.MICROS_PER_HOUR;
            rest -= hours * Calendar.MICROS_PER_HOUR;
            int minutes = (int) (rest / Calendar.MICROS_PER_MINUTE);
            rest -= minutes * Calendar.MICROS_PER_MINUTE;
            int seconds = (int) (rest / Calendar.MICROS_PER_SECOND);
            int micros = (int) (rest - seconds * Calendar.MICROS_PER_SECOND);
            return new Parts(value.months() / 12, value.months() % 12, value.days(), hours, minutes, seconds, micros);
        }

        boolean hasTime() {
            return hours != 0 || minutes != 0 || seconds != 0 || micros != 0;
        }

        boolean negativeTime() {
            return hours < 0 || minutes < 0 || seconds < 0 || micros < 0;
        }

        boolean hasDate() {
            return years != 0 || months != 0 || days != 0;
        }
    }

    private static void postgres(Parts p, StringBuilder out) {
        boolean negativeBefore = intPart(p.years, "year", false, out);
        negativeBefore = intPart(p.months, "mon", negativeBefore, out);
        negativeBefore = intPart(p.days, "day", negativeBefore, out);
        if (out.isEmpty() || p.hasTime()) {
            if (!out.isEmpty()) {
                out.append(' ');
            }
            boolean minus = p.negativeTime();
            out.append(minus ? "-" : negativeBefore ? "+" : "");
            padded(Math.abs(p.hours), out);
            out.append(':');
            padded(Math.abs(p.minutes), out);
            out.append(':');
            seconds(p, true, out);
        }
    }

    /** Appends {@code -1 mon}; a positive part after a negative one gets a plus. */
    private static boolean intPart(int value, String unit, boolean negativeBefore, StringBuilder out) {
        if (value == 0) {
            return negativeBefore;
        }
        if (!out.isEmpty()) {
            out.append(' ');
        }
        if (negativeBefore && value > 0) {
            out.append('+');
        }
        out.append(value).append(' ').append(unit).append(value == 1 ? "" : "s");
        return value < 0;
    }

    private static void verbose(Parts p, StringBuilder out) {
        out.append('@');
        boolean[] state = {true, false};
        verbosePart(p.years, "year", state, out);
        verbosePart(p.months, "mon", state, out);
        verbosePart(p.days, "day", state, out);
        verbosePart(p.hours, "hour", state, out);
        verbosePart(p.minutes, "min", state, out);
        if (p.seconds != 0 || p.micros != 0) {
            out.append(' ');
            boolean minus = p.seconds < 0 || p.micros < 0;
            if (minus) {
                if (state[0]) {
                    state[1] = true;
                } else if (!state[1]) {
                    out.append('-');
                }
            } else if (state[1]) {
                out.append('-');
            }
            state[0] = false;
            seconds(p, false, out);
            out.append(Math.abs(p.seconds) != 1 || p.micros != 0 ? " secs" : " sec");
        }
        if (state[0]) {
            out.append(" 0");
        }
        if (state[1]) {
            out.append(" ago");
        }
    }

    /** {@code state}: nothing printed yet, and whether the whole is shown as "ago". */
    private static void verbosePart(long value, String unit, boolean[] state, StringBuilder out) {
        if (value == 0) {
            return;
        }
        long shown = value;
        if (state[0]) {
            state[1] = value < 0;
            shown = Math.abs(value);
        } else if (state[1]) {
            shown = -value;
        }
        out.append(' ').append(shown).append(' ').append(unit).append(shown == 1 ? "" : "s");
        state[0] = false;
    }

    private static void sqlStandard(Parts p, StringBuilder out) {
        boolean negative = p.years < 0 || p.months < 0 || p.days < 0 || p.negativeTime();
        boolean positive = p.years > 0
                || p.months > 0
                || p.days > 0
                || p.hours > 0
                || p.minutes > 0
                || p.seconds > 0
                || p.micros > 0;
        boolean yearMonth = p.years != 0 || p.months != 0;
        boolean dayTime = p.days != 0 || p.hasTime();
        if (!yearMonth && !dayTime) {
            out.append('0');
            return;
        }
        boolean standard = !(negative && positive) && !(yearMonth && dayTime);
        if (!standard) {
            out.append(p.years < 0 || p.months < 0 ? '-' : '+');
            out.append(Math.abs(p.years)).append('-').append(Math.abs(p.months));
            out.append(' ')
                    .append(p.days < 0 ? '-' : '+')
                    .append(Math.abs((long) p.days))
                    .append(' ');
            out.append(p.negativeTime() ? '-' : '+').append(Math.abs(p.hours)).append(':');
            minutesSeconds(p, out);
            return;
        }
        if (negative) {
            out.append('-');
        }
        if (yearMonth) {
            out.append(Math.abs(p.years)).append('-').append(Math.abs(p.months));
        } else {
            if (p.days != 0) {
                out.append(Math.abs((long) p.days)).append(' ');
            }
            out.append(Math.abs(p.hours)).append(':');
            minutesSeconds(p, out);
        }
    }

    private static void minutesSeconds(Parts p, StringBuilder out) {
        padded(Math.abs(p.minutes), out);
        out.append(':');
        seconds(p, true, out);
    }

    private static void iso(Parts p, StringBuilder out) {
        if (!p.hasDate() && !p.hasTime()) {
            out.append("PT0S");
            return;
        }
        out.append('P');
        isoPart(p.years, 'Y', out);
        isoPart(p.months, 'M', out);
        isoPart(p.days, 'D', out);
        if (p.hasTime()) {
            out.append('T');
            isoPart(p.hours, 'H', out);
            isoPart(p.minutes, 'M', out);
            if (p.seconds != 0 || p.micros != 0) {
                if (p.seconds < 0 || p.micros < 0) {
                    out.append('-');
                }
                seconds(p, false, out);
                out.append('S');
            }
        }
    }

    private static void isoPart(long value, char unit, StringBuilder out) {
        if (value != 0) {
            out.append(value).append(unit);
        }
    }

    private static void padded(long value, StringBuilder out) {
        if (value < 10) {
            out.append('0');
        }
        out.append(value);
    }

    /** Magnitude of the seconds with their fraction. */
    private static void seconds(Parts p, boolean twoDigits, StringBuilder out) {
        int whole = Math.abs(p.seconds);
        if (twoDigits && whole < 10) {
            out.append('0');
        }
        out.append(whole);
        int rest = Math.abs(p.micros);
        if (rest != 0) {
            out.append('.');
            for (int power = 100_000; rest > 0; power /= 10) {
                out.append(rest / power);
                rest %= power;
            }
        }
    }
}
