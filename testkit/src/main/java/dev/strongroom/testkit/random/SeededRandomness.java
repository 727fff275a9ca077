package dev.strongroom.testkit.random;

import dev.strongroom.common.time.Randomness;
import java.util.SplittableRandom;

/** Random values from a seed. Thread-safe. */
public final class SeededRandomness implements Randomness {
    private final SplittableRandom random;

    public SeededRandomness(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public synchronized void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public synchronized long nextLong() {
        return random.nextLong();
    }

    /** A number from 0 to below the bound. */
    public synchronized int below(int bound) {
        return random.nextInt(bound);
    }

    /** True once in {@code n} times. */
    public boolean oneIn(int n) {
        return below(n) == 0;
    }

    /** Another generator that does not disturb this one's sequence further. */
    public synchronized SeededRandomness split() {
        return new SeededRandomness(random.nextLong());
    }
}
