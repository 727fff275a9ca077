package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may run which key statement, and what others see of its secrets. */
final class KeyPermissionTest {
    private static final String[] ROLES = {"nobody", "dbowner", "viewer", "certcontrol", "servercontrol"};

    @TempDir
    Path directory;

    private final Map<String, KeySql> sessions = new HashMap<>();

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
            statementsOfTheServer(server);
            statementsOfTheDatabase(server);
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

    /** TDE-35, TDE-117, TDE-144: what only CONTROL SERVER may; nothing is left of what was allowed. */
    private void statementsOfTheServer(ServerProcess server) throws SQLException {
        String none = "15247 15247 15247 15247 ";
        for (String[] each : new String[][] {
            {"ALTER SERVICE MASTER KEY ADD ENCRYPTION BY MACHINE KEY", "15455"},
            {"RESTORE SERVICE MASTER KEY FROM FILE = 'none' DECRYPTION BY PASSWORD = 'An0ther-one'", "15317"},
            {"CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'none'", "33053"},
            {"CREATE CREDENTIAL c%s WITH IDENTITY = 'i'", "ok"},
            {"EXEC sp_configure 'show advanced options', 1", "ok"},
            {"CREATE SERVER AUDIT a%s TO APPLICATION_LOG", "ok"},
            {"ALTER LOGIN viewer ADD CREDENTIAL none", "15151"},
            {"CREATE ASYMMETRIC KEY k%s WITH ALGORITHM = RSA_2048", "ok"},
            {"CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'", "15578"},
            {"ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY", "15557"},
            {"BACKUP MASTER KEY TO FILE = '%s.dmk' ENCRYPTION BY PASSWORD = 'An0ther-one'", "ok"},
            {"DROP MASTER KEY", "15580"}
        }) {
            expect(server, "master", each[0], none + each[1]);
        }
        expect(server, "master", "DROP ASYMMETRIC KEY kservercontrol", "15151 15151 15151 15151 ok");
        expect(server, "master", "DROP SERVER AUDIT aservercontrol", none + "ok");
        expect(server, "master", "DROP CREDENTIAL cservercontrol", none + "ok");
    }

    /** TDE-35, TDE-140, TDE-150 to TDE-153: what the owner of the database may, beside CONTROL SERVER. */
    private void statementsOfTheDatabase(ServerProcess server) throws SQLException {
        expect(server, "vault", "ALTER DATABASE vault SET ENCRYPTION SUSPEND", "15247 91006 15247 15247 91006");
        expect(server, "vault", "ALTER DATABASE vault SET ENCRYPTION OFF", "15247 33108 15247 15247 33108");
        expect(
                server,
                "vault",
                "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128",
                "15247 15151 15247 15247 ok");
        expect(
                server,
                "vault",
                "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c",
                "15247 15151 15247 15247 ok");
        expect(
                server,
                "vault",
                "CREATE DATABASE AUDIT SPECIFICATION s FOR SERVER AUDIT none",
                "15247 15151 15247 15247 15151");
        expect(
                server,
                "vault",
                "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'",
                "15247 ok 15247 15247 15578");
        expect(server, "vault", "DROP MASTER KEY", "15247 ok 15247 15247 15151");
    }

    @Test
    @DisplayName("TDE-108, TDE-133: GRANT, DENY and REVOKE on every class of keys; what is denied counts more")
    void denialsCountMoreThanGrants() throws SQLException {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            prepare(server);
            String sees = "SELECT 1 / count(*) FROM sys.certificates WHERE name = 'c'";
            String alter = "ALTER CERTIFICATE c WITH ACTIVE FOR BEGIN_DIALOG = OFF";
            try (KeySql master = new KeySql(server, "master")) {
                master.ok(
                        "DENY ALTER ON CERTIFICATE::c TO certcontrol",
                        "DENY VIEW DEFINITION ON CERTIFICATE::c TO viewer");
                expect(server, "master", sees, "22012 22012 22012 ok ok");
                expect(server, "master", alter, "15151 15151 15151 15247 ok");
                expect(server, "master", "BACKUP CERTIFICATE c TO FILE = '%s.cer'", "15151 15151 15151 ok ok");
                master.ok("REVOKE ALTER ON CERTIFICATE::c FROM certcontrol", "GRANT ALTER ON CERTIFICATE::c TO viewer");
                assertThat(run(server, "certcontrol", "master", alter)).isEqualTo("ok");
                assertThat(run(server, "viewer", "master", alter)).isEqualTo("15151");
                master.ok("GRANT VIEW DEFINITION ON CERTIFICATE::c TO viewer");
                assertThat(run(server, "viewer", "master", alter)).isEqualTo("ok");
                master.ok("DENY CONTROL ON CERTIFICATE::c TO PUBLIC");
                expect(server, "master", sees, "22012 22012 22012 22012 ok");
                assertThat(run(server, "viewer", "master", "DENY ALTER ON CERTIFICATE::c TO nobody"))
                        .isEqualTo("15151");

                String dmk = "SELECT 1 / count(*) FROM sys.symmetric_keys WHERE name = '##MS_DatabaseMasterKey##'";
                expect(server, "master", dmk, "22012 22012 22012 22012 ok");
                master.ok("GRANT VIEW DEFINITION ON SYMMETRIC KEY::[##MS_DatabaseMasterKey##] TO viewer, certcontrol")
                        .ok("DENY VIEW DEFINITION ON SYMMETRIC KEY::[##MS_DatabaseMasterKey##] TO certcontrol");
                expect(server, "master", dmk, "22012 22012 ok 22012 ok");
                master.fails(15151, "GRANT CONTROL ON SYMMETRIC KEY::none TO viewer")
                        .fails(15151, "GRANT CONTROL ON CRYPTOGRAPHIC PROVIDER::none TO viewer");
                assertThat(master.outcome("GRANT CONTROL ON SYMMETRIC KEY::[##MS_ServiceMasterKey##] TO viewer"))
                        .isEqualTo("0A000");
                assertThat(master.outcome("DENY SELECT ON t TO viewer")).isEqualTo("0A000");
            }
            signOut();
            server.stop();
            server.start();
            assertThat(run(server, "certcontrol", "master", sees)).isEqualTo("22012");
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
    private void expect(ServerProcess server, String database, String sql, String expected) throws SQLException {
        Map<String, String> found = new LinkedHashMap<>();
        for (String role : ROLES) {
            found.put(role, run(server, role, database, sql.replace("%s", role)));
        }
        assertThat(String.join(" ", found.values())).as("%s: %s", sql, found).isEqualTo(expected);
    }

    private String run(ServerProcess server, String role, String database, String sql) throws SQLException {
        KeySql session = sessions.get(role + "/" + database);
        if (session == null) {
            session = new KeySql(server, database, "user", role);
            sessions.put(role + "/" + database, session);
        }
        return session.outcome(sql);
    }

    /** A session for each role and database: signing in costs more than the statements. */
    @AfterEach
    void signOut() throws SQLException {
        for (KeySql session : sessions.values()) {
            session.close();
        }
        sessions.clear();
    }
}
