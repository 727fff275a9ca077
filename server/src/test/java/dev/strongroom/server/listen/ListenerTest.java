package dev.strongroom.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.password.ScramVerifier;
import dev.strongroom.protocol.auth.ScramAuthenticator;
import dev.strongroom.protocol.auth.ScramSecret;
import dev.strongroom.protocol.flow.CancelRequests;
import dev.strongroom.protocol.flow.ConnectionEvents;
import dev.strongroom.protocol.flow.ProtocolServices;
import dev.strongroom.protocol.flow.TlsPolicy;
import dev.strongroom.protocol.wire.WireLimits;
import dev.strongroom.server.e2e.ClientRun;
import dev.strongroom.storage.file.DiskFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** psql and pgjdbc against the protocol with a session that knows a handful of statements. */
final class ListenerTest {
    private static final String PASSWORD = "Open sesame";
    private static final String ON_PURPOSE = "lost on purpose";
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path directory;

    private final ServiceMasterKey serviceKey = ServiceMasterKey.generate(new SecureRandomness(), 0);
    private @Nullable ProtocolServices lastServices;
    private Listener listener;
    private CancelRequests cancels = new CancelRequests(new SecureRandomness());

    /** Every buffer is watched from here on. */
    @BeforeAll
    static void watchBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + " " + records));
    }

    /** No buffer was lost by all the tests here. One lost on purpose shows that it would have been seen. */
    @AfterAll
    static void noBufferWasLost() {
        try {
            for (int round = 0; round < 200 && LEAKS.stream().noneMatch(leak -> leak.contains(ON_PURPOSE)); round++) {
                lose();
                System.gc();
                LockSupport.parkNanos(10_000_000);
                Unpooled.buffer(1).release();
                ByteBufAllocator.DEFAULT.buffer(16).release();
            }
            assertThat(LEAKS).anyMatch(leak -> leak.contains(ON_PURPOSE));
            assertThat(LEAKS).allMatch(leak -> leak.contains(ON_PURPOSE));
        } finally {
            ByteBufUtil.setLeakListener(null);
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        }
    }

    private static void lose() {
        ByteBufAllocator.DEFAULT.buffer(16).touch(ON_PURPOSE);
    }

    @BeforeEach
    void listen() {
        cancels = new CancelRequests(new SecureRandomness());
        listener = listenWith(true, 50);
    }

    private Listener listenWith(boolean tls, int limit) {
        Randomness randomness = new SecureRandomness();
        ScramVerifier verifier = ScramVerifier.of(PASSWORD, randomness);
        ScramAuthenticator authenticator =
                new ScramAuthenticator(user -> user.equals("alice") ? secret(verifier) : Optional.empty(), randomness);
        TlsPolicy policy = TlsPolicy.OFF;
        if (tls) {
            policy = TlsIdentity.selfSigned(
                            new DiskFiles(directory), serviceKey.wrapping(), randomness, new SystemClock())
                    .policy(false);
        }
        TlsPolicy chosen = policy;
        ProtocolServices services = new ProtocolServices(
                TestingSession::open,
                authenticator,
                () -> chosen,
                new ConnectionLimit(limit),
                cancels,
                Executors.newVirtualThreadPerTaskExecutor(),
                new SystemClock(),
                randomness,
                WireLimits.DEFAULT,
                60,
                ConnectionEvents.NONE);
        lastServices = services;
        return Listener.open(new InetSocketAddress("127.0.0.1", 0), services, 1000);
    }

    private static Optional<ScramSecret> secret(ScramVerifier verifier) {
        String[] parts = verifier.text().split("[$:]", -1);
        java.util.Base64.Decoder base64 = java.util.Base64.getDecoder();
        return Optional.of(new ScramSecret(
                Integer.parseInt(parts[1]), base64.decode(parts[2]), base64.decode(parts[3]), base64.decode(parts[4])));
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private ClientRun psql(String options, String input, String password) {
        return ClientRun.of(
                List.of(
                        "psql",
                        "-X",
                        "-A",
                        "-t",
                        "-v",
                        "VERBOSITY=verbose",
                        "-d",
                        "host=127.0.0.1 port=" + listener.port() + " user=alice dbname=test " + options),
                input,
                password,
                null);
    }

    private Connection connect(String... options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "alice");
        properties.setProperty("password", PASSWORD);
        properties.setProperty("assumeMinServerVersion", "15");
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + listener.port() + "/test", properties);
    }

    @Test
    void psqlTalksOverTlsWithChannelBinding() {
        ClientRun run = psql("sslmode=require channel_binding=require", "rows 3;\n\\conninfo\n", PASSWORD);
        assertThat(run.output()).contains("1|row 1", "3|", "SSL connection (protocol: TLSv1.3");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void psqlTalksInPlainTextWhereAllowed() {
        assertThat(psql("sslmode=disable", "select 1;\nbogus\n;fail;\nnotice;\n", PASSWORD)
                        .output())
                .contains(
                        "1|row 1",
                        "ERROR:  42P01: relation \"x\" does not exist",
                        "HINT:  try another",
                        "NOTICE:  00000: look");
    }

    @Test
    void wrongPasswordAndUnknownUserLookTheSame() {
        assertThat(psql("", "select 1;", "wrong").output())
                .contains("FATAL:  28P01: password authentication failed for user \"alice\"".replace("28P01: ", ""));
        assertThatThrownBy(() -> connect("user", "nobody"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void aRequiredChannelBindingIsRefusedWithoutTls() throws SQLException {
        listener.close();
        listener = listenWith(false, 50);
        assertThat(psql("sslmode=disable channel_binding=require", "select 1;", PASSWORD)
                        .output())
                .contains("channel binding required");
        connect("sslmode", "prefer").close();
    }

    @Test
    void pgjdbcPreparesFetchesInPiecesAndReadsBinary() throws SQLException {
        try (Connection connection = connect("sslmode", "require", "prepareThreshold", "1")) {
            for (long value : new long[] {1, -7, Long.MAX_VALUE}) {
                try (PreparedStatement echo = connection.prepareStatement("echo ?")) {
                    echo.setLong(1, value);
                    ResultSet result = echo.executeQuery();
                    assertThat(result.next()).isTrue();
                    assertThat(result.getLong(1)).isEqualTo(value);
                }
            }
            connection.setAutoCommit(false);
            try (Statement rows = connection.createStatement()) {
                rows.setFetchSize(7);
                ResultSet result = rows.executeQuery("rows 100");
                int sum = 0;
                while (result.next()) {
                    sum += result.getInt(1);
                }
                assertThat(sum).isEqualTo(5050);
            }
        }
    }

    @Test
    void anErrorInAPipelineSkipsToSyncAndTheSessionGoesOn() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.addBatch("one");
            statement.addBatch("fail");
            statement.addBatch("two");
            assertThatThrownBy(statement::executeBatch)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
            assertThatThrownBy(() -> statement.execute("bug"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("XX000"));
            assertThatThrownBy(() -> statement.execute("syntax error"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42601"));
            assertThat(statement.executeQuery("select 1").next()).isTrue();
        }
    }

    @Test
    void copyGoesBothWays() throws Exception {
        try (Connection connection = connect()) {
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            assertThat(copy.copyOut("copy out", out)).isEqualTo(1);
            assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("1\tone\n");
            String lines = "line\n".repeat(200_000);
            assertThat(copy.copyIn("copy in", new java.io.StringReader(lines))).isEqualTo(200_000);
            assertThat(connection.createStatement().executeQuery("select 1").next())
                    .isTrue();
        }
    }

    @Test
    void aCancelRequestStopsTheStatement() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            Thread canceller = Thread.ofVirtual().start(() -> {
                TestingSession.WAITING.acquireUninterruptibly();
                try {
                    statement.cancel();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatThrownBy(() -> statement.execute("wait"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            canceller.join();
        }
    }

    @Test
    void aHundredThousandRowsReachASlowReader() throws SQLException {
        try (Connection connection = connect("sslmode", "disable");
                Statement statement = connection.createStatement()) {
            ResultSet result = statement.executeQuery("rows 100000");
            int rows = 0;
            while (result.next()) {
                rows++;
            }
            assertThat(rows).isEqualTo(100_000);
        }
    }

    @Test
    void oneClientTooManyIsTurnedAway() throws SQLException {
        listener.close();
        listener = listenWith(true, 3);
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(connect());
        }
        assertThatThrownBy(this::connect)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
        for (Connection connection : open) {
            connection.close();
        }
    }

    @Test
    void aTakenPortIsSaidPlainly() {
        int taken = listener.port();
        assertThatThrownBy(() -> Listener.open(
                        new InetSocketAddress("127.0.0.1", taken), Objects.requireNonNull(lastServices), 10))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_IN_USE));
    }

    @Test
    void anUnknownDatabaseIsFatal() {
        assertThatThrownBy(() -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + listener.port()
                        + "/nowhere?user=alice&password=" + "Open%20sesame"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
    }

    @Test
    void terminatingEverybodySaysWhy() throws SQLException {
        try (Connection connection = connect()) {
            cancels.terminateAll();
            assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void whatWouldWaitIsTakenBackAndSaidAgainOnAThread() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            int before = TestingSession.TAKEN_BACK.get();
            for (int count : new int[] {10, 200, 3, 5000, 1}) {
                List<Integer> numbers = new ArrayList<>();
                ResultSet result = statement.executeQuery("rows " + count);
                while (result.next()) {
                    numbers.add(result.getInt(1));
                }
                assertThat(numbers).hasSize(count).doesNotHaveDuplicates().isSorted();
            }
            assertThat(TestingSession.TAKEN_BACK.get() - before).isEqualTo(2);
        }
    }

    @Test
    void aMistakeOnTheEventLoopEndsTheConnectionWithWords() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("durable, then wait"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("XX000"));
        }
    }

    @Test
    void aPipelineOfTriesAndThreadsIsAnsweredInOrder() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (int round = 0; round < 50; round++) {
                statement.addBatch("one");
                statement.addBatch("copy out elsewhere");
                statement.addBatch("two");
            }
            assertThat(statement.executeBatch()).hasSize(150);
            ResultSet after = statement.executeQuery("rows 60");
            int rows = 0;
            while (after.next()) {
                rows++;
            }
            assertThat(rows).isEqualTo(60);
        }
    }

    @Test
    void aCommitIsAnsweredWhenTheLogSaysSo() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<Boolean> answered = CompletableFuture.supplyAsync(() -> executed(statement, "durable"));
            Completion commit = Objects.requireNonNull(TestingSession.COMMITS.poll(20, TimeUnit.SECONDS));
            assertThat(answered).isNotDone();
            commit.complete(null);
            assertThat(answered.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(statement.executeQuery("select 1").next()).isTrue();
        }
    }

    @Test
    void aCommitNobodyKnowsOfEndsTheConnection() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<Boolean> answered = CompletableFuture.supplyAsync(() -> executed(statement, "durable"));
            Completion commit = Objects.requireNonNull(TestingSession.COMMITS.poll(20, TimeUnit.SECONDS));
            commit.complete(ErrorReport.fatal(ErrorCode.CRASH_SHUTDOWN, "the database has stopped")
                    .exception());
            assertThatThrownBy(() -> answered.get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("the database has stopped");
            assertThat(connection.isValid(5)).isFalse();
        }
    }

    @Test
    void aClientThatLeavesDuringItsCommitLeavesNothingOpen() throws Exception {
        Connection connection = connect();
        Statement statement = connection.createStatement();
        CompletableFuture<Boolean> answered = CompletableFuture.supplyAsync(() -> executed(statement, "durable"));
        Completion commit = Objects.requireNonNull(TestingSession.COMMITS.poll(20, TimeUnit.SECONDS));
        connection.abort(Runnable::run);
        assertThatThrownBy(() -> answered.get(20, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
        commit.complete(null);
        while (cancels.count() > 0) {
            Thread.onSpinWait();
        }
        assertThat(cancels.count()).isZero();
    }

    private static boolean executed(Statement statement, String text) {
        try {
            statement.execute(text);
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Test
    void answersKeepTheirOrderWhenThreadAndEventLoopTakeTurnsWithinAQuery() throws Exception {
        listener.close();
        listener = listenWith(false, 50);
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listener.port();
            Thread.ofVirtual().start(() -> cutIntoPieces(proxy, port));
            try (Connection connection = DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + proxy.getLocalPort() + "/test?sslmode=disable&prepareThreshold=0",
                    "alice",
                    PASSWORD)) {
                for (long round = 0; round < 400; round++) {
                    String text = round % 3 == 0 ? "echo ?" : "echo /*slow*/ ?";
                    try (PreparedStatement echo = connection.prepareStatement(text)) {
                        echo.setLong(1, round);
                        ResultSet result = echo.executeQuery();
                        assertThat(result.next()).isTrue();
                        assertThat(result.getLong(1)).isEqualTo(round);
                    }
                }
            }
        }
    }

    /** Passes a client's bytes on a few at a time, so that the server sees its messages one by one. */
    private static void cutIntoPieces(ServerSocket proxy, int port) {
        try (Socket client = proxy.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> {
                try {
                    server.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException closed) {
                    assertThat(closed).isNotNull();
                }
            });
            byte[] piece = new byte[9];
            for (int length = client.getInputStream().read(piece);
                    length > 0;
                    length = client.getInputStream().read(piece)) {
                server.getOutputStream().write(piece, 0, length);
            }
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        }
    }
}
