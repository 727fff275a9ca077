package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** Encryption of a real server's database beyond the usual road: 3DES, and pages put back to an older state. */
final class EncryptionLifeTest {
    private static final int PAGE = 8192;
    private static final int KEY_VERSION = 8184;
    private static final int ALGORITHM = 8189;
    private static final int TRIPLE_DES = 2;

    @TempDir
    Path directory;

    private Path pages() {
        return directory.resolve("data/db/5/data.00000001");
    }

    static void createCertificate(ServerProcess server) throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE c WITH SUBJECT = 'c'");
        }
    }

    static void awaitState(ServerProcess server, int state) {
        ServerProcess.await("encryption state " + state, () -> {
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                return Integer.toString(state)
                        .equals(text(
                                statement,
                                "SELECT encryption_state FROM sys.dm_database_encryption_keys"
                                        + " WHERE database_id = db_id()"));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    static @Nullable String text(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getString(1) : null;
        }
    }

    @Test
    @DisplayName(
            "TDE-9, TDE-141, S-20: a database under TRIPLE_DES_3KEY from ON through kill -9 to OFF; off refuses it")
    void tripleDesWorksEndToEnd() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data)) {
            createCertificate(server);
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (id int PRIMARY KEY, text varchar(300))");
                statement.execute("INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1, 2000) s(i)");
                statement.execute("CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = TRIPLE_DES_3KEY"
                        + " ENCRYPTION BY SERVER CERTIFICATE c");
                assertThat(Objects.requireNonNull(statement.getWarnings()).getMessage())
                        .contains("deprecated");
                statement.execute("ALTER DATABASE postgres SET ENCRYPTION ON");
                awaitState(server, 3);
                assertThat(text(
                                statement,
                                "SELECT key_algorithm || '/' || key_length FROM sys.dm_database_encryption_keys"
                                        + " WHERE database_id = 5"))
                        .isEqualTo("TRIPLE_DES_3KEY/192");
                statement.execute("INSERT INTO t SELECT i, repeat('y', 200) FROM generate_series(2001, 2500) s(i)");
            }
            server.kill();
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(pages()));
            for (int page = 0; page < file.capacity() / PAGE; page++) {
                assertThat(file.getInt(page * PAGE + KEY_VERSION)).isEqualTo(1);
                assertThat(file.get(page * PAGE + ALGORITHM)).isEqualTo((byte) TRIPLE_DES);
            }
            server.start();
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                assertThat(text(statement, "SELECT count(*) FROM t")).isEqualTo("2500");
                statement.execute("ALTER DATABASE postgres SET ENCRYPTION OFF");
                awaitState(server, 1);
                assertThat(text(statement, "SELECT count(*) FROM t")).isEqualTo("2500");
            }
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
        }
        try (ServerProcess server = ServerProcess.start(data, "--set", "tde_deprecated_algorithms=off");
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(
                            "ALTER DATABASE ENCRYPTION KEY REGENERATE" + " WITH ALGORITHM = TRIPLE_DES_3KEY"))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(Objects.requireNonNull(e.getServerErrorMessage())
                                            .getRoutine())
                                    .isEqualTo("MSSQL33128"));
        }
    }

    @Test
    @DisplayName("TDE-519, TDE-517: an old page put back is found by verify and, by setting, at start")
    void anOldPagePutBackIsFound() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--set", "tde_verify_at_start=on")) {
            createCertificate(server);
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                        + " ENCRYPTION BY SERVER CERTIFICATE c");
                statement.execute("ALTER DATABASE postgres SET ENCRYPTION ON");
                awaitState(server, 3);
                statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)");
                statement.execute("INSERT INTO account SELECT i, 100 FROM generate_series(1, 1000) s(i)");
            }
            server.stop();
            byte[] before = Files.readAllBytes(pages());
            server.start();
            String head;
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE account SET balance = 0 WHERE id = 500");
                statement.execute("CHECKPOINT");
                head = text(statement, "SELECT head FROM sys.sr_manifest_head WHERE database_name = 'postgres'");
            }
            server.kill();
            server.start();
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE account SET balance = 1 WHERE id = 500");
                statement.execute("CHECKPOINT");
                assertThat(text(statement, "SELECT head FROM sys.sr_manifest_head WHERE database_name = 'postgres'"))
                        .as("changes with every batch")
                        .isNotEqualTo(head);
            }
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
            byte[] now = Files.readAllBytes(pages());
            putBackOnePage(before, now);
            Files.write(pages(), now);
            ServerProcess.Result verified = server.verify();
            assertThat(verified.exitCode()).isEqualTo(1);
            assertThat(verified.output()).contains("older than they should be (91011)");
            server.start();
            assertThatThrownBy(() -> server.connect("postgres"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("older than they should be");
            server.connect("master").close();
        }
    }

    @Test
    @DisplayName("TDE-118, TDE-128, TDE-129: master keys are replaced under an encrypted database; restarts open it")
    void masterKeysAreReplacedUnderAnEncryptedDatabase() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            createCertificate(server);
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("CREATE ROLE pair");
                statement.execute("CREATE TABLE pair (id int)");
                connection.rollback();
                statement.execute("CREATE ROLE pair");
                statement.execute("CREATE TABLE pair (id int)");
                connection.commit();
            }
            try (Connection connection = server.connect("master");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE ENCRYPTION KEY FOR DATABASE postgres WITH ALGORITHM = AES_256"
                        + " ENCRYPTION BY SERVER CERTIFICATE c");
                statement.execute("ALTER DATABASE postgres SET ENCRYPTION ON");
                statement.execute("BACKUP SERVICE MASTER KEY TO FILE = 'smk' ENCRYPTION BY PASSWORD = 'An0ther-one'");
                statement.execute("BACKUP MASTER KEY TO FILE = 'dmk' ENCRYPTION BY PASSWORD = 'An0ther-one'");
                statement.execute("ALTER SERVICE MASTER KEY REGENERATE");
                statement.execute("ALTER MASTER KEY REGENERATE WITH ENCRYPTION BY PASSWORD = 'Third-0ne!'");
            }
            server.kill();
            server.start();
            try (Connection connection = server.connect("master", "sslmode", "require");
                    Statement statement = connection.createStatement()) {
                awaitState(server, 3);
                assertThat(text(statement, "SELECT count(*) FROM pg_roles WHERE rolname = 'pair'"))
                        .as("S-1")
                        .isEqualTo("1");
                statement.execute(
                        "RESTORE SERVICE MASTER KEY FROM FILE = 'smk' DECRYPTION BY PASSWORD = 'An0ther-one'");
                statement.execute("RESTORE MASTER KEY FROM FILE = 'dmk' DECRYPTION BY PASSWORD = 'An0ther-one'"
                        + " ENCRYPTION BY PASSWORD = 'F0urth-one'");
                statement.execute("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'F0urth-one'");
                statement.execute("CLOSE MASTER KEY");
            }
            server.kill();
            server.start();
            awaitState(server, 3);
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
        }
    }

    @Test
    @DisplayName(
            "TDE-29, TDE-44, TDE-52, TDE-53, TDE-303: a throttled scan is suspended, survives kill -9, and keeps DROP away")
    void aSuspendedScanStaysSuspended() throws Exception {
        String row = "SELECT encryption_state || '/' || encryption_scan_state FROM sys.dm_database_encryption_keys"
                + " WHERE database_id = db_id()";
        String changed = "SELECT encryption_scan_modify_date FROM sys.dm_database_encryption_keys"
                + " WHERE database_id = db_id()";
        try (ServerProcess server =
                ServerProcess.start(directory.resolve("data"), "--set", "tde_scan_max_mb_per_s=1")) {
            createCertificate(server);
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE vault");
            }
            String before;
            try (Connection connection = server.connect("vault");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (id int PRIMARY KEY, text varchar(400))");
                statement.execute("INSERT INTO t SELECT i, repeat('x', 350) FROM generate_series(1, 20000) s(i)");
                statement.execute("CHECKPOINT");
                statement.execute("CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                        + " ENCRYPTION BY SERVER CERTIFICATE c");
                statement.execute("ALTER DATABASE vault SET ENCRYPTION ON");
                before = text(statement, changed);
                statement.execute("ALTER DATABASE vault SET ENCRYPTION SUSPEND");
                assertThat(text(statement, row)).isEqualTo("2/2");
                assertThat(text(statement, changed)).isNotEqualTo(before);
            }
            server.kill();
            server.start();
            assertThat(server.logText()).contains("an existing encryption scan is paused");
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("DROP DATABASE vault"))
                        .isInstanceOfSatisfying(
                                PSQLException.class,
                                e -> assertThat(Objects.requireNonNull(e.getServerErrorMessage())
                                                .getRoutine())
                                        .isEqualTo("MSSQL91003"));
            }
            try (Connection connection = server.connect("vault");
                    Statement statement = connection.createStatement()) {
                assertThat(text(statement, row)).isEqualTo("2/2");
                assertThat(text(statement, "SELECT count(*) FROM t")).isEqualTo("20000");
                statement.execute("ALTER DATABASE vault SET ENCRYPTION RESUME");
                assertThat(text(statement, row)).isIn("2/1", "3/4");
            }
        }
    }

    private static void putBackOnePage(byte[] before, byte[] now) {
        for (int at = 2 * PAGE; at + PAGE <= before.length; at += PAGE) {
            if (!Arrays.equals(before, at, at + PAGE, now, at, at + PAGE)) {
                System.arraycopy(before, at, now, at, PAGE);
                return;
            }
        }
        throw new AssertionError("no page changed");
    }
}
