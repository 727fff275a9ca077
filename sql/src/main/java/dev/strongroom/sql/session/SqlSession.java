package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.pgview.CatalogNames;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogSession;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.common.type.BinaryInput;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.parse.SqlTextParser.ParsedStatement;
import dev.strongroom.sql.parse.SqlTextParser.ParsedText;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.validate.CellParameter;
import dev.strongroom.sql.validate.CellUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection: texts, prepared statements and portals under the transaction state machine. All methods but {@link #cancel}
 * and the few marked so run on the thread that owns the connection. A failure leaves as a DatabaseException after the transaction has been
 * put into its right state; the caller sends it and, in the extended protocol, skips to {@link #sync}.
 */
public final class SqlSession implements AutoCloseable {
    private static final Row NO_PARAMETERS = new Row(0);
    private static final SessionSink NO_SINK = new DiscardingSink();

    private final SqlEngine engine;
    private final StartupOptions startup;
    private final SessionSettings settings = new SessionSettings();
    private final CancelFlag cancel = new CancelFlag();
    private final SessionTransaction transaction;
    private final TriedWork tried;
    private final StatementExecutor executor;
    private final LiftedQueries lifted;
    private final Map<String, NamedStatement> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private final Notifications notifications = new Notifications();
    private final KeyStatements.KeyStatementSession keys;
    private final long startedMicros;

    private CatalogSession catalogSession;
    private SessionIdentity identity;
    private SessionSink sink = NO_SINK;
    private long transactionMicros;
    private long statementMicros;
    private volatile String activity = "";
    private volatile boolean busy;
    private @Nullable CatalogSnapshot pathSnapshot;
    private @Nullable SearchPath path;
    private long pathGeneration = -1;
    private int pathUser;
    private final AdvisoryLocks.Holder advisoryLocks;
    private @Nullable CatalogSnapshot epochSeen;
    private int ownEpoch;
    private boolean closed;

    SqlSession(SqlEngine engine, Catalog catalog, Role role, StartupOptions startup) {
        this.engine = engine;
        this.startup = startup;
        this.startedMicros = engine.nowMicros();
        this.catalogSession = catalog.openSession();
        this.identity = SessionIdentity.of(role);
        this.advisoryLocks = engine.advisoryLocks().open(cancel);
        this.transaction = new SessionTransaction(catalogSession, settings, cancel, advisoryLocks);
        this.tried = new TriedWork(transaction);
        this.executor = new StatementExecutor(this);
        this.lifted = new LiftedQueries(this, executor);
        this.keys = engine.parts().keyStatements().open();
    }

    // ---- start

    void start(SessionSink startSink) {
        sink = startSink;
        Role role = role(identity.authenticatedOid());
        settings.setInternal("session_authorization", role.name());
        settings.setInternal("is_superuser", role.superuser() ? "on" : "off");
        settings.setInternal("server_version", engine.parts().serverVersion());
        settings.setInternal("strongroom.system_identifier", engine.parts().systemIdentifier());
        reportEpoch();
        applyDefaults(role);
        startup.settings().forEach((name, value) -> settings.setDefault(name, value, role.superuser()));
        settings.regNames(new CatalogNames(this::snapshot, this::path));
        settings.reports().forEach(startSink::parameterStatus);
        sink = NO_SINK;
    }

    /** Settings of the database, the role, and the role in the database. */
    private void applyDefaults(Role role) {
        settings.setInternal("strongroom.database", databaseName());
        DatabaseDefinition database = database();
        database.settings().forEach((name, value) -> settings.setDefault(name, value, true));
        role.settings().getOrDefault(0, Map.of()).forEach((name, value) -> settings.setDefault(name, value, true));
        role.settings()
                .getOrDefault(database.oid(), Map.of())
                .forEach((name, value) -> settings.setDefault(name, value, true));
    }

    // ---- simple query

    /** Runs a whole query string: each statement in turn, all in one transaction unless told otherwise. */
    public void simpleQuery(String text, SessionSink to) {
        sink = to;
        begin(text);
        boolean over = true;
        try {
            closePortalNamed("");
            if (runLifted(text)) {
                return;
            }
            ParsedText parsed = parseText(text);
            if (parsed.statements().size() != 1) {
                NoWait.check();
            }
            if (parsed.statements().isEmpty()) {
                to.emptyQuery();
            }
            int last = parsed.statements().size() - 1;
            transaction.batch(last > 0);
            for (int i = 0; i <= last; i++) {
                runSimple(parsed.statements().get(i), i == last);
            }
        } catch (DatabaseException e) {
            throw failed(e, text);
        } catch (WouldBlock e) {
            // Said again soon, and cancellable in between.
            over = false;
            throw e;
        } catch (StackOverflowError e) {
            throw failed(StatementErrors.tooComplex(e), text);
        } catch (OutOfMemoryError e) {
            throw failed(StatementErrors.noMemory(e), text);
        } catch (RuntimeException e) {
            throw failed(StatementErrors.internal(e), text);
        } finally {
            transaction.batch(false);
            if (over) {
                finish();
            }
        }
    }

    /** Runs a single statement through the plan of its normalised text; false, with nothing done, where that cannot be. */
    private boolean runLifted(String text) {
        if (transaction.block() == SessionTransaction.Block.FAILED) {
            return false;
        }
        Portal portal = lifted.portal(text);
        if (portal == null) {
            return false;
        }
        long timer = startTimer();
        try {
            String tag = executor.run(portal, 0, true, true);
            sink.commandComplete(tag == null ? "" : tag);
        } finally {
            stopTimer(timer);
        }
        return true;
    }

    private void runSimple(ParsedStatement parsed, boolean last) {
        cancel.check();
        NamedStatement statement =
                new NamedStatement("", parsed.statement(), parsed.text(), parsed.start(), List.of(), false);
        long timer = startTimer();
        try {
            Portal portal = new Portal("", statement, NO_PARAMETERS, Portal.Manner.BOUND);
            String tag = executor.run(portal, 0, true, last || parsed.endsBatch());
            sink.commandComplete(tag == null ? "" : tag);
        } finally {
            stopTimer(timer);
        }
    }

    private ParsedText parseText(String text) {
        ParsedText parsed = engine.plans().parse(text);
        parsed.notices().forEach(this::notice);
        return parsed;
    }

    // ---- extended query

    /** Parse. */
    public void parse(String name, String text, int[] parameterOids) {
        guarded(text, () -> {
            if (name.isEmpty()) {
                statements.remove("");
            } else if (statements.containsKey(name)) {
                throw ErrorReport.error(
                                ErrorCode.DUPLICATE_PREPARED_STATEMENT,
                                "prepared statement \"" + name + "\" already exists")
                        .exception();
            }
            List<ParsedStatement> parsed = parseText(text).statements();
            if (parsed.size() > 1) {
                throw ErrorReport.error(
                                ErrorCode.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement")
                        .exception();
            }
            Statement statement = parsed.isEmpty() ? null : parsed.get(0).statement();
            int start = parsed.isEmpty() ? 0 : parsed.get(0).start();
            NamedStatement named =
                    new NamedStatement(name, statement, text, start, declaredTypes(parameterOids), false);
            executor.describe(named);
            statements.put(name, named);
        });
    }

    private static List<@Nullable PgType> declaredTypes(int[] oids) {
        List<@Nullable PgType> types = new ArrayList<>();
        for (int oid : oids) {
            if (oid == 0 || oid == PgType.UNKNOWN.oid()) {
                types.add(null);
                continue;
            }
            types.add(PgType.byOid(oid)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_OBJECT,
                                    "type with OID " + Integer.toUnsignedString(oid) + " does not exist")
                            .exception()));
        }
        return types;
    }

    /**
     * Bind.
     *
     * @param formats none, one for all or one for each value: 0 text, 1 binary
     * @param values null for NULL
     */
    public void bind(String portal, String statement, short[] formats, byte[] @Nullable [] values) {
        guarded("", () -> {
            NamedStatement named = requireStatement(statement);
            executor.refuseIfFailed(named.statement());
            if (portal.isEmpty()) {
                closePortalNamed("");
            } else if (portals.containsKey(portal)) {
                throw ErrorReport.error(ErrorCode.DUPLICATE_CURSOR, "portal \"" + portal + "\" already exists")
                        .exception();
            }
            executor.describe(named);
            Row parameters = decode(named, formats, values);
            portals.put(portal, new Portal(portal, named, parameters, Portal.Manner.BOUND));
        });
    }

    private Row decode(NamedStatement named, short[] formats, byte[] @Nullable [] values) {
        List<PgType> types = named.clientTypes();
        if (values.length != types.size()) {
            throw ErrorReport.error(
                            ErrorCode.PROTOCOL_VIOLATION,
                            "bind message supplies " + values.length + " parameters, but prepared statement \""
                                    + named.name() + "\" requires " + types.size())
                    .exception();
        }
        if (types.isEmpty()) {
            return NO_PARAMETERS;
        }
        Row row = new Row(types.size());
        TypeContext context = typeContext();
        for (int i = 0; i < values.length; i++) {
            byte[] value = values[i];
            if (value == null) {
                row.setNull(i);
                continue;
            }
            TypeCodec codec = TypeCodecs.of(types.get(i));
            int format = formats.length == 0 ? 0 : formats[formats.length == 1 ? 0 : i];
            if (format == 0) {
                codec.parseUtf8(value, 0, value.length, row, i, context);
            } else {
                BinaryInput input = new BinaryInput(value, 0, value.length);
                codec.readBinary(input, row, i, context);
                if (input.remaining() != 0) {
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_BINARY_REPRESENTATION,
                                    "incorrect binary data format in bind parameter " + (i + 1))
                            .exception();
                }
            }
        }
        openCells(named, row);
        return row;
    }

    /** Checks the parameters for encrypted columns and takes their envelopes off. */
    void openCells(NamedStatement named, Row parameters) {
        if (named.cells().isEmpty()) {
            return;
        }
        CellInput input =
                new CellInput(snapshot().columnKeys(), settings.cellUse().values() == CellUse.Values.CELLS);
        for (CellParameter cell : named.cells()) {
            int slot = cell.index();
            if (!parameters.isNull(slot)) {
                byte[] value = parameters.getRef(slot);
                parameters.setRef(slot, input.open(value, cell.scheme(), cell.usage(), "parameter $" + (slot + 1)));
            }
        }
    }

    public StatementDescription describeStatement(String name) {
        NamedStatement named = requireStatement(name);
        executor.refuseIfFailed(named.statement());
        return new StatementDescription(
                named.clientTypes().stream().map(PgType::oid).toList(), named.cells(), named.columns());
    }

    /** Keys and schemes of encrypted columns as the running transaction sees them. */
    public ColumnKeySet columnKeys() {
        return snapshot().columnKeys();
    }

    /** Columns of a portal, null where it returns no rows. */
    public @Nullable List<ResultColumn> describePortal(String name) {
        return requirePortal(name).statement().columns();
    }

    /**
     * Execute.
     *
     * @param maxRows 0 for all
     */
    public void execute(String portalName, long maxRows, SessionSink to) {
        sink = to;
        guarded("", () -> {
            Portal portal = requirePortal(portalName);
            activity = portal.statement().text();
            if (portal.statement().statement() == null) {
                to.emptyQuery();
                return;
            }
            String tag = executor.run(portal, maxRows, false, false);
            if (tag == null) {
                to.portalSuspended();
            } else {
                to.commandComplete(tag);
            }
        });
    }

    /** Close of a statement. */
    public void closeStatement(String name) {
        statements.remove(name);
    }

    /** Close of a portal. */
    public void closePortal(String name) {
        closePortalNamed(name);
    }

    /** Sync: ends the implicit transaction. */
    public void sync() {
        cancel.clear();
        try {
            if (transaction.block() == SessionTransaction.Block.IMPLICIT) {
                executor.commit();
            }
        } catch (DatabaseException e) {
            throw failed(e, "");
        } finally {
            finish();
        }
    }

    private void guarded(String text, Runnable work) {
        begin(text.isEmpty() ? activity : text);
        long timer = startTimer();
        try {
            cancel.check();
            work.run();
        } catch (DatabaseException e) {
            throw failed(e, text.isEmpty() ? activity : text);
        } catch (StackOverflowError e) {
            throw failed(StatementErrors.tooComplex(e), text);
        } catch (OutOfMemoryError e) {
            throw failed(StatementErrors.noMemory(e), text);
        } catch (RuntimeException e) {
            throw failed(StatementErrors.internal(e), text);
        } finally {
            stopTimer(timer);
            sink = NO_SINK;
        }
    }

    /** The next message is a try under {@link NoWait}. */
    public void beginTry() {
        tried.begin();
    }

    /** The last try stands. */
    public void keepTry() {
        tried.keep();
    }

    /** Takes the last try back: the message will be said again. */
    public void undoTry() {
        tried.undo();
    }

    /** A cancel request counts from the first message of a query until its Sync, also when it comes between two messages. */
    private void begin(String text) {
        activity = text;
        if (!busy) {
            cancel.clear();
            busy = true;
        }
        statementMicros = engine.nowMicros();
        if (transaction.block() == SessionTransaction.Block.NONE) {
            transactionMicros = statementMicros;
            settings.transactionStart(transactionMicros);
        }
    }

    private void finish() {
        busy = false;
        sink = NO_SINK;
    }

    private long startTimer() {
        long limit = settings.statementTimeoutMillis();
        return limit == 0 ? 0 : engine.timer().start(limit, cancel);
    }

    private void stopTimer(long ticket) {
        if (ticket != 0) {
            engine.timer().stop(ticket);
        }
    }

    /** Puts the transaction into its right state after an error; has to be done, even by those who may not wait. */
    private DatabaseException failed(DatabaseException error, String text) {
        NoWait held = NoWait.lift();
        try {
            return endFailed(visible(error), text);
        } finally {
            NoWait.restore(held);
        }
    }

    private DatabaseException visible(DatabaseException error) {
        if (!ShownValues.mayBeIn(error.report())) {
            return error;
        }
        ErrorReport shown = new ShownValues(snapshot(), executor.view().rights()).visible(error.report());
        return shown.equals(error.report()) ? error : shown.exception(error);
    }

    private DatabaseException endFailed(DatabaseException error, String text) {
        portals.values().removeIf(portal -> {
            if (!portal.hold()) {
                portal.close();
                return true;
            }
            return false;
        });
        transaction.fail();
        executor.failed();
        return StatementErrors.inCodePoints(error, text);
    }

    // ---- state seen from outside

    /** Milliseconds the client may stay silent between statements; 0 for ever. */
    public long idleLimitMillis() {
        return transaction.inBlock() ? settings.idleInTransactionMillis() : settings.idleSessionMillis();
    }

    /** I idle, T in a transaction, E in a failed one. */
    public char status() {
        return transaction.status();
    }

    public TypeContext typeContext() {
        return settings.typeContext();
    }

    /** Called before each ReadyForQuery: reports changed settings and pending notifications. */
    public void beforeReady(SessionSink to) {
        reportEpoch();
        settings.takeReports().forEach(to::parameterStatus);
        tellNews(to);
    }

    /** Whether notifications have come that the client does not know yet. */
    public boolean hasNews() {
        return !notifications.isEmpty();
    }

    /** Sends the notifications that have come, unless a transaction is open. */
    public void tellNews(SessionSink to) {
        if (transaction.block() == SessionTransaction.Block.NONE) {
            notifications.tell(to);
        }
    }

    /**
     * What encrypting clients bind their knowledge to: moves with all DDL once there is a key (decision A-7). A part after
     * a dot counts what only this session sees, temporary tables and what its transaction has not committed.
     */
    private void reportEpoch() {
        CatalogSnapshot seen = snapshot();
        if (seen != epochSeen) {
            epochSeen = seen;
            CatalogSnapshot head = catalogSession.catalog().head();
            boolean keys = !seen.columnKeys().encryptionKeys().isEmpty();
            String own = seen == head ? "" : "." + ++ownEpoch;
            settings.setInternal("strongroom.ae_epoch", keys ? engine.epoch() + "-" + head.version() + own : "0");
        }
    }

    /** Stops the running statement; any thread. */
    public void cancel(DatabaseException reason) {
        if (busy) {
            cancel.cancel(reason);
            engine.parts().scheduler().signal(cancel);
        }
    }

    /** Stops the running statement as a CancelRequest does; any thread. */
    public void cancel() {
        if (busy) {
            cancel.cancel();
            engine.parts().scheduler().signal(cancel);
        }
    }

    /** Number of the session; any thread. */
    public int processId() {
        return startup.processId();
    }

    /** Any thread. */
    public int databaseOid() {
        return catalogSession.catalog().databaseOid();
    }

    /** The last statement's text; any thread. */
    String activity() {
        return activity;
    }

    boolean busy() {
        return busy;
    }

    /** Whether the running statement waits for another session's lock. */
    boolean waitsForLock() {
        return busy && transaction.isWaiting();
    }

    long startedMicros() {
        return startedMicros;
    }

    StartupOptions startup() {
        return startup;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        portals.values().forEach(Portal::close);
        portals.clear();
        try {
            transaction.rollback();
        } finally {
            advisoryLocks.unlockAll();
            try {
                catalogSession.close();
            } finally {
                keys.close();
                engine.forget(this);
            }
        }
    }

    // ---- for the executor and its neighbours

    AdvisoryLocks.Holder advisoryLocks() {
        return advisoryLocks;
    }

    SqlEngine engine() {
        return engine;
    }

    SessionSettings settings() {
        return settings;
    }

    TriedWork tried() {
        return tried;
    }

    SessionTransaction transaction() {
        return transaction;
    }

    CancelFlag cancelFlag() {
        return cancel;
    }

    SessionSink sink() {
        return sink;
    }

    SessionIdentity identity() {
        return identity;
    }

    void identity(SessionIdentity changed) {
        identity = changed;
        pathSnapshot = null;
    }

    Map<String, NamedStatement> statements() {
        return statements;
    }

    Map<String, Portal> portals() {
        return portals;
    }

    /** Whether LISTEN was said for a channel; any thread. */
    boolean listens(String channel) {
        return executor.listens(channel);
    }

    KeyStatements.KeyStatementSession keys() {
        return keys;
    }

    /** Says what to run, on any thread, when {@link #hasNews} becomes true. */
    public void onNews(Runnable wake) {
        notifications.onArrival(wake);
    }

    Notifications notifications() {
        return notifications;
    }

    long transactionMicros() {
        return transactionMicros;
    }

    void transactionMicros(long micros) {
        transactionMicros = micros;
        settings.transactionStart(micros);
    }

    long statementMicros() {
        return statementMicros;
    }

    void notice(ErrorReport report) {
        if (NoticeLevels.wanted(settings.require("client_min_messages"), report.severity())) {
            sink.notice(report);
        }
    }

    NamedStatement requireStatement(String name) {
        NamedStatement named = statements.get(name);
        if (named == null) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_SQL_STATEMENT_NAME,
                            name.isEmpty()
                                    ? "unnamed prepared statement does not exist"
                                    : "prepared statement \"" + name + "\" does not exist")
                    .exception();
        }
        return named;
    }

    Portal requirePortal(String name) {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw ErrorReport.error(ErrorCode.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist")
                    .exception();
        }
        return portal;
    }

    void closePortalNamed(String name) {
        Portal portal = portals.remove(name);
        if (portal != null) {
            portal.close();
        }
    }

    CatalogSession catalogSession() {
        return catalogSession;
    }

    /** Catalog as the running transaction sees it. */
    CatalogSnapshot snapshot() {
        return transaction.started() ? transaction.running().snapshot() : catalogSession.snapshot();
    }

    /** Search path over the current catalog. */
    SearchPath path() {
        CatalogSnapshot now = snapshot();
        SearchPath known = path;
        if (known == null
                || pathSnapshot != now
                || pathGeneration != settings.generation()
                || pathUser != identity.currentOid()) {
            int temporary = transaction.started()
                    ? transaction.running().temporarySchemaOid()
                    : catalogSession.temporarySchemaOid();
            int user = identity.currentOid();
            AccessRights rights = executor.view().rights();
            known = now.searchPath(
                    settings.searchPath(), role(user).name(), temporary, schema -> rights.has(schema, Privilege.USAGE));
            path = known;
            pathSnapshot = now;
            pathGeneration = settings.generation();
            pathUser = user;
        }
        return known;
    }

    Role role(int oid) {
        return engine.databases()
                .shared()
                .head()
                .role(oid)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT,
                                "role with OID " + Integer.toUnsignedString(oid) + " does not exist")
                        .exception());
    }

    DatabaseDefinition database() {
        return engine.databases().shared().head().database(databaseOid()).orElseThrow();
    }

    String databaseName() {
        return database().name();
    }

    /** USE (decision P-11): other database, same connection. */
    void moveTo(Catalog catalog) {
        portals.values().forEach(Portal::close);
        portals.clear();
        CatalogSession left = catalogSession;
        engine.gate().enter(this, catalog, () -> catalogSession = catalog.openSession());
        left.close();
        engine.gate().left();
        transaction.moveTo(catalogSession);
        pathSnapshot = null;
        settings.setInternal("strongroom.database", databaseName());
        Role role = role(identity.sessionOid());
        settings.reset("search_path", false, true);
        String own = role.settings()
                .getOrDefault(databaseOid(), Map.of())
                .getOrDefault("search_path", database().settings().get("search_path"));
        if (own != null) {
            settings.setDefault("search_path", own, true);
        }
    }

    /** DISCARD ALL goes back to the database of the start (decision P-11). */
    void moveToStart() {
        if (!databaseName().equals(startup.database())) {
            moveTo(engine.connect(startup.database(), role(identity.authenticatedOid())));
        }
    }
}
