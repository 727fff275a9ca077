package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** BACKUP and RESTORE as an administrator types them, on one server and on another. */
final class BackupRestoreTest {
    private static final String PASSWORD = "Str0ng-enough";

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

    private static List<String> notices(ServerProcess server, String database, String sql) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            List<String> messages = new ArrayList<>();
            for (SQLWarning each = statement.getWarnings(); each != null; each = each.getNextWarning()) {
                messages.add(each.getMessage());
            }
            return messages;
        }
    }

    private static String query(ServerProcess server, String database, String sql) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return String.valueOf(result.getString(1));
        }
    }

    /** What the server answers to a statement that must fail. */
    private static ServerErrorMessage refusal(ServerProcess server, String database, String sql) {
        PSQLException failure = catchThrowableOfType(PSQLException.class, () -> run(server, database, sql));
        return Objects.requireNonNull(Objects.requireNonNull(failure, sql).getServerErrorMessage());
    }

    private static String number(ServerProcess server, String database, String sql) {
        return String.valueOf(refusal(server, database, sql).getRoutine());
    }

    /** A database "shop" with secrets in it, encrypted by certificate "c". */
    private static List<String> makeShop(ServerProcess server) throws SQLException {
        List<String> secrets = IntStream.range(0, 40)
                .mapToObj(i -> "Margherita-" + i * 7919 + "-mushrooms-extra-cheese")
                .toList();
        run(
                server,
                "master",
                "CREATE MASTER KEY ENCRYPTION BY PASSWORD = '" + PASSWORD + "'",
                "CREATE CERTIFICATE c WITH SUBJECT = 'c'",
                "BACKUP CERTIFICATE c TO FILE = 'c.cer' WITH PRIVATE KEY (FILE = 'c.pvk', ENCRYPTION BY PASSWORD = '"
                        + PASSWORD + "')",
                "CREATE DATABASE shop");
        run(
                server,
                "shop",
                "CREATE TABLE orders (id int PRIMARY KEY, what text)",
                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                "ALTER DATABASE shop SET ENCRYPTION ON");
        awaitEncrypted(server, "shop");
        try (Connection connection = server.connect("shop");
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < secrets.size(); i++) {
                statement.execute("INSERT INTO orders VALUES (" + i + ", '" + secrets.get(i) + "')");
            }
        }
        return secrets;
    }

    private static void awaitEncrypted(ServerProcess server, String database) {
        ServerProcess.await("encryption of " + database, () -> {
            try {
                return query(
                                server,
                                database,
                                "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id()")
                        .equals("3");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    @DisplayName(
            "AE-43, AE-44, AE-45, AE-159, TDE-2, TDE-4, TDE-15, TDE-16, TDE-18, TDE-30, TDE-70, TDE-331, TDE-518: a backup of an"
                    + " encrypted database shows nothing, and opens on another server only with the certificate (33111)")
    void anEncryptedBackupOpensElsewhereOnlyWithTheCertificate() throws Exception {
        Path here = directory.resolve("here");
        try (ServerProcess server = ServerProcess.start(here.resolve("data"))) {
            List<String> secrets = makeShop(server);
            KeyHolder columnKeys = new KeyHolder(directory.resolve("column-keys"));
            List<String> clients = makeClients(server, columnKeys);
            List<String> told = notices(server, "master", "BACKUP DATABASE shop TO DISK = 'shop.bak' WITH STATS = 50");
            assertThat(told).contains("50 percent processed.", "100 percent processed.");
            assertThat(told.getLast())
                    .matches(
                            "BACKUP DATABASE successfully processed \\d+ pages in [0-9.]+ seconds \\([0-9.]+ MB/sec\\)\\.");
            run(server, "master", "BACKUP DATABASE shop TO DISK = 'small.bak' WITH COMPRESSION, COPY_ONLY");
            Path backups = here.resolve("data-backups");
            assertThat(new PlaintextHunt(List.of("795-73-98")).findings(backups))
                    .isEmpty();
            assertThat(Files.size(backups.resolve("small.bak"))).isLessThan(Files.size(backups.resolve("shop.bak")));
            assertThat(new PlaintextHunt(secrets).findings(backups)).isEmpty();

            for (String file : List.of("shop.bak", "small.bak")) {
                run(server, "master", "RESTORE DATABASE copy FROM DISK = '" + file + "' WITH REPLACE");
                assertThat(query(server, "copy", "SELECT string_agg(what, ',' ORDER BY id) FROM orders"))
                        .isEqualTo(String.join(",", secrets));
                awaitEncrypted(server, "copy");
                run(server, "copy", "INSERT INTO orders VALUES (1000, 'one more')");
            }
            detachesAndAttaches(server, here);
            assertThat(server.stop()).isZero();
            provesItselfWithoutKeys(server, here);
            onAnotherServer(here, secrets, columnKeys, clients);
        }
    }

    /** A table whose columns only the application can read, filled through the driver; what the application reads. */
    private static List<String> makeClients(ServerProcess server, KeyHolder keys) throws Exception {
        try (Connection plain = server.connect("shop");
                Statement statement = plain.createStatement()) {
            keys.prepare(plain);
            statement.execute("CREATE TABLE clients (id int PRIMARY KEY, ssn text " + KeyHolder.deterministic("cek1")
                    + ", salary numeric(12,2) " + KeyHolder.randomized("cek2") + ")");
        }
        try (Connection application = keys.connect(server.port(), "shop")) {
            for (int id = 1; id <= 5; id++) {
                addClient(application, id);
            }
            return clients(application);
        }
    }

    private static void addClient(Connection application, int id) throws SQLException {
        try (PreparedStatement insert = application.prepareStatement("INSERT INTO clients VALUES (?, ?, ?)")) {
            insert.setInt(1, id);
            insert.setString(2, "795-73-98" + id);
            insert.setBigDecimal(3, new BigDecimal(id * 1000L).setScale(2));
            insert.executeUpdate();
        }
    }

    private static List<String> clients(Connection application) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement query =
                application.prepareStatement("SELECT id, ssn, salary FROM clients WHERE id > ? ORDER BY id")) {
            query.setInt(1, 0);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    rows.add(result.getInt(1) + " " + result.getString(2) + " " + result.getBigDecimal(3));
                }
            }
        }
        try (PreparedStatement query = application.prepareStatement("SELECT id FROM clients WHERE ssn = ?")) {
            query.setString(1, "795-73-983");
            try (ResultSet result = query.executeQuery()) {
                assertThat(result.next()).isTrue();
                rows.add("found " + result.getInt(1));
            }
        }
        return rows;
    }

    /** AE-43 to AE-45, AE-159: only the address differs; the key store is not written to, and no DDL is run. */
    private static void applicationGoesOn(ServerProcess server, KeyHolder keys, List<String> clients)
            throws SQLException, IOException {
        Map<String, FileTime> store = keyStore(keys);
        run(server, "master", "RESTORE DATABASE clinic FROM DISK = 'shop.bak'");
        assertThat(query(server, "clinic", "SELECT count(*) FROM sys.column_master_keys")
                        + query(server, "clinic", "SELECT count(*) FROM sys.column_encryption_keys"))
                .isEqualTo("12");
        try (Connection application = keys.connect(server.port(), "clinic")) {
            assertThat(clients(application)).isEqualTo(clients).hasSize(6);
            addClient(application, 6);
            assertThat(clients(application)).hasSize(7).contains("6 795-73-986 6000.00");
        }
        assertThat(keyStore(keys)).isEqualTo(store);
    }

    private static Map<String, FileTime> keyStore(KeyHolder keys) throws IOException {
        Map<String, FileTime> files = new TreeMap<>();
        try (Stream<Path> each = Files.list(keys.folder())) {
            for (Path file : each.toList()) {
                files.put(file.toString(), Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    /** TDE-518: with the public certificate alone; one changed byte is found. */
    private static void provesItselfWithoutKeys(ServerProcess server, Path here) throws IOException {
        Path backup = here.resolve("data-backups/shop.bak");
        Path certificate = here.resolve("data-key-backups/c.cer");
        String[] question = {"--backup", backup.toString(), "--certificate", certificate.toString()};
        ServerProcess.Result whole = server.verify(question);
        assertThat(whole.exitCode()).as(whole.output()).isZero();
        assertThat(whole.output()).contains("signed by certificate 0x", "0 defects");
        byte[] good = Files.readAllBytes(backup);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(backup, bad);
        ServerProcess.Result changed = server.verify(question);
        assertThat(changed.exitCode()).as(changed.output()).isEqualTo(1);
        assertThat(changed.output()).contains("shop.bak, byte ", "is not the one that was written");
        Files.write(backup, good);
    }

    /** TDE-15, TDE-44: the files stay where they are; attached, they are a database again; another server takes a copy. */
    private static void detachesAndAttaches(ServerProcess server, Path here) throws SQLException, IOException {
        String oid = query(server, "copy", "SELECT db_id()");
        try (Connection user = server.connect("copy")) {
            assertThat(user.isValid(1)).isTrue();
            assertThat(number(server, "master", "EXEC sp_detach_db 'copy'")).isEqualTo("MSSQL3703");
        }
        assertThat(number(server, "master", "EXEC sp_detach_db 'master'")).isEqualTo("MSSQL7940");
        Path files = here.resolve("data/db/" + oid);
        assertThat(notices(server, "master", "EXEC sp_detach_db 'copy', 'true'"))
                .containsExactly("the files of database \"copy\" are in \"" + files + "\"");
        assertThat(number(server, "master", "CREATE DATABASE d ON (FILENAME = '/etc/passwd') FOR ATTACH"))
                .isEqualTo("MSSQL3201");
        assertThat(number(server, "master", "EXEC sp_attach_db 'd', 'shop.bak'"))
                .isEqualTo("MSSQL5120");
        server.kill();
        server.start();
        run(server, "master", "CREATE DATABASE again ON (FILENAME = '" + files + "') FOR ATTACH");
        assertThat(query(server, "again", "SELECT count(*) FROM orders")).isEqualTo("41");
        assertThat(query(server, "again", "SELECT db_id()")).isEqualTo(oid);
        awaitEncrypted(server, "again");
        run(server, "again", "INSERT INTO orders VALUES (1001, 'and one')");
        run(server, "master", "EXEC sp_detach_db again");
        Path moved = here.resolve("moved");
        Files.createDirectories(moved.resolve("log"));
        try (Stream<Path> each = Files.walk(files)) {
            for (Path file : each.filter(Files::isRegularFile).toList()) {
                Files.copy(file, moved.resolve(files.relativize(file).toString()));
            }
        }
    }

    private void onAnotherServer(Path here, List<String> secrets, KeyHolder columnKeys, List<String> clients)
            throws SQLException, IOException {
        Path there = directory.resolve("there");
        Files.createDirectories(there.resolve("data-backups"));
        Files.copy(here.resolve("data-backups/shop.bak"), there.resolve("data-backups/shop.bak"));
        Files.move(here.resolve("moved"), there.resolve("data-backups/moved"));
        String attach = "CREATE DATABASE moved ON (FILENAME = 'moved/data.00000001') FOR ATTACH";
        try (ServerProcess server = ServerProcess.start(there.resolve("data"))) {
            ServerErrorMessage refused = refusal(server, "master", "RESTORE DATABASE shop FROM DISK = 'shop.bak'");
            assertThat(refused.getRoutine()).isEqualTo("MSSQL33111");
            assertThat(refused.getSQLState()).isEqualTo("42704");
            assertThat(refused.getMessage()).contains("thumbprint \"0x");
            assertThat(refused.getWhere()).contains("RESTORE DATABASE is terminating abnormally. (3013)");
            assertThat(query(server, "master", "SELECT count(*) FROM sys.databases WHERE name = 'shop'"))
                    .isEqualTo("0");
            assertThat(number(server, "master", attach)).isEqualTo("MSSQL33111");
            assertThat(notices(server, "master", "RESTORE VERIFYONLY FROM DISK = 'shop.bak'")
                            .getLast())
                    .isEqualTo("The backup set on file 1 is valid.");

            Path keys = there.resolve("data-key-backups");
            Files.copy(here.resolve("data-key-backups/c.cer"), keys.resolve("c.cer"));
            Files.copy(here.resolve("data-key-backups/c.pvk"), keys.resolve("c.pvk"));
            run(
                    server,
                    "master",
                    "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Other-1-strong'",
                    "CREATE CERTIFICATE moved FROM FILE = 'c.cer' WITH PRIVATE KEY (FILE = 'c.pvk', DECRYPTION BY"
                            + " PASSWORD = '" + PASSWORD + "')",
                    "RESTORE VERIFYONLY FROM DISK = 'shop.bak'",
                    "RESTORE DATABASE shop FROM DISK = 'shop.bak'",
                    attach);
            assertThat(query(server, "shop", "SELECT string_agg(what, ',' ORDER BY id) FROM orders"))
                    .isEqualTo(String.join(",", secrets));
            assertThat(query(server, "moved", "SELECT count(*) FROM orders")).isEqualTo("42");
            awaitEncrypted(server, "shop");
            awaitEncrypted(server, "moved");
            applicationGoesOn(server, columnKeys, clients);
            assertThat(new PlaintextHunt(secrets).findings(there)).isEmpty();
            assertThat(server.stop()).isZero();
            assertThat(server.verify().exitCode()).isZero();
        }
    }

    @Test
    @DisplayName(
            "S-18: full, differential and log backups, NORECOVERY and STOPAT bring back any second, also after kill -9")
    void aRestoreStopsAtAnySecond() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            run(server, "master", "CREATE DATABASE d");
            run(server, "d", "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
            assertThat(number(server, "master", "BACKUP LOG d TO DISK = 'd.trn'"))
                    .isEqualTo("MSSQL4214");
            run(server, "d", "INSERT INTO t VALUES (1, now())");
            run(server, "master", "BACKUP DATABASE d TO DISK = 'd.bak'");
            run(server, "d", "INSERT INTO t VALUES (2, now())");
            run(server, "master", "BACKUP DATABASE d TO DISK = 'd.bak' WITH DIFFERENTIAL");
            run(server, "d", "INSERT INTO t VALUES (3, now())");
            String third = query(server, "d", "SELECT clock_timestamp()::text");
            run(server, "master", "BACKUP LOG d TO DISK = 'd.trn'");
            run(server, "d", "INSERT INTO t VALUES (4, now())", "INSERT INTO t VALUES (5, now())");
            String fifth = query(server, "d", "SELECT clock_timestamp()::text");
            run(server, "d", "DELETE FROM t");
            run(server, "master", "BACKUP LOG d TO DISK = 'd.trn'");

            run(server, "master", "RESTORE DATABASE e FROM DISK = 'd.bak' WITH NORECOVERY");
            assertThat(query(server, "master", "SELECT state_desc FROM sys.databases WHERE name = 'e'"))
                    .isEqualTo("RESTORING");
            PSQLException closed = catchThrowableOfType(PSQLException.class, () -> server.connect("e"));
            assertThat(closed.getSQLState()).isEqualTo("57P03");
            assertThat(number(server, "master", "RESTORE LOG e FROM DISK = 'd.bak' WITH FILE = 2"))
                    .isEqualTo("MSSQL3135");
            run(server, "master", "RESTORE DATABASE e FROM DISK = 'd.bak' WITH FILE = 2, NORECOVERY");
            server.kill();
            server.start();
            run(server, "master", "RESTORE LOG e FROM DISK = 'd.trn' WITH NORECOVERY");
            assertThat(notices(
                            server,
                            "master",
                            "RESTORE LOG e FROM DISK = 'd.trn' WITH FILE = 2, STOPAT = '2099-01-01', RECOVERY"))
                    .anyMatch(message -> message.startsWith("This log does not reach the designated point in time."));
            run(server, "master", "RESTORE DATABASE e WITH STOPAT = '" + fifth + "', RECOVERY");
            assertThat(query(server, "e", "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"))
                    .isEqualTo("1,2,3,4,5");
            assertThat(number(server, "master", "RESTORE LOG e FROM DISK = 'd.trn' WITH FILE = 2"))
                    .isEqualTo("MSSQL3117");

            run(
                    server,
                    "master",
                    "RESTORE DATABASE f FROM DISK = 'd.bak' WITH NORECOVERY",
                    "RESTORE LOG f FROM DISK = 'd.trn' WITH STOPAT = '" + third + "'");
            assertThat(query(server, "f", "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"))
                    .isEqualTo("1,2,3");
            run(server, "f", "INSERT INTO t VALUES (33, now())");
            run(server, "master", "BACKUP LOG f TO DISK = 'f.trn'");
            run(
                    server,
                    "master",
                    "RESTORE DATABASE g FROM DISK = 'd.bak' WITH NORECOVERY",
                    "RESTORE LOG g FROM DISK = 'd.trn' WITH NORECOVERY",
                    "RESTORE LOG g FROM DISK = 'f.trn' WITH NORECOVERY");
            assertThat(number(server, "master", "RESTORE LOG g FROM DISK = 'd.trn' WITH FILE = 2"))
                    .isEqualTo("MSSQL4330");
            run(server, "master", "RESTORE DATABASE g WITH RECOVERY", "DROP DATABASE f");
            assertThat(query(server, "g", "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"))
                    .isEqualTo("1,2,3,33");
            server.kill();
            server.start();
            assertThat(query(server, "e", "SELECT count(*) FROM t")).isEqualTo("5");
            assertThat(query(server, "g", "SELECT count(*) FROM t")).isEqualTo("4");
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
        }
    }

    @Test
    @DisplayName(
            "TDE-21, TDE-135, TDE-330, TDE-332, TDE-516: backup encryption, stripes, COMPRESSION, REKEY, tail of the log, history")
    void everyOptionWorks() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            List<String> secrets = makeShop(server);
            String content = String.join(",", secrets);
            String read = "SELECT string_agg(what, ',' ORDER BY id) FROM orders";
            run(
                    server,
                    "master",
                    "CREATE CERTIFICATE b WITH SUBJECT = 'b'",
                    "CREATE CERTIFICATE old WITH SUBJECT = 'old', START_DATE = '2000-01-01', EXPIRY_DATE = '2001-01-01'",
                    "CREATE DATABASE plain");
            run(server, "shop", "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE old");
            run(server, "plain", "CREATE TABLE orders (id int PRIMARY KEY, what text)");
            for (int i = 0; i < secrets.size(); i++) {
                run(server, "plain", "INSERT INTO orders VALUES (" + i + ", '" + secrets.get(i) + "')");
            }
            String stripes = "DISK = 'p1.bak', DISK = 'p2.bak', DISK = 'p3.bak'";
            run(
                    server,
                    "master",
                    "BACKUP DATABASE plain TO " + stripes
                            + " WITH ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = b), COMPRESSION, NAME = 'n'");
            assertThat(new PlaintextHunt(secrets).findings(directory.resolve("data-backups")))
                    .isEmpty();
            assertThat(number(server, "master", "BACKUP DATABASE plain TO " + stripes))
                    .isEqualTo("MSSQL91009");
            assertThat(number(
                            server,
                            "master",
                            "BACKUP DATABASE plain TO DISK = 'x' WITH ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE"
                                    + " = old)"))
                    .isEqualTo("MSSQL91008");
            assertThat(number(server, "master", "RESTORE DATABASE q FROM DISK = 'p1.bak'"))
                    .isEqualTo("MSSQL3132");
            run(server, "master", "RESTORE DATABASE q FROM DISK = 'p3.bak', DISK = 'p1.bak', DISK = 'p2.bak'");
            assertThat(query(server, "q", read)).isEqualTo(content);
            try (Connection connection = server.connect("master");
                    Statement statement = connection.createStatement();
                    ResultSet header = statement.executeQuery("RESTORE HEADERONLY FROM " + stripes)) {
                assertThat(header.next()).isTrue();
                assertThat(header.getString("BackupName")).isEqualTo("n");
                assertThat(header.getString("KeyAlgorithm")).isEqualTo("aes_256");
                assertThat(header.getString("EncryptorType")).isEqualTo("CERTIFICATE");
                assertThat(header.getBytes("EncryptorThumbprint")).hasSize(20);
            }

            run(server, "master", "BACKUP DATABASE shop TO DISK = 'shop.bak'");
            run(server, "master", "RESTORE DATABASE own FROM DISK = 'shop.bak' WITH REKEY");
            awaitEncrypted(server, "own");
            assertThat(query(server, "own", read)).isEqualTo(content);
            assertThat(query(
                            server,
                            "own",
                            "SELECT min(sr_oldest_key_version) FROM sys.dm_database_encryption_keys WHERE database_id ="
                                    + " db_id()"))
                    .isEqualTo("2");
            assertThat(number(server, "master", "RESTORE DATABASE shop FROM DISK = 'shop.bak'"))
                    .isEqualTo("MSSQL3159");
            assertThat(number(server, "master", "RESTORE DATABASE plain FROM DISK = 'shop.bak'"))
                    .isEqualTo("MSSQL3154");
            assertThat(number(server, "shop", "RESTORE DATABASE shop FROM DISK = 'shop.bak' WITH REPLACE"))
                    .isEqualTo("MSSQL3102");
            run(server, "shop", "INSERT INTO orders VALUES (500, 'tail')");
            run(
                    server,
                    "master",
                    "BACKUP LOG shop TO DISK = 'tail.trn' WITH NORECOVERY",
                    "RESTORE DATABASE shop FROM DISK = 'shop.bak' WITH NORECOVERY",
                    "RESTORE LOG shop FROM DISK = 'tail.trn'");
            assertThat(query(server, "shop", read)).isEqualTo(content + ",tail");
            assertThat(query(
                            server,
                            "master",
                            "SELECT string_agg(b.type || f.physical_device_name, ' ' ORDER BY b.backup_set_id,"
                                    + " f.family_sequence_number) FROM msdb.dbo.backupset b JOIN msdb.dbo.backupmediafamily f"
                                    + " ON b.media_set_id = f.media_set_id"))
                    .isEqualTo("Dp1.bak Dp2.bak Dp3.bak Dshop.bak Ltail.trn");
            assertThat(query(
                            server,
                            "master",
                            "SELECT string_agg(destination_database_name || restore_type, ' ' ORDER BY"
                                    + " restore_history_id) FROM msdb.dbo.restorehistory"))
                    .isEqualTo("qD ownD shopD shopL");
            refusals(server);
        }
    }

    private static void refusals(ServerProcess server) throws SQLException {
        assertThat(number(server, "master", "BACKUP DATABASE tempdb TO DISK = 'x'"))
                .isEqualTo("MSSQL3147");
        assertThat(number(server, "master", "BACKUP DATABASE nosuch TO DISK = 'x'"))
                .isEqualTo("MSSQL911");
        assertThat(number(server, "master", "BACKUP DATABASE shop TO DISK = '/etc/x'"))
                .isEqualTo("MSSQL3201");
        assertThat(number(server, "master", "RESTORE DATABASE z FROM DISK = 'none'"))
                .isEqualTo("MSSQL3201");
        assertThat(number(server, "master", "RESTORE HEADERONLY FROM DISK = 'shop.bak' WITH FILE = 9"))
                .isEqualTo("MSSQL3287");
        assertThat(number(server, "master", "BACKUP DATABASE shop TO DISK = 'x' WITH INIT, NOINIT"))
                .isEqualTo("MSSQL3031");
        run(
                server,
                "master",
                "ALTER DATABASE q SET RECOVERY SIMPLE",
                "CREATE ROLE clerk LOGIN PASSWORD 'Str0ng-enough'");
        assertThat(number(server, "master", "BACKUP LOG q TO DISK = 'x'")).isEqualTo("MSSQL4208");
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE clerk");
            PSQLException backup = catchThrowableOfType(
                    PSQLException.class, () -> statement.execute("BACKUP DATABASE q TO DISK = 'x'"));
            assertThat(backup.getMessage()).contains("permission denied");
            PSQLException restore = catchThrowableOfType(
                    PSQLException.class, () -> statement.execute("RESTORE DATABASE z FROM DISK = 'shop.bak'"));
            assertThat(restore.getMessage()).contains("permission denied");
            statement.execute("RESET ROLE");
            statement.execute("ALTER ROLE clerk CREATEDB");
            statement.execute("SET ROLE clerk");
            PSQLException others = catchThrowableOfType(
                    PSQLException.class,
                    () -> statement.execute("RESTORE DATABASE q FROM DISK = 'shop.bak' WITH REPLACE"));
            assertThat(others.getMessage())
                    .as("who may make databases may not take those of others")
                    .contains("permission denied");
            statement.execute("RESET ROLE");
            statement.execute("CREATE ROLE db_backupoperator");
            statement.execute("GRANT db_backupoperator TO clerk");
            statement.execute("SET ROLE clerk");
            statement.execute("BACKUP DATABASE q TO DISK = 'clerk.bak' WITH INIT");
        }
    }
}
