package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans and runs a few queries over the catalog, one a step, in a session of its own, so that the first client does not pay for
 * loading the planner's classes and building its metadata handlers (decision P-10). Reads nothing of users, writes nothing.
 */
public final class WarmUp implements Scheduler.Step, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final String DATABASE = "master";
    /** No client has it: theirs are positive. */
    private static final int PROCESS_ID = 0;

    static final List<String> QUERIES = List.of(
            "SELECT n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n"
                    + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v') AND n.nspname !~ '^pg_toast' ORDER BY 1, 2",
            "SELECT t.typname, count(*), max(a.attnum), sum(a.attlen) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                    + " JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND c.relkind = 'r' GROUP BY t.typname"
                    + " HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 5",
            "WITH x AS (SELECT oid, relname, relnamespace FROM pg_class WHERE oid BETWEEN 1000 AND 3000) SELECT relname FROM x"
                    + " WHERE relnamespace IN (SELECT oid FROM pg_namespace) AND NOT EXISTS (SELECT FROM pg_index i"
                    + " WHERE i.indexrelid = x.oid) UNION ALL SELECT 'x' OFFSET 1",
            "SELECT relkind, rank() OVER (PARTITION BY relkind ORDER BY relname) FROM pg_class WHERE relname LIKE 'pg_a%'",
            "SELECT 1.5::numeric * 2, lower('A') || 'b', current_timestamp - interval '1 day',"
                    + " CASE WHEN random() < 2 THEN date '2001-02-03' END");

    private final SqlEngine engine;
    private final Deque<String> left = new ArrayDeque<>(QUERIES);
    private @Nullable SqlSession session;

    public WarmUp(SqlEngine engine) {
        this.engine = engine;
    }

    @Override
    public long run() {
        String query = left.poll();
        if (query == null) {
            close();
            return Long.MAX_VALUE;
        }
        try {
            SqlSession warm = session == null ? open() : session;
            session = warm;
            warm.simpleQuery(query, new DiscardingSink());
        } catch (DatabaseException e) {
            LOG.warn("warming up ended: {}", e.report().message());
            left.clear();
            close();
            return Long.MAX_VALUE;
        }
        return 0;
    }

    private SqlSession open() {
        String superuser = engine.databases().shared().head().roles().stream()
                .filter(Role::superuser)
                .findFirst()
                .orElseThrow()
                .name();
        Map<String, String> settings = Map.of("application_name", "strongroom warm-up");
        return engine.open(new StartupOptions(superuser, DATABASE, settings, PROCESS_ID, ""), new DiscardingSink());
    }

    /** Ends its session; the worker that ran the steps has ended before. */
    @Override
    public void close() {
        SqlSession warm = session;
        session = null;
        if (warm != null) {
            warm.close();
        }
    }
}
