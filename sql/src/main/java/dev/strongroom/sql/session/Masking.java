package dev.strongroom.sql.session;

import java.util.regex.Pattern;

/** Hides password and secret literals in statement texts that others may see (TDE-104). */
public final class Masking {
    private static final Pattern SECRET =
            Pattern.compile("\\b(PASSWORD|SECRET)(\\s*=?\\s*)([NEne]?'(?:[^']|'')*')", Pattern.CASE_INSENSITIVE);

    private Masking() {}

    /** The text with every literal after PASSWORD or SECRET shown as {@code '***'}. */
    public static String mask(String text) {
        return SECRET.matcher(text).replaceAll("$1$2'***'");
    }
}
