package dev.strongroom.catalog.bootstrap;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogChange;
import dev.strongroom.catalog.store.ChangeWriter;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.common.error.FormatVersion;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Fills new databases with their first rows, and reads the rows of existing ones into a {@link Catalog}. */
public final class CatalogBootstrap {
    private static final String FORMAT = "format_version";

    private CatalogBootstrap() {}

    /**
     * Writes roles and databases into a new {@code master}; {@link #initialize} comes besides.
     *
     * @param verifier SCRAM verifier of {@code postgres} in PostgreSQL's text form
     */
    public static void initializeShared(Database master, String verifier) {
        inTransaction(
                master,
                transaction -> writeAll(
                        transaction,
                        CatalogRows.shared(master),
                        InitialContents.shared(verifier),
                        InitialContents.sharedComments()));
    }

    /** Writes the first rows of a new, empty database. */
    public static void initialize(Database database) {
        inTransaction(database, transaction -> {
            Row fact = new Row(2);
            fact.setRef(0, FORMAT);
            fact.setLong(1, SystemTrees.FORMAT_VERSION);
            database.table(SystemTrees.FACTS).insert(transaction, fact);
            writeAll(
                    transaction, CatalogRows.local(database), InitialContents.local(), InitialContents.localComments());
        });
    }

    /** Whether {@link #initialize} was completed. */
    public static boolean initialized(Database database) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            return formatVersion(database, transaction) >= 0;
        } finally {
            transaction.rollback();
        }
    }

    /** Reads roles and databases. */
    public static SharedCatalog openShared(Database master) {
        CatalogRows rows = CatalogRows.shared(master);
        CatalogRows.Contents contents = read(master, rows);
        return new SharedCatalog(master, contents.objects(), contents.comments(), rows);
    }

    /**
     * Reads the catalog of a database; temporary objects that a crash left behind are dropped first.
     *
     * @param builtin system schemas and relations
     */
    public static Catalog open(Database database, SharedCatalog shared, Catalog.Builtins builtin, Scheduler scheduler) {
        checkVersion(database);
        CatalogRows rows = CatalogRows.local(database);
        CatalogRows.Contents contents = read(database, rows);
        Set<CatalogObject> leftovers = temporary(contents.objects());
        if (!leftovers.isEmpty()) {
            Set<ObjectRef> comments = contents.comments().keySet();
            inTransaction(database, transaction -> {
                dropLeftovers(database, transaction, rows, leftovers);
                dropComments(transaction, rows, leftovers, comments);
            });
            contents = read(database, rows);
        }
        StatisticsStore statistics = new StatisticsStore(database, SystemTrees.STATISTICS);
        return new Catalog(
                database, shared, builtin, contents.objects(), contents.comments(), rows, statistics, scheduler);
    }

    private static void checkVersion(Database database) {
        inTransaction(database, transaction -> {
            long version = formatVersion(database, transaction);
            FormatVersion.check(
                    NumberedError.DATABASE_VERSION,
                    "the catalog of database " + database.id(),
                    version,
                    SystemTrees.FORMAT_VERSION);
        });
    }

    private static long formatVersion(Database database, Transaction transaction) {
        Table facts = database.table(SystemTrees.FACTS);
        Row row = new Row(2);
        row.setRef(0, FORMAT);
        long version = facts.get(transaction, facts.keyWriter(0).prefix(row, 1), row, null);
        return version < 0 ? -1 : row.getLong(1);
    }

    private static CatalogRows.Contents read(Database database, CatalogRows rows) {
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        try {
            transaction.beginStatement();
            return rows.read(transaction);
        } finally {
            transaction.rollback();
        }
    }

    private static void writeAll(
            Transaction transaction,
            ChangeWriter rows,
            Collection<CatalogObject> objects,
            Map<ObjectRef, String> comments) {
        objects.forEach(object -> rows.write(transaction, new CatalogChange.Put(object, null)));
        comments.forEach((target, text) -> rows.write(transaction, new CatalogChange.Comment(target, text, false)));
    }

    private static Set<CatalogObject> temporary(List<CatalogObject> objects) {
        Set<Integer> schemas = new HashSet<>();
        Set<Integer> relations = new HashSet<>();
        Set<CatalogObject> found = new HashSet<>();
        for (CatalogObject object : objects) {
            if (object instanceof Schema schema && schema.name().startsWith("pg_temp_")) {
                schemas.add(schema.oid());
                found.add(schema);
            }
        }
        for (CatalogObject object : objects) {
            if (object instanceof Relation relation && schemas.contains(relation.schemaOid())) {
                relations.add(relation.oid());
                found.add(relation);
            }
        }
        for (CatalogObject object : objects) {
            if (object instanceof Constraint constraint && relations.contains(constraint.tableOid())) {
                found.add(constraint);
            }
        }
        return found;
    }

    private static void dropLeftovers(
            Database database, Transaction transaction, CatalogRows rows, Set<CatalogObject> leftovers) {
        Set<Long> trees = new HashSet<>();
        for (CatalogObject object : leftovers) {
            rows.write(transaction, new CatalogChange.Remove(object));
            switch (object) {
                case TableDefinition table -> trees.add(table.treeId());
                case IndexDefinition index -> trees.add(index.treeId());
                case SequenceDefinition sequence -> database.sequences().drop(transaction, sequence.sequenceId());
                default -> {}
            }
        }
        trees.forEach(tree -> database.dropTree(transaction, tree));
    }

    private static void dropComments(
            Transaction transaction, CatalogRows rows, Set<CatalogObject> leftovers, Set<ObjectRef> comments) {
        Set<ObjectRef> gone = new HashSet<>();
        leftovers.forEach(object -> gone.add(object.ref()));
        for (ObjectRef target : comments) {
            if (gone.contains(target.whole())) {
                rows.write(transaction, new CatalogChange.Comment(target, null, true));
            }
        }
    }

    private static void inTransaction(Database database, Consumer<Transaction> work) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            work.accept(transaction);
            transaction.commit();
        } finally {
            transaction.rollback();
        }
    }
}
