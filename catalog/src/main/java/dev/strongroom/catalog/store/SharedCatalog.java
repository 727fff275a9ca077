package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.TwoDatabaseCommit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Roles and databases, kept in {@code master} for all databases (decision S-1), and the catalogs of the databases that are
 * open. Thread-safe.
 */
public final class SharedCatalog {
    private final Database master;
    private final ChangeWriter writer;
    private volatile SharedSnapshot head;
    private final AtomicInteger nextOid;
    private final AtomicLong versions = new AtomicLong();
    private final Map<Integer, Catalog> open = new ConcurrentHashMap<>();

    /**
     * @param objects committed objects read from {@code master}
     * @param writer writes changes into {@code master}
     */
    public SharedCatalog(
            Database master, Collection<CatalogObject> objects, Map<ObjectRef, String> comments, ChangeWriter writer) {
        this.master = master;
        this.writer = writer;
        this.head = new SharedSnapshot(ObjectSets.of(objects, comments));
        this.nextOid = new AtomicInteger(OidRange.next(objects));
    }

    public SharedSnapshot head() {
        return head;
    }

    /** The storage of {@code master}. */
    public Database master() {
        return master;
    }

    /** Commits what writes {@code master} and another database, and knows what was decided. */
    public TwoDatabaseCommit twoDatabases() {
        return new TwoDatabaseCommit(master);
    }

    /** A fresh OID for a role or a database. */
    public int allocateOid() {
        return nextOid.getAndIncrement();
    }

    /** Never hands out this OID or one below it. */
    public void passOid(int used) {
        nextOid.accumulateAndGet(used + 1, Math::max);
    }

    /** Catalogs of the databases that are open, for checks that span them. */
    public Collection<Catalog> openCatalogs() {
        return open.values();
    }

    void register(Catalog catalog) {
        open.put(catalog.databaseOid(), catalog);
    }

    void unregister(Catalog catalog) {
        open.remove(catalog.databaseOid(), catalog);
    }

    long nextVersion() {
        return versions.incrementAndGet();
    }

    ChangeWriter writer() {
        return writer;
    }

    synchronized void publish(List<CatalogChange> changes) {
        head = new SharedSnapshot(head.objects().apply(changes));
    }
}
