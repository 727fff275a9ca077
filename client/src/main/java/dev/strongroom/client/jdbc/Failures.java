package dev.strongroom.client.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;

/** What a reflective call threw, as JDBC declares it. */
final class Failures {
    private Failures() {}

    static SQLException of(ReflectiveOperationException failure) {
        Throwable cause = failure instanceof InvocationTargetException e ? e.getTargetException() : failure;
        return switch (cause) {
            case SQLException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new SQLException("unexpected failure", "XX000", cause);
        };
    }
}
