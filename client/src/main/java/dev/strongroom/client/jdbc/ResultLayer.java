package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.statement.ColumnScheme;
import dev.strongroom.client.value.ColumnType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGRefCursorResultSet;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.jdbc.PgResultSet;
import org.postgresql.util.PGbytea;
import org.postgresql.util.PGobject;

/**
 * A result set whose encrypted columns are decrypted when they are asked for. A column is encrypted because the server
 * says so by its type, never because its bytes look like a cell (decision A-2).
 */
final class ResultLayer extends Layer {
    /** Fixed by decision P-4. */
    static final int DETERMINISTIC_OID = 15801;

    static final int RANDOMIZED_OID = 15802;

    private static final Map<Method, Method> BY_INDEX = new ConcurrentHashMap<>();

    private static final Route GETTER = (layer, method, arguments) -> ((ResultLayer) layer).get(method, arguments);
    private static final Route UPDATER = (layer, method, arguments) -> ((ResultLayer) layer).update(method, arguments);

    private final PgResultSet below;
    private final StatementLayer statement;
    private final @Nullable DecryptedColumn[] columns;
    private boolean lastWasDecrypted;
    private @Nullable ResultSet lastShown;
    private @Nullable Map<Integer, ColumnScheme> schemes;
    /** Whether it was found that no encrypted column is part of a key. */
    private boolean keyIsPlain;

    private ResultLayer(PgResultSet below, StatementLayer statement, @Nullable DecryptedColumn[] columns) {
        this.below = below;
        this.statement = statement;
        this.columns = columns;
    }

    static ResultSet over(ResultSet rows, StatementLayer statement) throws SQLException {
        PgResultSet below = rows.unwrap(PgResultSet.class);
        ResultSetMetaData shape = below.getMetaData();
        @Nullable DecryptedColumn[] columns = new DecryptedColumn[shape.getColumnCount()];
        for (int i = 0; i < columns.length; i++) {
            int oid = below.getColumnOID(i + 1);
            if (oid == DETERMINISTIC_OID || oid == RANDOMIZED_OID) {
                columns[i] = new DecryptedColumn(statement, shape.getColumnLabel(i + 1));
            }
        }
        return new ResultLayer(below, statement, columns).facade(ResultSet.class, PGRefCursorResultSet.class);
    }

    @Override
    Object below() {
        return below;
    }

    @Override
    @Nullable
    Route family(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean column = types.length > 0 && (types[0] == int.class || types[0] == String.class);
        if (column && method.getName().startsWith("get")) {
            return GETTER;
        }
        return column && method.getName().startsWith("update") ? UPDATER : null;
    }

    private int index(@Nullable Object first) throws SQLException {
        return first instanceof Integer index ? index : below.findColumn((String) first);
    }

    private @Nullable DecryptedColumn column(int index) {
        return index >= 1 && index <= columns.length ? columns[index - 1] : null;
    }

    private @Nullable Object get(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments == null) {
            return method.invoke(below);
        }
        int index = index(arguments[0]);
        DecryptedColumn column = column(index);
        lastWasDecrypted = column != null;
        if (column == null) {
            return method.invoke(below, arguments);
        }
        ResultSet shown = column.show(binary(below.getBytes(index)));
        lastShown = shown;
        @Nullable Object[] forOne = arguments.clone();
        forOne[0] = 1;
        try {
            return byIndex(method).invoke(shown, forOne);
        } catch (InvocationTargetException e) {
            throw unreadable(index, method, e.getTargetException());
        }
    }

    /** Whose message and cause quote the value are left behind (AE-132). */
    private static SQLException unreadable(int index, Method method, Throwable why) {
        String state = why instanceof SQLException failure ? failure.getSQLState() : null;
        return new SQLException(
                "cannot read encrypted column " + index + " with " + method.getName(), state == null ? "22018" : state);
    }

    /** Until a statement has run a few times its results come as text: {@code \\x} and hex digits. */
    private static byte @Nullable [] binary(byte @Nullable [] value) throws SQLException {
        return value != null && value.length > 0 && value[0] == '\\' ? PGbytea.toBytes(value) : value;
    }

    /** The getter that takes a number where this one takes a label. */
    private static Method byIndex(Method method) {
        return BY_INDEX.computeIfAbsent(method, getter -> {
            Class<?>[] types = getter.getParameterTypes();
            types[0] = int.class;
            try {
                return ResultSet.class.getMethod(getter.getName(), types);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private @Nullable Object update(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments == null) {
            return method.invoke(below);
        }
        int index = index(arguments[0]);
        if (column(index) == null) {
            statement.session.refusePlainUpdate(statement.form());
            refuseEncryptedKey();
            return method.invoke(below, arguments);
        }
        Binding binding = UpdatedValue.of(method, index, arguments);
        PGobject cell = new PGobject();
        cell.setType("bytea");
        if (!binding.isNull()) {
            Session session = statement.session;
            byte[] value = session.writer(scheme(index), statement.providers())
                    .seal(binding.value(session.texts()), session.zone());
            cell.setValue("\\x" + HexFormat.of().formatHex(value));
        }
        below.updateObject(index, cell);
        return null;
    }

    /** How the server describes the column, asked once; a key column is looked up by its value, which no cell allows. */
    private ColumnScheme scheme(int index) throws SQLException {
        Map<Integer, ColumnScheme> known = schemes;
        if (known == null) {
            StatementForm form = statement.form();
            if (form == null || statement.getColumnEncryption() != ColumnEncryptionSetting.ENABLED) {
                throw new ColumnEncryptionException(
                        Reason.NOT_SUPPORTED, "updating an encrypted column needs column encryption switched on");
            }
            refuseEncryptedKey();
            known = statement.session.planWithResults(form).results();
            schemes = known;
        }
        ColumnScheme scheme = known.get(index);
        if (scheme == null) {
            throw new ColumnEncryptionException(
                    Reason.DESCRIPTION, "the server does not describe encrypted column " + index);
        }
        return scheme;
    }

    private void refuseEncryptedKey() throws SQLException {
        if (keyIsPlain) {
            return;
        }
        PGResultSetMetaData shape = below.getMetaData().unwrap(PGResultSetMetaData.class);
        DatabaseMetaData database = statement.session.connection().getMetaData();
        for (int i = 1; i <= columns.length; i++) {
            if (column(i) == null) {
                continue;
            }
            try (ResultSet keys =
                    database.getPrimaryKeys(null, shape.getBaseSchemaName(i), shape.getBaseTableName(i))) {
                while (keys.next()) {
                    if (shape.getBaseColumnName(i).equals(keys.getString("COLUMN_NAME"))) {
                        throw new ColumnEncryptionException(
                                Reason.NOT_SUPPORTED,
                                "a result set whose key is encrypted cannot be updated; use an UPDATE statement");
                    }
                }
            }
        }
        keyIsPlain = true;
    }

    boolean wasNull() throws SQLException {
        ResultSet shown = lastShown;
        return lastWasDecrypted && shown != null ? shown.wasNull() : below.wasNull();
    }

    Statement getStatement() throws SQLException {
        below.getStatement();
        return statement.facade();
    }

    ResultSetMetaData getMetaData() throws SQLException {
        Map<Integer, ColumnType> known = new HashMap<>();
        for (int i = 0; i < columns.length; i++) {
            DecryptedColumn column = columns[i];
            if (column != null && column.typeKnown()) {
                known.put(i + 1, column.type());
            }
        }
        return ResultMetaLayer.over(below.getMetaData(), statement, known);
    }

    <T> T unwrap(Class<T> type) throws SQLException {
        return below.unwrap(type);
    }
}
