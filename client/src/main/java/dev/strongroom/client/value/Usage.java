package dev.strongroom.client.value;

import java.util.Locale;

/** What a statement does with a parameter (decision A-1). */
public enum Usage {
    /** Stored: rounding, range and length rules of the column hold. */
    ASSIGN,
    /** Compared: a value the column cannot hold exactly equals nothing. */
    COMPARE,
    /** Both: only a value the column holds exactly has one meaning. */
    BOTH;

    public static Usage of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "compare" -> COMPARE;
            case "both" -> BOTH;
            default -> ASSIGN;
        };
    }
}
