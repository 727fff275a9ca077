package dev.strongroom.sql.function;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes valid JSON text apart without changing it: members keep the text they were written with. */
final class JsonParts {
    /**
     * A member of an object or an element of an array.
     *
     * @param key null in an array
     * @param value text of the value
     */
    record Part(@Nullable String key, String value) {
        String keyText() {
            return key == null ? "" : key;
        }
    }

    private final String text;
    private int at;

    private JsonParts(String text) {
        this.text = text;
    }

    /** {@code object}, {@code array}, {@code string}, {@code number}, {@code boolean} or {@code null}. */
    static String kind(String json) {
        return switch (json.strip().charAt(0)) {
            case '{' -> "object";
            case '[' -> "array";
            case '"' -> "string";
            case 't', 'f' -> "boolean";
            case 'n' -> "null";
            default -> "number";
        };
    }

    /** Members or elements; none for a scalar. */
    static List<Part> of(String json) {
        return new JsonParts(json).parts();
    }

    /** The last member of a key, null if there is none. */
    static @Nullable String member(String json, String key) {
        String found = null;
        if (kind(json).equals("object")) {
            for (Part part : of(json)) {
                if (key.equals(part.key())) {
                    found = part.value();
                }
            }
        }
        return found;
    }

    /** The element of a position, counted from 0, or from the end where it is negative. */
    static @Nullable String element(String json, long index) {
        if (!kind(json).equals("array")) {
            return null;
        }
        List<Part> parts = of(json);
        long position = index < 0 ? parts.size() + index : index;
        return position < 0 || position >= parts.size()
                ? null
                : parts.get((int) position).value();
    }

    /** A value as {@code ->>} returns it: a string's content, other values as text, null for JSON null. */
    static @Nullable String scalar(@Nullable String json) {
        if (json == null) {
            return null;
        }
        String value = json.strip();
        return switch (kind(value)) {
            case "null" -> null;
            case "string" -> unquote(value);
            default -> json;
        };
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        skipBlanks();
        char open = text.charAt(at);
        if (open != '{' && open != '[') {
            return parts;
        }
        at++;
        skipBlanks();
        while (text.charAt(at) != '}' && text.charAt(at) != ']') {
            String key = null;
            if (open == '{') {
                key = unquote(value());
                skipBlanks();
                at++;
                skipBlanks();
            }
            parts.add(new Part(key, value()));
            skipBlanks();
            if (text.charAt(at) == ',') {
                at++;
                skipBlanks();
            }
        }
        return parts;
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    private String value() {
        int start = at;
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                skipString();
            } else if (c == '{' || c == '[') {
                depth++;
                at++;
            } else if (depth == 0 && (c == '}' || c == ']' || c == ',' || c == ':' || c <= ' ')) {
                break;
            } else {
                depth -= c == '}' || c == ']' ? 1 : 0;
                at++;
            }
            if (depth == 0 && (c == '"' || c == '}' || c == ']')) {
                break;
            }
        }
        return text.substring(start, at);
    }

    private void skipString() {
        at++;
        while (text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    /** Content of a JSON string. */
    static String unquote(String quoted) {
        StringBuilder result = new StringBuilder(quoted.length());
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c != '\\') {
                result.append(c);
                continue;
            }
            char escape = quoted.charAt(++i);
            switch (escape) {
                case 'n' -> result.append('\n');
                case 't' -> result.append('\t');
                case 'r' -> result.append('\r');
                case 'b' -> result.append('\b');
                case 'f' -> result.append('\f');
                case 'u' -> {
                    result.append((char) Integer.parseInt(quoted.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> result.append(escape);
            }
        }
        return result.toString();
    }
}
