package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON as text: checked for {@code json}, rewritten for {@code jsonb} (keys by length, then bytes, last duplicate wins; one
 * blank after commas and colons; numbers as {@code numeric} prints them).
 */
public final class JsonText {
    private static final int MAX_DEPTH = 6000;

    /** Key order of {@code jsonb} objects: shorter first, then by bytes. */
    public static final Comparator<String> KEY_ORDER = (left, right) -> {
        byte[] a = left.getBytes(StandardCharsets.UTF_8);
        byte[] b = right.getBytes(StandardCharsets.UTF_8);
        return a.length != b.length ? Integer.compare(a.length, b.length) : java.util.Arrays.compareUnsigned(a, b);
    };

    private final String text;
    private final boolean build;
    private int at;
    private int depth;

    private JsonText(String text, boolean build) {
        this.text = text;
        this.build = build;
    }

    /** The text itself if it is JSON; 22P02 otherwise. */
    public static String check(String text) {
        JsonText reader = new JsonText(text, false);
        reader.document();
        return text;
    }

    /** Canonical text; 22P02 if it is not JSON. */
    public static String canonical(String text) {
        JsonText reader = new JsonText(text, true);
        Object value = reader.document();
        StringBuilder out = new StringBuilder(text.length() + 16);
        write(value, out);
        return out.toString();
    }

    /**
     * The value as a tree: {@code TreeMap<String, Object>} in {@link #KEY_ORDER}, {@code List<Object>}, String,
     * {@link Numeric}, Boolean, or null.
     */
    public static @Nullable Object tree(String text) {
        return new JsonText(text, true).document();
    }

    /** Canonical text of a tree made by {@link #tree}. */
    public static String text(@Nullable Object tree) {
        StringBuilder out = new StringBuilder();
        write(tree, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case TreeMap<?, ?> object -> {
                out.append('{');
                boolean first = true;
                for (var entry : object.entrySet()) {
                    out.append(first ? "" : ", ");
                    quote((String) entry.getKey(), out);
                    out.append(": ");
                    write(entry.getValue(), out);
                    first = false;
                }
                out.append('}');
            }
            case List<?> array -> {
                out.append('[');
                boolean first = true;
                for (Object element : array) {
                    out.append(first ? "" : ", ");
                    write(element, out);
                    first = false;
                }
                out.append(']');
            }
            case String string -> quote(string, out);
            default -> out.append(value);
        }
    }

    /** Appends a JSON string. */
    public static void quote(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private @Nullable Object document() {
        Object value = value("JSON value");
        skipSpace();
        if (at < text.length()) {
            throw unexpected("end of input");
        }
        return value;
    }

    private @Nullable Object value(String expected) {
        skipSpace();
        if (at >= text.length()) {
            throw ended();
        }
        if (++depth > MAX_DEPTH) {
            throw ErrorReport.error(ErrorCode.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                    .exception();
        }
        char c = text.charAt(at);
        Object value = switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't', 'f', 'n' -> literal();
            default -> {
                if (c == '-' || c >= '0' && c <= '9') {
                    yield number();
                }
                throw unexpected(expected);
            }
        };
        depth--;
        return value;
    }

    private Object object() {
        TreeMap<String, @Nullable Object> members = new TreeMap<>(KEY_ORDER);
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw unexpected(members.isEmpty() ? "string or \"}\"" : "string");
            }
            String key = string();
            skipSpace();
            if (peek() != ':') {
                throw unexpected("\":\"");
            }
            at++;
            Object member = value("JSON value");
            if (build || members.isEmpty()) {
                members.put(key, member);
            }
            skipSpace();
            char c = peek();
            if (c != ',' && c != '}') {
                throw unexpected("\",\" or \"}\"");
            }
            at++;
            if (c == '}') {
                return members;
            }
        }
    }

    private Object array() {
        List<@Nullable Object> elements = new ArrayList<>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return elements;
        }
        while (true) {
            Object element = value(elements.isEmpty() ? "array element or \"]\"" : "JSON value");
            if (build || elements.isEmpty()) {
                elements.add(element);
            }
            skipSpace();
            char c = peek();
            if (c != ',' && c != ']') {
                throw unexpected("\",\" or \"]\"");
            }
            at++;
            if (c == ']') {
                return elements;
            }
        }
    }

    private @Nullable Object literal() {
        int end = wordEnd();
        String word = text.substring(at, end);
        switch (word) {
            case "true" -> {
                at = end;
                return Boolean.TRUE;
            }
            case "false" -> {
                at = end;
                return Boolean.FALSE;
            }
            case "null" -> {
                at = end;
                return null;
            }
            default -> throw invalidToken(end);
        }
    }

    private Object number() {
        int start = at;
        int i = at;
        if (text.charAt(i) == '-') {
            i++;
        }
        int digits = i;
        i = skipDigits(i);
        boolean legal = i > digits && (text.charAt(digits) != '0' || i == digits + 1);
        if (i < text.length() && text.charAt(i) == '.') {
            int from = ++i;
            i = skipDigits(i);
            legal &= i > from;
        }
        if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            i++;
            if (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
                i++;
            }
            int from = i;
            i = skipDigits(i);
            legal &= i > from;
        }
        int end = wordEnd();
        if (!legal || end > i) {
            throw invalidToken(Math.max(end, i));
        }
        at = i;
        if (!build) {
            return Numeric.ZERO;
        }
        return Numeric.of(new BigDecimal(text.substring(start, i)));
    }

    private int skipDigits(int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    private int wordEnd() {
        int end = at;
        while (end < text.length()
                && (Character.isLetterOrDigit(text.charAt(end))
                        || text.charAt(end) == '_'
                        || "+-.".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        return end;
    }

    private String string() {
        int start = at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                throw invalid("Token \"" + text.substring(start) + "\" is invalid.", at);
            }
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c < ' ') {
                throw invalid(
                        "Character with value 0x" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16)
                                + " must be escaped.",
                        at);
            }
            at++;
            if (c == '\\') {
                escape(out, start);
            } else {
                out.append(c);
            }
        }
    }

    private void escape(StringBuilder out, int start) {
        if (at >= text.length()) {
            throw invalid("Token \"" + text.substring(start) + "\" is invalid.", at);
        }
        char c = text.charAt(at++);
        switch (c) {
            case '"', '\\', '/' -> out.append(c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> unicode(out);
            default -> throw invalid("Escape sequence \"\\" + c + "\" is invalid.", at);
        }
    }

    private void unicode(StringBuilder out) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw invalid("\"\\u\" must be followed by four hexadecimal digits.", at);
            }
            value = value << 4 | digit;
            at++;
        }
        if (build && value == 0) {
            throw ErrorReport.error(ErrorCode.UNTRANSLATABLE_CHARACTER, "unsupported Unicode escape sequence")
                    .withDetail("\\u0000 cannot be converted to text.")
                    .withWhere(where(at))
                    .exception();
        }
        char unit = (char) value;
        boolean afterHigh = !out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1));
        if (build && Character.isLowSurrogate(unit) && !afterHigh) {
            throw invalid("Unicode low surrogate must follow a high surrogate.", at);
        }
        if (build && Character.isHighSurrogate(unit) && !text.startsWith("\\u", at)) {
            throw invalid("Unicode low surrogate must follow a high surrogate.", at);
        }
        out.append(unit);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private DatabaseException unexpected(String expected) {
        if (at >= text.length()) {
            return ended();
        }
        char first = text.charAt(at);
        int end = Character.isLetterOrDigit(first) || first == '_' || first == '-' ? wordEnd() : at + 1;
        String token = text.substring(at, end);
        boolean known = "{}[]:,".contains(token.substring(0, 1)) || isTokenLegal(token);
        if (!known) {
            return invalidToken(end);
        }
        String wanted = expected.equals("end of input") ? "Expected end of input" : "Expected " + expected;
        return invalid(wanted + ", but found \"" + token + "\".", end);
    }

    private static boolean isTokenLegal(String token) {
        return token.equals("true")
                || token.equals("false")
                || token.equals("null")
                || token.startsWith("\"")
                || token.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    }

    private DatabaseException invalidToken(int end) {
        return invalid("Token \"" + text.substring(at, end) + "\" is invalid.", end);
    }

    private DatabaseException ended() {
        return invalid("The input string ended unexpectedly.", text.length());
    }

    private DatabaseException invalid(String detail, int end) {
        return ErrorReport.error(ErrorCode.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type json")
                .withDetail(detail)
                .withWhere(where(end))
                .exception();
    }

    /** The line up to the fault, as PostgreSQL's error context shows it. */
    private String where(int end) {
        int stop = Math.min(end, text.length());
        int line =
                1 + (int) text.substring(0, stop).chars().filter(c -> c == '\n').count();
        int start = text.lastIndexOf('\n', Math.max(0, stop - 1)) + 1;
        String shown = text.substring(Math.min(start, stop), stop);
        String dots = "";
        if (shown.length() > 50) {
            shown = shown.substring(shown.length() - 47);
            dots = "...";
        }
        return "JSON data, line " + line + ": " + dots + shown + (stop < text.length() ? "..." : "");
    }
}
