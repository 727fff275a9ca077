package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;

/** The key statements through real clients: psql with GO lines, pgjdbc with numbers in the routine field (TDE-105). */
final class KeyStatementsTest {
    private static final String MARKER = "wholly-readable-marker";
    private static final int ENCRYPTED = 3;
    private static final int UNENCRYPTED = 1;
    private static final int POLLS = 600;

    @TempDir
    Path directory;

    private ServerProcess server;

    @BeforeEach
    void start() {
        server = ServerProcess.start(directory.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What TDE-28 and TDE-81 have, GO lines included; the report comes after a GO as well. */
    private static final String GOLDEN_SCRIPT = """
            CREATE DATABASE adventureworks2022;
            USE master;
            GO
            CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough';
            go
            CREATE CERTIFICATE MyServerCert WITH SUBJECT = 'My DEK Certificate';
            go
            USE AdventureWorks2022;
            GO
            CREATE DATABASE ENCRYPTION KEY
            WITH ALGORITHM = AES_256
            ENCRYPTION BY SERVER CERTIFICATE MyServerCert;
            GO
            ALTER DATABASE AdventureWorks2022
            SET ENCRYPTION ON;
            GO
            USE master;
            GO
            SELECT c.pvt_key_last_backup_date, db_name(dek.database_id) AS encrypteddatabase, c.name AS Certificate_Name
            FROM sys.certificates c
            INNER JOIN sys.dm_database_encryption_keys dek ON c.thumbprint = dek.encryptor_thumbprint;
            GO
            """;

    /** TDE-28, TDE-81, TDE-101 as they stand, through psql and through pgjdbc in both of its query modes. */
    @Test
    void scriptWithGoLinesRunsUnchanged() throws SQLException {
        ClientRun run = server.psql("postgres", GOLDEN_SCRIPT, "-v", "ON_ERROR_STOP=1");
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("has not been backed up").contains("| myservercert");
        undoGoldenScript();
        for (String mode : new String[] {"simple", "extended"}) {
            try (Connection connection = server.connect("postgres", "preferQueryMode", mode);
                    Statement statement = connection.createStatement()) {
                assertThat(reportOf(statement)).as(mode).isEqualTo("null adventureworks2022 myservercert");
                assertThat(routines(statement)).as(mode).contains("MSSQL33091");
            }
            undoGoldenScript();
        }
    }

    /** Runs the script in one go; its only rows are those of the report. */
    private static String reportOf(Statement statement) throws SQLException {
        String report = "";
        boolean rows = statement.execute(GOLDEN_SCRIPT);
        while (rows || statement.getUpdateCount() >= 0) {
            if (rows) {
                ResultSet result = statement.getResultSet();
                assertThat(result.next()).isTrue();
                report = result.getTimestamp(1) + " " + result.getString(2) + " " + result.getString(3);
            }
            rows = statement.getMoreResults();
        }
        return report;
    }

    /** Waits for the encryption the script began, and leaves the server as it was before. */
    private void undoGoldenScript() throws SQLException {
        try (Connection connection = server.connect("adventureworks2022");
                Statement statement = connection.createStatement()) {
            awaitState(connection, ENCRYPTED);
            statement.execute("USE master");
            statement.execute("DROP DATABASE adventureworks2022");
            statement.execute("DROP CERTIFICATE MyServerCert");
            statement.execute("DROP MASTER KEY");
        }
    }

    /** TDE-1, 33, 38, 52, 73, 75, 77, 150, 151; a kill -9 in the middle; nothing readable on disk once encrypted. */
    @Test
    void wholeLifeOfAKey() throws SQLException, IOException {
        prepare();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE secrets (id int PRIMARY KEY, text varchar(100))");
            for (int i = 0; i < 200; i++) {
                statement.execute("INSERT INTO secrets VALUES (" + i + ", '" + MARKER + "')");
            }
            statement.execute("CHECKPOINT");
            assertThat(filesWithMarker()).isNotEmpty();
            statement.execute("CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                    + " ENCRYPTION BY SERVER CERTIFICATE first");
            assertThat(routines(statement)).containsExactly("MSSQL33091");
            statement.execute("ALTER DATABASE postgres SET ENCRYPTION ON");
            assertThat(routines(statement)).containsExactly("MSSQL33112");
            awaitState(connection, ENCRYPTED);
            assertThat(filesWithMarker()).isEmpty();
            statement.execute("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = TRIPLE_DES_3KEY");
        }
        server.kill();
        server.start();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            awaitState(connection, ENCRYPTED);
            assertThat(text(statement, "SELECT text FROM secrets WHERE id = 150"))
                    .isEqualTo(MARKER);
            statement.execute("ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE second");
            statement.execute("ALTER DATABASE CURRENT SET ENCRYPTION OFF");
            awaitState(connection, UNENCRYPTED);
            statement.execute("DROP DATABASE ENCRYPTION KEY");
            assertThat(text(statement, "SELECT text FROM secrets WHERE id = 150"))
                    .isEqualTo(MARKER);
        }
    }

    /** TDE-105, 160: number, severity and state reach pgjdbc. */
    @Test
    void errorsCarryTheirNumbers() throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            assertError(statement, "ALTER DATABASE postgres SET ENCRYPTION ON", 33106, "55000");
            assertError(statement, "ALTER DATABASE master SET ENCRYPTION ON", 33102, "42809");
            assertError(statement, "DROP DATABASE ENCRYPTION KEY", 33104, "42704");
            assertError(statement, "ALTER DATABASE postgres SET ENCRYPTION SUSPEND", 91006, "55000");
            assertError(statement, "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'x'", 15581, "55000");
            assertError(statement, "CREATE MASTER KEY", 33161, "22023");
            assertError(statement, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'short'", 33062, "22023");
            assertError(statement, "CREATE CERTIFICATE c WITH SUBJECT = 'c'", 15581, "55000");
            connection.setAutoCommit(false);
            statement.execute("SELECT 1");
            assertError(statement, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'", 226, "25001");
        }
    }

    /** TDE-2, 81, 82, 139: backup counts in the report, and the files bring the certificate into another server. */
    @Test
    void certificateMovesToAnotherServer() throws SQLException, IOException {
        prepare();
        Path backups = directory.resolve("data-key-backups");
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE ENCRYPTION KEY FOR DATABASE postgres WITH ALGORITHM = AES_192"
                    + " ENCRYPTION BY SERVER CERTIFICATE first");
            assertThat(text(statement, "SELECT certificate_name FROM sys.sr_unbacked_encryptors"))
                    .isEqualTo("first");
            statement.execute("BACKUP CERTIFICATE first TO FILE = 'first.cer' WITH PRIVATE KEY"
                    + " (FILE = 'first.pvk', ENCRYPTION BY PASSWORD = 'An0ther-one')");
            assertThat(text(statement, "SELECT certificate_name FROM sys.sr_unbacked_encryptors"))
                    .isNull();
            assertError(statement, "DROP CERTIFICATE first", 33127, "2BP01");
        }
        Path otherData = directory.resolve("other");
        try (ServerProcess other = ServerProcess.start(otherData);
                Connection connection = other.connect("master");
                Statement statement = connection.createStatement()) {
            Path otherBackups = directory.resolve("other-key-backups");
            for (String name : List.of("first.cer", "first.pvk")) {
                Files.createDirectories(otherBackups);
                Files.copy(backups.resolve(name), otherBackups.resolve(name));
            }
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE moved FROM FILE = 'first.cer' WITH PRIVATE KEY"
                    + " (FILE = 'first.pvk', DECRYPTION BY PASSWORD = 'An0ther-one')");
            assertThat(text(statement, "SELECT pvt_key_encryption_type_desc FROM sys.certificates"))
                    .isEqualTo("ENCRYPTED_BY_MASTER_KEY");
        }
    }

    /** TDE-115: without its root key an existing server refuses to start and makes no new one. */
    @Test
    void missingRootKeyStopsTheStart() throws IOException {
        server.stop();
        Path root = directory.resolve("data-root.key");
        Path aside = directory.resolve("aside.key");
        Files.move(root, aside);
        assertThat(server.startExpectingRefusal()).isEqualTo(3);
        assertThat(root).doesNotExist();
        Files.move(aside, root);
        server.start();
    }

    private void prepare() throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE first WITH SUBJECT = 'First'");
            statement.execute("CREATE CERTIFICATE second WITH SUBJECT = 'Second'");
        }
    }

    private static void awaitState(Connection connection, int state) throws SQLException {
        String query = "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id()";
        String last = null;
        try (Statement statement = connection.createStatement()) {
            for (int poll = 0; poll < POLLS; poll++) {
                last = text(statement, query);
                if (String.valueOf(state).equals(last)) {
                    return;
                }
                LockSupport.parkNanos(100_000_000L);
            }
        }
        assertThat(last).as("encryption state").isEqualTo(String.valueOf(state));
    }

    private static @Nullable String text(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getString(1) : null;
        }
    }

    private static List<String> routines(Statement statement) throws SQLException {
        List<String> routines = new ArrayList<>();
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            routines.add(Objects.requireNonNull(Objects.requireNonNull(((PSQLWarning) warning).getServerErrorMessage())
                    .getRoutine()));
        }
        statement.clearWarnings();
        return routines;
    }

    private static void assertError(Statement statement, String sql, int number, String sqlState) {
        assertThatThrownBy(() -> statement.execute(sql)).isInstanceOfSatisfying(PSQLException.class, e -> {
            var message = Objects.requireNonNull(e.getServerErrorMessage());
            assertThat(message.getRoutine()).as(sql).isEqualTo("MSSQL" + number);
            assertThat(message.getDetail()).startsWith("error " + number + ", severity ");
            assertThat(e.getSQLState()).isEqualTo(sqlState);
        });
    }

    private List<Path> filesWithMarker() throws IOException {
        byte[] marker = MARKER.getBytes(StandardCharsets.UTF_8);
        String needle = new String(marker, StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.walk(server.dataDirectory())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, needle))
                    .toList();
        }
    }

    private static boolean contains(Path file, String needle) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(needle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
