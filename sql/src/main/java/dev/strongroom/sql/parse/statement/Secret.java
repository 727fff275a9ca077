package dev.strongroom.sql.parse.statement;

/**
 * A password or secret literal. Never printed (TDE-104).
 *
 * @param value the secret
 * @param start 0-based offset of the literal in the statement text
 * @param end offset behind it
 */
public record Secret(String value, int start, int end) {
    @Override
    public String toString() {
        return "'***'";
    }
}
