package dev.strongroom.storage.recovery;

import dev.strongroom.storage.log.LogMark;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.log.LogRecord;
import java.util.function.Predicate;

/** The moment a restore goes to. */
public sealed interface StopPoint {
    /** All there is. */
    record End() implements StopPoint {}

    /** Everything committed up to a time, microseconds since 1970. */
    record Time(long epochMicros) implements StopPoint {}

    /** Everything that ends at or before an LSN. */
    record Lsn(long lsn) implements StopPoint {}

    /**
     * The first mark of a name, in any case.
     *
     * @param before just before the mark instead of just behind it
     * @param notBefore marks that are older do not count; microseconds since 1970
     */
    record Mark(String name, boolean before, long notBefore) implements StopPoint {
        private boolean is(LogRecord record) {
            return LogMark.nameOf(record).equalsIgnoreCase(name) && LogMark.clockOf(record) >= notBefore;
        }
    }

    /**
     * Where the log is cut.
     *
     * @param lsn end of the last record that counts
     * @param reached whether the log goes on to the wanted moment at all
     */
    record Found(long lsn, boolean reached) {}

    /** Looks for the moment in a log. */
    default Found find(LogReader log, long from) {
        return switch (this) {
            case End ignored -> new Found(Long.MAX_VALUE, true);
            case Time time -> cut(log, from, false, record -> LogMark.clockOf(record) > time.epochMicros);
            case Lsn at -> cut(log, from, false, record -> record.lsn() > at.lsn);
            case Mark mark -> cut(log, from, !mark.before, mark::is);
        };
    }

    private static Found cut(LogReader log, long from, boolean after, Predicate<LogRecord> wanted) {
        long[] found = {-1};
        log.forEach(from, record -> {
            if (found[0] < 0 && wanted.test(record)) {
                found[0] = after ? record.lsn() : record.lsn() - record.length();
            }
        });
        return found[0] < 0 ? new Found(log.endLsn(), false) : new Found(found[0], true);
    }
}
