package dev.strongroom.common.datetime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts date, time and interval text into fields as PostgreSQL's {@code ParseDateTime} does. */
final class DateTimeLexer {
    private static final int MAX_FIELDS = 25;
    private static final int MAX_LENGTH = 153;

    /** What a field looks like. */
    enum Kind {
        NUMBER,
        STRING,
        DATE,
        TIME,
        ZONE,
        SPECIAL
    }

    /**
     * One field.
     *
     * @param text lower case
     */
    record Field(Kind kind, String text) {}

    private final String text;
    private final List<Field> fields = new ArrayList<>();
    private int at;

    private DateTimeLexer(String text) {
        this.text = text;
    }

    /** Fields of a text; {@link DateTimeError#BAD_FORMAT} if it cannot be one. */
    static List<Field> split(String text) {
        if (text.length() > MAX_LENGTH) {
            throw DateTimeError.BAD_FORMAT.failure();
        }
        DateTimeLexer lexer = new DateTimeLexer(text.toLowerCase(Locale.ROOT));
        lexer.run();
        return lexer.fields;
    }

    private void run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (isDigit(c)) {
                add(numeric(), at);
            } else if (c == '.') {
                int start = at++;
                digits();
                fields.add(new Field(Kind.NUMBER, text.substring(start, at)));
            } else if (isAlpha(c)) {
                word();
            } else if (c == '+' || c == '-') {
                signed();
            } else if (c > ' ' && c < 127) {
                at++;
            } else {
                throw DateTimeError.BAD_FORMAT.failure();
            }
            if (fields.size() > MAX_FIELDS) {
                throw DateTimeError.BAD_FORMAT.failure();
            }
        }
    }

    private int tokenStart;

    private void add(Kind kind, int end) {
        fields.add(new Field(kind, text.substring(tokenStart, end)));
    }

    private Kind numeric() {
        tokenStart = at;
        digits();
        char c = peek();
        if (c == ':') {
            while (isDigit(peek()) || peek() == ':' || peek() == '.') {
                at++;
            }
            return Kind.TIME;
        }
        if (c != '-' && c != '/' && c != '.') {
            return Kind.NUMBER;
        }
        at++;
        if (!isDigit(peek())) {
            while (isAlpha(peek()) || isDigit(peek()) || peek() == c) {
                at++;
            }
            return Kind.DATE;
        }
        digits();
        Kind kind = c == '.' ? Kind.NUMBER : Kind.DATE;
        if (peek() == c) {
            kind = Kind.DATE;
            while (isDigit(peek()) || peek() == c) {
                at++;
            }
        }
        return kind;
    }

    private void word() {
        int start = at;
        while (isAlpha(peek())) {
            at++;
        }
        char c = peek();
        boolean joined = c == '-' || c == '/' || c == '.';
        if (!joined && (c == '+' || isDigit(c))) {
            joined = !DateTimeWords.isWord(text.substring(start, at));
        }
        if (joined) {
            while (isAlpha(peek()) || isDigit(peek()) || "+-/_.:".indexOf(peek()) >= 0 && peek() != 0) {
                at++;
            }
        }
        fields.add(new Field(joined ? Kind.DATE : Kind.STRING, text.substring(start, at)));
    }

    private void signed() {
        StringBuilder field = new StringBuilder().append(text.charAt(at++));
        while (isSpace(peek())) {
            at++;
        }
        int start = at;
        if (isDigit(peek())) {
            while (isDigit(peek()) || peek() == ':' || peek() == '.' || peek() == '-') {
                at++;
            }
            fields.add(new Field(Kind.ZONE, field.append(text, start, at).toString()));
        } else if (isAlpha(peek())) {
            while (isAlpha(peek())) {
                at++;
            }
            fields.add(new Field(Kind.SPECIAL, field.append(text, start, at).toString()));
        } else {
            throw DateTimeError.BAD_FORMAT.failure();
        }
    }

    private void digits() {
        while (isDigit(peek())) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isAlpha(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
