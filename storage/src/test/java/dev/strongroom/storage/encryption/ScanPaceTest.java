package dev.strongroom.storage.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.Clock;
import org.junit.jupiter.api.Test;

/** TDE-303: the speed of a scan, alone and beside work. */
final class ScanPaceTest {
    private static final long SECOND = 1_000_000_000;
    private static final int PAGES_OF_A_MEBIBYTE = 128;

    private long nanos;
    private long logEnd;
    private long logBytesPerSecond;
    private final ScanPace pace = new ScanPace(
            new Clock() {
                @Override
                public long epochMicros() {
                    return nanos / 1000;
                }

                @Override
                public long monotonicNanos() {
                    return nanos;
                }
            },
            () -> logEnd);

    /** MiB in ten seconds, a millisecond of work for each. */
    private long tenSeconds() {
        long mebibytes = 0;
        long end = nanos + 10 * SECOND;
        while (nanos < end) {
            int pages = pace.pages();
            pass((long) pages * 1_000_000 / PAGES_OF_A_MEBIBYTE);
            mebibytes += pages / PAGES_OF_A_MEBIBYTE;
            pass(pace.pause(pages));
        }
        return mebibytes;
    }

    private void pass(long time) {
        nanos += time;
        logEnd += (long) ((double) time / SECOND * logBytesPerSecond);
    }

    @Test
    void aScanKeepsToItsLimitWhereNobodyElseWrites() {
        assertThat(tenSeconds()).isBetween(635L, 650L);
        pace.limit(200);
        assertThat(tenSeconds()).isBetween(1980L, 2030L);
    }

    @Test
    void aScanStepsBackToAQuarterWhileTheDatabaseWritesLog() {
        logBytesPerSecond = 1 << 20;
        assertThat(tenSeconds()).isBetween(150L, 180L);
        logBytesPerSecond = 0;
        assertThat(tenSeconds()).isGreaterThan(600L);
    }

    @Test
    void theLeastRateIsOneMebibyteASecond() {
        pace.limit(1);
        logBytesPerSecond = 1 << 20;
        assertThat(tenSeconds()).isBetween(9L, 12L);
    }

    @Test
    void withoutALimitAScanNeverPauses() {
        pace.limit(0);
        logBytesPerSecond = 1 << 20;
        assertThat(pace.pause(pace.pages())).isZero();
        assertThat(tenSeconds()).isBetween(9_990L, 10_020L);
    }
}
