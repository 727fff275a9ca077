package dev.strongroom.sql.command;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.util.List;

/**
 * What becomes of other users when a database is taken for a few: the termination clause of ALTER DATABASE … SET.
 *
 * @param seconds how long they may stay; negative = as long as they like
 */
public record Leaving(int seconds, boolean refused) {
    /** Waits until they have left. */
    public static final Leaving WAIT = new Leaving(-1, false);

    /** {@code WITH NO_WAIT}: refuses if there are any. */
    public static final Leaving NO_WAIT = new Leaving(-1, true);

    /** {@code WITH ROLLBACK IMMEDIATE}. */
    public static final Leaving IMMEDIATE = new Leaving(0, false);

    static Leaving of(List<String> words) {
        if (words.isEmpty()) {
            return WAIT;
        }
        String text = String.join(" ", words);
        if (text.equals("WITH NO_WAIT")) {
            return NO_WAIT;
        }
        if (text.equals("WITH ROLLBACK IMMEDIATE")) {
            return IMMEDIATE;
        }
        if (text.matches("WITH ROLLBACK AFTER [0-9]{1,6}( SECONDS)?")) {
            return new Leaving(Integer.parseInt(words.get(3)), false);
        }
        throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "syntax error at or near \"" + words.getFirst() + "\"");
    }
}
