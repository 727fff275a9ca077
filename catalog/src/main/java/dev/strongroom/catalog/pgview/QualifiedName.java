package dev.strongroom.catalog.pgview;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A name as users write it in a string: {@code schema."Table"}, unquoted parts in lower case.
 *
 * @param schema null where there is none
 */
record QualifiedName(@Nullable String schema, String name) {

    /** Parses one or two parts (three if the first is a database, which is dropped). */
    static QualifiedName parse(String text) {
        List<String> parts = parts(text);
        int count = parts.size();
        return switch (count) {
            case 1 -> new QualifiedName(null, parts.getFirst());
            case 2, 3 -> new QualifiedName(parts.get(count - 2), parts.get(count - 1));
            default ->
                throw ErrorReport.error(
                                ErrorCode.SYNTAX_ERROR, "improper qualified name (too many dotted names): " + text)
                        .exception();
        };
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        String input = text.strip();
        while (true) {
            StringBuilder part = new StringBuilder();
            if (at < input.length() && input.charAt(at) == '"') {
                at = quoted(input, at + 1, part);
            } else {
                while (at < input.length() && input.charAt(at) != '.') {
                    part.append(input.charAt(at++));
                }
                String plain = part.toString().strip().toLowerCase(Locale.ROOT);
                part.setLength(0);
                part.append(plain);
            }
            if (part.isEmpty()) {
                throw invalid();
            }
            parts.add(part.toString());
            if (at >= input.length()) {
                return parts;
            }
            if (input.charAt(at) != '.') {
                throw invalid();
            }
            at++;
        }
    }

    private static int quoted(String input, int start, StringBuilder part) {
        int at = start;
        while (at < input.length()) {
            char c = input.charAt(at++);
            if (c != '"') {
                part.append(c);
            } else if (at < input.length() && input.charAt(at) == '"') {
                part.append('"');
                at++;
            } else {
                return at;
            }
        }
        throw invalid();
    }

    private static RuntimeException invalid() {
        return ErrorReport.error(ErrorCode.INVALID_NAME, "invalid name syntax").exception();
    }
}
