package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/** Runs key statements and says how they ended: by SQL Server's number, field R (TDE-105). */
final class KeySql implements AutoCloseable {
    private static final String PREFIX = "MSSQL";

    private final Connection connection;
    private final Statement statement;

    KeySql(ServerProcess server, String database, String... properties) throws SQLException {
        connection = server.connect(database, properties);
        statement = connection.createStatement();
    }

    /** Runs statements that must succeed. */
    KeySql ok(String... statements) throws SQLException {
        for (String sql : statements) {
            statement.execute(sql);
        }
        return this;
    }

    /** The statement fails with this number; the detail names it as well, and there is a message. */
    KeySql fails(int number, String sql) throws SQLException {
        failure(number, sql);
        return this;
    }

    /** As {@link #fails(int, String)}, with this SQLSTATE. */
    KeySql fails(int number, String state, String sql) throws SQLException {
        assertThat(failure(number, sql).getSQLState()).as(sql).isEqualTo(state);
        return this;
    }

    private PSQLException failure(int number, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (PSQLException e) {
            ServerErrorMessage message = Objects.requireNonNull(e.getServerErrorMessage());
            assertThat(number(message) + " " + message.getMessage()).as(sql).matches(number + " \\S.{8,}");
            assertThat(message.getDetail()).as(sql).startsWith("error " + number + ", severity ");
            return e;
        }
        throw new AssertionError("should have failed with " + number + ": " + sql);
    }

    /** The statement succeeds with a warning of this number. */
    KeySql warns(int number, String sql) throws SQLException {
        return says("WARNING 01000 " + number, sql);
    }

    /** The statement succeeds with a notice of this number. */
    KeySql notices(int number, String sql) throws SQLException {
        return says("NOTICE 00000 " + number, sql);
    }

    private KeySql says(String expected, String sql) throws SQLException {
        statement.clearWarnings();
        statement.execute(sql);
        List<String> said = new ArrayList<>();
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning sent) {
                ServerErrorMessage message = Objects.requireNonNull(sent.getServerErrorMessage());
                said.add(message.getSeverity() + " " + message.getSQLState() + " " + number(message));
            }
        }
        assertThat(said).as(sql).contains(expected);
        return this;
    }

    /** {@code ok}, the number of the error, or its SQLSTATE where it has none. */
    String outcome(String sql) throws SQLException {
        try {
            statement.execute(sql);
            return "ok";
        } catch (PSQLException e) {
            ServerErrorMessage message = Objects.requireNonNull(e.getServerErrorMessage());
            String number = number(message);
            return number.isEmpty() ? String.valueOf(e.getSQLState()) : number;
        }
    }

    private static String number(@Nullable ServerErrorMessage message) {
        String routine = message == null ? null : message.getRoutine();
        return routine != null && routine.startsWith(PREFIX) ? routine.substring(PREFIX.length()) : "";
    }

    /** The one value of a query. */
    @Nullable
    String text(String query) throws SQLException {
        return EncryptionLifeTest.text(statement, query);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
