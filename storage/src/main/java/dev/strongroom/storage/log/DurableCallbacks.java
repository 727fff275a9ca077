package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who asked to be told when the log is durable up to some LSN, rather than wait for it. Thread-safe. */
final class DurableCallbacks {
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private volatile boolean any;

    private record Entry(long lsn, Consumer<@Nullable DatabaseException> told) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return Long.compare(lsn, other.lsn);
        }
    }

    /** Remembers a request; the caller then looks once more whether it has come true meanwhile. */
    synchronized void add(long lsn, Consumer<@Nullable DatabaseException> told) {
        entries.add(new Entry(lsn, told));
        any = true;
    }

    /** Whether anybody has yet to be told. */
    boolean any() {
        return any;
    }

    /** Completes all requests up to an LSN. */
    void reached(long durableLsn) {
        run(durableLsn, null);
    }

    /** Completes all requests with a failure. */
    void failed(DatabaseException why) {
        run(Long.MAX_VALUE, why);
    }

    private void run(long upTo, @Nullable DatabaseException why) {
        if (!any) {
            return;
        }
        List<Consumer<@Nullable DatabaseException>> due = new ArrayList<>();
        synchronized (this) {
            for (Entry first = entries.peek(); first != null && first.lsn <= upTo; first = entries.peek()) {
                due.add(first.told);
                entries.remove();
            }
            any = !entries.isEmpty();
        }
        for (Consumer<@Nullable DatabaseException> told : due) {
            told.accept(why);
        }
    }
}
