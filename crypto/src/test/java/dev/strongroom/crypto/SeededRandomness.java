package dev.strongroom.crypto;

import dev.strongroom.common.time.Randomness;
import java.util.Random;

/** Repeatable chance for tests; the seed is printed with a failure by the test that made it. */
public final class SeededRandomness implements Randomness {
    private final Random random;

    public SeededRandomness(long seed) {
        random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
