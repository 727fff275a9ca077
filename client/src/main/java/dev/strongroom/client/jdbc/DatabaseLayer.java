package dev.strongroom.client.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseStatement;
import org.postgresql.core.Field;
import org.postgresql.core.Tuple;
import org.postgresql.jdbc.PgResultSet;

/** The database's metadata: pgjdbc's, with this driver's name and the declared types of encrypted columns. */
final class DatabaseLayer extends Layer {
    private static final String URL_BELOW = "jdbc:postgresql:";
    private static final String URL_HERE = "jdbc:strongroom:";

    private final DatabaseMetaData below;
    private final Session session;
    private final Connection owner;

    DatabaseLayer(DatabaseMetaData below, Session session, Connection owner) {
        this.below = below;
        this.session = session;
        this.owner = owner;
    }

    @Override
    Object below() {
        return below;
    }

    Connection getConnection() {
        return owner;
    }

    String getURL() throws SQLException {
        String url = below.getURL();
        return url.startsWith(URL_BELOW) ? URL_HERE + url.substring(URL_BELOW.length()) : url;
    }

    String getDriverName() {
        return "Strongroom JDBC Driver";
    }

    /** Columns as declared; the types cells are kept in appear nowhere. */
    ResultSet getColumns(
            @Nullable String catalog, @Nullable String schema, @Nullable String table, @Nullable String column)
            throws SQLException {
        ResultSet rows = below.getColumns(catalog, schema, table, column);
        ResultSetMetaData shape = rows.getMetaData();
        List<@Nullable String[]> all = new ArrayList<>();
        boolean anyEncrypted = false;
        while (rows.next()) {
            @Nullable String[] row = new String[shape.getColumnCount()];
            for (int i = 0; i < row.length; i++) {
                row[i] = rows.getString(i + 1);
            }
            anyEncrypted |= String.valueOf(rows.getString("TYPE_NAME")).contains("sr_encrypted_");
            all.add(row);
        }
        if (anyEncrypted) {
            declare(all, rows);
        }
        Field[] fields = new Field[shape.getColumnCount()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = new Field(
                    shape.getColumnLabel(i + 1), rows.unwrap(PgResultSet.class).getColumnOID(i + 1));
        }
        List<Tuple> tuples = new ArrayList<>();
        for (@Nullable String[] row : all) {
            byte[][] values = new byte[row.length][];
            for (int i = 0; i < row.length; i++) {
                String text = row[i];
                values[i] = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            }
            tuples.add(new Tuple(values));
        }
        return session.connection()
                .createStatement()
                .unwrap(BaseStatement.class)
                .createDriverResultSet(fields, tuples);
    }

    private void declare(List<@Nullable String[]> rows, ResultSet shape) throws SQLException {
        Map<String, String[]> declared = declaredTypes();
        int type = shape.findColumn("DATA_TYPE") - 1;
        int name = shape.findColumn("TYPE_NAME") - 1;
        int size = shape.findColumn("COLUMN_SIZE") - 1;
        int digits = shape.findColumn("DECIMAL_DIGITS") - 1;
        for (@Nullable String[] row : rows) {
            String key = row[shape.findColumn("TABLE_SCHEM") - 1] + "\n" + row[shape.findColumn("TABLE_NAME") - 1]
                    + "\n" + row[shape.findColumn("COLUMN_NAME") - 1];
            String[] found = declared.get(key);
            if (found != null) {
                row[type] = found[0];
                row[name] = found[1];
                row[size] = found[2];
                row[digits] = found[3];
            }
        }
    }

    /** SQL type, name, size and digits of every encrypted column, by schema, table and column. */
    private Map<String, String[]> declaredTypes() throws SQLException {
        Map<String, String[]> found = new HashMap<>();
        try (ResultSet rows = session.connection()
                .execSQLQuery("SELECT n.nspname, t.relname, c.name, c.base_type_oid, c.base_typmod FROM sys.columns c"
                        + " JOIN pg_catalog.pg_class t ON t.oid = c.object_id"
                        + " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
                        + " WHERE c.encryption_type IS NOT NULL")) {
            BaseStatement statement = rows.getStatement().unwrap(BaseStatement.class);
            while (rows.next()) {
                Field field = new Field("", (int) rows.getLong(4), (short) -1, rows.getInt(5));
                try (ResultSet none = statement.createDriverResultSet(new Field[] {field}, List.of())) {
                    ResultSetMetaData type = none.getMetaData();
                    found.put(rows.getString(1) + "\n" + rows.getString(2) + "\n" + rows.getString(3), new String[] {
                        Integer.toString(type.getColumnType(1)),
                        type.getColumnTypeName(1),
                        Integer.toString(type.getPrecision(1)),
                        Integer.toString(type.getScale(1))
                    });
                }
            }
        }
        return found;
    }
}
