package dev.strongroom.testkit.disk;

/** The simulated machine lost power. An Error, so that nothing under test handles it. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    public SimulatedCrash() {
        super("simulated power failure", null, false, false);
    }
}
