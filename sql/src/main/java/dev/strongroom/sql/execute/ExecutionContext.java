package dev.strongroom.sql.execute;

import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.SessionContext;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Transaction;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One execution of one plan. Used by the session's thread only. */
public final class ExecutionContext {
    /** Default limit of what one statement may keep in memory. */
    public static final long DEFAULT_MEMORY_BYTES = 1L << 30;

    private static final long DEFAULT_WORK_KILOBYTES = 4096;
    private static final long OBJECT_FACTOR = 8;

    /** When nodes that can run in batches do so. */
    public enum Batching {
        BY_SIZE,
        ALWAYS,
        NEVER
    }

    private static final Row NO_PARAMETERS = new Row(0);

    private final SessionContext session;
    private final @Nullable Database database;
    private final @Nullable Transaction transaction;
    private final Row parameters;
    private final MemoryAccount memory;
    private long workBytes;
    private final Map<Integer, SharedRows> relations = new HashMap<>();
    private final Map<SubPlanExpr, RowStore> kept = new IdentityHashMap<>();
    private final Map<SubPlanExpr, HashedRows> hashed = new IdentityHashMap<>();
    private @Nullable DeferredChecks deferred;
    private Batching batching = Batching.BY_SIZE;
    private @Nullable Row[] correlated = new Row[4];

    /**
     * A context for one execution.
     *
     * @param parameters slot i is parameter {@code $i+1}
     */
    public ExecutionContext(
            SessionContext session, @Nullable Database database, @Nullable Transaction transaction, Row parameters) {
        this.session = session;
        this.database = database;
        this.transaction = transaction;
        this.parameters = parameters;
        this.memory = new MemoryAccount(DEFAULT_MEMORY_BYTES, StatementMemory.PROCESS);
    }

    /** For immutable expressions, which ask neither a session nor a database: keys of indexes. */
    public static ExecutionContext detached() {
        return new ExecutionContext(NoSession.INSTANCE, null, null, NO_PARAMETERS);
    }

    /** Has checks of deferrable constraints wait there. */
    public ExecutionContext deferTo(DeferredChecks checks) {
        deferred = checks;
        return this;
    }

    /** Where checks of deferrable constraints may wait; null if they have to be done at once. */
    public @Nullable DeferredChecks deferred() {
        return deferred;
    }

    public SessionContext session() {
        return session;
    }

    public Database database() {
        return Objects.requireNonNull(database);
    }

    public Transaction transaction() {
        return Objects.requireNonNull(transaction);
    }

    public Row parameters() {
        return parameters;
    }

    public MemoryAccount memory() {
        return memory;
    }

    /**
     * Memory that one sort or hash table may take before it goes on in temporary files: what {@code work_mem} says, times what
     * rows take more as objects than packed; less where other statements hold much.
     */
    public long workBytes() {
        if (workBytes == 0) {
            String setting = session.setting("work_mem");
            long kilobytes = setting == null ? DEFAULT_WORK_KILOBYTES : kilobytes(setting);
            workBytes = (kilobytes << 10) * OBJECT_FACTOR;
        }
        return Math.min(workBytes, StatementMemory.PROCESS.share());
    }

    /** A size as SHOW prints it. */
    private static long kilobytes(String size) {
        long number = 0;
        int at = 0;
        for (; at < size.length() && Character.isDigit(size.charAt(at)); at++) {
            number = number * 10 + size.charAt(at) - '0';
        }
        return switch (size.substring(at)) {
            case "MB" -> number << 10;
            case "GB" -> number << 20;
            case "TB" -> number << 30;
            default -> number;
        };
    }

    /** A file for rows beyond that. */
    SpillFile spill() {
        return new SpillFile(database().temp());
    }

    /** Whether there is anything to spill to. */
    public boolean canSpill() {
        return database != null;
    }

    public Batching batching() {
        return batching;
    }

    /** Makes every node that can run in batches do so, or none: for tests and comparisons. */
    public ExecutionContext batching(Batching wanted) {
        batching = wanted;
        return this;
    }

    public CancelFlag cancel() {
        return session.cancel();
    }

    /** The outer row a correlation variable stands for now. */
    public Row correlated(int correlation) {
        Row row = correlation < correlated.length ? correlated[correlation] : null;
        if (row == null) {
            throw new IllegalStateException("correlation " + correlation + " is not set");
        }
        return row;
    }

    /** Sets the outer row of a correlation variable; null when its join is closed. */
    public void correlate(int correlation, @Nullable Row row) {
        if (correlation >= correlated.length) {
            correlated = java.util.Arrays.copyOf(correlated, Math.max(correlation + 1, correlated.length * 2));
        }
        correlated[correlation] = row;
    }

    /** Rows of a transient relation (a CTE, a work table), null if it has none yet. */
    @Nullable
    SharedRows relation(int id) {
        return relations.get(id);
    }

    /** Sets or replaces the rows of a transient relation. */
    void putRelation(int id, SharedRows rows) {
        relations.put(id, rows);
    }

    @Nullable
    RowStore kept(SubPlanExpr plan) {
        return kept.get(plan);
    }

    void keep(SubPlanExpr plan, RowStore rows) {
        kept.put(plan, rows);
    }

    @Nullable
    HashedRows hashed(SubPlanExpr plan) {
        return hashed.get(plan);
    }

    void hash(SubPlanExpr plan, HashedRows rows) {
        hashed.put(plan, rows);
    }
}
