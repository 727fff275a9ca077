package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.cell.CellEnvelope;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.key.KeyProviders;
import dev.strongroom.client.statement.ColumnScheme;
import dev.strongroom.client.statement.PlanCache;
import dev.strongroom.client.statement.PlanReader;
import dev.strongroom.client.statement.StatementPlan;
import dev.strongroom.client.statement.StatementText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.TimestampUtils;

/**
 * One connection's side of encryption: asks the server what a statement needs, finds keys, encrypts and decrypts. Used by
 * one thread at a time, as the connection is.
 */
final class Session {
    /** Opens another connection to the same place, for questions this one cannot ask now. */
    @FunctionalInterface
    interface SideConnection {
        Connection open() throws SQLException;
    }

    /** What of the connection's state says what a text means (AE-125). */
    private static final List<String> MEANING = List.of(
            "strongroom.database", "search_path", "standard_conforming_strings", "session_authorization", "role");

    private final BaseConnection connection;
    private final ClientSettings settings;
    private final ProcessCaches shared;
    private final SideConnection side;
    private final KeyProviders providers;
    /** Plans from while this session saw what others do not: temporary tables, its own uncommitted DDL. */
    private final PlanCache ownPlans = new PlanCache();

    private final List<String> told = new ArrayList<>();
    private String scope = "";
    private String zoneName = "";
    private ZoneId zone = ZoneOffset.UTC;

    Session(BaseConnection connection, ClientSettings settings, ProcessCaches shared, SideConnection side) {
        this.connection = connection;
        this.settings = settings;
        this.shared = shared;
        this.side = side;
        this.providers = settings.providers().inner();
    }

    BaseConnection connection() {
        return connection;
    }

    /** How pgjdbc writes dates and times of java.sql; nothing else reaches it. */
    @SuppressWarnings("deprecation")
    TimestampUtils texts() {
        return connection.getTimestampUtils();
    }

    ColumnEncryptionSetting setting() {
        return settings.setting();
    }

    KeyProviders providers() {
        return providers;
    }

    private String reported(String name) {
        return Objects.requireNonNullElse(connection.getParameterStatus(name), "");
    }

    String epoch() {
        return reported("strongroom.ae_epoch");
    }

    /** Server and database, as both sides name them. */
    private String database() {
        return settings.address() + "\n" + reported("strongroom.system_identifier") + "\n"
                + reported("strongroom.database");
    }

    /** What a text means here: the same text may mean something else where this differs (AE-125). */
    String scope() throws SQLException {
        boolean same = !told.isEmpty();
        for (int i = 0; same && i < MEANING.size(); i++) {
            same = told.get(i).equals(reported(MEANING.get(i)));
        }
        if (!same) {
            told.clear();
            MEANING.forEach(name -> told.add(reported(name)));
            scope = database() + "\n" + connection.getQueryExecutor().getUser() + "\n" + String.join("\n", told) + "\n"
                    + settings.requiredText();
        }
        return scope;
    }

    /** The process's plans, unless names may mean something in this session alone (decision A-7). */
    private PlanCache plans() {
        return epoch().indexOf('.') < 0 ? shared.plans() : ownPlans;
    }

    /** Holds a text that goes out as it is against what this client insists on. */
    void checkText(String sql) throws SQLException {
        settings.required().checkLiterals(List.of(sql));
    }

    /** The same for a text with parameters: before anything of it reaches the server, a question about it included. */
    void checkLiterals(StatementForm form) throws SQLException {
        if (!settings.required().isEmpty()) {
            settings.required().checkLiterals(form.text(connection).statements());
        }
    }

    /** A plain value written through a result set goes where the server says; not where this client insists on more. */
    void refusePlainUpdate(@Nullable StatementForm form) throws SQLException {
        if (form != null && settings.required().concern(form.text(connection).statements())) {
            throw new ColumnEncryptionException(
                    Reason.ENCRYPTION_REQUIRED,
                    "the statement concerns a column that must be encrypted (requireEncrypted): update its rows with an"
                            + " UPDATE statement; nothing was sent");
        }
    }

    /** What this client insists on for a statement that goes out with nothing encrypted. */
    StatementPlan plainPlan(StatementForm form) throws SQLException {
        StatementPlan nothing = StatementPlan.withoutParameters(epoch());
        return settings.required().isEmpty() ? nothing : settings.required().check(form.text(connection), nothing);
    }

    /** A plan, and whether it is older than this call. */
    record Planned(StatementPlan plan, boolean fromCache) {}

    /**
     * What has to be encrypted in a statement; from the cache, or from the server in one round trip.
     *
     * @param fresh whether the cache is passed over
     */
    Planned plan(StatementForm form, boolean fresh) throws SQLException {
        PlanCache.Key key = new PlanCache.Key(scope(), form.sql(), form.cacheName());
        StatementPlan known = fresh ? null : plans().find(key, epoch());
        if (known != null) {
            return new Planned(known, true);
        }
        StatementText text = form.text(connection);
        StatementPlan plan = settings.required()
                .check(
                        text,
                        text.parameterCount() == 0 ? StatementPlan.withoutParameters(epoch()) : ask(text, Map.of()));
        if (plan.fault().isEmpty()) {
            plans().put(key, plan);
        } else {
            plans().forget(key);
        }
        return new Planned(plan, false);
    }

    /**
     * The same for a statement that cannot be analysed unless the server knows what types its parameters are sent with.
     *
     * @param without what it said without them
     * @param types type names by JDBC index
     */
    Planned planWithTypes(StatementForm form, StatementPlan without, Map<Integer, String> types) throws SQLException {
        if (types.isEmpty()) {
            return new Planned(without, false);
        }
        PlanCache.Key key = new PlanCache.Key(scope(), form.sql(), form.cacheName() + "\n" + types);
        StatementPlan known = plans().find(key, epoch());
        if (known != null) {
            return new Planned(known, true);
        }
        StatementText text = form.text(connection);
        StatementPlan plan = settings.required().check(text, ask(text, types));
        if (plan.fault().isEmpty()) {
            plans().put(key, plan);
            // The next statement of this text need not ask in vain first.
            plans().put(new PlanCache.Key(scope(), form.sql(), form.cacheName()), without);
        }
        return new Planned(plan, false);
    }

    /** What the result columns of a statement are; asked for only where no row has told it. */
    StatementPlan planWithResults(StatementForm form) throws SQLException {
        return ask(form.text(connection), Map.of());
    }

    private StatementPlan ask(StatementText text, Map<Integer, String> types) throws SQLException {
        if (connection.getTransactionState() == TransactionState.FAILED) {
            throw new SQLException(
                    "current transaction is aborted, commands ignored until end of transaction block", "25P02");
        }
        List<String> texts = new ArrayList<>();
        for (String statement : text.statements()) {
            texts.add("'" + connection.escapeString(statement) + "'");
        }
        String call = "SELECT * FROM sys.describe_parameter_encryption(ARRAY[" + String.join(", ", texts)
                + "]::text[], " + (types.isEmpty() ? "NULL" : "ARRAY[" + declared(text, types) + "]::text[]") + ")";
        // This way of asking never begins a transaction, whatever autocommit says.
        try (ResultSet rows = connection.execSQLQuery(call)) {
            return PlanReader.read(text, epoch(), rows);
        }
    }

    /** One list of declarations for each part, whose parameters count from 1 again. */
    private static String declared(StatementText text, Map<Integer, String> types) {
        List<String> parts = new ArrayList<>();
        int index = 0;
        for (int count : text.parameterCounts()) {
            List<String> part = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // By position, 0 where it is not known.
                part.add(types.getOrDefault(++index, "0"));
            }
            parts.add("'" + String.join(", ", part) + "'");
        }
        return String.join(", ", parts);
    }

    /** What encrypts the values of one parameter or updated column. */
    CellWriter writer(ColumnScheme scheme, KeyProviders scope) {
        return new CellWriter(scheme, shared.keys().held(scheme.key(), scope, settings.timeToLive()));
    }

    /** The plaintext of a value the server sent. */
    byte[] decrypt(EncryptedKey key, byte[] value, KeyProviders scope) throws SQLException {
        return shared.keys().use(key, scope, settings.timeToLive(), opened -> CellEnvelope.open(opened, value));
    }

    /** The key an envelope names, from the process's directory or from the server. */
    EncryptedKey key(CellEnvelope envelope) throws SQLException {
        EncryptedKey known = shared.directory().find(database(), envelope.keyId(), envelope.keyVersion());
        return known != null ? known : freshKey(envelope);
    }

    /** As {@link #key}, from the server: the master key may have been changed since. */
    EncryptedKey freshKey(CellEnvelope envelope) throws SQLException {
        shared.directory().add(database(), readKeys());
        EncryptedKey known = shared.directory().find(database(), envelope.keyId(), envelope.keyVersion());
        if (known == null) {
            throw new ColumnEncryptionException(
                    Reason.KEY_INVALID,
                    "a cell names column encryption key " + envelope.keyId() + ", which the database does not have");
        }
        return known;
    }

    private List<EncryptedKey> readKeys() throws SQLException {
        String question = "SELECT * FROM sys.column_encryption_key_info(NULL)";
        if (connection.getTransactionState() != TransactionState.FAILED) {
            try (ResultSet rows = connection.execSQLQuery(question)) {
                return PlanReader.readKeys(rows);
            }
        }
        try (Connection other = side.open();
                var statement = other.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            return PlanReader.readKeys(rows);
        }
    }

    /** The session's time zone; PostgreSQL's {@code GMT-03:00} is POSIX's and means three hours east. */
    ZoneId zone() {
        String name = reported("TimeZone");
        if (!name.equals(zoneName)) {
            zoneName = name;
            zone = zone(name);
        }
        return zone;
    }

    private static ZoneId zone(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        try {
            if (upper.matches("(GMT|UTC)[+-].*")) {
                return ZoneId.of("GMT" + (name.charAt(3) == '-' ? '+' : '-') + name.substring(4));
            }
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    boolean inTransaction() {
        return connection.getTransactionState() != TransactionState.IDLE;
    }

    /**
     * Whether a statement that failed may be repeated (AE-109): outside a transaction; after pgjdbc's {@code autosave} has
     * gone back to its savepoint; and where the statement was the first of its transaction, which then begins anew.
     *
     * @param first whether no transaction was open before the statement
     */
    boolean mayRepeat(boolean first) throws SQLException {
        if (first && inTransaction() && !connection.getAutoCommit()) {
            connection.rollback();
        }
        return connection.getTransactionState() != TransactionState.FAILED;
    }

    /** Whether the server refused because it was described otherwise earlier (decision A-4). */
    static boolean isStale(@Nullable String sqlState) {
        return "SR514".equals(sqlState) || "SR206".equals(sqlState) || "42804".equals(sqlState);
    }
}
