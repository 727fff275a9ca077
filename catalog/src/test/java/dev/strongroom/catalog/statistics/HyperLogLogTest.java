package dev.strongroom.catalog.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.testkit.random.SeededTest;
import java.nio.charset.StandardCharsets;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The counter of distinct values stays within its error, at every count and for every kind of value. */
class HyperLogLogTest extends SeededTest {
    private static final int[] COUNTS = {1, 2, 10, 100, 1000, 5000, 20_000, 50_000, 100_000, 1_000_000};

    @Test
    void theEstimateIsWithinFiveStandardDeviationsAtEveryCount() {
        for (int count : COUNTS) {
            long start = random().nextLong();
            HyperLogLog numbers = new HyperLogLog();
            for (int i = 0; i < count; i++) {
                numbers.add(start + i);
                numbers.add(start + i);
            }
            assertThat(numbers.estimate()).isCloseTo(count, Percentage.withPercentage(500 * HyperLogLog.ERROR));
        }
    }

    @Test
    void theErrorOverManyCountersIsWhatThePaperSays() {
        int trials = 60;
        double squares = 0;
        double sum = 0;
        for (int trial = 0; trial < trials; trial++) {
            HyperLogLog counter = new HyperLogLog();
            for (int i = 0; i < 30_000; i++) {
                counter.add(random().nextLong());
            }
            double error = counter.estimate() / 30_000 - 1;
            squares += error * error;
            sum += error;
        }
        assertThat(Math.sqrt(squares / trials)).isLessThan(1.5 * HyperLogLog.ERROR);
        assertThat(Math.abs(sum / trials)).as("no bias").isLessThan(HyperLogLog.ERROR);
    }

    @Test
    void textsAndBytesThatDifferLittleAreStillTold() {
        HyperLogLog texts = new HyperLogLog();
        HyperLogLog cells = new HyperLogLog();
        for (int i = 0; i < 50_000; i++) {
            String text = "Customer#" + i;
            texts.add(text);
            cells.add(text.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(texts.estimate()).isCloseTo(50_000, Percentage.withPercentage(500 * HyperLogLog.ERROR));
        assertThat(cells.estimate()).isCloseTo(50_000, Percentage.withPercentage(500 * HyperLogLog.ERROR));
    }

    @Test
    void nothingIsNothing() {
        assertThat(new HyperLogLog().estimate()).isZero();
    }
}
