package dev.strongroom.keys;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** Reads a table in the order of its primary key, a batch at a time, so that no lock and no snapshot lasts long. */
final class KeyOrder {
    /** What is done with a row; the key's columns come first. */
    @FunctionalInterface
    interface Row {
        void read(ResultSet row, List<String> key) throws SQLException;
    }

    private final Connection connection;
    private final TableColumn table;
    private final String columns;
    private final String condition;
    private final String locking;
    private final int batch;

    KeyOrder(Connection connection, TableColumn table, String columns, int batch) {
        this(connection, table, columns, "", "", batch);
    }

    /**
     * Some of the rows.
     *
     * @param condition SQL that tells which, or nothing
     * @param locking FOR UPDATE …, or nothing
     */
    KeyOrder(Connection connection, TableColumn table, String columns, String condition, String locking, int batch) {
        if (table.key().isEmpty()) {
            throw new UsageException("table " + table.qualifiedTable() + " needs a primary key");
        }
        this.connection = connection;
        this.table = table;
        this.columns = columns;
        this.condition = condition;
        this.locking = locking;
        this.batch = batch;
    }

    /** How many rows there are, for a progress bar. */
    static long count(Connection connection, TableColumn table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM " + table.qualifiedTable());
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Reads every row; after each batch the other side may write what it gathered. */
    void read(Row each, BatchEnd end) throws SQLException {
        List<String> last = List.of();
        while (true) {
            int count = 0;
            try (PreparedStatement query = connection.prepareStatement(sql(!last.isEmpty()))) {
                bind(query, last);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        List<String> key = new ArrayList<>();
                        for (int i = 1; i <= table.key().size(); i++) {
                            key.add(rows.getString(i));
                        }
                        each.read(rows, key);
                        last = key;
                        count++;
                    }
                }
            }
            end.ended(count);
            if (count < batch) {
                return;
            }
        }
    }

    /** What happens between two batches. */
    @FunctionalInterface
    interface BatchEnd {
        void ended(int rows) throws SQLException;
    }

    private String keyList() {
        return String.join(", ", table.key().stream().map(Ddl::name).toList());
    }

    private String sql(boolean after) {
        List<String> conditions = new ArrayList<>();
        if (!condition.isEmpty()) {
            conditions.add(condition);
        }
        if (after) {
            conditions.add("(" + after() + ")");
        }
        return "SELECT " + keyList() + ", " + columns + " FROM " + table.qualifiedTable()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + " ORDER BY " + keyList()
                + " LIMIT " + batch + locking;
    }

    /** a > ? OR a = ? AND (b > ? OR …). */
    private String after() {
        StringBuilder condition = new StringBuilder();
        for (int i = 0; i < table.key().size(); i++) {
            String name = Ddl.name(table.key().get(i));
            boolean lastColumn = i == table.key().size() - 1;
            condition.append(name).append(" > ?").append(lastColumn ? "" : " OR " + name + " = ? AND (");
        }
        return condition.append(")".repeat(table.key().size() - 1)).toString();
    }

    private static void bind(PreparedStatement query, List<String> last) throws SQLException {
        int index = 1;
        for (int i = 0; i < last.size(); i++) {
            query.setObject(index++, last.get(i), Types.OTHER);
            if (i < last.size() - 1) {
                query.setObject(index++, last.get(i), Types.OTHER);
            }
        }
    }
}
