package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/** DECLARE, FETCH, MOVE, CLOSE. */
public sealed interface CursorStatement extends Statement {
    /**
     * DECLARE CURSOR.
     *
     * @param scroll SCROLL true, NO SCROLL false, null where unsaid
     */
    record Declare(
            String name,
            boolean binary,
            boolean insensitive,
            @Nullable Boolean scroll,
            boolean hold,
            Query query,
            String text)
            implements CursorStatement {}

    /**
     * FETCH or MOVE.
     *
     * @param count how many, or which row for ABSOLUTE and RELATIVE; Long.MAX_VALUE for ALL
     */
    record Fetch(String cursor, boolean move, Direction direction, long count) implements CursorStatement {}

    /** Where FETCH goes. */
    enum Direction {
        FORWARD,
        BACKWARD,
        ABSOLUTE,
        RELATIVE
    }

    /** CLOSE; null is ALL. */
    record Close(@Nullable String cursor) implements CursorStatement {}
}
