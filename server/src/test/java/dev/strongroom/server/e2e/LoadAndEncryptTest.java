package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The product's promise in one test: load, encrypt under load, spill, back up, look everywhere, kill, look again, decrypt
 * (TDE-1, TDE-5, TDE-6, TDE-28, TDE-49, TDE-309, TDE-325, TDE-327, TDE-520), with a cell of a column encrypted besides (AE-161).
 */
final class LoadAndEncryptTest {
    private static final long SEED = 20_261_122L;

    @TempDir
    Path folder;

    private final CardShop shop = new CardShop(SEED, 2000, 6000);
    private final PlaintextHunt hunt = new PlaintextHunt(shop.secrets());
    /** A cell's bytes, of the right shape: the version, then what a cell cannot be told from. */
    private static final String CELL =
            "\u0001" + "a cell is sealed once more".repeat(3).substring(0, 64);

    private final PlaintextHunt cells = new PlaintextHunt(List.of(CELL));

    @Test
    void dataSurvivesSwitchingEncryptionOnAndOffAndNothingReadableIsLeftOnDisk() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.prepare(data).longLived()) {
            server.start();
            load(server);
            assertThat(hunt.findings(data))
                    .as("before encryption the hunt must find something")
                    .isNotEmpty();
            assertThat(cells.findings(data)).as("a bare cell on the disk").isNotEmpty();

            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger acknowledged = new AtomicInteger();
            List<Thread> writers = startWriters(server, stop, acknowledged);
            ClientRun script = server.psql("master", tdeScript(), "-v", "ON_ERROR_STOP=1");
            assertThat(script.output()).contains("has not been backed up").doesNotContain("ERROR");
            assertThat(script.exitCode()).isZero();
            List<Integer> states = awaitState(server, 3);
            assertThat(states.getFirst()).isIn(2, 3);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }

            try (Connection connection = server.connect("shop");
                    Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT");
            }
            assertThat(hunt.findings(data)).as("seed %d", SEED).isEmpty();
            assertThat(cells.findings(data)).as("cells inside sealed pages").isEmpty();
            check(server, acknowledged.get());

            try (Connection spilling = spill(server)) {
                copies(server);
                assertThat(temporaryFiles()).isNotEmpty();
                assertThat(hunt.findings(folder))
                        .as("temp files, backups, audit")
                        .isEmpty();
                assertThat(shop.secrets()).noneMatch(server.logText()::contains);
                server.kill();
                assertThat(spilling.isClosed()).isFalse();
            }
            assertThat(temporaryFiles()).as("what a crash leaves").isNotEmpty();
            server.start();
            assertThat(temporaryFiles()).isEmpty();
            check(server, acknowledged.get());
            assertThat(hunt.findings(folder)).isEmpty();

            ClientRun off = server.psql("master", "ALTER DATABASE shop SET ENCRYPTION OFF;\n", "-v", "ON_ERROR_STOP=1");
            assertThat(off.output()).doesNotContain("ERROR");
            awaitState(server, 1);
            check(server, acknowledged.get());
            assertThat(server.stop()).isZero();
        }
    }

    private void load(ServerProcess server) {
        String script = "CREATE DATABASE shop;\n\\c shop\n" + CardShop.ddl() + shop.copyScript()
                + "CREATE TABLE ledger (id integer PRIMARY KEY, secret text NOT NULL);\n" + encryptedColumn();
        ClientRun run = server.psql("postgres", script, "-v", "ON_ERROR_STOP=1", "-q");
        assertThat(run.output()).doesNotContain("ERROR");
        assertThat(run.exitCode()).isZero();
        check(server, 0);
    }

    /** One cell of Always Encrypted under the database's encryption (AE-161). */
    private static String encryptedColumn() {
        String value = "0100000001" + "5a".repeat(512);
        return "CREATE COLUMN MASTER KEY m WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH = 'm.pem');\n"
                + "CREATE COLUMN ENCRYPTION KEY c WITH VALUES (COLUMN_MASTER_KEY = m, ALGORITHM = 'RSA_OAEP',"
                + " ENCRYPTED_VALUE = 0x" + value + ");\n"
                + "CREATE TABLE sealed (id int PRIMARY KEY, a text ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = c,"
                + " ENCRYPTION_TYPE = RANDOMIZED));\n"
                + "SET strongroom.allow_encrypted_value_modifications = on;\n"
                + "INSERT INTO sealed VALUES (1, '\\x"
                + HexFormat.of().formatHex(CELL.getBytes(StandardCharsets.ISO_8859_1)) + "');\n"
                + "RESET strongroom.allow_encrypted_value_modifications;\n"
                + "CHECKPOINT;\n";
    }

    /** A query that has sorted through temporary files and has more to say. */
    private static Connection spill(ServerProcess server) throws SQLException {
        Connection connection = server.connect("shop");
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET work_mem = '64kB'");
            statement.execute("DECLARE c CURSOR FOR SELECT p.name, p.email, p.card_number FROM shop.person p"
                    + " CROSS JOIN generate_series(1, 10) s(i) ORDER BY p.name, s.i");
            statement.execute("FETCH 10 FROM c");
        }
        return connection;
    }

    /** What else may hold data: backups, an audit, errors that name values. */
    private static void copies(ServerProcess server) throws SQLException {
        try (KeySql shop = new KeySql(server, "shop")) {
            shop.ok(
                    "CREATE SERVER AUDIT a TO FILE (FILEPATH = '.') WITH (QUEUE_DELAY = 0, STATE = ON)",
                    "CREATE SERVER AUDIT SPECIFICATION s FOR SERVER AUDIT a ADD (BACKUP_RESTORE_GROUP) WITH (STATE = ON)",
                    "BACKUP DATABASE shop TO DISK = 'shop.bak' WITH COMPRESSION",
                    "BACKUP LOG shop TO DISK = 'shop.trn'");
            assertThat(shop.outcome("INSERT INTO shop.person (person_id, name, email, card_type, card_number, exp_year)"
                            + " SELECT person_id + 1000000, name, email, card_type, card_number, exp_year"
                            + " FROM shop.person"))
                    .isEqualTo("23505");
        }
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data/db"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/temp/"))
                    .toList();
        }
    }

    private static String tdeScript() {
        return """
                USE master;
                GO
                CREATE MASTER KEY ENCRYPTION BY PASSWORD='Str0ng-enough-for-a-test';
                GO
                CREATE CERTIFICATE MyServerCert WITH SUBJECT='My DEK Certificate';
                GO
                USE shop;
                GO
                CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM=AES_256 ENCRYPTION BY SERVER CERTIFICATE MyServerCert;
                GO
                ALTER DATABASE shop SET ENCRYPTION ON;
                GO
                """;
    }

    private List<Thread> startWriters(ServerProcess server, AtomicBoolean stop, AtomicInteger acknowledged) {
        List<Thread> writers = new ArrayList<>();
        AtomicInteger next = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            writers.add(Thread.ofPlatform().start(() -> write(server, stop, next, acknowledged)));
        }
        return writers;
    }

    private void write(ServerProcess server, AtomicBoolean stop, AtomicInteger next, AtomicInteger acknowledged) {
        List<String> secrets = shop.secrets();
        try (Connection connection = server.connect("shop");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
            while (!stop.get()) {
                int id = next.incrementAndGet();
                insert.setInt(1, id);
                insert.setString(2, secrets.get(id % secrets.size()));
                insert.executeUpdate();
                acknowledged.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void check(ServerProcess server, int ledgerRows) {
        assertThat(server.psql("shop", CardShop.question(), "-At").output()).isEqualTo(shop.answer());
        assertThat(server.psql("shop", "SELECT count(*) FROM ledger;", "-At")
                        .output()
                        .strip())
                .isEqualTo(Integer.toString(ledgerRows));
    }

    /** Polls the view until the state is reached; returns the states seen. Bounded by rounds, each a query. */
    private static List<Integer> awaitState(ServerProcess server, int wanted) throws SQLException {
        List<Integer> seen = new ArrayList<>();
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            for (int round = 0; round < 200_000; round++) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT encryption_state, percent_complete FROM sys.dm_database_encryption_keys"
                                + " WHERE database_id = db_id('shop')")) {
                    assertThat(row.next()).isTrue();
                    seen.add(row.getInt(1));
                    if (row.getInt(1) == wanted) {
                        return seen;
                    }
                }
            }
        }
        throw new AssertionError("state " + wanted + " never reached, last " + seen.getLast());
    }
}
