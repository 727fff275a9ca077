package dev.strongroom.catalog.store;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.model.ModelDatabase;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A fresh server of two in-memory databases, {@code master} and {@code postgres}, and ways to build objects in it. */
public final class TestingCatalog {
    public final ModelDatabase master = new ModelDatabase(1);
    public final ModelDatabase database = new ModelDatabase(5);
    public final SystemRelations systemRelations = new SystemRelations(List.of());
    public SharedCatalog shared;
    public Catalog catalog;
    public CatalogSession session;

    public TestingCatalog() {
        CatalogBootstrap.initializeShared(master, "SCRAM-SHA-256$4096:c2FsdA==$a:b");
        CatalogBootstrap.initialize(master);
        CatalogBootstrap.initialize(database);
        shared = CatalogBootstrap.openShared(master);
        catalog = open();
        session = catalog.openSession();
    }

    /** Reads everything again, as after a restart. */
    public void restart() {
        shared = CatalogBootstrap.openShared(master);
        catalog = open();
        session = catalog.openSession();
    }

    private Catalog open() {
        Catalog.Builtins builtin = new Catalog.Builtins(InitialContents.systemSchemas(), systemRelations.tables());
        return CatalogBootstrap.open(database, shared, builtin, new NoWaiting());
    }

    public CatalogTransaction begin() {
        return begin(session);
    }

    public CatalogTransaction begin(CatalogSession of) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        return of.begin(transaction);
    }

    public SearchPath path() {
        return session.snapshot().searchPath(List.of("$user", "public"), "postgres", session.temporarySchemaOid());
    }

    /** A table (id int4 primary key, name text) with its index and constraint. */
    public static TableDefinition createTable(
            CatalogTransaction ddl, int schema, String name, Persistence persistence) {
        int oid = ddl.allocateOid();
        int arrayType = ddl.allocateOid();
        int rowType = ddl.allocateOid();
        int index = ddl.allocateOid();
        long tree = ddl.createTree();
        List<Column> columns =
                List.of(Column.of(1, "id", ColumnType.of(PgType.INT4), true), Column.of(2, "name", PgType.TEXT));
        TableDefinition table = new TableDefinition(
                oid,
                schema,
                name,
                Role.POSTGRES,
                persistence,
                columns,
                tree,
                index,
                0,
                rowType,
                arrayType,
                List.of(),
                null);
        ddl.create(table);
        ddl.create(new IndexDefinition(
                index,
                schema,
                name + "_pkey",
                Role.POSTGRES,
                oid,
                tree,
                List.of(IndexDefinition.Part.of(columns.getFirst())),
                List.of(),
                true,
                true,
                false,
                null,
                List.of(),
                true,
                List.of()));
        ddl.create(new Constraint.Key(ddl.allocateOid(), name + "_pkey", oid, true, List.of(1), index, false, false));
        return table;
    }

    public static TableDefinition createTable(CatalogTransaction ddl, String name) {
        return createTable(ddl, Schema.PUBLIC, name, Persistence.PERMANENT);
    }

    public static ViewDefinition createView(CatalogTransaction ddl, String name, TableDefinition over) {
        ViewDefinition view = new ViewDefinition(
                ddl.allocateOid(),
                Schema.PUBLIC,
                name,
                Role.POSTGRES,
                Persistence.PERMANENT,
                List.of(Column.of(1, "name", PgType.TEXT)),
                "SELECT name FROM " + over.name(),
                List.of(dev.strongroom.catalog.object.ObjectRef.column(over.oid(), 2)),
                ddl.allocateOid(),
                ddl.allocateOid(),
                List.of(),
                null);
        ddl.create(view);
        return view;
    }

    public static Constraint.ForeignKey createForeignKey(
            CatalogTransaction ddl, String name, TableDefinition from, TableDefinition to) {
        Constraint.ForeignKey key = new Constraint.ForeignKey(
                ddl.allocateOid(),
                name,
                from.oid(),
                List.of(1),
                to.oid(),
                List.of(1),
                to.clusterIndexOid(),
                Constraint.Action.NO_ACTION,
                Constraint.Action.CASCADE,
                List.of(),
                false,
                false,
                false,
                true);
        ddl.create(key);
        return key;
    }

    /** For tests in one thread: a wait would never end, so it fails. */
    private static final class NoWaiting implements Scheduler {
        @Override
        public boolean await(Object subject, BooleanSupplier condition, long timeoutNanos) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("would wait");
            }
            return true;
        }

        @Override
        public void signal(Object subject) {}

        @Override
        public Worker start(String role, Step step) {
            throw new AssertionError("no workers here");
        }
    }
}
