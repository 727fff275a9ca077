package dev.strongroom.server.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays statements of several sessions in a given order and writes down what each was answered, or that it had to wait. Works
 * with any server that speaks PostgreSQL's protocol.
 */
final class SessionScript {
    private static final int LOOKS = 20_000;
    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final List<Connection> connections;
    private final String begin;
    private final Map<Integer, Session> sessions = new TreeMap<>();
    private final List<String> answers = new ArrayList<>();

    private static final class Session {
        final Connection connection;
        final int pid;

        @Nullable
        CompletableFuture<String> pending;

        Session(Connection connection, int pid) {
            this.connection = connection;
            this.pid = pid;
        }
    }

    /**
     * @param connections the first looks from outside, the others are the sessions 1, 2, …
     * @param begin how a session begins its transaction
     */
    SessionScript(List<Connection> connections, String begin) {
        this.connections = connections;
        this.begin = begin;
    }

    /** Plays lines of session number and statement; a line of the answer for each. */
    List<String> play(List<String> lines) throws Exception {
        for (String line : lines) {
            int space = line.indexOf(' ');
            int number = Integer.parseInt(line.substring(0, space));
            String sql = line.substring(space + 1);
            if (number == 0) {
                answers.add(line + " -> " + answer(connections.getFirst(), sql));
            } else {
                step(number, line, sql);
            }
        }
        for (Map.Entry<Integer, Session> session : sessions.entrySet()) {
            finish(session.getKey(), session.getValue());
            answer(session.getValue().connection, "rollback");
        }
        return answers;
    }

    private void step(int number, String line, String sql) throws Exception {
        Session session = sessions.get(number);
        if (session == null) {
            Connection connection = connections.get(number);
            session = new Session(connection, Integer.parseInt(answer(connection, "select pg_backend_pid()")));
            answer(connection, begin);
            sessions.put(number, session);
        }
        finish(number, session);
        Connection connection = session.connection;
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> answer(connection, sql), THREADS);
        if (isWaiting(running, session.pid)) {
            session.pending = running;
            answers.add(line + " -> waits");
        } else {
            answers.add(line + " -> " + running.get(60, TimeUnit.SECONDS));
        }
    }

    private void finish(int number, Session session) throws Exception {
        CompletableFuture<String> pending = session.pending;
        if (pending != null) {
            session.pending = null;
            answers.add(number + " went on -> " + pending.get(60, TimeUnit.SECONDS));
        }
    }

    /** Looks until the statement has ended or waits for a lock. */
    private boolean isWaiting(CompletableFuture<String> running, int pid) throws SQLException {
        try (PreparedStatement look = connections
                .getFirst()
                .prepareStatement("select count(*) from pg_stat_activity where pid = ? and wait_event_type = 'Lock'")) {
            for (int i = 0; i < LOOKS && !running.isDone(); i++) {
                look.setInt(1, pid);
                try (ResultSet result = look.executeQuery()) {
                    result.next();
                    if (result.getInt(1) == 1) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static String answer(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return Integer.toString(statement.getUpdateCount());
            }
            StringBuilder rows = new StringBuilder();
            try (ResultSet result = statement.getResultSet()) {
                while (result.next()) {
                    rows.append(rows.isEmpty() ? "" : " | ");
                    for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                        rows.append(column == 1 ? "" : ", ").append(result.getString(column));
                    }
                }
            }
            return rows.isEmpty() ? "no rows" : rows.toString();
        } catch (SQLException failure) {
            String message =
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
            return failure.getSQLState() + " " + message;
        }
    }
}
