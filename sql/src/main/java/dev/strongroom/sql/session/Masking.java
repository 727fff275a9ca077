package dev.strongroom.sql.session;

import java.util.regex.Pattern;

/** Hides password and secret literals in statement texts that others may see (TDE-104). */
public final class Masking {
    private static final Pattern SECRET =
            Pattern.compile("\\b(PASSWORD|SECRET)(\\s*=?\\s*)([NEne]?'(?:[^']|'')*')", Pattern.CASE_INSENSITIVE);

    private static final Pattern ENCRYPTED_VALUE =
            Pattern.compile("\\b(ENCRYPTED_VALUE\\s*=\\s*)(0x[0-9a-f]*|[NEnex]?'[^']*')", Pattern.CASE_INSENSITIVE);

    private Masking() {}

    /** The text with every literal after PASSWORD, SECRET or ENCRYPTED_VALUE (AE-58) shown as {@code '***'}. */
    public static String mask(String text) {
        String masked = SECRET.matcher(text).replaceAll("$1$2'***'");
        return ENCRYPTED_VALUE.matcher(masked).replaceAll("$1'***'");
    }
}
