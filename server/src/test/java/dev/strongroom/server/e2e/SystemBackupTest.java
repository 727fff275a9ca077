package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup plan has besides databases of users: marked transactions to go back to. */
final class SystemBackupTest {
    @TempDir
    Path directory;

    private static void run(ServerProcess server, String database, String... statements) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** All rows, values of a row by commas. */
    private static List<String> rows(ServerProcess server, String database, String sql) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    values.add(String.valueOf(result.getString(column)));
                }
                rows.add(String.join(",", values));
            }
            return rows;
        }
    }

    private static void psql(ServerProcess server, String database, String script) {
        ClientRun run = server.psql(database, script, "-v", "ON_ERROR_STOP=1");
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static void marks(ServerProcess server) throws SQLException {
        run(server, "master", "CREATE DATABASE shop");
        psql(server, "shop", """
                CREATE TABLE o (id int PRIMARY KEY);
                BACKUP DATABASE shop TO DISK = 'shop.bak';
                INSERT INTO o VALUES (1);
                BEGIN TRANSACTION Nightly WITH MARK 'before the night''s batch';
                INSERT INTO o VALUES (2);
                COMMIT TRANSACTION Nightly;
                GO
                BEGIN TRAN [two words] WITH MARK;
                INSERT INTO o VALUES (3);
                COMMIT TRAN;
                """);
        run(
                server,
                "shop",
                "BEGIN TRAN nightly WITH MARK N'again'",
                "INSERT INTO o VALUES (4)",
                "COMMIT",
                "BEGIN TRAN nothing WITH MARK",
                "SELECT 1",
                "COMMIT",
                "BEGIN TRAN undone WITH MARK",
                "INSERT INTO o VALUES (9)",
                "ROLLBACK",
                "BACKUP LOG shop TO DISK = 'shop.trn'");
    }

    private static String restored(ServerProcess server, String stop) throws SQLException {
        run(
                server,
                "master",
                "RESTORE DATABASE c FROM DISK = 'shop.bak' WITH NORECOVERY",
                "RESTORE LOG c FROM DISK = 'shop.trn' WITH " + stop);
        String found = String.join(" ", rows(server, "c", "TABLE o"));
        run(server, "master", "DROP DATABASE c");
        return found;
    }

    @Test
    @DisplayName("S-18: a restore stops at, or before, a named transaction, the first of its name or one after a time")
    void aRestoreStopsAtAMark() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            marks(server);
            assertThat(rows(
                            server,
                            "shop",
                            "SELECT database_name, mark_name, description FROM msdb.dbo.logmarkhistory"))
                    .containsExactly(
                            "shop,Nightly,before the night's batch", "shop,two words,null", "shop,nightly,again");
            List<String> last = rows(
                    server, "shop", "SELECT mark_time, lsn FROM msdb.dbo.logmarkhistory WHERE description = 'again'");
            String[] again = last.getFirst().split(",");
            assertThat(restored(server, "STOPATMARK = 'Nightly'")).isEqualTo("1 2");
            assertThat(restored(server, "STOPBEFOREMARK = 'NIGHTLY'")).isEqualTo("1");
            assertThat(restored(server, "STOPATMARK = 'two words', RECOVERY")).isEqualTo("1 2 3");
            assertThat(restored(server, "STOPBEFOREMARK = 'nightly' AFTER '" + again[0] + "'"))
                    .isEqualTo("1 2 3");
            assertThat(restored(server, "STOPATMARK = 'nightly' AFTER '" + again[0] + "'"))
                    .isEqualTo("1 2 3 4");
            assertThat(restored(server, "STOPATMARK = 'lsn:" + again[1] + "'")).isEqualTo("1 2 3 4");
            assertThat(restored(server, "STOPBEFOREMARK = 'lsn:" + again[1] + "'"))
                    .isEqualTo("1 2 3");
            run(
                    server,
                    "master",
                    "RESTORE DATABASE c FROM DISK = 'shop.bak' WITH NORECOVERY",
                    "RESTORE LOG c FROM DISK = 'shop.trn' WITH STOPATMARK = 'undone'");
            assertThat(rows(server, "master", "SELECT state_desc FROM sys.databases WHERE name = 'c'"))
                    .as("not reached: it waits for more log")
                    .containsExactly("RESTORING");
            assertThat(rows(
                            server,
                            "master",
                            "SELECT DISTINCT stop_at_mark_name, stop_before FROM msdb.dbo.restorehistory"
                                    + " WHERE stop_at_mark_name IN ('undone', 'NIGHTLY') ORDER BY 1"))
                    .containsExactlyInAnyOrder("undone,0", "NIGHTLY,1");
        }
    }
}
