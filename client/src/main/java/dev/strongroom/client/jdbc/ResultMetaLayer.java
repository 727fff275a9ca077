package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.statement.ColumnScheme;
import dev.strongroom.client.value.ColumnType;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.core.Field;

/**
 * What a result looks like, with the declared types of encrypted columns. Where no row has told a type yet, the server is
 * asked, once and only then.
 */
final class ResultMetaLayer extends Layer {
    private static final Set<String> ABOUT_TYPE = Set.of(
            "getColumnType",
            "getColumnTypeName",
            "getColumnClassName",
            "getColumnDisplaySize",
            "getPrecision",
            "getScale",
            "isSigned",
            "isCaseSensitive",
            "isCurrency",
            "getFormat");

    private static final Route TYPE = (layer, method, arguments) -> ((ResultMetaLayer) layer).type(method, arguments);

    private final ResultSetMetaData below;
    private final StatementLayer statement;
    private final Map<Integer, ColumnType> types;
    private final Map<Integer, ResultSetMetaData> declared = new HashMap<>();
    private boolean asked;

    private ResultMetaLayer(ResultSetMetaData below, StatementLayer statement, Map<Integer, ColumnType> known) {
        this.below = below;
        this.statement = statement;
        this.types = new HashMap<>(known);
    }

    static ResultSetMetaData over(ResultSetMetaData below, StatementLayer statement, Map<Integer, ColumnType> known) {
        return new ResultMetaLayer(below, statement, known).facade(ResultSetMetaData.class, PGResultSetMetaData.class);
    }

    @Override
    Object below() {
        return below;
    }

    @Override
    @Nullable
    Route family(Method method) {
        return ABOUT_TYPE.contains(method.getName()) && method.getParameterCount() == 1 ? TYPE : null;
    }

    private @Nullable Object type(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        ResultSetMetaData plain = arguments != null && arguments[0] instanceof Integer column ? declared(column) : null;
        return plain == null ? method.invoke(below, arguments) : method.invoke(plain, 1);
    }

    /** The declared type of an encrypted column, as pgjdbc describes it; null for a plain one. */
    private @Nullable ResultSetMetaData declared(int column) throws SQLException {
        String name = below.getColumnTypeName(column);
        if (!name.contains("sr_encrypted_")) {
            return null;
        }
        ResultSetMetaData known = declared.get(column);
        if (known == null) {
            ColumnType type = columnType(column);
            if (type == null) {
                return null;
            }
            known = describe(statement, type);
            declared.put(column, known);
        }
        return known;
    }

    private @Nullable ColumnType columnType(int column) throws SQLException {
        if (statement.getColumnEncryption() == ColumnEncryptionSetting.DISABLED) {
            return new ColumnType(17, -1);
        }
        StatementForm form = statement.form();
        if (!types.containsKey(column) && !asked && form != null) {
            asked = true;
            for (Map.Entry<Integer, ColumnScheme> entry :
                    statement.session.planWithResults(form).results().entrySet()) {
                types.put(entry.getKey(), entry.getValue().type());
            }
        }
        return types.get(column);
    }

    /** What pgjdbc says about a column of a type. */
    static ResultSetMetaData describe(StatementLayer statement, ColumnType type) throws SQLException {
        Field field = new Field("", type.oid(), (short) -1, type.modifier());
        try (ResultSet none = statement.base().createDriverResultSet(new Field[] {field}, List.of())) {
            return none.getMetaData();
        }
    }
}
