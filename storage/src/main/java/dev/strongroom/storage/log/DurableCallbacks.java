package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who asked to be told when the log is durable up to some LSN, rather than wait for it. Thread-safe. */
final class DurableCallbacks {
    /** By LSN. They come almost in that order. */
    private final List<Entry> entries = new ArrayList<>();

    private volatile boolean any;

    private record Entry(long lsn, Consumer<@Nullable DatabaseException> told) {}

    /** Remembers a request; the caller then looks once more whether it has come true meanwhile. */
    synchronized void add(long lsn, Consumer<@Nullable DatabaseException> told) {
        int place = entries.size();
        while (place > 0 && entries.get(place - 1).lsn > lsn) {
            place--;
        }
        entries.add(place, new Entry(lsn, told));
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
        List<Entry> due;
        synchronized (this) {
            int count = 0;
            while (count < entries.size() && entries.get(count).lsn <= upTo) {
                count++;
            }
            List<Entry> first = entries.subList(0, count);
            due = List.copyOf(first);
            first.clear();
            any = !entries.isEmpty();
        }
        for (Entry entry : due) {
            entry.told.accept(why);
        }
    }
}
