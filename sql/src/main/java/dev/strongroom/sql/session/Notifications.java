package dev.strongroom.sql.session;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What NOTIFY has sent to one session and its client does not know yet. Put in by any thread, told by the session's owner. */
final class Notifications {
    /** One message of a channel, with the number of the session it came from. */
    record Notification(int processId, String channel, String payload) {}

    private final Queue<Notification> waiting = new ConcurrentLinkedQueue<>();
    private volatile Runnable wake = () -> {};

    /** @param waking runs on the sender's thread whenever something has come */
    void onArrival(Runnable waking) {
        wake = waking;
    }

    void add(Notification notification) {
        waiting.add(notification);
        wake.run();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void tell(SessionSink to) {
        Notification notification = waiting.poll();
        while (notification != null) {
            to.notification(notification.processId, notification.channel, notification.payload);
            notification = waiting.poll();
        }
    }
}
