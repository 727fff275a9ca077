package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single facts about an encrypted database that an administrator may look for; each test has a database of its own. */
final class EncryptionFactsTest {
    private static final String STATE =
            "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id()";

    private static final String MARKER = "strawberry-fields-for-ever";

    @TempDir
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws SQLException {
        server = ServerProcess.start(directory.resolve("data"), "--set", "keep_encryptors_for_backups=on");
        EncryptionLifeTest.createCertificate(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static KeySql database(String name) throws SQLException {
        try (KeySql postgres = new KeySql(server, "postgres")) {
            postgres.ok("CREATE DATABASE " + name);
        }
        return new KeySql(server, name);
    }

    private static Path filesOf(KeySql database) throws SQLException {
        return directory.resolve("data/db/" + database.text("SELECT db_id()"));
    }

    private static long pageBytes(KeySql database) throws Exception {
        long total = 0;
        try (Stream<Path> files = Files.list(filesOf(database))) {
            for (Path file : files.toList()) {
                if (String.valueOf(file.getFileName()).startsWith("data")) {
                    total += Files.size(file);
                }
            }
        }
        return total;
    }

    private static boolean markerOnDisk(KeySql database) throws Exception {
        try (Stream<Path> files = Files.walk(filesOf(database))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(MARKER)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void encrypt(KeySql database) throws SQLException {
        encrypt(database, "c");
    }

    private static void encrypt(KeySql database, String certificate) throws SQLException {
        database.ok(
                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE "
                        + certificate,
                "ALTER DATABASE CURRENT SET ENCRYPTION ON");
        awaitState(database, 3);
    }

    private static void awaitState(KeySql database, int state) {
        ServerProcess.await(
                "encryption state " + state, () -> Integer.toString(state).equals(text(database, STATE)));
    }

    private static @Nullable String text(KeySql database, String sql) {
        try {
            return database.text(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("TDE-13, TDE-42, TDE-69: switching on changes no size; indexes and large values are encrypted too")
    void sizesStayAndEverythingIsEncrypted() throws Exception {
        try (KeySql database = database("sizes")) {
            database.ok(
                    "CREATE TABLE t (id int PRIMARY KEY, name text, large text)",
                    "INSERT INTO t SELECT i, '" + MARKER + "' || i, repeat('" + MARKER + "', 2000)"
                            + " FROM generate_series(1, 200) s(i)",
                    "CREATE INDEX ON t (name)",
                    "CREATE UNIQUE INDEX ON t (upper(name), name)",
                    "CHECKPOINT");
            long before = pageBytes(database);
            assertThat(markerOnDisk(database)).isTrue();
            encrypt(database);
            database.ok("CHECKPOINT");
            assertThat(pageBytes(database)).isEqualTo(before);
            assertThat(markerOnDisk(database)).isFalse();
            assertThat(database.text("SELECT id FROM t WHERE name = '" + MARKER + "77'"))
                    .isEqualTo("77");
        }
    }

    @Test
    @DisplayName("TDE-58, TDE-208, TDE-307: log segments name their encryptor; the log says when the scan ended")
    void viewsNameTheEncryptor() throws Exception {
        try (KeySql database = database("named")) {
            String sealed = "SELECT count(*) FILTER (WHERE vlf_encryptor_thumbprint IS NULL) || '/' ||"
                    + " count(DISTINCT vlf_encryptor_thumbprint) FROM sys.dm_db_log_info(DEFAULT)";
            assertThat(database.text(sealed)).endsWith("/0").doesNotStartWith("0");
            encrypt(database);
            assertThat(database.text(sealed)).isEqualTo("0/1");
            assertThat(database.text("SELECT count(*) FROM sys.dm_db_log_info(db_id('named')) i"
                            + " JOIN sys.dm_database_encryption_keys k"
                            + " ON k.encryptor_thumbprint = i.vlf_encryptor_thumbprint WHERE k.database_id = db_id()"))
                    .isNotEqualTo("0");
            ServerProcess.await("log line", () -> server.logText().contains("(33113)"));
            assertThat(server.logText()).contains("(33112)");
        }
    }

    /** Encrypts, and leaves a transaction open that needs log under this certificate. */
    private static void encryptAndHoldLog(KeySql database, String certificate, KeySql old) throws SQLException {
        database.ok("CREATE TABLE t (id int PRIMARY KEY)");
        encrypt(database, certificate);
        old.ok("BEGIN", "INSERT INTO t VALUES (1)");
    }

    @Test
    @DisplayName("TDE-20, TDE-121, TDE-333: after OFF the certificate stays as long as log names it")
    void certificateStaysWhileLogNeedsIt() throws Exception {
        try (KeySql old = database("switched_off");
                KeySql database = new KeySql(server, "switched_off");
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE CERTIFICATE needed WITH SUBJECT = 'needed'");
            encryptAndHoldLog(database, "needed", old);
            database.ok("ALTER DATABASE switched_off SET ENCRYPTION OFF");
            awaitState(database, 1);
            String sealed = "SELECT count(vlf_encryptor_thumbprint) FROM sys.dm_db_log_info(DEFAULT)";
            assertThat(database.ok("CHECKPOINT").text(sealed)).isNotEqualTo("0");
            database.fails(33105, "55006", "DROP DATABASE ENCRYPTION KEY");
            master.fails(33127, "DROP CERTIFICATE needed");
            old.ok("COMMIT");
            ServerProcess.await("plain log", () -> plainAfterCheckpoint(database, sealed));
            database.ok("DROP DATABASE ENCRYPTION KEY");
            master.ok("DROP CERTIFICATE needed");
        }
    }

    @Test
    @DisplayName("TDE-121, TDE-151, TDE-333: a replaced certificate stays as long as log is under it")
    void replacedCertificateStaysWhileLogNeedsIt() throws Exception {
        try (KeySql old = database("rewrapped");
                KeySql database = new KeySql(server, "rewrapped");
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE CERTIFICATE replaced WITH SUBJECT = 'replaced'");
            encryptAndHoldLog(database, "replaced", old);
            database.ok("ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c", "CHECKPOINT");
            assertThat(database.text(
                            "SELECT count(DISTINCT vlf_encryptor_thumbprint) FROM sys.dm_db_log_info(DEFAULT)"))
                    .isEqualTo("2");
            master.fails(33127, "2BP01", "DROP CERTIFICATE replaced")
                    .fails(33011, "2BP01", "ALTER CERTIFICATE replaced REMOVE PRIVATE KEY");
            old.ok("COMMIT");
            ServerProcess.await(
                    "log of the new certificate",
                    () -> "ok".equals(outcome(database, "CHECKPOINT"))
                            && "ok".equals(outcome(master, "DROP CERTIFICATE replaced")));
        }
    }

    @Test
    @DisplayName(
            "TDE-19, TDE-121, TDE-216: what backups of the history need stays, until they leave it or FORCE is said;"
                    + " the report names it")
    void certificateStaysWhileBackupsNeedIt() throws Exception {
        try (KeySql database = database("backed_up");
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE CERTIFICATE kept WITH SUBJECT = 'kept'", "CREATE CERTIFICATE own WITH SUBJECT = 'own'");
            encrypt(database, "kept");
            master.ok(
                    "BACKUP DATABASE backed_up TO DISK = 'kept.bak'",
                    "BACKUP DATABASE backed_up TO DISK = 'own.bak'"
                            + " WITH FORMAT, ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = own)");
            database.ok("ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c");
            String unbacked =
                    "SELECT string_agg(database_name || ' ' || certificate_name, ',' ORDER BY certificate_name)"
                            + " FROM sys.sr_unbacked_encryptors WHERE certificate_name IN ('kept', 'own')";
            assertThat(master.text(unbacked)).isEqualTo("backed_up kept,backed_up own");
            master.ok("BACKUP CERTIFICATE own TO FILE = 'own.cer' WITH PRIVATE KEY (FILE = 'own.pvk',"
                    + " ENCRYPTION BY PASSWORD = 'Str0ng-enough')");
            assertThat(master.text(unbacked)).isEqualTo("backed_up kept");
            master.fails(33011, "ALTER CERTIFICATE kept REMOVE PRIVATE KEY")
                    .fails(33127, "DROP CERTIFICATE kept")
                    .fails(33127, "DROP CERTIFICATE own")
                    .fails(33127, "DROP CERTIFICATE c FORCE")
                    .ok("ALTER CERTIFICATE own REMOVE PRIVATE KEY FORCE", "DROP CERTIFICATE own FORCE");
            database.ok("BACKUP LOG backed_up TO DISK = 'kept.trn'", "CHECKPOINT", "CHECKPOINT");
            master.ok("EXEC msdb.dbo.sp_delete_backuphistory '2001-01-01'").fails(33127, "DROP CERTIFICATE kept");
            master.ok("EXEC msdb.dbo.sp_delete_backuphistory @oldest_date = '2999-01-01'");
            assertThat(master.text("SELECT count(*) FROM msdb.dbo.backupset")).isEqualTo("0");
            ServerProcess.await("log of the new certificate", () -> dropsAfterLogBackup(database, master));
        }
    }

    private static boolean dropsAfterLogBackup(KeySql database, KeySql master) {
        try {
            database.ok("CHECKPOINT", "BACKUP LOG backed_up TO DISK = 'kept.trn'");
            return master.ok("EXEC sp_delete_database_backuphistory 'backed_up'")
                    .outcome("DROP CERTIFICATE kept")
                    .equals("ok");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
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
        try (KeySql database = database("opened")) {
            database.ok("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'", "BEGIN")
                    .ok("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Str0ng-enough'", "ROLLBACK", "CLOSE MASTER KEY");
            for (String statement : new String[] {
                "DROP MASTER KEY",
                "CREATE CERTIFICATE d WITH SUBJECT = 'd'",
                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                "ALTER DATABASE opened SET ENCRYPTION ON",
                "CREATE CREDENTIAL k WITH IDENTITY = 'i'",
                "CREATE SERVER AUDIT a TO APPLICATION_LOG"
            }) {
                database.ok("BEGIN").fails(226, "25001", statement).ok("ROLLBACK");
            }
        }
    }

    @Test
    @DisplayName("TDE-61, TDE-160, TDE-323: after two key changes the third waits until the log is backed up (33122)")
    void keyChangeWaitsForALogBackup() throws Exception {
        try (KeySql database = database("regenerated")) {
            encrypt(database);
            database.ok("BACKUP DATABASE regenerated TO DISK = 'full.bak'", "CREATE TABLE t (id int PRIMARY KEY)");
            String regenerate = "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128";
            String versions = "SELECT sr_oldest_key_version || '/' || sr_key_version"
                    + " FROM sys.dm_database_encryption_keys WHERE database_id = db_id()";
            for (int version = 2; version <= 3; version++) {
                database.ok(regenerate);
                awaitState(database, 3);
                assertThat(database.text(versions)).isEqualTo("1/" + version);
            }
            database.fails(33122, "55000", regenerate).ok("BACKUP LOG regenerated TO DISK = 'log.bak'", regenerate);
            awaitState(database, 3);
            assertThat(database.text(versions)).isEqualTo("3/4");
        }
    }

    @Test
    @DisplayName("TDE-121, TDE-333: a certificate can go once no key version and no log is under it any more")
    void theOldCertificateGoesWithItsKeyVersion() throws Exception {
        try (KeySql database = database("recertified");
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE CERTIFICATE earlier WITH SUBJECT = 'earlier'");
            encrypt(database, "earlier");
            database.ok("BACKUP DATABASE recertified TO DISK = 'recertified.bak'")
                    .ok("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256"
                            + " ENCRYPTION BY SERVER CERTIFICATE c");
            awaitState(database, 3);
            master.fails(33127, "DROP CERTIFICATE earlier");
            database.ok(
                    "BACKUP LOG recertified TO DISK = 'recertified.trn'",
                    "EXEC sp_delete_database_backuphistory 'recertified'");
            ServerProcess.await("the key version", () -> "ok".equals(outcome(master, "DROP CERTIFICATE earlier")));
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
                + " FROM sys.dm_database_encryption_keys WHERE database_id = db_id()";
        try (KeySql old = database("elder");
                KeySql database = new KeySql(server, "elder")) {
            database.ok("CREATE TABLE t (id int PRIMARY KEY)");
            old.ok("BEGIN", "INSERT INTO t VALUES (1)");
            database.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE elder SET ENCRYPTION ON",
                    "CHECKPOINT");
            assertThat(database.text(plain)).isEqualTo("2/true");
            old.ok("INSERT INTO t VALUES (2)", "COMMIT");
            awaitState(database, 3);
            assertThat(database.text(plain)).isEqualTo("3/false");
            assertThat(database.text("SELECT count(*) FROM t")).isEqualTo("2");
        }
    }

    @Test
    @DisplayName("TDE-303: the throttle changes while a scan runs, and the change outlives a restart")
    void theThrottleChangesWhileAScanRuns() throws Exception {
        String values =
                "SELECT value || '/' || value_in_use FROM sys.configurations WHERE name = 'tde scan max mb per s'";
        try (KeySql database = database("throttled")) {
            assertThat(database.text(values)).as("the server's setting").isEqualTo("64/64");
            database.ok("EXEC sp_configure 'tde scan max mb per s', 2");
            assertThat(database.text(values)).as("before RECONFIGURE").isEqualTo("2/64");
            database.ok(
                    "CREATE TABLE t (id int PRIMARY KEY, text varchar(400))",
                    "INSERT INTO t SELECT i, repeat('x', 350) FROM generate_series(1, 20000) s(i)",
                    "CHECKPOINT",
                    "EXEC sp_configure 'tde scan max mb per s', 1; RECONFIGURE",
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE throttled SET ENCRYPTION ON");
            assertThat(database.text(
                            "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id()"))
                    .isEqualTo("2");
            database.ok("EXEC sp_configure 'tde scan max mb per s', 0", "RECONFIGURE");
            awaitState(database, 3);
            assertThat(database.outcome("EXEC sp_configure 'tde scan max mb per s', 100001"))
                    .isEqualTo("22023");
        }
        server.stop();
        server.start();
        try (KeySql database = new KeySql(server, "throttled")) {
            assertThat(database.text("SELECT value || '/' || value_in_use || '/' || maximum FROM sys.configurations"
                            + " WHERE name = 'tde scan max mb per s'"))
                    .isEqualTo("0/0/100000");
        }
    }

    @Test
    @DisplayName("TDE-44, TDE-160: READ_ONLY and OFFLINE outlive a restart; the views show them, keys stay as they are")
    void readOnlyAndOfflineOutliveARestart() throws Exception {
        String states = "SELECT string_agg(name || ' ' || state_desc || ' ' || is_read_only, ', ' ORDER BY name)"
                + " FROM sys.databases WHERE name IN ('away', 'fixed')";
        String key = "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c";
        try (KeySql away = database("away");
                KeySql fixed = database("fixed")) {
            fixed.ok("CREATE SEQUENCE s", "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)");
            encrypt(away);
        }
        try (KeySql master = new KeySql(server, "master")) {
            master.ok("ALTER DATABASE away SET OFFLINE WITH ROLLBACK IMMEDIATE", "ALTER DATABASE fixed SET READ_ONLY");
        }
        server.stop();
        server.start();
        try (KeySql fixed = new KeySql(server, "fixed")) {
            assertThat(fixed.text(states)).isEqualTo("away OFFLINE 0, fixed ONLINE 1");
            fixed.fails(3906, "25006", "INSERT INTO t VALUES (2)")
                    .fails(3906, "25006", "SELECT nextval('s')")
                    .fails(33118, "55000", key);
            assertThatThrownBy(() -> server.connect("away"))
                    .hasMessageContaining("\"away\" cannot be opened because it is offline")
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"));
            fixed.fails(942, "57P03", "ALTER DATABASE away SET READ_ONLY")
                    .ok("ALTER DATABASE away SET ONLINE", "ALTER DATABASE CURRENT SET READ_WRITE")
                    .ok("INSERT INTO t VALUES (2)", "BACKUP DATABASE away TO DISK = 'away.bak'");
            assertThat(fixed.text(states)).isEqualTo("away ONLINE 0, fixed ONLINE 0");
            fixed.ok("DROP DATABASE away");
        }
    }

    @Test
    @DisplayName(
            "TDE-330, TDE-332: a header names every encryptor a restore needs; backups are compressed before they are sealed")
    void backupsNameTheirEncryptorsAndAreCompressedFirst() throws Exception {
        try (KeySql database = database("archived");
                KeySql plain = database("unsealed");
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE CERTIFICATE first WITH SUBJECT = 'first'");
            database.ok(
                    "CREATE TABLE t (id int PRIMARY KEY, text varchar(400))",
                    "INSERT INTO t SELECT i, repeat('" + MARKER + "', 14) FROM generate_series(1, 5000) s(i)");
            encrypt(database, "first");
            master.ok(
                    "BACKUP DATABASE archived TO DISK = 'whole.bak' WITH NO_COMPRESSION",
                    "BACKUP DATABASE archived TO DISK = 'compressed.bak' WITH COMPRESSION",
                    "BACKUP DATABASE archived TO DISK = 'double.bak' WITH COMPRESSION,"
                            + " ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = c)");
            plain.ok("BACKUP DATABASE unsealed TO DISK = 'unsealed.bak'");
            Path backups = directory.resolve("data-backups");
            assertThat(5 * Files.size(backups.resolve("compressed.bak")))
                    .isLessThan(Files.size(backups.resolve("whole.bak")));
            assertThat(5 * Files.size(backups.resolve("double.bak")))
                    .isLessThan(Files.size(backups.resolve("whole.bak")));
            String first = thumbprint(master, "first");
            assertThat(header("unsealed.bak")).isEqualTo("NO_Encryption|null|null|null");
            assertThat(header("compressed.bak")).isEqualTo("NO_Encryption|null|null|" + first);
            String second = thumbprint(master, "c");
            assertThat(header("double.bak"))
                    .startsWith("aes_256|" + second + "|CERTIFICATE|")
                    .endsWith(first);
            database.ok(
                    "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c",
                    "INSERT INTO t VALUES (0, 'later')",
                    "BACKUP DATABASE archived TO DISK = 'later.bak'",
                    "INSERT INTO t VALUES (-1, 'last')",
                    "BACKUP LOG archived TO DISK = 'later.trn'");
            assertThat(header("later.bak")).isEqualTo("NO_Encryption|null|null|" + second);
            assertThat(header("later.trn"))
                    .as("wrapped anew, log of the first included")
                    .isEqualTo("NO_Encryption|null|null|" + second);
            ServerProcess.await(
                    "log of the new certificate",
                    () -> "ok".equals(outcome(database, "CHECKPOINT"))
                            && "ok".equals(outcome(master, "DROP CERTIFICATE first FORCE")));
            master.fails(33111, "42704", "RESTORE DATABASE again FROM DISK = 'whole.bak'")
                    .ok(
                            "RESTORE DATABASE again FROM DISK = 'later.bak' WITH NORECOVERY",
                            "RESTORE LOG again FROM DISK = 'later.trn'");
        }
        try (KeySql again = new KeySql(server, "again")) {
            assertThat(again.text("SELECT count(*) FROM t")).isEqualTo("5002");
        }
    }

    private static String thumbprint(KeySql master, String certificate) throws SQLException {
        return String.valueOf(
                master.text("SELECT '0x' || upper(encode(thumbprint, 'hex')) FROM sys.certificates WHERE name = '"
                        + certificate + "'"));
    }

    private static String header(String backup) throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("RESTORE HEADERONLY FROM DISK = '" + backup + "'")) {
            assertThat(row.next()).isTrue();
            byte[] thumbprint = row.getBytes("EncryptorThumbprint");
            return row.getString("KeyAlgorithm") + "|"
                    + (thumbprint == null
                            ? "null"
                            : "0x" + HexFormat.of().withUpperCase().formatHex(thumbprint)) + "|"
                    + row.getString("EncryptorType") + "|" + row.getString("TdeThumbprints");
        }
    }

    @Test
    @DisplayName("TDE-306: a database encrypted before it has data is encrypted at once, and its new pages are sealed")
    void anEmptyDatabaseIsEncryptedAtOnce() throws Exception {
        try (KeySql fresh = database("fresh")) {
            fresh.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE CURRENT SET ENCRYPTION ON");
            assertThat(fresh.text(STATE)).isEqualTo("3");
            fresh.ok("CREATE TABLE t (id int PRIMARY KEY, name text)", "INSERT INTO t VALUES (1, '" + MARKER + "')")
                    .ok("CHECKPOINT");
            assertThat(fresh.text("SELECT is_encrypted FROM sys.databases WHERE name = 'fresh'"))
                    .isEqualTo("1");
            assertThat(markerOnDisk(fresh)).isFalse();
        }
    }
}
