package dev.strongroom.sql.plan;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.pgview.CatalogNames;
import dev.strongroom.catalog.pgview.ServerState;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogSession;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.change.ChangeCursor;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.function.SessionContext;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.TypeName;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.validate.CellUse;
import dev.strongroom.sql.validate.TypeResolver;
import dev.strongroom.storage.model.ModelDatabase;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A database in memory with planner and executor on top: text in, rows as text out. No sessions, no DDL statements. */
final class TestingDatabase {
    private final ModelDatabase master = new ModelDatabase(1);
    private final ModelDatabase database = new ModelDatabase(5);
    private final SystemRelations systemRelations = new SystemRelations(List.of());
    private final CatalogSession session;
    private ExecutionContext.Batching batching = ExecutionContext.Batching.BY_SIZE;

    TestingDatabase() {
        CatalogBootstrap.initializeShared(master, "SCRAM-SHA-256$4096:c2FsdA==$a:b");
        CatalogBootstrap.initialize(master);
        CatalogBootstrap.initialize(database);
        Catalog.Builtins builtin = new Catalog.Builtins(InitialContents.systemSchemas(), systemRelations.tables());
        Catalog catalog =
                CatalogBootstrap.open(database, CatalogBootstrap.openShared(master), builtin, new NoWaiting());
        session = catalog.openSession();
    }

    /** Whether statements run in batches from now on. */
    void batching(ExecutionContext.Batching wanted) {
        batching = wanted;
    }

    SearchPath path() {
        return session.snapshot().searchPath(List.of("$user", "public"), "postgres", 0);
    }

    CatalogSnapshot catalog() {
        return session.snapshot();
    }

    /**
     * Creates a table.
     *
     * @param definition columns as {@code name type [pk|unique|notnull|serial]}, comma separated
     */
    void table(String name, String definition) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        CatalogTransaction ddl = session.begin(transaction);
        int oid = ddl.allocateOid();
        int arrayType = ddl.allocateOid();
        int rowType = ddl.allocateOid();
        int index = ddl.allocateOid();
        long tree = ddl.createTree();
        List<Column> columns = new ArrayList<>();
        List<Column> key = new ArrayList<>();
        List<Column> unique = new ArrayList<>();
        for (String text : definition.split(", *")) {
            String[] words = text.split(" ");
            TypeName typeName =
                    SqlTextParser.parseType(words[1].equals("serial") ? "int4" : words[1].replace(';', ','));
            ColumnType type = TypeResolver.columnType(typeName);
            boolean serial = words[1].equals("serial");
            boolean primary = text.endsWith(" pk");
            Column column =
                    Column.of(columns.size() + 1, words[0], type, primary || serial || text.endsWith(" notnull"));
            if (serial) {
                column = column.withDefault(sequence(ddl, name + "_" + words[0] + "_seq", oid, column));
            }
            columns.add(column);
            if (primary) {
                key.add(column);
            }
            if (text.endsWith(" unique")) {
                unique.add(column);
            }
        }
        ddl.create(new TableDefinition(
                oid,
                Schema.PUBLIC,
                name,
                Role.POSTGRES,
                Persistence.PERMANENT,
                columns,
                tree,
                key.isEmpty() ? 0 : index,
                0,
                rowType,
                arrayType,
                List.of(),
                null));
        if (!key.isEmpty()) {
            index(ddl, index, name + "_pkey", oid, tree, key, true);
        }
        for (Column column : unique) {
            index(
                    ddl,
                    ddl.allocateOid(),
                    name + "_" + column.name() + "_key",
                    oid,
                    ddl.createTree(),
                    List.of(column),
                    false);
        }
        ddl.commit();
    }

    private ColumnDefault sequence(CatalogTransaction ddl, String name, int tableOid, Column column) {
        long id = database.sequences().create(ddl.storage(), SequenceLayout.DEFAULT);
        SequenceDefinition sequence = new SequenceDefinition(
                ddl.allocateOid(),
                Schema.PUBLIC,
                name,
                Role.POSTGRES,
                Persistence.PERMANENT,
                id,
                PgType.INT4,
                SequenceLayout.DEFAULT,
                1,
                0,
                0,
                false,
                null);
        ddl.create(sequence);
        return new ColumnDefault(
                ddl.allocateOid(), "nextval('" + name + "'::regclass)", List.of(ObjectRef.relation(sequence.oid())));
    }

    private static void index(
            CatalogTransaction ddl, int oid, String name, int table, long tree, List<Column> columns, boolean primary) {
        ddl.create(new IndexDefinition(
                oid,
                Schema.PUBLIC,
                name,
                Role.POSTGRES,
                table,
                tree,
                columns.stream().map(IndexDefinition.Part::of).toList(),
                List.of(),
                true,
                primary,
                false,
                null,
                List.of(),
                true,
                List.of()));
        ddl.create(new Constraint.Key(
                ddl.allocateOid(),
                name,
                table,
                primary,
                columns.stream().map(Column::number).toList(),
                oid,
                false,
                false));
    }

    PreparedPlan prepare(String text, PgType... parameters) {
        List<@Nullable PgType> declared = new ArrayList<>(List.of(parameters));
        PlanningContext context = new PlanningContext(
                catalog(),
                path(),
                types(),
                database,
                null,
                PlanningContext.Purpose.RUN,
                Decorrelation.BY_COST,
                true,
                text,
                declared,
                CellUse.INTERNAL);
        return Planner.plan(SqlTextParser.parse(text).getFirst().statement(), context);
    }

    private TypeContext types() {
        return TypeContext.DEFAULT.withRegNames(new CatalogNames(this::catalog, this::path));
    }

    private SystemContext systemContext() {
        return new SystemContext(catalog(), path(), Role.POSTGRES, Role.POSTGRES, database, ServerState.NONE);
    }

    /** Runs a statement: rows with columns joined by {@code |}, or {@code INSERT n}. */
    List<String> run(String text, Object... parameters) {
        PreparedPlan plan = prepare(text);
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        Row values = new Row(Math.max(1, plan.parameterTypes().size()));
        for (int i = 0; i < parameters.length; i++) {
            TypeCodecs.of(plan.parameterTypes().get(i)).unbox(parameters[i], values, i);
        }
        ExecutionContext context =
                new ExecutionContext(new Session(), database, transaction, values).batching(batching);
        List<String> rows = new ArrayList<>();
        try (PlanCursor cursor = plan.root().open(context)) {
            List<ResultColumn> columns = plan.columns();
            if (columns == null) {
                rows.add(plan.kind() + " " + ((ChangeCursor) cursor).changedRows());
            } else {
                while (cursor.next()) {
                    rows.add(text(cursor.row(), columns));
                }
            }
            transaction.commit();
        } finally {
            transaction.rollback();
        }
        return rows;
    }

    private String text(Row row, List<ResultColumn> columns) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            text.append(i == 0 ? "" : "|");
            if (!row.isNull(i)) {
                text.append(TypeCodecs.of(columns.get(i).type()).format(row, i, types()));
            }
        }
        return text.toString();
    }

    /** A session of the superuser, at a fixed time. */
    private final class Session implements SessionContext {
        @Override
        public long transactionMicros() {
            return 0;
        }

        @Override
        public long statementMicros() {
            return 0;
        }

        @Override
        public long clockMicros() {
            return 0;
        }

        @Override
        public Randomness randomness() {
            throw new AssertionError("no chance here");
        }

        @Override
        public TypeContext typeContext() {
            return types();
        }

        @Override
        public CancelFlag cancel() {
            return new CancelFlag();
        }

        @Override
        public String currentUser() {
            return "postgres";
        }

        @Override
        public String sessionUser() {
            return "postgres";
        }

        @Override
        public String databaseName() {
            return "postgres";
        }

        @Override
        public int databaseOid() {
            return 5;
        }

        @Override
        public int backendPid() {
            return 1;
        }

        @Override
        public @Nullable String setting(String name) {
            return null;
        }

        @Override
        public String setSetting(String name, String value, boolean local) {
            return value;
        }

        @Override
        public SystemContext systemContext() {
            return TestingDatabase.this.systemContext();
        }

        @Override
        public void notice(ErrorReport notice) {}

        @Override
        public List<Row> systemRows(int relationOid) {
            return systemRelations.rows(relationOid, systemContext());
        }
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
