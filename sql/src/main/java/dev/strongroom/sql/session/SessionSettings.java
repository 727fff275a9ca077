package dev.strongroom.sql.session;

import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.DateOrder;
import dev.strongroom.common.type.DateStyle;
import dev.strongroom.common.type.IntervalStyle;
import dev.strongroom.common.type.RegNames;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.sql.plan.Decorrelation;
import dev.strongroom.sql.session.SettingDefinition.Context;
import dev.strongroom.sql.validate.CellUse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session's settings with PostgreSQL's transaction rules: SET is undone by rollback, SET LOCAL ends with the transaction,
 * savepoints nest. Values are held as SHOW prints them. Used by the session's thread.
 */
public final class SessionSettings {
    private final Map<String, String> values = new HashMap<>();
    /** What RESET goes back to, where it is not the table's initial value. */
    private final Map<String, String> defaults = new HashMap<>();
    /** Values before the first change in each open transaction level; null marks a setting that did not exist. */
    private final Deque<Level> levels = new ArrayDeque<>();

    private final Map<String, String> changedReports = new LinkedHashMap<>();
    private TypeContext types = TypeContext.DEFAULT;
    private List<String> searchPath = List.of("$user", "public");
    private long idleInTransactionMillis;
    private long idleSessionMillis;
    private long statementTimeoutMillis;
    private long lockTimeoutMillis;
    private long generation;
    private @Nullable CellUse cellUse;

    /** One open transaction or savepoint. */
    private static final class Level {
        /** As it was before this level. */
        final Map<String, String> before = new HashMap<>();
        /** What stands after commit of this level, for settings that SET LOCAL covers. */
        final Map<String, String> underLocal = new HashMap<>();
    }

    private static final String ABSENT = "\0absent";

    // ---- reading

    /** Value as SHOW prints it, null if there is no such setting. */
    public @Nullable String show(String name) {
        // Callers of our own say names as they are kept.
        String given = values.get(name);
        if (given != null) {
            return given;
        }
        String key = name.toLowerCase(Locale.ROOT);
        String value = values.get(key);
        if (value != null) {
            return value;
        }
        SettingDefinition definition = SettingTable.find(key);
        return definition == null ? null : defaultOf(definition);
    }

    /** Value, or 42704. */
    public String require(String name) {
        String value = show(name);
        if (value == null) {
            throw unrecognized(name);
        }
        return value;
    }

    /** One line of SHOW ALL. */
    public record Line(String name, String value, String description) {}

    /** All settings, sorted by name without case. */
    public List<Line> all() {
        Map<String, Line> lines = new TreeMap<>();
        for (SettingDefinition definition : SettingTable.all()) {
            String key = definition.name().toLowerCase(Locale.ROOT);
            lines.put(key, new Line(definition.name(), require(key), definition.description()));
        }
        for (String key : values.keySet()) {
            lines.computeIfAbsent(key, name -> new Line(name, require(name), ""));
        }
        return List.copyOf(lines.values());
    }

    public TypeContext typeContext() {
        return types;
    }

    /** Elements of search_path, unquoted. */
    public List<String> searchPath() {
        return searchPath;
    }

    long idleInTransactionMillis() {
        return idleInTransactionMillis;
    }

    long idleSessionMillis() {
        return idleSessionMillis;
    }

    public long statementTimeoutMillis() {
        return statementTimeoutMillis;
    }

    public long lockTimeoutMillis() {
        return lockTimeoutMillis;
    }

    public boolean bool(String name) {
        return "on".equals(show(name));
    }

    /** Moves whenever a setting changes that plans depend on. */
    public long generation() {
        return generation;
    }

    /** What plans depend on: how literals are read. */
    public String planKey() {
        return require("DateStyle")
                + '|'
                + require("IntervalStyle")
                + '|'
                + require("TimeZone")
                + '|'
                + require("strongroom.decorrelation")
                + '|'
                + reorderJoins()
                + '|'
                + cellUse().results()
                + cellUse().values();
    }

    /** How statements of the session may meet encrypted columns (AE-105, AE-157). */
    public CellUse cellUse() {
        CellUse known = cellUse;
        if (known == null) {
            String mode = require("strongroom.column_encryption");
            boolean bare = bool("strongroom.allow_encrypted_value_modifications");
            CellUse.Values off = bare ? CellUse.Values.CELLS : CellUse.Values.NONE;
            known = switch (mode) {
                case "on" -> new CellUse(CellUse.Results.ENVELOPES, CellUse.Values.ENVELOPES);
                case "results" -> new CellUse(CellUse.Results.ENVELOPES, off);
                default -> new CellUse(CellUse.Results.BYTEA, off);
            };
            cellUse = known;
        }
        return known;
    }

    /** Whether queries in expressions become joins. */
    public Decorrelation decorrelation() {
        return Decorrelation.valueOf(require("strongroom.decorrelation").toUpperCase(Locale.ROOT));
    }

    /** False where {@code join_collapse_limit} is 1, as in PostgreSQL: joins run in the order written. */
    public boolean reorderJoins() {
        return !require("join_collapse_limit").equals("1");
    }

    // ---- writing

    /** Sets the start of the transaction, which {@code 'now'} means. */
    void transactionStart(long micros) {
        types = types.withNowMicros(micros);
    }

    void regNames(RegNames names) {
        types = types.withRegNames(names);
    }

    /** A value from start-up, a role or a database: what RESET goes back to. */
    void setDefault(String name, String value, boolean superuser) {
        String key = name.toLowerCase(Locale.ROOT);
        SettingDefinition definition = SettingTable.find(key);
        String checked = check(definition, name, value, superuser, true);
        // Stored first: what is the default already would look like no change, and have no effect.
        store(key, checked);
        defaults.put(key, checked);
    }

    /** A value the server itself sets, whatever its context. */
    void setInternal(String name, String value) {
        if (!value.equals(show(name))) {
            store(name.toLowerCase(Locale.ROOT), value);
        }
    }

    /**
     * SET.
     *
     * @param local ends with the transaction
     * @return the value as SHOW prints it
     */
    public String set(String name, String value, boolean local, boolean superuser) {
        String key = name.toLowerCase(Locale.ROOT);
        SettingDefinition definition = SettingTable.find(key);
        String checked = check(definition, name, value, superuser, false);
        assign(key, checked, local);
        return checked;
    }

    /** SET … TO DEFAULT, RESET. */
    public void reset(String name, boolean local, boolean superuser) {
        String key = name.toLowerCase(Locale.ROOT);
        SettingDefinition definition = SettingTable.find(key);
        if (definition == null) {
            if (!values.containsKey(key) && !key.contains(".")) {
                throw unrecognized(name);
            }
            assign(key, defaults.getOrDefault(key, ""), local);
            return;
        }
        permit(definition, superuser, false);
        assign(key, defaultOf(definition), local);
    }

    /** RESET ALL. */
    public void resetAll() {
        for (String key : List.copyOf(values.keySet())) {
            SettingDefinition definition = SettingTable.find(key);
            boolean fixed = definition != null
                    && (definition.context() == Context.INTERNAL
                            || key.equals("role")
                            || key.startsWith("transaction_"));
            if (!fixed) {
                assign(key, definition == null ? defaults.getOrDefault(key, "") : defaultOf(definition), false);
            }
        }
    }

    private String defaultOf(SettingDefinition definition) {
        return defaults.getOrDefault(definition.name().toLowerCase(Locale.ROOT), definition.initial());
    }

    private void assign(String key, String value, boolean local) {
        Level level = levels.peek();
        if (level == null) {
            if (!local) {
                store(key, value);
            }
            return;
        }
        String before = values.getOrDefault(key, ABSENT);
        level.before.putIfAbsent(key, before);
        if (local) {
            level.underLocal.putIfAbsent(key, before);
        } else {
            level.underLocal.remove(key);
        }
        store(key, value);
    }

    // ---- transactions

    void beginLevel() {
        levels.push(new Level());
    }

    /** Ends the innermost level; its SETs stay, its SET LOCALs stay only if a level is around it. */
    void releaseLevel() {
        Level level = levels.poll();
        if (level == null) {
            return;
        }
        Level outer = levels.peek();
        if (outer == null) {
            level.underLocal.forEach(this::restore);
        } else {
            level.before.forEach(outer.before::putIfAbsent);
            level.underLocal.forEach(outer.underLocal::putIfAbsent);
        }
    }

    /** Undoes everything in the innermost level and ends it. */
    void rollbackLevel() {
        Level level = levels.poll();
        if (level != null) {
            level.before.forEach(this::restore);
        }
    }

    int levels() {
        return levels.size();
    }

    private void restore(String key, String value) {
        if (value.equals(ABSENT)) {
            SettingDefinition definition = SettingTable.find(key);
            if (definition == null) {
                values.remove(key);
                return;
            }
            store(key, defaultOf(definition));
            values.remove(key);
        } else {
            store(key, value);
        }
    }

    private void store(String key, String value) {
        String old = show(key);
        values.put(key, value);
        if (value.equals(old) && !key.equals("search_path")) {
            return;
        }
        SettingDefinition definition = SettingTable.find(key);
        if (definition != null && definition.reported()) {
            changedReports.put(definition.name(), value);
        }
        apply(key, value);
    }

    /** Reported settings that changed since the last call. */
    Map<String, String> takeReports() {
        if (changedReports.isEmpty()) {
            return Map.of();
        }
        Map<String, String> taken = new LinkedHashMap<>(changedReports);
        changedReports.clear();
        return taken;
    }

    /** All reported settings, for the start of a session. */
    Map<String, String> reports() {
        changedReports.clear();
        Map<String, String> all = new LinkedHashMap<>();
        for (SettingDefinition definition : SettingTable.all()) {
            if (definition.reported()) {
                all.put(definition.name(), require(definition.name()));
            }
        }
        return all;
    }

    private void apply(String key, String value) {
        switch (key) {
            case "datestyle" -> {
                types = dateStyle(value);
                generation++;
            }
            case "intervalstyle" -> {
                types = types.withIntervalStyle(IntervalStyle.valueOf(value.toUpperCase(Locale.ROOT)));
                generation++;
            }
            case "timezone" -> {
                types = types.withTimeZone(PgTimeZone.of(value).orElse(PgTimeZone.UTC));
                generation++;
            }
            case "extra_float_digits" -> types = types.withExtraFloatDigits(Integer.parseInt(value));
            case "bytea_output" -> types = types.withByteaHex(value.equals("hex"));
            case "strongroom.column_encryption", "strongroom.allow_encrypted_value_modifications" -> {
                cellUse = null;
                generation++;
            }
            case "search_path" -> {
                searchPath = SettingValues.identifiers(value);
                generation++;
            }
            case "idle_in_transaction_session_timeout" -> idleInTransactionMillis = SettingValues.millis(value);
            case "idle_session_timeout" -> idleSessionMillis = SettingValues.millis(value);
            case "statement_timeout" -> statementTimeoutMillis = SettingValues.millis(value);
            case "lock_timeout" -> lockTimeoutMillis = SettingValues.millis(value);
            default -> {}
        }
    }

    private TypeContext dateStyle(String value) {
        String[] parts = value.split(", ");
        DateStyle style = switch (parts[0]) {
            case "Postgres" -> DateStyle.POSTGRES;
            case "SQL" -> DateStyle.SQL;
            case "German" -> DateStyle.GERMAN;
            default -> DateStyle.ISO;
        };
        return types.withDateStyle(style, DateOrder.valueOf(parts[1]));
    }

    // ---- checks

    /** A value as SHOW would print it, checked but not set. */
    public String checked(String name, String value, boolean superuser) {
        return check(SettingTable.find(name), name, value, superuser, true);
    }

    private String check(
            @Nullable SettingDefinition definition, String name, String value, boolean superuser, boolean start) {
        if (definition == null) {
            if (!name.contains(".")) {
                throw unrecognized(name);
            }
            return value;
        }
        permit(definition, superuser, start);
        return SettingValues.check(definition, value, types, show(definition.name()));
    }

    private static void permit(SettingDefinition definition, boolean superuser, boolean start) {
        String quoted = "parameter \"" + definition.name() + "\"";
        switch (definition.context()) {
            case USER -> {}
            case SUPERUSER -> {
                if (!superuser) {
                    throw ErrorReport.error(
                                    ErrorCode.INSUFFICIENT_PRIVILEGE,
                                    "permission denied to set parameter \"" + definition.name() + "\"")
                            .exception();
                }
            }
            case BACKEND -> {
                if (!start) {
                    throw refused(quoted + " cannot be set after connection start");
                }
            }
            case POSTMASTER -> throw refused(quoted + " cannot be changed without restarting the server");
            case INTERNAL -> throw refused(quoted + " cannot be changed");
        }
    }

    private static DatabaseException refused(String message) {
        return ErrorReport.error(ErrorCode.CANT_CHANGE_RUNTIME_PARAM, message).exception();
    }

    private static DatabaseException unrecognized(String name) {
        return ErrorReport.error(ErrorCode.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"")
                .exception();
    }

    /** A list of values as SET writes them, joined as SHOW prints them. */
    public static String join(List<String> values) {
        List<String> quoted = new ArrayList<>();
        for (String value : values) {
            quoted.add(SettingValues.quoteIdentifier(value));
        }
        return String.join(", ", quoted);
    }
}
