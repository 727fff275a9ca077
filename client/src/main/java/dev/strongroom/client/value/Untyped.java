package dev.strongroom.client.value;

/**
 * A value that pgjdbc sends as text without a type, for the server to read as the column's: dates and times of
 * {@code java.sql}, and texts given as {@code Types.OTHER}.
 *
 * @param value the value
 * @param text what pgjdbc would send
 */
public record Untyped(Object value, String text) {
    @Override
    public String toString() {
        return "untyped value";
    }
}
