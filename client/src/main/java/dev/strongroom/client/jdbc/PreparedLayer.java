package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.KeyProviders;
import dev.strongroom.client.statement.StatementPlan;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement that encrypts. Setters are kept; what the server says needs no encryption is handed on at once,
 * the rest when the statement runs or a row joins the batch, as {@code bytea} in its envelope. Nothing is handed on
 * before the server has been asked (AE-22, AE-23, AE-129).
 */
class PreparedLayer extends StatementLayer {
    private static final Route SETTER = (layer, method, arguments) -> {
        ((PreparedLayer) layer).set(method, arguments == null ? new Object[0] : arguments);
        return null;
    };

    /** Of a batch whose rows meant different things: equal to no session's scope. */
    private static final String MIXED_SCOPES = "\0";

    private final PreparedStatement below;
    private final StatementForm form;
    private Bindings bindings = new Bindings();
    /** Rows of the batch, kept while a stale description may still make them be encrypted again. */
    private final List<Bindings> batch = new ArrayList<>();

    private boolean repeatable = true;
    /** What the text meant when the rows were added, empty while there is none. */
    private String batchScope = "";

    /** Parameters that pgjdbc got and nothing kept: set while encryption was off, or streams of plain values. */
    private final Set<Integer> passedOn = new HashSet<>();

    /** Those of them that a first execution uses up. */
    private final Set<Integer> streams = new HashSet<>();

    private @Nullable StatementPlan plan;
    private String planScope = "";
    private @Nullable StatementPlan plainPlan;
    private boolean planFromCache;
    /** What encrypts the parameters of one plan, with the key stores of one scope. */
    private final Map<Integer, CellWriter> writers = new HashMap<>();

    private @Nullable StatementPlan writersPlan;
    private @Nullable KeyProviders writersScope;

    PreparedLayer(PreparedStatement below, Session session, Connection owner, StatementForm form) throws SQLException {
        super(below, session, owner);
        this.below = below;
        this.form = form;
        session.checkLiterals(form);
    }

    @Override
    PreparedStatement below() {
        return below;
    }

    @Override
    Class<? extends Statement> kind() {
        return PreparedStatement.class;
    }

    @Override
    StatementForm form() {
        return form;
    }

    @Override
    @Nullable
    Route family(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean setter = method.getName().startsWith("set") && types.length >= 2 && types[0] == int.class;
        return setter && method.getDeclaringClass() == PreparedStatement.class ? SETTER : super.family(method);
    }

    private boolean encrypts() {
        return getColumnEncryption() == ColumnEncryptionSetting.ENABLED;
    }

    private void set(Method setter, @Nullable Object[] arguments) throws SQLException {
        int index = Objects.requireNonNull((Integer) arguments[0]);
        streams.remove(index);
        if (!encrypts()) {
            plainPlan();
            passOn(index, setter, arguments);
            return;
        }
        // Whether it is still good, or a fault still there, is asked once a row, before anything is sent.
        StatementPlan known = plan != null ? plan : plan();
        boolean plain = !known.parameters().containsKey(index)
                && (!known.mustBePlain().contains(index) || markedPlain().contains(index));
        if (plain && known.fault().isEmpty() && Binding.isStream(arguments)) {
            passOn(index, setter, arguments);
            streams.add(index);
            return;
        }
        Binding binding = Binding.of(setter, arguments);
        passedOn.remove(index);
        bindings.put(index, binding);
        if (known.fault().isEmpty() && !known.parameters().containsKey(index)) {
            refuseForced(index);
        }
        // Of a text with a fault pgjdbc is to say what it thinks of the value; nothing is sent before the fault is
        // mended.
        if (plain) {
            handOn(binding);
        }
    }

    private void passOn(int index, Method setter, @Nullable Object[] arguments) throws SQLException {
        bindings.remove(index);
        refuseForced(index);
        handOn(setter, arguments);
        passedOn.add(index);
    }

    private void handOn(Method setter, @Nullable Object[] arguments) throws SQLException {
        try {
            setter.invoke(below, arguments);
        } catch (ReflectiveOperationException e) {
            throw Failures.of(e);
        }
    }

    private void refuseForced(int index) throws ColumnEncryptionException {
        if (forced().contains(index)) {
            throw new ColumnEncryptionException(
                    Reason.ENCRYPTION_REQUIRED,
                    "parameter " + index
                            + " must be encrypted, but the server describes it as plain; nothing was sent");
        }
    }

    private StatementPlan plan() throws SQLException {
        StatementPlan known = plan;
        if (known == null
                || !known.epoch().equals(session.epoch())
                || !planScope.equals(session.scope())
                || known.fault().isPresent()) {
            known = describe(false);
        }
        return known;
    }

    private StatementPlan describe(boolean fresh) throws SQLException {
        Session.Planned planned = session.plan(form, fresh);
        plan = planned.plan();
        planScope = session.scope();
        planFromCache = planned.fromCache();
        return planned.plan();
    }

    /** Makes pgjdbc's parameters what the plan says, encrypting where it says so. */
    private void apply() throws SQLException {
        if (!encrypts()) {
            for (int index : forced()) {
                refuseForced(index);
            }
            requireMarked(plainPlan());
            return;
        }
        StatementPlan before = plan;
        StatementPlan now = plan();
        if (now.fault().isPresent()) {
            Session.Planned typed = session.planWithTypes(form, now, declaredTypes());
            now = typed.plan();
            plan = now;
            planFromCache = typed.fromCache();
        }
        if (now.fault().isPresent()) {
            throw refused(now.fault().get());
        }
        requireMarked(now);
        for (int index : passedOn) {
            refuseForced(index);
            if (now.parameters().containsKey(index)) {
                throw new ColumnEncryptionException(
                        Reason.ENCRYPTION_REQUIRED,
                        "parameter " + index
                                + " must be encrypted, but was set when it need not be: set it again; nothing was sent");
            }
        }
        boolean changed = before != now;
        Map<Integer, CellWriter> encrypting = writers(now);
        for (Binding binding : bindings.all()) {
            CellWriter writer = encrypting.get(binding.index());
            if (writer != null) {
                encrypt(binding, writer);
            } else {
                refuseForced(binding.index());
                if (changed || now.mustBePlain().contains(binding.index())) {
                    handOn(binding);
                }
            }
        }
    }

    private Map<Integer, String> declaredTypes() throws SQLException {
        Map<Integer, String> types = DeclaredTypes.of(bindings);
        if (form.hasResultPlace()) {
            types.put(1, "void");
        }
        return types;
    }

    /**
     * The server's answer to the text itself, as pgjdbc tells it: with position, detail and hint, and with what an error
     * does to a transaction (AE-130). Only the text goes out, no value.
     */
    private SQLException refused(StatementPlan.Fault fault) {
        if (!form.callable()) {
            // Without the types of values that were set: a plain one beside an encrypted column would be the first
            // complaint.
            try (PreparedStatement untyped = session.connection().prepareStatement(form.sql())) {
                untyped.getParameterMetaData();
            } catch (SQLException e) {
                return e;
            }
        }
        try {
            below.getParameterMetaData();
        } catch (SQLException e) {
            return e;
        }
        return new SQLException("ERROR: " + fault.message(), fault.sqlState());
    }

    private Map<Integer, CellWriter> writers(StatementPlan now) {
        KeyProviders scope = providers();
        if (writersPlan != now || writersScope != scope) {
            writers.clear();
            now.parameters().forEach((index, scheme) -> writers.put(index, session.writer(scheme, scope)));
            writersPlan = now;
            writersScope = scope;
        }
        return writers;
    }

    /** What was a stream is a value by now. */
    private void handOn(Binding binding) throws SQLException {
        Class<?> declared = binding.setter().getParameterTypes()[1];
        int index = binding.index();
        if (declared != InputStream.class && declared != Reader.class) {
            handOn(binding.setter(), binding.arguments());
        } else if (binding.arguments()[1] instanceof String text) {
            below.setString(index, text);
        } else {
            below.setBytes(index, (byte[]) binding.arguments()[1]);
        }
    }

    private void encrypt(Binding binding, CellWriter writer) throws SQLException {
        if (binding.isNull()) {
            // NULL is never encrypted (AE-76).
            below.setNull(binding.index(), Types.BINARY);
        } else {
            below.setBytes(binding.index(), writer.seal(binding.value(session.texts()), session.zone()));
        }
    }

    private StatementPlan plainPlan() throws SQLException {
        StatementPlan known = plainPlan;
        if (known == null) {
            known = session.plainPlan(form);
            plainPlan = known;
        }
        return known;
    }

    private void requireMarked(StatementPlan now) throws ColumnEncryptionException {
        for (int index : now.mustBePlain()) {
            if (!markedPlain().contains(index)) {
                throw new ColumnEncryptionException(
                        Reason.ENCRYPTION_REQUIRED,
                        "the statement concerns a column that must be encrypted (requireEncrypted) in a form this driver"
                                + " cannot check: parameter " + index
                                + " must be encrypted or marked with setPlaintext; nothing was sent");
            }
        }
    }

    @FunctionalInterface
    private interface Run<T> {
        T run() throws SQLException;
    }

    /** Runs the statement; once more if the server refused what an old description made (decision A-4). */
    private <T> T run(Run<T> run) throws SQLException {
        apply();
        boolean retry = encrypts() && planFromCache && streams.isEmpty();
        boolean first = !session.inTransaction();
        try {
            T answer = run.run();
            planFromCache = true;
            return answer;
        } catch (SQLException e) {
            if (!retry || !Session.isStale(e.getSQLState()) || !session.mayRepeat(first)) {
                throw e;
            }
            describe(true);
            reapply();
            return run.run();
        }
    }

    /** After a new description everything is handed on again, whatever it was before. */
    private void reapply() throws SQLException {
        StatementPlan now = plan;
        plan = null;
        try {
            if (now != null && now.fault().isEmpty()) {
                for (Binding binding : bindings.all()) {
                    if (!now.parameters().containsKey(binding.index())) {
                        handOn(binding);
                    }
                }
            }
        } finally {
            plan = now;
        }
        apply();
    }

    boolean execute() throws SQLException {
        return run(below::execute);
    }

    ResultSet executeQuery() throws SQLException {
        return over(run(below::executeQuery));
    }

    int executeUpdate() throws SQLException {
        return run(below::executeUpdate);
    }

    long executeLargeUpdate() throws SQLException {
        return run(below::executeLargeUpdate);
    }

    void addBatch() throws SQLException {
        apply();
        if (encrypts() && planFromCache && plan != null) {
            batch.add(bindings.copy());
        }
        repeatable &= streams.isEmpty();
        String scope = session.scope();
        batchScope = batchScope.isEmpty() || batchScope.equals(scope) ? scope : MIXED_SCOPES;
        below.addBatch();
    }

    private void forget() {
        batch.clear();
        repeatable = true;
        batchScope = "";
    }

    void clearBatch() throws SQLException {
        forget();
        below.clearBatch();
    }

    int[] executeBatch() throws SQLException {
        return runBatch(below::executeBatch);
    }

    long[] executeLargeBatch() throws SQLException {
        return runBatch(below::executeLargeBatch);
    }

    private <T> T runBatch(Run<T> run) throws SQLException {
        List<Bindings> rows = repeatable ? List.copyOf(batch) : List.of();
        boolean elsewhere = encrypts() && !batchScope.isEmpty() && !batchScope.equals(session.scope());
        forget();
        if (elsewhere) {
            below.clearBatch();
            throw new ColumnEncryptionException(
                    Reason.DESCRIPTION,
                    "database, role or search_path changed since the rows were added, and with them perhaps what has to be"
                            + " encrypted: add the rows again; nothing was sent");
        }
        boolean first = !session.inTransaction();
        try {
            return run.run();
        } catch (BatchUpdateException e) {
            if (rows.isEmpty() || !Session.isStale(e.getSQLState()) || anyDone(e) || !session.mayRepeat(first)) {
                throw e;
            }
            describe(true);
            Bindings current = bindings;
            for (Bindings row : rows) {
                bindings = row;
                reapply();
                below.addBatch();
            }
            bindings = current;
            return run.run();
        }
    }

    private static boolean anyDone(BatchUpdateException e) {
        for (long count : e.getLargeUpdateCounts()) {
            if (count != Statement.EXECUTE_FAILED) {
                return true;
            }
        }
        return false;
    }

    void clearParameters() throws SQLException {
        bindings.clear();
        passedOn.clear();
        streams.clear();
        below.clearParameters();
    }

    @Nullable
    ResultSetMetaData getMetaData() throws SQLException {
        ResultSetMetaData real = below.getMetaData();
        return real == null ? null : ResultMetaLayer.over(real, this, Map.of());
    }

    ParameterMetaData getParameterMetaData() throws SQLException {
        ParameterMetaData real = below.getParameterMetaData();
        return encrypts() && !plan().encryptsNothing()
                ? new ParameterMetaLayer(real, plan().parameters(), this).facade(ParameterMetaData.class)
                : real;
    }
}
