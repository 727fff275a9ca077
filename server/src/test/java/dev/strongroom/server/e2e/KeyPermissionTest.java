package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** Who may run which key statement, and what others see of its secrets. */
final class KeyPermissionTest {
    private static final String[] ROLES = {"nobody", "dbowner", "viewer", "certcontrol", "servercontrol"};

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "TDE-35, TDE-36, TDE-108, TDE-117, TDE-122, TDE-133, TDE-140, TDE-104: role by statement; secrets masked")
    void rolesByStatement() throws SQLException {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--set", "tde_auto_provision=on")) {
            prepare(server);
            String dek = "CREATE DATABASE ENCRYPTION KEY FOR DATABASE vault WITH ALGORITHM = AES_256"
                    + " ENCRYPTION BY SERVER CERTIFICATE c";
            String backup = "BACKUP CERTIFICATE c TO FILE = '%s.cer'";
            String full = "BACKUP CERTIFICATE c TO FILE = '%s2.cer' WITH PRIVATE KEY (FILE = '%s2.pvk',"
                    + " ENCRYPTION BY PASSWORD = 'An0ther-one')";
            expect(
                    server,
                    "master",
                    "BACKUP SERVICE MASTER KEY TO FILE = '%s.smk' ENCRYPTION BY PASSWORD = 'An0ther-one'",
                    "15247 15247 15247 15247 ok");
            expect(server, "master", "CREATE CERTIFICATE %sx WITH SUBJECT = 'x'", "15247 15247 15247 15247 ok");
            expect(server, "master", backup, "15151 15151 ok ok ok");
            expect(server, "master", full, "15151 15151 15247 ok ok");
            expect(
                    server,
                    "master",
                    "ALTER CERTIFICATE c WITH ACTIVE FOR BEGIN_DIALOG = OFF",
                    "15151 15151 15247 ok ok");
            expect(
                    server,
                    "master",
                    "SELECT 1 / count(*) FROM sys.certificates WHERE name = 'c'",
                    "22012 22012 ok ok ok");
            expect(server, "vault", "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'x'", "15247 15581 15247 15247 15581");
            expect(server, "vault", dek, "15247 15151 15247 15247 ok");
            try (Connection connection = server.connect("vault");
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP DATABASE ENCRYPTION KEY");
            }
            try (Connection connection = server.connect("master");
                    Statement statement = connection.createStatement()) {
                statement.execute("GRANT VIEW DEFINITION ON CERTIFICATE::c TO dbowner");
            }
            assertThat(run(server, "dbowner", "vault", dek)).isEqualTo("ok");
            try (Connection connection = server.connect("master");
                    Statement statement = connection.createStatement()) {
                statement.execute("REVOKE ALL ON CERTIFICATE::c FROM viewer");
            }
            assertThat(run(server, "viewer", "master", "BACKUP CERTIFICATE c TO FILE = 'again.cer'"))
                    .isEqualTo("15151");
            assertThat(run(server, "postgres", "postgres", "ALTER DATABASE postgres SET ENCRYPTION ON"))
                    .as("TDE-14, TDE-26: keys are made where there are none")
                    .isEqualTo("ok");
            EncryptionLifeTest.awaitState(server, 3);
            assertThat(server.logText()).doesNotContain("An0ther-one").doesNotContain("Str0ng-enough");
        }
    }

    private static void prepare(ServerProcess server) throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            for (String role : ROLES) {
                statement.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + ServerProcess.PASSWORD + "'");
            }
            statement.execute("CREATE DATABASE vault OWNER dbowner");
            statement.execute("CREATE ROLE sr_control_server");
            statement.execute("GRANT sr_control_server TO servercontrol");
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            try (Connection other = server.connect("postgres");
                    Statement looking = other.createStatement()) {
                assertThat(EncryptionLifeTest.text(looking, "SELECT string_agg(query, '|') FROM pg_stat_activity"))
                        .contains("CREATE MASTER KEY ENCRYPTION BY PASSWORD = '***'")
                        .doesNotContain("Str0ng-enough");
            }
            statement.execute("CREATE CERTIFICATE c WITH SUBJECT = 'c'");
            statement.execute("GRANT VIEW DEFINITION ON CERTIFICATE::c TO viewer");
            statement.execute("GRANT CONTROL ON CERTIFICATE::[C] TO certcontrol");
        }
    }

    /** What each role gets, in their order: ok, an error's number, or its SQLSTATE where it has none. */
    private static void expect(ServerProcess server, String database, String sql, String expected) throws SQLException {
        Map<String, String> found = new LinkedHashMap<>();
        for (String role : ROLES) {
            found.put(role, run(server, role, database, sql.replace("%s", role)));
        }
        assertThat(String.join(" ", found.values())).as("%s: %s", sql, found).isEqualTo(expected);
    }

    private static String run(ServerProcess server, String role, String database, String sql) throws SQLException {
        try (Connection connection = server.connect(database, "user", role);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return "ok";
        } catch (PSQLException e) {
            String routine = Objects.requireNonNull(e.getServerErrorMessage()).getRoutine();
            return routine != null && routine.startsWith("MSSQL")
                    ? routine.substring("MSSQL".length())
                    : String.valueOf(e.getSQLState());
        }
    }
}
