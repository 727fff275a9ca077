package dev.strongroom.client.statement;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plans of the process, least recently used first to go. The key says everything a plan depends on (AE-125): server,
 * database, user, search path, what the client insists on, and the text. Thread-safe.
 */
public final class PlanCache {
    private static final int CAPACITY = 2000;

    /**
     * Key of a plan.
     *
     * @param scope server, database, user, search path and requirements of the connection
     * @param text the statement as the application wrote it
     * @param form how the driver turns the text into what it sends
     */
    public record Key(String scope, String text, String form) {}

    private final Map<Key, StatementPlan> plans = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, StatementPlan> eldest) {
            return size() > CAPACITY;
        }
    };

    /** The plan of a text, unless the database changed since. */
    public synchronized @Nullable StatementPlan find(Key key, String epoch) {
        StatementPlan plan = plans.get(key);
        return plan != null && plan.epoch().equals(epoch) ? plan : null;
    }

    public synchronized void put(Key key, StatementPlan plan) {
        plans.put(key, plan);
    }

    public synchronized void forget(Key key) {
        plans.remove(key);
    }

    public synchronized void clear() {
        plans.clear();
    }
}
