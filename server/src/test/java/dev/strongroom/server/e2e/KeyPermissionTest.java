package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may run which key statement, and what others see of its secrets. */
final class KeyPermissionTest {
    private static final String[] ROLES = {"nobody", "dbowner", "viewer", "certcontrol", "servercontrol"};

    private static final String SUSPEND = "ALTER DATABASE vault SET ENCRYPTION SUSPEND";

    private static final Pattern ROW =
            Pattern.compile("\\| (master|vault) \\| `(.*)` \\| ([^|]+(?: \\| [^|]+){4}) \\|");

    @TempDir
    Path directory;

    private final Map<String, KeySql> sessions = new HashMap<>();

    @Test
    @DisplayName(
            "TDE-35, TDE-36, TDE-108, TDE-117, TDE-122, TDE-133, TDE-140, TDE-144, TDE-104: role by statement; secrets"
                    + " masked")
    void rolesByStatement() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--set", "tde_auto_provision=on")) {
            prepare(server);
            String dek = "CREATE DATABASE ENCRYPTION KEY FOR DATABASE vault WITH ALGORITHM = AES_256"
                    + " ENCRYPTION BY SERVER CERTIFICATE c";
            runTheTable(server);
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

    /** The table of the manual, cell by cell and row by row. */
    private void runTheTable(ServerProcess server) throws IOException, SQLException {
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(Path.of("../docs/tde.md"))) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                continue;
            }
            rows++;
            StringBuilder found = new StringBuilder();
            for (String role : ROLES) {
                String sql = row.group(2).replace("%s", role);
                found.append(" | ").append(run(server, role, row.group(1), sql));
            }
            if (!found.toString().equals(" | " + row.group(3))) {
                wrong.add(row.group(2) + found);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(rows).as("rows of the table").isGreaterThan(40);
    }

    @Test
    @DisplayName(
            "TDE-108, TDE-133, TDE-144, TDE-153: GRANT, DENY and REVOKE on every class of keys and on databases; what is"
                    + " denied counts more; keys are made for others by who may impersonate them")
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
            onDatabases(server);
            forOthers(server);
            signOut();
            server.stop();
            server.start();
            assertThat(run(server, "certcontrol", "master", sees)).isEqualTo("22012");
            assertThat(run(server, "nobody", "vault", SUSPEND))
                    .as("grants on a database last")
                    .isEqualTo("91006");
        }
    }

    /** TDE-153: ALTER on the database suffices for OFF, SUSPEND and RESUME; ON and key statements need CONTROL. */
    private void onDatabases(ServerProcess server) throws SQLException {
        String on = "ALTER DATABASE vault SET ENCRYPTION ON";
        String off = "ALTER DATABASE vault SET ENCRYPTION OFF";
        String resume = "ALTER DATABASE vault SET ENCRYPTION RESUME";
        String dek = "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c";
        try (KeySql vault = new KeySql(server, "vault")) {
            vault.ok(dek, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            expect(server, "vault", SUSPEND, "15247 91006 15247 15247 91006");
            vault.ok("GRANT ALTER ON DATABASE::vault TO nobody");
            expect(server, "vault", SUSPEND, "91006 91006 15247 15247 91006");
            expect(server, "vault", resume, "91006 91006 15247 15247 91006");
            expect(server, "vault", off, "33108 33108 15247 15247 33108");
            assertThat(run(server, "nobody", "vault", on)).isEqualTo("15247");
            assertThat(run(server, "nobody", "vault", "DROP DATABASE ENCRYPTION KEY"))
                    .isEqualTo("15247");
            assertThat(run(server, "nobody", "vault", "GRANT ALTER ON DATABASE::vault TO viewer"))
                    .isEqualTo("15247");
            vault.ok("GRANT CONTROL ON DATABASE::[Vault] TO certcontrol");
            assertThat(run(server, "certcontrol", "vault", on)).isEqualTo("ok");
            awaitEncrypted(vault);
            assertThat(run(server, "nobody", "vault", off)).isEqualTo("ok");

            vault.ok("DENY ALTER ON DATABASE::vault TO nobody", "DENY CONTROL ON DATABASE::vault TO certcontrol");
            expect(server, "vault", resume, "15247 91006 15247 15247 91006");
            vault.ok("REVOKE ALL ON DATABASE::vault FROM certcontrol", "GRANT ALTER ON DATABASE::vault TO nobody");
            creating(server, vault);
            assertThat(vault.outcome("DENY CONNECT ON DATABASE vault TO viewer"))
                    .isEqualTo("0A000");
            assertThat(vault.outcome("GRANT ALTER ON DATABASE::vault TO viewer WITH GRANT OPTION"))
                    .isEqualTo("0A000");
            assertThat(vault.outcome("GRANT ALTER ON DATABASE::none TO viewer")).isEqualTo("3D000");
            assertThat(vault.outcome("GRANT CREATE CERTIFICATE ON CERTIFICATE::c TO viewer"))
                    .isEqualTo("42601");
        }
    }

    private static void awaitEncrypted(KeySql database) {
        ServerProcess.await("encryption state 3", () -> {
            try {
                return "3"
                        .equals(database.text("SELECT encryption_state FROM sys.dm_database_encryption_keys"
                                + " WHERE database_id = db_id()"));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** TDE-133, TDE-144: the rights to make certificates and keys, each by itself and within ALTER; to see them all. */
    private void creating(ServerProcess server, KeySql vault) throws SQLException {
        String certificate = "CREATE CERTIFICATE of_%s WITH SUBJECT = 'x'";
        String key = "CREATE ASYMMETRIC KEY k_%s WITH ALGORITHM = RSA_2048";
        vault.ok(
                "GRANT CREATE CERTIFICATE ON DATABASE::vault TO viewer",
                "GRANT CREATE ASYMMETRIC KEY ON DATABASE::vault TO certcontrol");
        expect(server, "vault", certificate, "ok ok ok 15247 ok");
        expect(server, "vault", key, "ok ok 15247 ok ok");
        vault.ok("DENY CREATE CERTIFICATE ON DATABASE::vault TO nobody");
        assertThat(run(server, "nobody", "vault", certificate.replace("%s", "denied")))
                .isEqualTo("15247");
        String seen = "SELECT 1 / (count(*) - 3) FROM sys.certificates";
        assertThat(run(server, "viewer", "vault", seen)).isEqualTo("ok");
        vault.ok("GRANT VIEW DEFINITION ON DATABASE::vault TO viewer");
        assertThat(run(server, "viewer", "vault", seen)).as("all four").isEqualTo("ok");
    }

    /** TDE-133, TDE-144: AUTHORIZATION needs the right to act as the owner, who can log in. */
    private void forOthers(ServerProcess server) throws SQLException {
        String certificate = "CREATE CERTIFICATE for_%s AUTHORIZATION dbowner WITH SUBJECT = 'x'";
        String key = "CREATE ASYMMETRIC KEY for_%s AUTHORIZATION dbowner WITH ALGORITHM = RSA_2048";
        try (KeySql vault = new KeySql(server, "vault")) {
            vault.ok("GRANT CONTROL ON DATABASE::vault TO viewer, certcontrol", "CREATE ROLE crowd");
            expect(server, "vault", certificate, "15247 ok 15151 15151 ok");
            expect(server, "vault", key, "15151 ok 15151 15151 ok");
            vault.ok("GRANT dbowner TO viewer");
            assertThat(run(server, "viewer", "vault", certificate.replace("%s", "member")))
                    .isEqualTo("ok");
            assertThat(run(server, "viewer", "vault", key.replace("%s", "member")))
                    .isEqualTo("ok");
            assertThat(vault.text(
                            "SELECT pg_get_userbyid(principal_id) FROM sys.certificates WHERE name = 'for_member'"))
                    .isEqualTo("dbowner");
            vault.fails(15151, "CREATE CERTIFICATE q AUTHORIZATION absent WITH SUBJECT = 'x'")
                    .fails(15345, "CREATE CERTIFICATE q AUTHORIZATION crowd WITH SUBJECT = 'x'")
                    .fails(15345, "CREATE ASYMMETRIC KEY q AUTHORIZATION crowd WITH ALGORITHM = RSA_2048");
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

    /** Permissions on keys hold a role as those on tables do: no definition keeps the number of one that is gone. */
    @Test
    @DisplayName("TDE-108: a role with permissions on keys is not dropped")
    void permissionsOnKeysKeepTheirRole() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"));
                Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE c WITH SUBJECT = 'c'");
            statement.execute("CREATE ROLE clerk");
            for (String what : List.of("CERTIFICATE::c", "DATABASE::postgres")) {
                for (String verb : List.of("GRANT", "DENY")) {
                    statement.execute(verb + " CONTROL ON " + what + " TO clerk");
                    assertThatThrownBy(() -> statement.execute("DROP ROLE clerk"))
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("2BP01"))
                            .hasMessageContaining(
                                    what.startsWith("C")
                                            ? "privileges for certificate \"c\" in database master"
                                            : "privileges for database postgres");
                }
                statement.execute("REVOKE CONTROL ON " + what + " FROM clerk");
            }
            statement.execute("DROP ROLE clerk");
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
