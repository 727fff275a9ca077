package dev.strongroom.keys;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One column of one table, as far as changing its encryption needs to know it.
 *
 * @param typeText declared type as DDL writes it
 * @param notNull whether it is NOT NULL
 * @param columnKey name of its column encryption key, null if it is plain
 * @param encryptionTypeName DETERMINISTIC or RANDOMIZED, null if it is plain
 * @param key columns of the primary key, in order
 */
record TableColumn(
        String schema,
        String table,
        String column,
        String typeText,
        boolean notNull,
        @Nullable String columnKey,
        @Nullable String encryptionTypeName,
        List<String> key) {
    private static final String QUERY =
            "SELECT n.nspname, t.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,"
                    + " k.name, c.encryption_type_desc"
                    + " FROM pg_catalog.pg_attribute a"
                    + " JOIN pg_catalog.pg_class t ON t.oid = a.attrelid"
                    + " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
                    + " LEFT JOIN sys.columns c ON c.object_id = t.oid AND c.column_id = a.attnum"
                    + " LEFT JOIN sys.column_encryption_keys k ON k.column_encryption_key_id = c.column_encryption_key_id"
                    + " WHERE t.relkind = 'r' AND NOT a.attisdropped AND a.attnum > 0";

    private static final String THE_COLUMN = " FROM pg_catalog.pg_attribute a"
            + " JOIN pg_catalog.pg_class t ON t.oid = a.attrelid"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace";
    private static final String IS_IT = " n.nspname = ? AND t.relname = ? AND a.attname = ?";

    private static final String ATTACHMENTS = "SELECT CASE WHEN a.attacl IS NULL THEN 'a default' ELSE 'privileges' END"
            + THE_COLUMN
            + " WHERE (a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' OR a.attacl IS NOT NULL) AND" + IS_IT
            + " UNION ALL SELECT 'constraint ' || k.conname" + THE_COLUMN
            + " JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey) WHERE" + IS_IT;

    String qualifiedTable() {
        return Ddl.name(schema) + "." + Ddl.name(table);
    }

    String encryptionType() {
        if (encryptionTypeName == null) {
            throw new UsageException("column " + column + " is not encrypted");
        }
        return encryptionTypeName;
    }

    boolean isBinary() {
        return typeText.equals("bytea");
    }

    /** Finds a column; the schema defaults to public. */
    static TableColumn find(Connection connection, String tableName, String column) throws SQLException {
        String[] parts = tableName.split("\\.", 2);
        String schema = parts.length == 2 ? parts[0] : "public";
        String table = parts[parts.length - 1];
        return list(connection, QUERY + " AND n.nspname = ? AND t.relname = ? AND a.attname = ?", schema, table, column)
                .stream()
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no column " + schema + "." + table + "." + column));
    }

    /** Another column of the same table. */
    Optional<TableColumn> sibling(Connection connection, String name) throws SQLException {
        return list(connection, QUERY + " AND n.nspname = ? AND t.relname = ? AND a.attname = ?", schema, table, name)
                .stream()
                .findFirst();
    }

    /** What hangs on the column and would not come with a new one in its place. */
    List<String> attachments(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(ATTACHMENTS)) {
            for (int i = 0; i < 6; i += 3) {
                query.setString(i + 1, schema);
                query.setString(i + 2, table);
                query.setString(i + 3, column);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    /** Every column under a column encryption key. */
    static List<TableColumn> ofKey(Connection connection, String columnKey) throws SQLException {
        return list(connection, QUERY + " AND k.name = ?", columnKey);
    }

    private static List<TableColumn> list(Connection connection, String sql, String... arguments) throws SQLException {
        List<TableColumn> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                query.setString(i + 1, arguments[i]);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(new TableColumn(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4).replaceFirst(" ENCRYPTED WITH.*", ""),
                            rows.getBoolean(5),
                            rows.getString(6),
                            rows.getString(7),
                            primaryKey(connection, rows.getString(1), rows.getString(2))));
                }
            }
        }
        return found;
    }

    private static List<String> primaryKey(Connection connection, String schema, String table) throws SQLException {
        TreeMap<Integer, String> columns = new TreeMap<>();
        try (ResultSet rows = connection.getMetaData().getPrimaryKeys(null, schema, table)) {
            while (rows.next()) {
                columns.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
            }
        }
        return List.copyOf(columns.values());
    }

    /** Names of indexes the column is part of. */
    List<String> indexes(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = connection.getMetaData().getIndexInfo(null, schema, table, false, true)) {
            while (rows.next()) {
                if (column.equals(rows.getString("COLUMN_NAME"))) {
                    names.add(rows.getString("INDEX_NAME"));
                }
            }
        }
        return names;
    }
}
