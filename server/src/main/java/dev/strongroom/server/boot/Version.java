package dev.strongroom.server.boot;

/** What this build is called. */
public final class Version {
    /** Release of Strongroom. */
    public static final String STRONGROOM = "0.1";

    private Version() {}
}
