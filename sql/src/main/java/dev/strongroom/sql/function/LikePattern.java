package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** LIKE: {@code %} is any text, {@code _} one character, a backslash takes away a character's meaning. */
final class LikePattern {
    private LikePattern() {}

    static boolean matches(String text, String pattern) {
        return matches(text, 0, pattern, 0);
    }

    private static boolean matches(String text, int textFrom, String pattern, int patternFrom) {
        int t = textFrom;
        int p = patternFrom;
        int retryText = -1;
        int retryPattern = -1;
        while (true) {
            if (p < pattern.length() && pattern.charAt(p) == '%') {
                p++;
                retryPattern = p;
                retryText = t;
                if (p == pattern.length()) {
                    return true;
                }
                continue;
            }
            if (t == text.length()) {
                checkEscape(pattern, p);
                return p == pattern.length();
            }
            int next = p < pattern.length() ? step(text, t, pattern, p) : -1;
            if (next >= 0) {
                p = next;
                t += Character.charCount(text.codePointAt(t));
            } else if (retryPattern >= 0) {
                retryText += Character.charCount(text.codePointAt(retryText));
                t = retryText;
                p = retryPattern;
            } else {
                return false;
            }
        }
    }

    /** Position in the pattern after matching one character, -1 if it does not match. */
    private static int step(String text, int t, String pattern, int p) {
        char c = pattern.charAt(p);
        if (c == '_') {
            return p + 1;
        }
        int at = p;
        if (c == '\\') {
            checkEscape(pattern, p);
            at++;
        }
        int wanted = pattern.codePointAt(at);
        return text.codePointAt(t) == wanted ? at + Character.charCount(wanted) : -1;
    }

    private static void checkEscape(String pattern, int p) {
        if (p == pattern.length() - 1 && pattern.charAt(p) == '\\') {
            throw new DatabaseException(
                    ErrorCode.INVALID_ESCAPE_SEQUENCE, "LIKE pattern must not end with escape character");
        }
    }

    /** The pattern with a backslash as escape character ({@code LIKE … ESCAPE}). */
    static String withEscape(String pattern, String escape) {
        if (escape.codePointCount(0, escape.length()) > 1) {
            throw new dev.strongroom.common.error.DatabaseException(
                    ErrorCode.INVALID_ESCAPE_SEQUENCE, "invalid escape string");
        }
        if (escape.equals("\\")) {
            return pattern;
        }
        StringBuilder result = new StringBuilder();
        int mark = escape.isEmpty() ? -1 : escape.codePointAt(0);
        boolean escaped = false;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == mark && !escaped) {
                result.append('\\');
                escaped = true;
            } else {
                if (c == '\\' && !escaped) {
                    result.append('\\');
                }
                result.appendCodePoint(c);
                escaped = false;
            }
        }
        return result.toString();
    }
}
