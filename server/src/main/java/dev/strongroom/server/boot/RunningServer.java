package dev.strongroom.server.boot;

import java.io.PrintStream;

/** A started server. */
public interface RunningServer extends AutoCloseable {
    /**
     * Prints the ready line, after which everybody may count on everything, also on an orderly end at a signal; what the first
     * clients profit from is prepared after it.
     */
    void announce(PrintStream console);

    /** Port that clients connect to. */
    int port();

    /** True from the ready line until shutdown begins. */
    boolean ready();

    /** A few lines for the status page: version, address, databases and their encryption state; no secrets. */
    String summary();

    /** Blocks until the server has ended, by {@link #close} or because it had to stop itself. */
    ExitCode awaitStop();

    /** Ends all sessions, writes a checkpoint, closes everything. Idempotent. */
    @Override
    void close();
}
