package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;

/** PostgreSQL's array literals, quoted the way the server prints them: only where an element needs it. */
final class ArrayText {
    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private ArrayText(String text) {
        this.text = text;
    }

    static String canonical(String text) throws ColumnEncryptionException {
        ArrayText array = new ArrayText(text.strip());
        array.braces();
        if (array.at != array.text.length()) {
            throw Fit.unreadable("array");
        }
        return array.out.toString();
    }

    private char next() throws ColumnEncryptionException {
        if (at == text.length()) {
            throw Fit.unreadable("array");
        }
        return text.charAt(at++);
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void braces() throws ColumnEncryptionException {
        if (next() != '{') {
            throw Fit.unreadable("array");
        }
        out.append('{');
        space();
        if (at < text.length() && text.charAt(at) == '}') {
            at++;
            out.append('}');
            return;
        }
        while (true) {
            space();
            element();
            space();
            char separator = next();
            out.append(separator);
            if (separator == '}') {
                return;
            }
            if (separator != ',') {
                throw Fit.unreadable("array");
            }
        }
    }

    private void element() throws ColumnEncryptionException {
        char first = at < text.length() ? text.charAt(at) : '}';
        if (first == '{') {
            braces();
            return;
        }
        StringBuilder value = new StringBuilder();
        boolean quoted = first == '"';
        if (quoted) {
            at++;
            for (char c = next(); c != '"'; c = next()) {
                value.append(c == '\\' ? next() : c);
            }
        } else {
            while (at < text.length() && ",}".indexOf(text.charAt(at)) < 0) {
                char c = text.charAt(at++);
                value.append(c == '\\' ? next() : c);
            }
        }
        print(quoted ? value.toString() : value.toString().stripTrailing(), quoted);
    }

    private void print(String value, boolean quoted) {
        boolean isNull = !quoted && value.equalsIgnoreCase("null");
        boolean quotes = value.isEmpty()
                || !isNull && value.equalsIgnoreCase("null")
                || value.chars().anyMatch(c -> "{},\"\\".indexOf(c) >= 0 || Character.isWhitespace(c));
        if (!quotes) {
            out.append(isNull ? "NULL" : value);
            return;
        }
        out.append('"')
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }
}
