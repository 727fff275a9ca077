package dev.strongroom.server.e2e;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Everything a JDBC driver's {@link DatabaseMetaData} says of the schema {@code shop}, as text that can be compared. */
final class MetadataText {
    /** Differ between any two servers, or between client machines. */
    private static final Set<String> LOCAL = Set.of(
            "getURL",
            "getDatabaseProductVersion",
            "getDatabaseMinorVersion",
            "getDriverVersion",
            "getConnection",
            "getCatalogs",
            "getSchemas",
            "getUserName");

    /** Arrays, row types of catalog relations, domains of information_schema, types of encrypted columns. */
    private static final Pattern OTHER_TYPE =
            Pattern.compile(" TYPE_NAME=(_|pg_|sr_).*| TYPE_NAME=.* DATA_TYPE=2001 .*");

    private MetadataText() {}

    static String of(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        Method[] methods = DatabaseMetaData.class.getMethods();
        Arrays.sort(methods, Comparator.comparing(Method::toString));
        StringBuilder text = new StringBuilder();
        for (Method method : methods) {
            if (!LOCAL.contains(method.getName()) && method.getDeclaringClass() == DatabaseMetaData.class) {
                text.append(method.getName())
                        .append(": ")
                        .append(call(method, data))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String call(Method method, DatabaseMetaData data) {
        try {
            Object result = method.invoke(data, arguments(method));
            return result instanceof ResultSet rows ? rows(rows) : String.valueOf(result);
        } catch (InvocationTargetException e) {
            return e.getTargetException().getClass().getSimpleName();
        } catch (ReflectiveOperationException | SQLException e) {
            throw new IllegalStateException(method.toString(), e);
        }
    }

    private static Object[] arguments(Method method) {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        boolean ofOneTable = method.getName()
                .matches("get(PrimaryKeys|ImportedKeys|ExportedKeys|IndexInfo|BestRow.*|VersionColumns)");
        for (int i = 0; i < types.length; i++) {
            if (types[i] == boolean.class) {
                arguments[i] = false;
            } else if (types[i] == int.class) {
                arguments[i] = 1;
            } else if (types[i] == String.class && i == 1) {
                arguments[i] = "shop";
            } else if (types[i] == String.class && i > 1) {
                arguments[i] = ofOneTable ? "orders" : "%";
            }
        }
        if (method.getName().equals("getCrossReference")) {
            return new Object[] {null, "shop", "customers", null, "shop", "orders"};
        }
        return arguments;
    }

    private static String rows(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> lines = new ArrayList<>();
        while (rows.next()) {
            StringBuilder line = new StringBuilder("\n ");
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                line.append(' ').append(columns.getColumnLabel(i)).append('=').append(rows.getString(i));
            }
            if (!OTHER_TYPE.matcher(line.substring(2)).matches()) {
                lines.add(line.toString());
            }
        }
        rows.close();
        Collections.sort(lines);
        return String.join("", lines);
    }
}
