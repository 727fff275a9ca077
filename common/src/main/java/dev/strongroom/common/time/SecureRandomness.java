package dev.strongroom.common.time;

import java.security.DrbgParameters;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** A DRBG of 256-bit strength, seeded by the operating system, with prediction resistance off (TDE-523). Thread-safe. */
@SystemAccess
public final class SecureRandomness implements Randomness {
    private final SecureRandom random;

    public SecureRandomness() {
        try {
            random = SecureRandom.getInstance(
                    "DRBG", DrbgParameters.instantiation(256, DrbgParameters.Capability.RESEED_ONLY, null));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java runtime has no DRBG", e);
        }
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
