package dev.strongroom.common.time;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lock one may hold while waiting through the {@link Scheduler}: simulation would hang on a monitor. Not reentrant, not
 * bound to a thread.
 */
public final class Mutex {
    /** How often it is looked at before sleeping: a few microseconds, less than a thread takes to wake. */
    private static final int SPINS = 64;

    private final Scheduler scheduler;
    /** 0 free, 1 held, 2 held and somebody waits. */
    private final AtomicInteger state = new AtomicInteger();

    public Mutex(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    public void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        // Held for a few instructions: also those may wait here who may not wait elsewhere.
        NoWait held = NoWait.lift();
        try {
            while (state.getAndSet(2) != 0) {
                scheduler.await(this, () -> state.get() != 2, Long.MAX_VALUE);
            }
        } finally {
            NoWait.restore(held);
        }
    }

    public boolean tryLock() {
        return state.get() == 0 && state.compareAndSet(0, 1);
    }

    public void unlock() {
        int held = state.getAndSet(0);
        assert held != 0;
        if (held == 2) {
            scheduler.signal(this);
        }
    }
}
