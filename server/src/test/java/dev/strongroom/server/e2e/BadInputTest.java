package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a client sends: one clear error with PostgreSQL's SQLSTATE, and everybody else goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadInputTest {
    private ServerProcess server;
    private Connection bystander;

    @BeforeAll
    void start(@TempDir Path folder) throws SQLException {
        server = ServerProcess.start(folder.resolve("data"));
        bystander = server.connect("postgres");
        try (Statement statement = bystander.createStatement()) {
            statement.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, name varchar(5) NOT NULL, n numeric(4,2) CHECK (n > 0))");
            statement.execute("INSERT INTO t VALUES (1, 'one', 1)");
        }
    }

    @AfterEach
    void bystanderGoesOn() throws SQLException {
        try (Statement statement = bystander.createStatement();
                ResultSet row = statement.executeQuery("SELECT name FROM t WHERE id = 1")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("one");
        }
    }

    @AfterAll
    void stop() throws SQLException {
        bystander.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SELEC 1 | 42601 | syntax error at or near \"SELEC\"",
                "SELECT * FROM nowhere | 42P01 | relation \"nowhere\" does not exist",
                "SELECT nothing FROM t | 42703 | column \"nothing\" does not exist",
                "SELECT nofunction(1) | 42883 | function nofunction(integer) does not exist",
                "SELECT 1/0 | 22012 | division by zero",
                "SELECT 2147483647 + 1 | 22003 | integer out of range",
                "SELECT 'x'::int | 22P02 | invalid input syntax for type integer: \"x\"",
                "SELECT '2026-02-30'::date | 22008 | date/time field value out of range: \"2026-02-30\"",
                "INSERT INTO t VALUES (1, 'two', 1) | 23505 | duplicate key value violates unique constraint \"t_pkey\"",
                "INSERT INTO t VALUES (2, NULL, 1) | 23502 | null value in column \"name\" of relation \"t\" violates not-null constraint",
                "INSERT INTO t VALUES (2, 'two', -1) | 23514 | new row for relation \"t\" violates check constraint \"t_n_check\"",
                "INSERT INTO t VALUES (2, 'far too long', 1) | 22001 | value too long for type character varying(5)",
                "INSERT INTO t VALUES (2, 'two', 1000) | 22003 | numeric field overflow",
                "SELECT id FROM t GROUP BY name | 42803 | column \"t.id\" must appear in the GROUP BY clause",
                "SELECT id, id FROM t a, t b | 42702 | column reference \"id\" is ambiguous",
                "CREATE TABLE t (a int) | 42P07 | relation \"t\" already exists",
                "DROP TABLE nowhere | 42P01 | table \"nowhere\" does not exist",
                "CREATE TABLE u (a nosuchtype) | 42704 | type \"nosuchtype\" does not exist",
                "SELECT * FROM t WHERE id = 'abc' | 22P02 | invalid input syntax for type integer: \"abc\"",
                "SELECT name + 1 FROM t | 42883 | operator does not exist: character varying + integer",
            })
    void badSqlGetsItsSqlStateAndTheSessionGoesOn(String sql, String sqlState, String message) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).isInstanceOfSatisfying(SQLException.class, e -> {
                assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(sqlState);
                assertThat(e.getMessage()).contains(message);
            });
            try (ResultSet row = statement.executeQuery("SELECT 1")) {
                assertThat(row.next()).isTrue();
            }
        }
    }

    @Test
    void wrongPasswordAndUnknownUserLookTheSame() {
        for (String user : List.of("postgres", "nobody-here")) {
            assertThatThrownBy(() -> DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", user, "wrong"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"))
                    .hasMessageContaining("password authentication failed for user \"" + user + "\"");
        }
    }

    @Test
    void unknownDatabaseIsSaidAfterAuthentication() {
        assertThatThrownBy(() -> server.connect("nowhere"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"))
                .hasMessageContaining("database \"nowhere\" does not exist");
    }

    @Test
    void aGigabyteLengthBeforeLoginClosesTheConnectionCheaply() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(1 << 30);
            out.writeInt(196608);
            out.flush();
            assertThat(readToEnd(socket))
                    .satisfiesAnyOf(
                            answer -> assertThat(answer).isEmpty(),
                            answer -> assertThat(answer).contains("08P01"));
        }
    }

    @Test
    void garbageInsteadOfStartupIsRefused() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            readToEnd(socket);
        }
    }

    @Test
    void fiveHundredConnectionsAreServedOrRefusedWithTooManyConnections() throws SQLException {
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                try {
                    open.add(server.connect("postgres"));
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("53300");
                    break;
                }
            }
            assertThat(open).hasSizeGreaterThan(50);
        } finally {
            for (Connection connection : open) {
                connection.close();
            }
        }
    }

    private static String readToEnd(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        try {
            return new String(new DataInputStream(socket.getInputStream()).readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return "";
        }
    }
}
