package dev.strongroom.sql.session;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.sysview.ColumnKeyViews;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.plan.IndexExpressionCompiler;
import dev.strongroom.storage.model.ModelDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The SQL engine over databases in memory, and clients that keep what they are sent. */
final class TestingServer implements DatabaseDirectory {
    private final ModelDatabase master = new ModelDatabase(1);
    private final SystemRelations systemRelations = new SystemRelations(ColumnKeyViews.all());
    private final Map<Integer, Catalog> open = new HashMap<>();
    private final Map<Integer, Catalog> closed = new HashMap<>();
    private final SharedCatalog shared;
    private final SqlEngine engine;
    private int nextSession = 1;
    private Runnable meanwhile = () -> {};

    TestingServer() {
        CatalogBootstrap.initializeShared(master, "SCRAM-SHA-256$4096:c2FsdA==$a:b");
        shared = CatalogBootstrap.openShared(master);
        CatalogBootstrap.initialize(master);
        open.put(1, CatalogBootstrap.open(master, shared, builtins(), new TestingScheduler()));
        create(5);
        engine = new SqlEngine(new SqlEngine.Parts(
                this,
                systemRelations,
                new TestingClock(),
                new TestingRandomness(),
                new TestingScheduler(),
                KeyStatements.NONE,
                this::terminate,
                "00000000-0000-0000-0000-000000000000",
                "15.14 (Strongroom test)"));
    }

    private boolean terminate(int processId) {
        SqlSession session = engine.session(processId);
        if (session != null) {
            session.close();
        }
        return session != null;
    }

    private Catalog.Builtins builtins() {
        return new Catalog.Builtins(
                InitialContents.systemSchemas(), systemRelations.tables(), new IndexExpressionCompiler());
    }

    /** Bytes in temporary files of the databases. */
    long temporaryBytes() {
        return open.values().stream()
                .mapToLong(catalog -> catalog.storage().temp().bytes())
                .sum();
    }

    /** Temporary files made so far. */
    long temporaryFiles() {
        return open.values().stream()
                .mapToLong(catalog -> catalog.storage().temp().filesMade())
                .sum();
    }

    /** Savepoints of storage that were set and never released. */
    int savepoints() {
        return open.values().stream()
                .mapToInt(catalog -> ((ModelDatabase) catalog.storage()).savepoints())
                .sum();
    }

    SqlEngine engine() {
        return engine;
    }

    Client connect() {
        return connect("postgres", "postgres");
    }

    Client connect(String user, String database) {
        return connect(user, database, Map.of());
    }

    Client connect(String user, String database, Map<String, String> settings) {
        StartupOptions options = new StartupOptions(user, database, settings, nextSession++, "test");
        return new Client(sink -> engine.open(options, sink));
    }

    @Override
    public SharedCatalog shared() {
        return shared;
    }

    @Override
    public Catalog open(int databaseOid) {
        Catalog catalog = open.get(databaseOid);
        if (catalog == null) {
            throw ErrorReport.fatal(ErrorCode.CANNOT_CONNECT_NOW, "offline").exception();
        }
        return catalog;
    }

    @Override
    public void create(int databaseOid) {
        ModelDatabase database = new ModelDatabase(databaseOid);
        CatalogBootstrap.initialize(database);
        open.put(databaseOid, CatalogBootstrap.open(database, shared, builtins(), new TestingScheduler()));
    }

    @Override
    public void avail(DatabaseDefinition database) {
        if (database.availability().offline()) {
            closed.put(database.oid(), Objects.requireNonNull(open.remove(database.oid())));
            return;
        }
        open.computeIfAbsent(database.oid(), oid -> Objects.requireNonNull(closed.remove(oid)))
                .storage()
                .readOnly(database.availability().readOnly());
    }

    @Override
    public void remove(int databaseOid) {
        open.remove(databaseOid);
    }

    @Override
    public void checkpoint() {}

    /** One connection; keeps rows as text, tags, notices. */
    static final class Client implements SessionSink {
        private final SqlSession session;
        private @Nullable List<ResultColumn> columns;
        final List<String> rows = new ArrayList<>();
        final List<String> tags = new ArrayList<>();
        final List<String> notices = new ArrayList<>();
        final Map<String, String> parameters = new HashMap<>();
        final StringBuilder copied = new StringBuilder();
        final Deque<String> copyData = new ArrayDeque<>();
        private String nullText = "";

        @SuppressWarnings("NullAway") // the session reports its parameters to the client it is opened for
        Client(Function<SessionSink, SqlSession> opener) {
            session = opener.apply(this);
        }

        SqlSession session() {
            return session;
        }

        /** Runs a text and gives back rows, one string each, values separated by {@code |}. */
        List<String> query(String text) {
            rows.clear();
            tags.clear();
            columns = null;
            session.simpleQuery(text, this);
            return List.copyOf(rows);
        }

        /** Runs a text and gives back the last command tag. */
        String run(String text) {
            query(text);
            return tags.isEmpty() ? "" : tags.getLast();
        }

        /** Runs a text and gives back everything it answers, a line each: notices, columns and rows, tag or error. */
        List<String> answer(String text) {
            nullText = "\\N";
            notices.clear();
            List<String> lines = new ArrayList<>();
            try {
                query(text);
                lines.addAll(notices.stream()
                        .map(line -> line.replaceFirst("^(NOTICE|WARNING|INFO) ", "$1: "))
                        .toList());
                List<ResultColumn> known = columns;
                if (known != null) {
                    lines.add(String.join(
                            " ",
                            known.stream()
                                    .map(column ->
                                            column.name() + ":" + column.type().name())
                                    .toList()));
                    lines.addAll(rows);
                }
                lines.add("(" + (tags.isEmpty() ? "" : tags.getLast()) + ")");
            } catch (DatabaseException e) {
                lines.addAll(notices.stream()
                        .map(line -> line.replaceFirst("^(NOTICE|WARNING|INFO) ", "$1: "))
                        .toList());
                lines.add("ERROR " + e.code().sqlState() + ": " + e.report().message());
                addDetails(lines, e.report());
            }
            return lines;
        }

        private static void addDetails(List<String> lines, ErrorReport report) {
            if (report.detail() != null) {
                lines.add("DETAIL: " + report.detail());
            }
            if (report.hint() != null) {
                lines.add("HINT: " + report.hint());
            }
        }

        /** Runs a text that fails; gives back SQLSTATE and message. */
        String error(String text) {
            try {
                query(text);
            } catch (DatabaseException e) {
                return e.code().sqlState() + " " + e.report().message();
            }
            return "no error";
        }

        void describe(@Nullable List<ResultColumn> known) {
            columns = known;
        }

        @Override
        public void rowDescription(List<ResultColumn> columns) {
            this.columns = columns;
        }

        @Override
        public void row(Row row) {
            StringBuilder text = new StringBuilder();
            List<ResultColumn> known = columns;
            TypeContext context = session.typeContext();
            for (int i = 0; known != null && i < known.size(); i++) {
                text.append(i == 0 ? "" : "|");
                if (row.isNull(i)) {
                    text.append(nullText);
                } else {
                    text.append(TypeCodecs.of(known.get(i).type()).format(row, i, context));
                }
            }
            rows.add(text.toString());
        }

        @Override
        public void commandComplete(String tag) {
            tags.add(tag);
        }

        @Override
        public void emptyQuery() {
            tags.add("empty");
        }

        @Override
        public void portalSuspended() {
            tags.add("suspended");
        }

        @Override
        public void notice(ErrorReport report) {
            notices.add(report.severity() + " " + report.message());
            addDetails(notices, report);
        }

        @Override
        public void parameterStatus(String name, String value) {
            parameters.put(name, value);
        }

        @Override
        public CopyInput copyIn(boolean binary, int columns) {
            return () -> {
                String piece = copyData.poll();
                return piece == null ? new byte[0] : piece.getBytes(StandardCharsets.UTF_8);
            };
        }

        @Override
        public void copyOut(boolean binary, int columns) {
            copied.setLength(0);
        }

        @Override
        public void copyData(byte[] bytes, int offset, int length) {
            copied.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void copyDone() {}

        @Override
        public void notification(int processId, String channel, String payload) {
            notices.add("NOTIFY " + channel + " " + payload);
        }
    }

    private static final class TestingClock implements Clock {
        private long micros = 1_700_000_000_000_000L;

        @Override
        public long epochMicros() {
            return micros++;
        }

        @Override
        public long monotonicNanos() {
            return micros * 1_000;
        }
    }

    private static final class TestingRandomness implements Randomness {
        private final SplittableRandom random = new SplittableRandom(1);

        @Override
        public void fill(byte[] bytes) {
            random.nextBytes(bytes);
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }

    /** Lets something happen while the next statement waits. */
    void meanwhile(Runnable action) {
        meanwhile = action;
    }

    private final class TestingScheduler implements Scheduler {
        @Override
        public boolean await(Object subject, BooleanSupplier condition, long timeoutNanos) {
            Runnable action = meanwhile;
            meanwhile = () -> {};
            action.run();
            return condition.getAsBoolean();
        }

        @Override
        public void signal(Object subject) {}

        @Override
        public Worker start(String role, Step step) {
            return new Worker() {
                @Override
                public void wake() {}

                @Override
                public void close() {}
            };
        }
    }
}
