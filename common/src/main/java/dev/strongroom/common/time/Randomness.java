package dev.strongroom.common.time;

/** Random bytes, injected: a seeded generator in simulation, the operating system's in production. */
public interface Randomness {
    /** Fills the whole array. */
    void fill(byte[] bytes);

    /** A uniform 64-bit value. */
    long nextLong();
}
