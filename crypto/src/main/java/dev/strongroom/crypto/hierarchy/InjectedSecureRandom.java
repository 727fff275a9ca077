package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import java.io.Serial;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;

/** The injected source of chance as the JCA wants it. */
final class InjectedSecureRandom extends SecureRandom {
    @Serial
    private static final long serialVersionUID = 1L;

    InjectedSecureRandom(Randomness randomness) {
        super(new Source(randomness), null);
    }

    private static final class Source extends SecureRandomSpi {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Randomness randomness;

        Source(Randomness randomness) {
            this.randomness = randomness;
        }

        @Override
        protected void engineSetSeed(byte[] seed) {
            // The injected source seeds itself.
        }

        @Override
        protected void engineNextBytes(byte[] bytes) {
            randomness.fill(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            byte[] seed = new byte[length];
            randomness.fill(seed);
            return seed;
        }
    }
}
