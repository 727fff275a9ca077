package dev.strongroom.keys;

import java.sql.Connection;
import java.sql.SQLException;
import picocli.CommandLine.Option;

/** Which column. */
final class ColumnOptions {
    @Option(names = "--table", required = true, description = "[schema.]table")
    private String table = "";

    @Option(names = "--column", required = true, description = "Column of that table.")
    private String column = "";

    TableColumn find(Connection connection) throws SQLException {
        return TableColumn.find(connection, table, column);
    }
}
