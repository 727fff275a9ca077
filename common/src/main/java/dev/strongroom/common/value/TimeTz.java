package dev.strongroom.common.value;

/**
 * A time of day with its offset. Ordered by the moment in UTC, then, as PostgreSQL does, the larger offset first.
 *
 * @param micros local microseconds since midnight, up to and including 24:00
 * @param offsetSeconds seconds east of UTC
 */
public record TimeTz(long micros, int offsetSeconds) implements Comparable<TimeTz> {
    /** Microseconds of the same moment in UTC, possibly outside one day. */
    public long utcMicros() {
        return micros - offsetSeconds * 1_000_000L;
    }

    @Override
    public int compareTo(TimeTz other) {
        int byMoment = Long.compare(utcMicros(), other.utcMicros());
        return byMoment != 0 ? byMoment : Integer.compare(other.offsetSeconds, offsetSeconds);
    }
}
