package dev.strongroom.protocol.flow;

import dev.strongroom.protocol.wire.FrontendMessage;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decoded messages on their way to the connection's owner. The event loop never waits: it puts, and stops reading from the
 * socket while the inbox is full. Starts owned.
 */
final class MessageInbox {
    private static final int MAX_MESSAGES = 512;
    private static final int MAX_COPY_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<FrontendMessage> messages = new ArrayDeque<>();
    private int copyBytes;
    private boolean closed;
    /** Nobody takes messages out: who comes next takes over. */
    private boolean unowned;

    /**
     * Adds a message.
     *
     * @param onFull run when reading should pause; under the inbox's lock as {@link #take}'s counterpart is, so that a pause
     *     never comes after the end of the fullness it is for
     */
    void put(FrontendMessage message, Runnable onFull) {
        lock.lock();
        try {
            messages.add(message);
            copyBytes += weight(message);
            changed.signal();
            if (isFull()) {
                onFull.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing more will come.
     *
     * @return true if nobody owned the inbox and the caller does now
     */
    boolean close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
            boolean taken = unowned;
            unowned = false;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing is in it and nothing more will come. */
    boolean isDrained() {
        lock.lock();
        try {
            return closed && messages.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the inbox unless something is in it or it is closed; returns whether it did. The owner only. */
    boolean release() {
        lock.lock();
        try {
            unowned = messages.isEmpty() && !closed;
            return unowned;
        } finally {
            lock.unlock();
        }
    }

    /** Takes over an inbox with something in it that nobody owns; returns whether it did. */
    boolean claim() {
        lock.lock();
        try {
            if (!unowned || messages.isEmpty()) {
                return false;
            }
            unowned = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes over an inbox that nobody owns, to say something unasked; returns whether it did. */
    boolean claimIdle() {
        lock.lock();
        try {
            if (!unowned || closed) {
                return false;
            }
            unowned = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next message, which stays where it is; null if there is none. The owner only. */
    @Nullable
    FrontendMessage peek() {
        lock.lock();
        try {
            return messages.peek();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return messages.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a message.
     *
     * @param onRoom run when the inbox has room again after having been full
     * @return null once closed and empty
     */
    @Nullable
    FrontendMessage take(Runnable onRoom) {
        lock.lock();
        try {
            while (messages.isEmpty()) {
                if (closed) {
                    return null;
                }
                changed.awaitUninterruptibly();
            }
            boolean wasFull = isFull();
            FrontendMessage message = messages.poll();
            copyBytes -= weight(message);
            if (wasFull && !isFull()) {
                onRoom.run();
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return messages.size() >= MAX_MESSAGES || copyBytes >= MAX_COPY_BYTES;
    }

    private static int weight(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.CopyData data -> data.bytes().length;
            case FrontendMessage.Query query -> query.text().length();
            case FrontendMessage.Parse parse -> parse.text().length();
            case FrontendMessage.Bind bind -> bindWeight(bind);
            default -> 0;
        };
    }

    private static int bindWeight(FrontendMessage.Bind bind) {
        int weight = 0;
        for (byte[] value : bind.values()) {
            weight += value == null ? 0 : value.length;
        }
        return weight;
    }
}
