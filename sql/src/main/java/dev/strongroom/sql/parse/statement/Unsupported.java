package dev.strongroom.sql.parse.statement;

/**
 * A statement that is understood but not offered; executing it raises 0A000.
 *
 * @param what its name as PostgreSQL writes it, such as {@code CREATE TRIGGER}
 */
public record Unsupported(String what) implements Statement {}
