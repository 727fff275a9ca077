package dev.strongroom.benchmarks.client;

import dev.strongroom.client.provider.PemDirectoryProvider;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Inserts the same rows in batches into a plain table and into one with two encrypted columns, by turns, and says how much
 * of the plain throughput is left (B-9: at least half). Arguments: host:port/database user password rows [process
 * id of the server, to see its processor time].
 */
public final class BatchInsert {
    private static final int BATCH = 1000;
    private static final int ROUNDS = 5;
    private static final String CELL = " ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = bench_cek, ENCRYPTION_TYPE = ";

    private final InstantSource clock = InstantSource.system();
    private final PrintStream out = System.out;
    private final int rows;
    private final Optional<ProcessHandle> server;

    private BatchInsert(int rows, Optional<ProcessHandle> server) {
        this.rows = rows;
        this.server = server;
    }

    public static void main(String[] arguments) throws Exception {
        Optional<ProcessHandle> server =
                arguments.length > 4 ? ProcessHandle.of(Long.parseLong(arguments[4])) : Optional.empty();
        new BatchInsert(Integer.parseInt(arguments[3]), server).run(arguments[0], arguments[1], arguments[2]);
    }

    private void run(String place, String user, String password)
            throws SQLException, GeneralSecurityException, IOException {
        Path keys = Files.createTempDirectory("strongroom-bench");
        String url = "jdbc:strongroom://" + place + "?columnEncryption=enabled&pemDirectory=" + keys;
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            prepare(connection, keys);
            compare(connection, "row by row");
            try (Connection rewriting =
                    DriverManager.getConnection(url + "&reWriteBatchedInserts=true", user, password)) {
                compare(rewriting, "reWriteBatchedInserts=true");
            }
            execute(connection, "DROP TABLE bench_plain, bench_encrypted");
            execute(connection, "DROP COLUMN ENCRYPTION KEY bench_cek");
            execute(connection, "DROP COLUMN MASTER KEY bench_cmk");
        } finally {
            Files.deleteIfExists(keys.resolve("bench.pem"));
            Files.delete(keys);
        }
    }

    /** Both tables by turns on one connection, after one round of each that does not count. */
    private void compare(Connection connection, String how) throws SQLException {
        insert(connection, "bench_plain");
        insert(connection, "bench_encrypted");
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            Work before = Work.now(server);
            double plain = insert(connection, "bench_plain");
            Work between = Work.now(server);
            double encrypted = insert(connection, "bench_encrypted");
            Work after = Work.now(server);
            ratios[round] = 100 * encrypted / plain;
            out.printf(
                    Locale.ROOT,
                    "%s, round %d: plain %.0f rows/s (%s), encrypted %.0f rows/s (%s), %.0f %%%n",
                    how,
                    round + 1,
                    plain,
                    before.until(between, rows),
                    encrypted,
                    between.until(after, rows),
                    ratios[round]);
        }
        Arrays.sort(ratios);
        out.printf(Locale.ROOT, "%s, median: %.0f %% (B-9: 50 %%)%n", how, ratios[ROUNDS / 2]);
    }

    /** Processor time used so far on both sides: steadier than rows a second where others share the machine. */
    private record Work(Duration client, Duration server) {
        static Work now(Optional<ProcessHandle> server) {
            return new Work(of(ProcessHandle.current()), server.map(Work::of).orElse(Duration.ZERO));
        }

        private static Duration of(ProcessHandle process) {
            return process.info().totalCpuDuration().orElse(Duration.ZERO);
        }

        String until(Work later, int rows) {
            return String.format(
                    Locale.ROOT,
                    "µs a row: client %.1f, server %.1f",
                    later.client.minus(client).toNanos() / 1e3 / rows,
                    later.server.minus(server).toNanos() / 1e3 / rows);
        }
    }

    private static void prepare(Connection connection, Path keys)
            throws SQLException, GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
        Files.writeString(
                keys.resolve("bench.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n");
        byte[] columnKey = new byte[32];
        new SecureRandom().nextBytes(columnKey);
        byte[] value = new PemDirectoryProvider(keys, false, null)
                .encryptColumnEncryptionKey("bench.pem", "RSA_OAEP", columnKey);
        execute(
                connection,
                "CREATE COLUMN MASTER KEY bench_cmk WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH = 'bench.pem')");
        execute(
                connection,
                "CREATE COLUMN ENCRYPTION KEY bench_cek WITH VALUES (COLUMN_MASTER_KEY = bench_cmk, ALGORITHM ="
                        + " 'RSA_OAEP', ENCRYPTED_VALUE = 0x" + HexFormat.of().formatHex(value) + ")");
        execute(connection, "CREATE TABLE bench_plain (id int PRIMARY KEY, number varchar(19), amount numeric(12,2))");
        execute(
                connection,
                "CREATE TABLE bench_encrypted (id int PRIMARY KEY, number varchar(19)" + CELL
                        + "DETERMINISTIC), amount numeric(12,2)" + CELL + "RANDOMIZED))");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Rows a second, commits included. */
    private double insert(Connection connection, String table) throws SQLException {
        execute(connection, "TRUNCATE " + table);
        connection.setAutoCommit(false);
        Instant from = clock.instant();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?)")) {
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.setString(2, "4000 0012 " + (100_000_000 + i));
                insert.setBigDecimal(3, BigDecimal.valueOf(i, 2));
                insert.addBatch();
                if (i % BATCH == BATCH - 1 || i == rows - 1) {
                    insert.executeBatch();
                    connection.commit();
                }
            }
        } finally {
            connection.setAutoCommit(true);
        }
        return rows * 1e9 / Duration.between(from, clock.instant()).toNanos();
    }
}
