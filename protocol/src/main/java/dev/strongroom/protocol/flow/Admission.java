package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;

/** Decides whether one more client may come in. Thread-safe. */
public interface Admission {
    /**
     * Takes a place.
     *
     * @throws DatabaseException 53300 when full, 57P03 while starting or stopping
     */
    void enter();

    /** Gives the place back. */
    void leave();
}
