package dev.strongroom.sql.function;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.CodePoints;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * PostgreSQL's advanced regular expressions as Java patterns. Where both match but in different ways, Java's answer counts:
 * alternatives are tried in order rather than for the longest match.
 */
final class RegularExpressions {
    private static final Cache<String, Pattern> COMPILED =
            Caffeine.newBuilder().maximumSize(1000).build();

    private RegularExpressions() {}

    /** A compiled pattern; {@code flags} as in {@code regexp_match}, {@code g} left to the caller. */
    static Pattern compile(String expression, String flags) {
        return COMPILED.get(flags + "/" + expression, key -> build(expression, flags));
    }

    private static Pattern build(String expression, String flags) {
        int options = Pattern.DOTALL;
        boolean newlines = false;
        boolean literal = false;
        for (char flag : flags.toCharArray()) {
            switch (flag) {
                case 'i' -> options |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
                case 'c' -> options &= ~(Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
                case 'n', 'm' -> {
                    newlines = true;
                    options = options & ~Pattern.DOTALL | Pattern.MULTILINE | Pattern.UNIX_LINES;
                }
                case 'p' -> options &= ~Pattern.DOTALL;
                case 's' -> options |= Pattern.DOTALL;
                case 'w' -> {
                    newlines = true;
                    options |= Pattern.MULTILINE | Pattern.UNIX_LINES;
                }
                case 'x' -> options |= Pattern.COMMENTS;
                case 'q' -> literal = true;
                case 'g', 't', 'b', 'e' -> {}
                default ->
                    throw new DatabaseException(
                            ErrorCode.INVALID_PARAMETER_VALUE, "invalid regular expression option: \"" + flag + "\"");
            }
        }
        try {
            return Pattern.compile(literal ? Pattern.quote(expression) : translate(expression, newlines), options);
        } catch (PatternSyntaxException e) {
            throw new DatabaseException(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "invalid regular expression: " + e.getDescription().toLowerCase(Locale.ROOT));
        }
    }

    private static String translate(String expression, boolean newlines) {
        String text = expression;
        if (text.startsWith("***=")) {
            return Pattern.quote(text.substring(4));
        }
        if (text.startsWith("***:")) {
            text = text.substring(4);
        }
        StringBuilder result = new StringBuilder(text.length() + 8);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '[') {
                i = translateBracket(text, i, result);
                continue;
            }
            if (c == '\\' && i + 1 < text.length()) {
                result.append(escape(text.charAt(i + 1)));
                i += 2;
                continue;
            }
            result.append(c == '$' && !newlines ? "\\z" : String.valueOf(c));
            i++;
        }
        return result.toString();
    }

    private static String escape(char c) {
        return switch (c) {
            case 'm' -> "\\b(?=\\w)";
            case 'M' -> "\\b(?<=\\w)";
            case 'y' -> "\\b";
            case 'Y' -> "\\B";
            case 'Z' -> "\\z";
            default -> "\\" + c;
        };
    }

    /** Translates a bracket expression; returns the position after it. */
    private static int translateBracket(String text, int start, StringBuilder result) {
        if (text.startsWith("[[:<:]]", start)) {
            result.append("\\b(?=\\w)");
            return start + 7;
        }
        if (text.startsWith("[[:>:]]", start)) {
            result.append("\\b(?<=\\w)");
            return start + 7;
        }
        int i = start + 1;
        result.append('[');
        if (i < text.length() && text.charAt(i) == '^') {
            result.append('^');
            i++;
        }
        boolean first = true;
        while (i < text.length() && (first || text.charAt(i) != ']')) {
            char c = text.charAt(i);
            if (text.startsWith("[:", i)) {
                int end = text.indexOf(":]", i);
                if (end < 0) {
                    break;
                }
                result.append(characterClass(text.substring(i + 2, end)));
                i = end + 2;
            } else if (c == '\\' && i + 1 < text.length()) {
                result.append(c).append(text.charAt(i + 1));
                i += 2;
            } else {
                if (c == '[' || c == ']' || c == '&') {
                    result.append('\\');
                }
                result.append(c);
                i++;
            }
            first = false;
        }
        result.append(']');
        return i + 1;
    }

    private static String characterClass(String name) {
        return switch (name) {
            case "alpha" -> "\\p{IsAlphabetic}";
            case "digit" -> "0-9";
            case "alnum" -> "\\p{IsAlphabetic}\\p{IsDigit}";
            case "upper" -> "\\p{Lu}";
            case "lower" -> "\\p{Ll}";
            case "space" -> "\\s";
            case "blank" -> " \\t";
            case "punct" -> "\\p{Punct}";
            case "print" -> "\\p{Print}";
            case "graph" -> "\\p{Graph}";
            case "cntrl" -> "\\p{Cntrl}";
            case "xdigit" -> "0-9A-Fa-f";
            case "word" -> "\\w";
            default ->
                throw new DatabaseException(
                        ErrorCode.INVALID_REGULAR_EXPRESSION, "invalid regular expression: invalid character class");
        };
    }

    /** SIMILAR TO's pattern as a regular expression. */
    static String similarTo(String pattern, String escape) {
        if (CodePoints.length(escape) > 1) {
            throw ErrorReport.error(ErrorCode.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
                    .withHint("Escape string must be empty or one character.")
                    .exception();
        }
        StringBuilder result = new StringBuilder("^(?:");
        boolean inBrackets = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (!escape.isEmpty() && c == escape.charAt(0) && i + 1 < pattern.length()) {
                result.append('\\').append(pattern.charAt(++i));
            } else if (inBrackets) {
                inBrackets = c != ']';
                result.append(c == '\\' ? "\\\\" : String.valueOf(c));
            } else {
                inBrackets = c == '[';
                switch (c) {
                    case '%' -> result.append(".*");
                    case '_' -> result.append('.');
                    case '(' -> result.append("(?:");
                    case '\\', '.', '^', '$' -> result.append('\\').append(c);
                    default -> result.append(c);
                }
            }
        }
        return result.append(")$").toString();
    }
}
