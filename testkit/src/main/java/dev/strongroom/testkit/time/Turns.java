package dev.strongroom.testkit.time;

import java.lang.reflect.Constructor;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that take turns on the thread that waits for them, so that handing over costs no switch of the operating
 * system's. The JDK lets only its own tests choose what virtual threads run on, hence
 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}; without that they are platform threads, which is the same but for the
 * time it takes.
 */
final class Turns {
    private static final @Nullable Constructor<?> ON_EXECUTOR = findConstructor();

    private final Thread carrier = Thread.currentThread();
    private final BlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();

    private static @Nullable Constructor<?> findConstructor() {
        try {
            Constructor<?> found = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    /** A thread that runs when the one that made this waits. */
    Thread thread(String name, Runnable work) {
        Constructor<?> constructor = ON_EXECUTOR;
        if (constructor == null || carrier.isVirtual()) {
            return Thread.ofPlatform().daemon().name(name).unstarted(work);
        }
        try {
            Executor executor = ready::add;
            return ((Thread.Builder.OfVirtual) constructor.newInstance(executor))
                    .name(name)
                    .unstarted(work);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the caller is who has to let the others run. */
    boolean isMine() {
        return ON_EXECUTOR != null && Thread.currentThread() == carrier && !carrier.isVirtual();
    }

    /** Lets whoever is next run until it waits. Of the thread that made this. */
    void one() {
        boolean interrupted = false;
        while (true) {
            try {
                ready.take().run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets all run until each waits or has ended. Of the thread that made this. */
    void all() {
        for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
            next.run();
        }
    }

    /** Makes {@link #one} return. */
    void interrupt() {
        ready.add(() -> {});
    }
}
