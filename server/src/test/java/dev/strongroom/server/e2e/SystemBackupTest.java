package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
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

/** What a backup plan has besides databases of users: marked transactions to go back to, and the system databases. */
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

    private static final String PASSWORD = "'Str0ng-enough'";

    /** What is in the backup, what came after it, and what a running server refuses. */
    private static void fillAndBackUp(ServerProcess server) throws Exception {
        String key = "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c";
        try (KeySql master = new KeySql(server, "master")) {
            master.ok(
                    "CREATE MASTER KEY ENCRYPTION BY PASSWORD = " + PASSWORD,
                    "CREATE CERTIFICATE c WITH SUBJECT = 'c'",
                    "CREATE DATABASE shop");
            run(server, "shop", "CREATE TABLE o (id int PRIMARY KEY)", "INSERT INTO o VALUES (1)", key);
            run(server, "shop", "ALTER DATABASE shop SET ENCRYPTION ON");
            master.ok(
                            "BACKUP SERVICE MASTER KEY TO FILE = 'smk.key' ENCRYPTION BY PASSWORD = " + PASSWORD,
                            "BACKUP DATABASE master TO DISK = 'master.bak' WITH COMPRESSION",
                            "BACKUP DATABASE msdb TO DISK = 'msdb.bak'",
                            "BACKUP DATABASE model TO DISK = 'model.bak'",
                            "RESTORE VERIFYONLY FROM DISK = 'master.bak'")
                    .fails(4212, "42809", "BACKUP LOG master TO DISK = 'x'")
                    .fails(3024, "42809", "BACKUP DATABASE master TO DISK = 'x' WITH DIFFERENTIAL")
                    .fails(
                            3031,
                            "42601",
                            "BACKUP DATABASE master TO DISK = 'x' WITH ENCRYPTION (ALGORITHM = AES_256,"
                                    + " SERVER CERTIFICATE = c)")
                    .fails(3108, "55000", "RESTORE DATABASE master FROM DISK = 'master.bak'")
                    .fails(3108, "55000", "RESTORE DATABASE spy FROM DISK = 'master.bak'")
                    .ok("BACKUP DATABASE shop TO DISK = 'shop.bak'", "CREATE ROLE newer", "CREATE DATABASE later");
        }
        run(server, "later", "CREATE TABLE l (id int PRIMARY KEY)", "INSERT INTO l VALUES (7)", key);
        run(
                server,
                "shop",
                "INSERT INTO o VALUES (2)",
                "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c");
    }

    @Test
    @DisplayName(
            "S-2, S-3, TDE-118, TDE-119, TDE-160: master comes back on its server, and on another one that was given the"
                    + " service master key; no database is lost over it")
    void masterComesBack() throws Exception {
        Path backups = directory.resolve("data-backups");
        String from = backups.resolve("master.bak").toString();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            fillAndBackUp(server);
            assertThat(server.command("restore-system", "--from", from).exitCode())
                    .as("a server is running")
                    .isEqualTo(5);
            server.stop();
            ServerProcess.Result wrong = server.command(
                    "restore-system", "--from", backups.resolve("shop.bak").toString());
            assertThat(wrong.exitCode()).as(wrong.output()).isEqualTo(2);
            String detached = "";
            for (String system : List.of("msdb", "master")) {
                ServerProcess.Result result = server.command(
                        "restore-system",
                        "--from",
                        backups.resolve(system + ".bak").toString());
                assertThat(result.exitCode()).as(result.output()).isZero();
                assertThat(result.output()).contains("restored " + system);
                detached = result.output().replaceAll("(?s).*FILENAME = '([^']*)'.*", "$1");
            }
            server.start();
            assertThat(rows(server, "master", "SELECT name FROM sys.databases WHERE database_id > 5"))
                    .containsExactly("shop");
            assertThat(rows(server, "shop", "TABLE o"))
                    .as("not in the backup of master")
                    .containsExactly("1", "2");
            assertThat(rows(server, "master", "SELECT count(*) FROM pg_roles WHERE rolname = 'newer'"))
                    .containsExactly("0");
            run(server, "master", "CREATE DATABASE later ON (FILENAME = '" + detached + "') FOR ATTACH");
            assertThat(rows(server, "later", "TABLE l")).containsExactly("7");
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
        }
        try (ServerProcess other = ServerProcess.start(directory.resolve("other/data"))) {
            other.stop();
            ServerProcess.Result foreign = other.command("restore-system", "--from", from);
            assertThat(foreign.output()).contains("33111", "RESTORE SERVICE MASTER KEY");
            other.start();
            Files.copy(
                    directory.resolve("data-key-backups/smk.key"), directory.resolve("other/data-key-backups/smk.key"));
            run(
                    other,
                    "master",
                    "RESTORE SERVICE MASTER KEY FROM FILE = 'smk.key' DECRYPTION BY PASSWORD = " + PASSWORD);
            other.stop();
            ServerProcess.Result result = other.command("restore-system", "--from", from);
            assertThat(result.exitCode()).as(result.output()).isZero();
            other.start();
            Files.copy(backups.resolve("shop.bak"), directory.resolve("other/data-backups/shop.bak"));
            run(other, "master", "RESTORE DATABASE shop FROM DISK = 'shop.bak' WITH REPLACE");
            assertThat(rows(other, "shop", "TABLE o")).containsExactly("1");
        }
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
