package dev.strongroom.protocol.wire;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A short run of the fuzz target over random and nearly sound input. */
final class DecoderSmokeTest {
    private static final int RUNS = 20_000;
    private static final byte[] TYPES = {'Q', 'P', 'B', 'D', 'E', 'C', 'S', 'H', 'd', 'c', 'f', 'F', 'X', 'p'};

    @Test
    void randomBytesNeverThrow() {
        long seed = Long.getLong("seed", 20261122L);
        Random random = new Random(seed);
        assertThatCode(() -> {
                    for (int run = 0; run < RUNS; run++) {
                        DecoderFuzz.fuzzerTestOneInput(input(random));
                    }
                })
                .as("seed %d", seed)
                .doesNotThrowAnyException();
    }

    private static byte[] input(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            bytes[0] |= 1;
            int at = 1;
            while (at + 6 < bytes.length) {
                int length = 4 + random.nextInt(30);
                bytes[at] = TYPES[random.nextInt(TYPES.length)];
                bytes[at + 1] = 0;
                bytes[at + 2] = 0;
                bytes[at + 3] = 0;
                bytes[at + 4] = (byte) length;
                at += 1 + length;
            }
        }
        return bytes;
    }
}
