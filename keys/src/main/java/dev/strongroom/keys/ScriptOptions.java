package dev.strongroom.keys;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What becomes of the DDL a command worked out: shown always, then run, or kept in a file for the other half (AE-9). */
final class ScriptOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--dry-run", description = "Show what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the DDL to a file instead of running it; a database administrator runs it with"
                    + " \"keys apply\" or psql.")
    private @Nullable Path file;

    boolean isDryRun() {
        return dryRun;
    }

    PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("not inside a command");
        }
        return spec.commandLine().getOut();
    }

    /** Shows statements, then runs them in one transaction, writes them, or leaves it at that. */
    void deliver(DatabaseOptions database, List<String> statements) throws SQLException, IOException {
        statements.forEach(statement -> out().println(statement + ";"));
        if (dryRun) {
            out().println("-- dry run: nothing was changed");
        } else if (file != null) {
            Files.writeString(file, String.join(";\n", statements) + (statements.isEmpty() ? "" : ";\n"));
            out().println("-- written to " + file);
        } else if (database.isGiven()) {
            try (Connection connection = database.plain()) {
                run(connection, statements);
            }
            out().println("-- done");
        } else {
            out().println("-- no --url: run this in the database yourself");
        }
    }

    static void run(Connection connection, List<String> statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
