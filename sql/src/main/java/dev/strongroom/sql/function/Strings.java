package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.value.CodePoints;
import java.util.Locale;

/** Text by characters (code points), as PostgreSQL counts. */
final class Strings {
    /** Characters that are made in microseconds. */
    private static final int SHORT = 1 << 16;

    private Strings() {}

    /** {@code count} characters from the 1-based position, which may lie before the text. */
    static String substring(String text, long start, long count) {
        if (count < 0) {
            throw new DatabaseException(ErrorCode.SUBSTRING_ERROR, "negative substring length not allowed");
        }
        long end = start + count;
        if (end < start) {
            end = Long.MAX_VALUE;
        }
        return slice(text, Math.max(start, 1) - 1, end - 1);
    }

    /** Characters from the 0-based position to before another. */
    static String slice(String text, long from, long to) {
        if (to <= from || from >= text.length()) {
            return "";
        }
        if (!hasPairs(text)) {
            return text.substring((int) from, (int) Math.min(to, text.length()));
        }
        int characters = CodePoints.length(text);
        if (from >= characters) {
            return "";
        }
        int begin = text.offsetByCodePoints(0, (int) from);
        int end = to >= characters ? text.length() : text.offsetByCodePoints(0, (int) to);
        return text.substring(begin, end);
    }

    private static boolean hasPairs(String text) {
        return text.codePointCount(0, text.length()) != text.length();
    }

    /** 1-based position of a piece, 0 if it is not there. */
    static long position(String text, String piece) {
        int at = text.indexOf(piece);
        return at < 0 ? 0 : text.codePointCount(0, at) + 1L;
    }

    static String padLeft(String text, long length, String fill) {
        int has = CodePoints.length(text);
        if (length <= has) {
            return slice(text, 0, Math.max(length, 0));
        }
        return fill.isEmpty() ? text : filling(fill, length - has) + text;
    }

    static String padRight(String text, long length, String fill) {
        int has = CodePoints.length(text);
        if (length <= has) {
            return slice(text, 0, Math.max(length, 0));
        }
        return fill.isEmpty() ? text : text + filling(fill, length - has);
    }

    private static String filling(String fill, long characters) {
        checkLength(characters);
        int has = CodePoints.length(fill);
        String repeated = fill.repeat((int) ((characters + has - 1) / has));
        return slice(repeated, 0, characters);
    }

    static String repeat(String text, long times) {
        if (times <= 0) {
            return "";
        }
        checkLength(text.length() * times);
        return text.repeat((int) times);
    }

    private static void checkLength(long characters) {
        if (characters > 268_435_455) {
            throw new DatabaseException(ErrorCode.PROGRAM_LIMIT_EXCEEDED, "requested length too large");
        }
        if (characters > SHORT) {
            NoWait.check();
        }
    }

    static String trim(String text, String characters, boolean start, boolean end) {
        int from = 0;
        int to = text.length();
        while (start && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && characters.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    /** First letter of each word in upper case, the rest in lower case. */
    static String initialCapitals(String text) {
        StringBuilder result = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            result.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inWord = Character.isLetterOrDigit(c);
            i += Character.charCount(c);
        }
        return result.toString();
    }

    static String translate(String text, String from, String to) {
        int[] source = from.codePoints().toArray();
        int[] target = to.codePoints().toArray();
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int at = 0;
            while (at < source.length && source[at] != c) {
                at++;
            }
            if (at == source.length) {
                result.appendCodePoint(c);
            } else if (at < target.length) {
                result.appendCodePoint(target[at]);
            }
        });
        return result.toString();
    }

    static String splitPart(String text, String delimiter, long field) {
        if (field == 0) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "field position must not be zero");
        }
        if (delimiter.isEmpty()) {
            return field == 1 || field == -1 ? text : "";
        }
        String[] parts = split(text, delimiter);
        long index = field > 0 ? field - 1 : parts.length + field;
        return index < 0 || index >= parts.length ? "" : parts[(int) index];
    }

    /** The pieces between delimiters; the delimiter must not be empty. */
    static String[] split(String text, String delimiter) {
        return text.split(java.util.regex.Pattern.quote(delimiter), -1);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        StringBuilder result = null;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                result = new StringBuilder(text.length());
                break;
            }
        }
        if (result == null) {
            return text.toUpperCase(Locale.ROOT);
        }
        StringBuilder upper = result;
        text.codePoints().forEach(c -> upper.appendCodePoint(Character.toUpperCase(c)));
        return upper.toString();
    }

    static String overlay(String text, String replacement, long start, long count) {
        if (start <= 0) {
            throw new DatabaseException(ErrorCode.SUBSTRING_ERROR, "negative substring length not allowed");
        }
        return slice(text, 0, start - 1) + replacement + slice(text, Math.max(0, start + count - 1), Long.MAX_VALUE);
    }

    /** A literal in single quotes, with {@code E} where it has backslashes. */
    static String quoteLiteral(String text) {
        String quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'";
        return text.indexOf('\\') >= 0 ? "E" + quoted : quoted;
    }
}
