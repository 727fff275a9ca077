package dev.strongroom.common.value;

/**
 * A span of time as PostgreSQL keeps it. Order and equality take a month as 30 days and a day as 24 hours, so
 * {@code 1 month} equals {@code 30 days} although the fields differ.
 *
 * @param micros microseconds, any sign
 */
public record Interval(int months, int days, long micros) implements Comparable<Interval> {
    public static final Interval ZERO = new Interval(0, 0, 0);
    private static final long DAY = 86_400_000_000L;

    @Override
    public int compareTo(Interval other) {
        int byDays = Long.compare(wholeDays(), other.wholeDays());
        return byDays != 0 ? byDays : Long.compare(Math.floorMod(micros, DAY), Math.floorMod(other.micros, DAY));
    }

    /** Whole days of the span, rounded down; with {@link #restMicros()} the canonical form used for order and keys. */
    public long wholeDays() {
        return months * 30L + days + Math.floorDiv(micros, DAY);
    }

    /** Microseconds beyond {@link #wholeDays()}, never negative. */
    public long restMicros() {
        return Math.floorMod(micros, DAY);
    }

    /** True where the fields themselves are the same. */
    public boolean sameFields(Interval other) {
        return months == other.months && days == other.days && micros == other.micros;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Interval that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(wholeDays()) * 31 + Long.hashCode(restMicros());
    }
}
