package dev.strongroom.common.time;

import dev.strongroom.common.error.DatabaseException;
import org.jspecify.annotations.Nullable;

/** Something that will be done, or will have failed, once. Thread-safe. */
public final class Completion {
    private static final Runnable NOBODY = () -> {};

    private @Nullable DatabaseException failure;
    private Runnable listener = NOBODY;
    private boolean done;

    /**
     * Says that it is done and runs the listener on the calling thread; later calls change nothing.
     *
     * @param why null if all went well
     */
    public void complete(@Nullable DatabaseException why) {
        Runnable told;
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
            failure = why;
            told = listener;
            listener = NOBODY;
        }
        told.run();
    }

    /** Runs something once it is done: at once if it is already. One listener at a time. */
    public void whenDone(Runnable told) {
        synchronized (this) {
            if (!done) {
                listener = told;
                return;
            }
        }
        told.run();
    }

    /** Whether it has come to its end. */
    public synchronized boolean isDone() {
        return done;
    }

    /** Throws what went wrong, if anything has. */
    public synchronized void check() {
        if (failure != null) {
            throw failure;
        }
    }
}
