package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.table.Database;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The catalog of one open database: its committed head, and the sessions' way to change it. Thread-safe.
 *
 * <p>A commit publishes after storage has committed, which is when the transaction's table locks are already free. Whoever
 * plans after a lock wait therefore looks at {@link #settled}, which waits until no commit is between the two.
 */
public final class Catalog implements AutoCloseable {
    private final Database storage;
    private final SharedCatalog shared;
    private final ChangeWriter writer;
    private final Scheduler scheduler;
    private final StatisticsStore statistics;
    private final IndexExpressions indexExpressions;
    private volatile CatalogSnapshot head;
    private final AtomicInteger nextOid;
    private final AtomicInteger publishing = new AtomicInteger();
    private final AtomicInteger nextSession = new AtomicInteger(1);

    /**
     * @param builtin system schemas and relations, never stored
     * @param objects committed objects read from the database
     * @param writer writes changes into the database
     */
    public Catalog(
            Database storage,
            SharedCatalog shared,
            Builtins builtin,
            Collection<CatalogObject> objects,
            Map<ObjectRef, String> comments,
            ChangeWriter writer,
            StatisticsStore statistics,
            Scheduler scheduler) {
        this.storage = storage;
        this.shared = shared;
        this.writer = writer;
        this.scheduler = scheduler;
        this.statistics = statistics;
        this.indexExpressions = builtin.indexExpressions();
        this.nextOid = new AtomicInteger(OidRange.next(objects));
        List<CatalogObject> all = new ArrayList<>(builtin.schemas());
        all.addAll(builtin.relations());
        all.addAll(objects);
        this.head = snapshot(false, ObjectSets.of(all, comments), shared.head());
        shared.register(this);
    }

    /**
     * What every database has without storing it.
     *
     * @param schemas schemas missing in {@code objects} are still stored ones; these are the server's own
     * @param relations system tables and views
     * @param indexExpressions evaluates what indexes over expressions are made of
     */
    public record Builtins(List<Schema> schemas, List<Relation> relations, IndexExpressions indexExpressions) {
        public static final Builtins NONE = new Builtins(List.of(), List.of());

        /** Without indexes over expressions. */
        public Builtins(List<Schema> schemas, List<Relation> relations) {
            this(schemas, relations, IndexExpressions.NONE);
        }

        public Builtins {
            schemas = List.copyOf(schemas);
            relations = List.copyOf(relations);
        }
    }

    public int databaseOid() {
        return storage.id();
    }

    public Database storage() {
        return storage;
    }

    public SharedCatalog shared() {
        return shared;
    }

    /** What ANALYZE found. */
    public StatisticsStore statistics() {
        return statistics;
    }

    /** The committed state; never waits. */
    public CatalogSnapshot head() {
        CatalogSnapshot current = head;
        return current.shared() == shared.head() ? current : renew();
    }

    /** A new state or view of this database. */
    CatalogSnapshot snapshot(boolean privateView, ObjectSet objects, SharedSnapshot sharedObjects) {
        return new CatalogSnapshot(
                shared.nextVersion(), privateView, databaseOid(), objects, sharedObjects, indexExpressions);
    }

    private synchronized CatalogSnapshot renew() {
        CatalogSnapshot current = head;
        SharedSnapshot newest = shared.head();
        if (current.shared() != newest) {
            current = snapshot(false, current.objects(), newest);
            head = current;
        }
        return current;
    }

    /** The committed state, once no commit is under way: for use after a lock was granted. */
    public CatalogSnapshot settled() {
        if (publishing.get() != 0) {
            scheduler.await(this, () -> publishing.get() == 0, Long.MAX_VALUE);
        }
        return head();
    }

    /** Opens a session's view, which holds its temporary objects. */
    public CatalogSession openSession() {
        return new CatalogSession(this, nextSession.getAndIncrement());
    }

    /** A fresh OID for an object of this database. */
    public int allocateOid() {
        return nextOid.getAndIncrement();
    }

    ChangeWriter writer() {
        return writer;
    }

    void beginPublishing() {
        publishing.incrementAndGet();
    }

    void endPublishing() {
        publishing.decrementAndGet();
        scheduler.signal(this);
    }

    synchronized void publish(List<CatalogChange> changes) {
        head = snapshot(false, head.objects().apply(changes), shared.head());
    }

    /** Forgets the database, when it is closed. */
    @Override
    public void close() {
        shared.unregister(this);
    }
}
