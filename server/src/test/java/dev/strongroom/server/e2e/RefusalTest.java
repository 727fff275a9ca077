package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** What the server does not do, and how it says so: exit codes 3, 4 and 5, and damaged pages. */
final class RefusalTest {
    private static final int PAGE = 8192;
    private static final int KEYS_UNAVAILABLE = 3;
    private static final int DATA_DAMAGED = 4;
    private static final int TAKEN = 5;

    @TempDir
    Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    @Test
    @DisplayName(
            "TDE-522, TDE-517, TDE-115, TDE-18: without its root key, or with another, the server stays shut with 3 and says why")
    void withoutTheRootKeyNothingOpens() throws IOException {
        try (ServerProcess server = ServerProcess.start(data())) {
            server.stop();
            Path root = directory.resolve("data-root.key");
            byte[] right = Files.readAllBytes(root);
            Files.delete(root);
            assertThat(server.startExpectingRefusal()).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(server.logText())
                    .contains("no root provider opens the service master key")
                    .contains("Bring back the root key");
            assertThat(server.verify().exitCode()).as("S-25").isEqualTo(KEYS_UNAVAILABLE);
            byte[] other = right.clone();
            other[0] = (byte) (other[0] == '0' ? '1' : '0');
            Files.write(root, other);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-------"));
            assertThat(server.startExpectingRefusal()).isEqualTo(KEYS_UNAVAILABLE);
            assertThat(server.logText()).contains("no root provider opens the service master key");
            assertThat(Files.readAllBytes(root)).isEqualTo(other);
            Files.write(root, right);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(server.startExpectingRefusal()).as("TDE-111").isEqualTo(KEYS_UNAVAILABLE);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-------"));
            server.start();
        }
    }

    @Test
    @DisplayName("architecture 2: a port or a data directory in use ends the start with 5")
    void portOrDirectoryInUse() throws IOException {
        try (ServerProcess server = ServerProcess.start(data())) {
            ServerProcess same = ServerProcess.prepare(data());
            assertThat(same.startExpectingRefusal()).isEqualTo(TAKEN);
            assertThat(same.logText()).contains("held by another process");
            server.stop();
            try (ServerSocket taken = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.isBound()).isTrue();
                assertThat(server.startExpectingRefusal()).isEqualTo(TAKEN);
                assertThat(server.logText()).contains(Integer.toString(server.port()));
            }
            server.start();
        }
    }

    @Test
    @DisplayName("TDE-505: a server whose own database is damaged ends with 4 and names the page")
    void damagedMasterEndsTheStart() throws IOException {
        try (ServerProcess server = ServerProcess.start(data())) {
            assertThat(server.stop())
                    .as("a signal right after the ready line ends it in order")
                    .isZero();
            Path pages = data().resolve("db/1/data.00000001");
            for (long page = 0; page < Files.size(pages) / PAGE; page++) {
                flip(pages, page * PAGE + 100);
            }
            assertThat(server.startExpectingRefusal()).isEqualTo(DATA_DAMAGED);
            assertThat(server.logText()).containsPattern("page \\d+ in file \"data.00000001\" is damaged");
        }
    }

    @Test
    @DisplayName("TDE-505, TDE-517: a flipped bit is reported with file and page and never returned as data")
    void flippedBitIsNamedAndNotRead() throws Exception {
        try (ServerProcess server = ServerProcess.start(data())) {
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE big (id int PRIMARY KEY, text varchar(500))");
                statement.execute("CREATE TABLE small (id int PRIMARY KEY)");
                statement.execute("INSERT INTO small VALUES (1)");
                statement.execute("INSERT INTO big SELECT i, repeat('x', 400) FROM generate_series(1, 8000) s(i)");
            }
            assertThat(server.stop()).isZero();
            Path pages = data().resolve("db/5/data.00000001");
            long page = Files.size(pages) / PAGE / 2;
            flip(pages, page * PAGE + 4000);
            server.start();
            String where = "page " + page + " in file \"data.00000001\" is damaged";
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> count(statement, "SELECT count(*) FROM big WHERE text > 'a'"))
                        .isInstanceOfSatisfying(PSQLException.class, e -> {
                            assertThat(e.getMessage()).contains(where);
                            assertThat(e.getSQLState()).isEqualTo("XX001");
                            assertThat(Objects.requireNonNull(e.getServerErrorMessage())
                                            .getRoutine())
                                    .isEqualTo("MSSQL91001");
                        });
                assertThat(count(statement, "SELECT count(*) FROM sys.sr_verify WHERE page = " + page))
                        .as("TDE-517 as SQL")
                        .isEqualTo(1);
                assertThat(count(statement, "SELECT count(*) FROM small")).isEqualTo(1);
                assertThat(count(statement, "SELECT count(*) FROM big WHERE id < 100"))
                        .isEqualTo(99);
            }
            server.stop();
            ServerProcess.Result verified = server.verify();
            assertThat(verified.exitCode()).as(verified.output()).isEqualTo(1);
            assertThat(verified.output()).contains("database 5 file data.00000001 page " + page + " key version 0");
            ServerProcess.Result json = server.verify("--format", "json", "--progress");
            assertThat(json.exitCode()).isEqualTo(1);
            assertThat(json.output())
                    .contains("\"kind\":\"defect\",\"database\":5,\"file\":\"data.00000001\",\"page\":" + page)
                    .containsPattern("\"kind\":\"summary\",\"databases\":4,\"pages\":\\d+,\"defects\":")
                    .containsPattern("database 5: \\d+ of \\d+ pages");
        }
    }

    @Test
    @DisplayName(
            "TDE-304, TDE-160: a damaged page aborts the scan (33114), which then waits, across restarts, to be told again")
    void aDamagedPageAbortsTheScan() throws Exception {
        try (ServerProcess server = ServerProcess.start(data())) {
            EncryptionLifeTest.createCertificate(server);
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok(
                        "CREATE TABLE big (id int PRIMARY KEY, text varchar(500))",
                        "INSERT INTO big SELECT i, repeat('x', 400) FROM generate_series(1, 8000) s(i)");
            }
            assertThat(server.stop()).isZero();
            Path pages = data().resolve("db/5/data.00000001");
            long position = Files.size(pages) / PAGE / 2 * PAGE + 4000;
            flip(pages, position);
            server.start();
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok(
                                "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c")
                        .notices(33112, "ALTER DATABASE postgres SET ENCRYPTION ON");
                ServerProcess.await("the scan is aborted", () -> "2/3/ABORTED".equals(scan(database)));
                assertThat(server.logText()).contains("(33114)").contains("page " + position / PAGE + " in file");
            }
            assertThat(server.stop()).isZero();
            server.start();
            assertThat(server.logText()).contains("(33114); repeat SET ENCRYPTION, or RESUME");
            try (KeySql database = new KeySql(server, "postgres")) {
                assertThat(scan(database)).isEqualTo("2/3/ABORTED");
                database.ok("ALTER DATABASE postgres SET ENCRYPTION RESUME");
                ServerProcess.await("the scan is aborted again", () -> "2/3/ABORTED".equals(scan(database)));
            }
            assertThat(server.stop()).isZero();
            flip(pages, position);
            server.start();
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok("ALTER DATABASE postgres SET ENCRYPTION ON");
                ServerProcess.await("the scan is complete", () -> "3/4/COMPLETE".equals(scan(database)));
                assertThat(database.text("SELECT count(*) FROM big WHERE text > 'a'"))
                        .isEqualTo("8000");
            }
        }
    }

    private static String scan(KeySql database) {
        try {
            return String.valueOf(database.text(
                    "SELECT encryption_state || '/' || encryption_scan_state || '/' || encryption_scan_state_desc"
                            + " FROM sys.dm_database_encryption_keys WHERE database_id = db_id()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("S-23: the file with the initial password goes once the password is changed")
    void initialPasswordFileIsDeleted() throws Exception {
        Path file = directory.resolve("data-initial-password");
        try (ServerProcess server = ServerProcess.startWithoutPassword(data())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            String initial = Files.readString(file).strip();
            try (Connection connection = server.connect("postgres", "password", initial);
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER ROLE postgres PASSWORD '" + ServerProcess.PASSWORD + "'");
            }
            ServerProcess.await("the file is deleted", () -> !Files.exists(file));
            server.connect("postgres").close();
        }
    }

    private static long count(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ 1);
        }
    }
}
