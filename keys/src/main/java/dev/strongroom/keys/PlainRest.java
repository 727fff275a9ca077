package dev.strongroom.keys;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What is left in plain when an encrypted column has taken a plain one's place (AE-154). The plain one goes on under another
 * name until each row has given up its value, a batch and a short transaction at a time; then it is dropped, and the server
 * overwrites what the values have left in the database's pages. Killed at any point, the next run goes on.
 */
final class PlainRest {
    private static final long BETWEEN_PASSES_NANOS = 200_000_000L;

    private final Connection connection;
    private final TableColumn column;
    private final int batch;
    private final PrintWriter out;
    private final String rest;
    private final List<List<String>> keys = new ArrayList<>();

    PlainRest(Connection connection, TableColumn column, int batch, PrintWriter out) {
        this.connection = connection;
        this.column = column;
        this.batch = batch;
        this.out = out;
        this.rest = "sr_plain_" + column.column();
    }

    /** Whether a run has got as far as this and no further. */
    boolean isThere() throws SQLException {
        return column.sibling(connection, rest).isPresent();
    }

    /** The statements that put the plain column aside, for the transaction that swaps. */
    List<String> putAside() {
        List<String> statements = new ArrayList<>();
        statements.add("ALTER TABLE " + column.qualifiedTable() + " RENAME COLUMN " + Ddl.name(column.column()) + " TO "
                + Ddl.name(rest));
        if (column.notNull()) {
            statements.add(
                    "ALTER TABLE " + column.qualifiedTable() + " ALTER COLUMN " + Ddl.name(rest) + " DROP NOT NULL");
        }
        return statements;
    }

    /** The statements of {@link #run}, in their order. */
    void show() {
        out.println("-- set " + rest + " to NULL in batches of " + batch + " by primary key");
        out.println(drop() + ";");
        out.println("EXEC sp_clean_db_free_space <this database>;");
    }

    void run() throws SQLException {
        String left = Ddl.name(rest) + " IS NOT NULL";
        clear(left);
        // Rows that writers had locked.
        while (anyLeft(left)) {
            LockSupport.parkNanos(BETWEEN_PASSES_NANOS);
            clear(left);
        }
        execute(drop());
        out.println("-- overwriting what is left in the pages of the database");
        execute("EXEC sp_clean_db_free_space " + Ddl.literal(database()));
        out.println(
                "-- log and backups from before still hold the values in plain (AE-154): back the log up or let it be"
                        + " truncated, and let the old backups expire");
    }

    private String drop() {
        return "ALTER TABLE " + column.qualifiedTable() + " DROP COLUMN " + Ddl.name(rest);
    }

    private String database() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_database()")) {
            row.next();
            return row.getString(1);
        }
    }

    private boolean anyLeft(String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT EXISTS (SELECT FROM " + column.qualifiedTable() + " WHERE " + condition + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private void clear(String condition) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Progress progress = new Progress(out, "erasing", KeyOrder.count(connection, column));
            new KeyOrder(connection, column, "1", condition, " FOR UPDATE SKIP LOCKED", batch)
                    .read((row, key) -> keys.add(key), count -> {
                        write();
                        connection.commit();
                        progress.add(count);
                    });
            progress.end();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void write() throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        String where = String.join(
                " AND ",
                column.key().stream().map(name -> Ddl.name(name) + " = ?").toList());
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + column.qualifiedTable() + " SET " + Ddl.name(rest) + " = NULL WHERE " + where)) {
            for (List<String> key : keys) {
                for (int i = 0; i < key.size(); i++) {
                    update.setObject(i + 1, key.get(i), Types.OTHER);
                }
                update.addBatch();
            }
            update.executeBatch();
        }
        keys.clear();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
