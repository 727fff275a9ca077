package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single facts about an encrypted database that an administrator may look for. */
final class EncryptionFactsTest {
    private static final String MARKER = "strawberry-fields-for-ever";

    @TempDir
    Path directory;

    private ServerProcess server;

    @BeforeEach
    void start() throws SQLException {
        server = ServerProcess.start(directory.resolve("data"));
        EncryptionLifeTest.createCertificate(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Stream<Path> filesOf(int database, String start) throws IOException {
        return Files.list(directory.resolve("data/db/" + database))
                .filter(file -> String.valueOf(file.getFileName()).startsWith(start));
    }

    private long pageBytes() throws IOException {
        long total = 0;
        try (Stream<Path> files = filesOf(5, "data")) {
            for (Path file : files.toList()) {
                total += Files.size(file);
            }
        }
        return total;
    }

    private boolean markerOnDisk() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data/db"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(MARKER)) {
                    return true;
                }
            }
            return false;
        }
    }

    private void encryptPostgres(KeySql database) throws SQLException {
        database.ok(
                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                "ALTER DATABASE CURRENT SET ENCRYPTION ON");
        EncryptionLifeTest.awaitState(server, 3);
    }

    @Test
    @DisplayName("TDE-13, TDE-42, TDE-69: switching on changes no size; indexes and large values are encrypted too")
    void sizesStayAndEverythingIsEncrypted() throws Exception {
        try (KeySql database = new KeySql(server, "postgres")) {
            database.ok(
                    "CREATE TABLE t (id int PRIMARY KEY, name text, large text)",
                    "INSERT INTO t SELECT i, '" + MARKER + "' || i, repeat('" + MARKER + "', 2000)"
                            + " FROM generate_series(1, 200) s(i)",
                    "CREATE INDEX ON t (name)",
                    "CREATE UNIQUE INDEX ON t (upper(name), name)",
                    "CHECKPOINT");
            long before = pageBytes();
            assertThat(markerOnDisk()).isTrue();
            encryptPostgres(database);
            database.ok("CHECKPOINT");
            assertThat(pageBytes()).isEqualTo(before);
            assertThat(markerOnDisk()).isFalse();
            assertThat(database.text("SELECT id FROM t WHERE name = '" + MARKER + "77'"))
                    .isEqualTo("77");
        }
    }

    @Test
    @DisplayName("TDE-58, TDE-62, TDE-208, TDE-307, TDE-326: log segments name their encryptor, tempdb follows, the log"
            + " says when the scan ended")
    void viewsNameTheEncryptor() throws Exception {
        try (KeySql database = new KeySql(server, "postgres")) {
            String sealed = "SELECT count(*) FILTER (WHERE vlf_encryptor_thumbprint IS NULL) || '/' ||"
                    + " count(DISTINCT vlf_encryptor_thumbprint) FROM sys.dm_db_log_info(DEFAULT)";
            assertThat(database.text(sealed)).endsWith("/0").doesNotStartWith("0");
            String tempdb = "SELECT count(*) FROM sys.dm_database_encryption_keys WHERE database_id = 2";
            assertThat(database.text(tempdb)).isEqualTo("0");
            encryptPostgres(database);
            assertThat(database.text(sealed)).isEqualTo("0/1");
            assertThat(database.text("SELECT count(*) FROM sys.dm_db_log_info(db_id('postgres')) i"
                            + " JOIN sys.dm_database_encryption_keys k"
                            + " ON k.encryptor_thumbprint = i.vlf_encryptor_thumbprint WHERE k.database_id = 5"))
                    .isNotEqualTo("0");
            assertThat(database.text(tempdb)).isEqualTo("1");
            ServerProcess.await("log line", () -> server.logText().contains("(33113)"));
            assertThat(server.logText()).contains("(33112)");
        }
    }

    @Test
    @DisplayName("TDE-20, TDE-121, TDE-333: after OFF the certificate stays as long as log names it")
    void certificateStaysWhileLogNeedsIt() throws Exception {
        try (KeySql database = new KeySql(server, "postgres");
                KeySql master = new KeySql(server, "master")) {
            encryptPostgres(database);
            database.ok("ALTER DATABASE postgres SET ENCRYPTION OFF");
            EncryptionLifeTest.awaitState(server, 1);
            master.fails(33127, "DROP CERTIFICATE c");
            database.ok("DROP DATABASE ENCRYPTION KEY");
            String sealed = "SELECT count(vlf_encryptor_thumbprint) FROM sys.dm_db_log_info(DEFAULT)";
            if (!"0".equals(database.text(sealed))) {
                master.fails(33127, "DROP CERTIFICATE c");
            }
            ServerProcess.await("plain log", () -> plainAfterCheckpoint(database, sealed));
            master.ok("DROP CERTIFICATE c");
        }
    }

    private static boolean plainAfterCheckpoint(KeySql database, String sealed) {
        try {
            return "0".equals(database.ok("CHECKPOINT").text(sealed));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName(
            "TDE-103, TDE-123, TDE-124: key statements stand outside transactions; an opened master key survives ROLLBACK")
    void openedMasterKeySurvivesRollback() throws Exception {
        try (KeySql database = new KeySql(server, "postgres")) {
            database.ok("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'", "BEGIN")
                    .ok("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Str0ng-enough'", "ROLLBACK", "CLOSE MASTER KEY");
            for (String statement : new String[] {
                "DROP MASTER KEY",
                "CREATE CERTIFICATE d WITH SUBJECT = 'd'",
                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                "ALTER DATABASE postgres SET ENCRYPTION ON",
                "CREATE CREDENTIAL k WITH IDENTITY = 'i'",
                "CREATE SERVER AUDIT a TO APPLICATION_LOG"
            }) {
                database.ok("BEGIN").fails(226, "25001", statement).ok("ROLLBACK");
            }
        }
    }

    @Test
    @DisplayName("TDE-61, TDE-160: a further key change waits until the log under the old key is backed up (33122)")
    void keyChangeWaitsForALogBackup() throws Exception {
        try (KeySql database = new KeySql(server, "postgres")) {
            encryptPostgres(database);
            database.ok(
                    "BACKUP DATABASE postgres TO DISK = 'full.bak'",
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256");
            String regenerate = "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128";
            ServerProcess.await("33122", () -> "33122".equals(outcome(database, regenerate)));
            database.fails(33122, "55000", regenerate).ok("BACKUP LOG postgres TO DISK = 'log.bak'");
            EncryptionLifeTest.awaitState(server, 3);
            database.ok(regenerate);
        }
    }

    private static String outcome(KeySql database, String sql) {
        try {
            return database.outcome(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName(
            "TDE-57, TDE-320: log of a transaction that began before ON stays reported until the transaction is over")
    void oldTransactionsKeepPlainLog() throws Exception {
        String plain = "SELECT encryption_state || '/' || (sr_plain_log_bytes > 0)::text"
                + " FROM sys.dm_database_encryption_keys WHERE database_id = 5";
        try (KeySql old = new KeySql(server, "postgres");
                KeySql database = new KeySql(server, "postgres")) {
            database.ok("CREATE TABLE t (id int PRIMARY KEY)");
            old.ok("BEGIN", "INSERT INTO t VALUES (1)");
            database.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE postgres SET ENCRYPTION ON",
                    "CHECKPOINT");
            assertThat(database.text(plain)).isEqualTo("2/true");
            old.ok("INSERT INTO t VALUES (2)", "COMMIT");
            EncryptionLifeTest.awaitState(server, 3);
            assertThat(database.text(plain)).isEqualTo("3/false");
            assertThat(database.text("SELECT count(*) FROM t")).isEqualTo("2");
        }
    }

    @Test
    @DisplayName("TDE-303: the throttle changes while a scan runs, and the change outlives a restart")
    void theThrottleChangesWhileAScanRuns() throws Exception {
        try (KeySql database = new KeySql(server, "postgres")) {
            database.ok(
                    "CREATE TABLE t (id int PRIMARY KEY, text varchar(400))",
                    "INSERT INTO t SELECT i, repeat('x', 350) FROM generate_series(1, 20000) s(i)",
                    "CHECKPOINT",
                    "EXEC sp_configure 'tde scan max mb per s', 1; RECONFIGURE",
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE postgres SET ENCRYPTION ON");
            assertThat(database.text(
                            "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = 5"))
                    .isEqualTo("2");
            database.ok("EXEC sp_configure 'tde scan max mb per s', 0", "RECONFIGURE");
            EncryptionLifeTest.awaitState(server, 3);
            assertThat(database.outcome("EXEC sp_configure 'tde scan max mb per s', 100001"))
                    .isEqualTo("22023");
        }
        server.stop();
        server.start();
        try (KeySql database = new KeySql(server, "postgres")) {
            assertThat(database.text("SELECT value || '/' || value_in_use || '/' || maximum FROM sys.configurations"
                            + " WHERE name = 'tde scan max mb per s'"))
                    .isEqualTo("0/0/100000");
        }
    }

    @Test
    @DisplayName("TDE-306: a database encrypted before it has data is encrypted at once, and its new pages are sealed")
    void anEmptyDatabaseIsEncryptedAtOnce() throws Exception {
        try (KeySql postgres = new KeySql(server, "postgres")) {
            postgres.ok("CREATE DATABASE fresh");
        }
        try (KeySql fresh = new KeySql(server, "fresh")) {
            fresh.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE fresh SET ENCRYPTION ON");
            ServerProcess.await("state 3", () -> encrypted(fresh));
            fresh.ok("CREATE TABLE t (id int PRIMARY KEY, name text)", "INSERT INTO t VALUES (1, '" + MARKER + "')")
                    .ok("CHECKPOINT");
            assertThat(fresh.text("SELECT is_encrypted FROM sys.databases WHERE name = 'fresh'"))
                    .isEqualTo("1");
        }
        assertThat(markerOnDisk()).isFalse();
    }

    private static boolean encrypted(KeySql database) {
        try {
            return "3"
                    .equals(
                            database.text(
                                    "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
