package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** A statement that waits or works for long ends at once when asked, and its session goes on. */
final class CancelTest {
    private static ServerProcess server;

    @BeforeAll
    static void start(@TempDir Path directory) throws SQLException {
        server = ServerProcess.start(directory.resolve("data"));
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create table held(id int primary key)");
            statement.execute("insert into held values (1)");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pg_sleep(3600)",
                "select pg_sleep_for('1 hour')",
                "select pg_advisory_lock(7)",
                "update held set id = 2 where id = 1",
                "select count(*) from generate_series(1, 100000000) a, generate_series(1, 100000000) b",
            })
    void cancelRequestEndsTheStatement(String sql) throws Exception {
        try (Connection holder = server.connect("postgres");
                Statement holding = holder.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            holding.execute("select pg_advisory_lock(7)");
            holding.execute("begin");
            holding.execute("select 1 from held for update");
            int pid = pid(statement);
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> execute(statement, sql));
            awaitActive(holding, pid, sql);
            statement.cancel();
            assertCancelled(running, "canceling statement due to user request");
            assertThat(pid(statement)).isEqualTo(pid);
        }
    }

    /** Who holds a transaction, or only a connection, and says nothing for longer than its settings allow. */
    @ParameterizedTest
    @ValueSource(strings = {"idle_in_transaction_session_timeout", "idle_session_timeout"})
    void silenceEndsTheSession(String setting) throws Exception {
        boolean inTransaction = setting.startsWith("idle_in_transaction");
        try (Connection other = server.connect("postgres");
                Statement admin = other.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            int pid = pid(statement);
            statement.execute("set " + setting + " = '100ms'");
            if (inTransaction) {
                statement.execute("begin");
                statement.execute("select 1 from held for update");
            }
            ServerProcess.await("the end of session " + pid, () -> sessions(admin, pid) == 0);
            admin.execute("select 1 from held for update nowait");
            assertThatThrownBy(() -> statement.execute("select 1"))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo(inTransaction ? "25P03" : "57P05"))
                    .hasMessageContaining("terminating connection due to idle-"
                            + (inTransaction ? "in-transaction" : "session") + " timeout");
        }
    }

    /** Notifications are the server's words, not the client's: they do not put off the end of an idle session. */
    @Test
    void notificationsDoNotBreakTheSilence() throws Exception {
        try (Connection other = server.connect("postgres");
                Statement admin = other.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            int pid = pid(statement);
            statement.execute("listen noise");
            statement.execute("set idle_session_timeout = '1s'");
            // Each look sends another notification, at intervals well below the limit.
            ServerProcess.await("the end of session " + pid, () -> {
                execute(admin, "notify noise");
                return sessions(admin, pid) == 0;
            });
        }
    }

    /** A client that breaks off without a Terminate message: its session, its transaction and its locks end. */
    @ParameterizedTest
    @ValueSource(strings = {"select 1", "begin", "select pg_advisory_lock(8)"})
    void sessionEndsWithItsSocket(String last) throws Exception {
        try (Connection other = server.connect("postgres");
                Statement admin = other.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            int pid = pid(statement);
            statement.execute(last);
            connection.abort(Runnable::run);
            ServerProcess.await("the end of session " + pid, () -> sessions(admin, pid) == 0);
        }
    }

    /** A client that waits on its socket is told at once; one in a transaction when that is over. */
    @Test
    void notificationsReachAClientThatSaysNothing() throws Exception {
        try (Connection other = server.connect("postgres");
                Statement sender = other.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            PGConnection listener = connection.unwrap(PGConnection.class);
            statement.execute("listen news");
            for (int i = 0; i < 100; i++) {
                sender.execute("notify news, 'n" + i + "'");
                assertThat(listener.getNotifications(60_000))
                        .singleElement()
                        .satisfies(n -> assertThat(n.getName()).isEqualTo("news"));
            }
            statement.execute("begin");
            sender.execute("notify news, 'later'");
            statement.execute("select 1");
            assertThat(listener.getNotifications()).isEmpty();
            statement.execute("commit");
            assertThat(listener.getNotifications(60_000))
                    .singleElement()
                    .satisfies(n -> assertThat(n.getParameter()).isEqualTo("later"));
        }
    }

    private static int sessions(Statement admin, int pid) {
        try (ResultSet row = admin.executeQuery("select count(*) from pg_stat_activity where pid = " + pid)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void backendIsCancelledAndTerminatedBySql() throws Exception {
        try (Connection other = server.connect("postgres");
                Statement admin = other.createStatement();
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            int pid = pid(statement);
            String sql = "select pg_sleep(3600)";
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> execute(statement, sql));
            awaitActive(admin, pid, sql);
            admin.execute("select pg_cancel_backend(" + pid + ")");
            assertCancelled(running, "canceling statement due to user request");
            admin.execute("select pg_terminate_backend(" + pid + ")");
            assertThatThrownBy(() -> {
                        while (true) {
                            pid(statement);
                        }
                    })
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void statementTimeoutEndsTheStatement() throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("set statement_timeout = '20ms'");
            assertThatThrownBy(() -> statement.execute("select pg_sleep(3600)"))
                    .hasMessageContaining("canceling statement due to statement timeout");
            statement.execute("set statement_timeout = 0");
            statement.execute("select pg_sleep(0.001), pg_sleep_until(now() - interval '1 day')");
        }
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int pid(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("select pg_backend_pid()")) {
            result.next();
            return result.getInt(1);
        }
    }

    /** Looks until the other session runs the statement. */
    private static void awaitActive(Statement look, int pid, String sql) throws SQLException {
        String question = "select count(*) from pg_stat_activity where pid = " + pid
                + " and state = 'active' and query = '" + sql.replace("'", "''") + "'";
        for (int tries = 0; tries < 100_000; tries++) {
            try (ResultSet result = look.executeQuery(question)) {
                result.next();
                if (result.getInt(1) == 1) {
                    return;
                }
            }
        }
        throw new IllegalStateException("the statement never ran: " + sql);
    }

    private static void assertCancelled(CompletableFuture<Void> running, String message)
            throws InterruptedException, TimeoutException {
        try {
            running.get(60, TimeUnit.SECONDS);
            throw new AssertionError("the statement ended by itself");
        } catch (ExecutionException e) {
            assertThat(e)
                    .rootCause()
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            cause -> assertThat(cause.getSQLState()).isEqualTo("57014"))
                    .hasMessageContaining(message);
        }
    }
}
