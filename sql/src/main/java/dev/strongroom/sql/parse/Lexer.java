package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.identifier.Keywords;
import dev.strongroom.sql.parse.Token.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's lexical rules (src/backend/parser/scan.l, manual section 4.1) with standard_conforming_strings on. Makes one
 * token at a time from the current offset, so that the parser can go back and read a {@code [bracketed]} T-SQL name. Single
 * thread, one text.
 */
final class Lexer {
    private static final int MAX_IDENTIFIER_BYTES = 63;
    private static final String OPERATOR_CHARACTERS = "+-*/<>=~!@#%^&|`?";
    private static final String MATH_CHARACTERS = "~!@#%^&|`?";

    private final String text;
    private final List<ErrorReport> notices = new ArrayList<>();
    private int at;

    Lexer(String text) {
        this.text = text;
    }

    List<ErrorReport> notices() {
        return notices;
    }

    void seek(int offset) {
        at = offset;
    }

    Token next() {
        skipSpace();
        int start = at;
        if (start >= text.length()) {
            return new Token(Kind.END, "", null, text.length(), text.length());
        }
        char c = text.charAt(start);
        if (isIdentifierStart(c)) {
            return word(start, c);
        }
        if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
            return number(start);
        }
        return switch (c) {
            case '\'' -> new Token(Kind.STRING, plainString(start, start), null, start, at);
            case '"' -> quotedIdentifier(start, start);
            case '$' -> dollar(start);
            case '(', ')', '[', ']', ',', ';' -> symbol(start, 1);
            case '.' -> symbol(start, peek(1) == '.' ? 2 : 1);
            case ':' -> symbol(start, peek(1) == ':' || peek(1) == '=' ? 2 : 1);
            default -> {
                if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
                    yield operator(start);
                }
                throw syntaxError(
                        "syntax error at or near \"" + text.substring(start, text.offsetByCodePoints(start, 1)) + "\"",
                        start);
            }
        };
    }

    private Token symbol(int start, int length) {
        at = start + length;
        return new Token(Kind.SYMBOL, text.substring(start, at), null, start, at);
    }

    private char peek(int ahead) {
        int index = at + ahead;
        return index < text.length() ? text.charAt(index) : '\0';
    }

    private void skipSpace() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\u000b') {
                at++;
            } else if (c == '-' && peek(1) == '-') {
                skipLineComment();
            } else if (c == '/' && peek(1) == '*') {
                skipBlockComment();
            } else {
                return;
            }
        }
    }

    private void skipLineComment() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    private void skipBlockComment() {
        int start = at;
        int depth = 0;
        do {
            if (at >= text.length()) {
                throw unterminated("/* comment", start);
            }
            char c = text.charAt(at);
            if (c == '/' && peek(1) == '*') {
                depth++;
                at += 2;
            } else if (c == '*' && peek(1) == '/') {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0);
    }

    private Token word(int start, char first) {
        char next = peek(1);
        if (next == '\'') {
            switch (first) {
                case 'e', 'E' -> {
                    return new Token(Kind.STRING, escapeString(start), null, start, at);
                }
                case 'b', 'B' -> {
                    return new Token(Kind.BITS, plainString(start, start + 1), null, start, at);
                }
                case 'x', 'X' -> {
                    return new Token(Kind.HEX, plainString(start, start + 1), null, start, at);
                }
                case 'n', 'N' -> {
                    return new Token(Kind.STRING, plainString(start, start + 1), null, start, at);
                }
                default -> {}
            }
        }
        if ((first == 'u' || first == 'U') && next == '&' && (peek(2) == '\'' || peek(2) == '"')) {
            return unicode(start);
        }
        int end = start + 1;
        boolean plain = first < 'A' || first > 'Z';
        while (end < text.length() && isIdentifierPart(text.charAt(end))) {
            char c = text.charAt(end++);
            plain &= c < 'A' || c > 'Z';
        }
        at = end;
        String name = text.substring(start, end);
        if (!plain) {
            name = lowerCase(name);
        }
        Keywords.Kind keyword = Keywords.kindOf(name);
        return new Token(Kind.WORD, keyword == null ? truncate(name) : name, keyword, start, end);
    }

    /** Folds ASCII letters only, as PostgreSQL does for multi-byte encodings. */
    private static String lowerCase(String name) {
        char[] characters = name.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            char c = characters[i];
            if (c >= 'A' && c <= 'Z') {
                characters[i] = (char) (c + 32);
            }
        }
        return new String(characters);
    }

    private String truncate(String name) {
        if (name.length() * 3 <= MAX_IDENTIFIER_BYTES) {
            return name;
        }
        int bytes = 0;
        int index = 0;
        while (index < name.length()) {
            int point = name.codePointAt(index);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MAX_IDENTIFIER_BYTES) {
                String shorter = name.substring(0, index);
                notices.add(ErrorReport.of(
                        Severity.NOTICE,
                        ErrorCode.NAME_TOO_LONG,
                        "identifier \"" + name + "\" will be truncated to \"" + shorter + "\""));
                return shorter;
            }
            index += Character.charCount(point);
        }
        return name;
    }

    /** Reads '…' whose opening quote is at {@code quote}, with its continuations on later lines. */
    private String plainString(int start, int quote) {
        StringBuilder value = new StringBuilder();
        at = quote;
        do {
            at++;
            while (true) {
                int close = text.indexOf('\'', at);
                if (close < 0) {
                    throw unterminated("quoted string", start);
                }
                value.append(text, at, close);
                at = close + 1;
                if (peek(0) != '\'') {
                    break;
                }
                value.append('\'');
                at++;
            }
        } while (continues());
        return checked(value, start);
    }

    /** Whether a quote follows after white space that holds a line end; if so stands on it. */
    private boolean continues() {
        int index = at;
        boolean newline = false;
        while (index < text.length()) {
            char c = text.charAt(index);
            if (c == '\n' || c == '\r') {
                newline = true;
                index++;
            } else if (c == ' ' || c == '\t' || c == '\f') {
                index++;
            } else if (c == '-' && index + 1 < text.length() && text.charAt(index + 1) == '-') {
                while (index < text.length() && text.charAt(index) != '\n' && text.charAt(index) != '\r') {
                    index++;
                }
            } else {
                break;
            }
        }
        if (newline && index < text.length() && text.charAt(index) == '\'') {
            at = index;
            return true;
        }
        return false;
    }

    private String escapeString(int start) {
        StringBuilder value = new StringBuilder();
        // Bytes written as \x or octal form UTF-8 sequences together with what surrounds them.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        at = start + 1;
        do {
            at++;
            while (true) {
                if (at >= text.length()) {
                    throw unterminated("quoted string", start);
                }
                char c = text.charAt(at);
                if (c == '\'' && peek(1) != '\'') {
                    at++;
                    break;
                }
                if (c == '\\') {
                    escape(value, bytes, start);
                } else {
                    flush(value, bytes, start);
                    value.append(c);
                    at += c == '\'' ? 2 : 1;
                }
            }
        } while (continues());
        flush(value, bytes, start);
        return checked(value, start);
    }

    private void escape(StringBuilder value, ByteArrayOutputStream bytes, int start) {
        char c = peek(1);
        if (c == '\0' && at + 1 >= text.length()) {
            throw unterminated("quoted string", start);
        }
        at += 2;
        if (c == 'x' && Character.digit(peek(0), 16) >= 0) {
            bytes.write(digits(16, 2));
            return;
        }
        if (c >= '0' && c <= '7') {
            at--;
            bytes.write(digits(8, 3));
            return;
        }
        flush(value, bytes, start);
        switch (c) {
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'u' -> unicodeEscape(value, 4, start);
            case 'U' -> unicodeEscape(value, 8, start);
            default -> value.append(c);
        }
    }

    private int digits(int radix, int most) {
        int value = 0;
        for (int i = 0; i < most && Character.digit(peek(0), radix) >= 0; i++) {
            value = value * radix + Character.digit(peek(0), radix);
            at++;
        }
        return value;
    }

    private void unicodeEscape(StringBuilder value, int length, int start) {
        long point = 0;
        for (int i = 0; i < length; i++) {
            int digit = Character.digit(peek(0), 16);
            if (digit < 0) {
                throw ErrorReport.error(ErrorCode.INVALID_ESCAPE_SEQUENCE, "invalid Unicode escape")
                        .withHint("Unicode escapes must be \\uXXXX or \\UXXXXXXXX.")
                        .withPosition(at - 1 - i)
                        .exception();
            }
            point = point * 16 + digit;
            at++;
        }
        append(value, point, start);
    }

    private void append(StringBuilder value, long point, int start) {
        if (point > 0x10FFFF || point == 0) {
            throw syntaxError("invalid Unicode escape value" + near(start), start);
        }
        value.appendCodePoint((int) point);
    }

    private void flush(StringBuilder value, ByteArrayOutputStream bytes, int start) {
        if (bytes.size() == 0) {
            return;
        }
        try {
            value.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())));
        } catch (CharacterCodingException e) {
            throw ErrorReport.error(
                            ErrorCode.CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\"")
                    .withPosition(start + 1)
                    .exception(e);
        }
        bytes.reset();
    }

    private String checked(CharSequence value, int start) {
        String result = value.toString();
        for (int i = 0; i < result.length(); i++) {
            char c = result.charAt(i);
            if (c == '\0') {
                throw ErrorReport.error(
                                ErrorCode.CHARACTER_NOT_IN_REPERTOIRE,
                                "invalid byte sequence for encoding \"UTF8\": 0x00")
                        .withPosition(start + 1)
                        .exception();
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < result.length()
                        && Character.isLowSurrogate(result.charAt(i + 1));
                if (!pair) {
                    throw syntaxError("invalid Unicode surrogate pair" + near(start), start);
                }
                i++;
            }
        }
        return result;
    }

    private Token quotedIdentifier(int start, int quote) {
        StringBuilder name = new StringBuilder();
        at = quote + 1;
        while (true) {
            int close = text.indexOf('"', at);
            if (close < 0) {
                throw unterminated("quoted identifier", start);
            }
            name.append(text, at, close);
            at = close + 1;
            if (peek(0) != '"') {
                break;
            }
            name.append('"');
            at++;
        }
        if (name.isEmpty()) {
            throw syntaxError("zero-length delimited identifier" + near(start), start);
        }
        return new Token(Kind.QUOTED, truncate(checked(name, start)), null, start, at);
    }

    private Token unicode(int start) {
        boolean identifier = peek(2) == '"';
        String raw;
        if (identifier) {
            raw = quotedIdentifier(start, start + 2).text();
        } else {
            raw = plainString(start, start + 2);
        }
        int end = at;
        char escape = unicodeEscapeCharacter();
        int resume = Math.max(at, end);
        String value = decodeUnicode(raw, escape, start);
        at = resume;
        return new Token(
                identifier ? Kind.QUOTED : Kind.STRING, identifier ? truncate(value) : value, null, start, resume);
    }

    /** Reads UESCAPE 'c' if it follows. */
    private char unicodeEscapeCharacter() {
        int before = at;
        skipSpace();
        if (text.regionMatches(true, at, "UESCAPE", 0, 7) && !isIdentifierPart(peek(7))) {
            int word = at;
            at += 7;
            skipSpace();
            if (peek(0) == '\'' && peek(2) == '\'') {
                char c = peek(1);
                at += 3;
                return c;
            }
            throw syntaxError("invalid Unicode escape character" + near(word), word);
        }
        at = before;
        return '\\';
    }

    private String decodeUnicode(String raw, char escape, int start) {
        StringBuilder value = new StringBuilder(raw.length());
        int index = 0;
        while (index < raw.length()) {
            char c = raw.charAt(index);
            if (c != escape) {
                value.append(c);
                index++;
            } else if (index + 1 < raw.length() && raw.charAt(index + 1) == escape) {
                value.append(escape);
                index += 2;
            } else {
                boolean wide = index + 1 < raw.length() && raw.charAt(index + 1) == '+';
                int from = index + (wide ? 2 : 1);
                int to = from + (wide ? 6 : 4);
                if (to > raw.length() || !raw.substring(from, to).matches("[0-9a-fA-F]+")) {
                    throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "invalid Unicode escape")
                            .withHint("Unicode escapes must be \\XXXX or \\+XXXXXX.")
                            .withPosition(start + 1)
                            .exception();
                }
                append(value, Long.parseLong(raw.substring(from, to), 16), start);
                index = to;
            }
        }
        return checked(value, start);
    }

    private Token dollar(int start) {
        if (isDigit(peek(1))) {
            int end = start + 1;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            at = end;
            if (end < text.length() && isIdentifierStart(text.charAt(end))) {
                throw junk("parameter", start);
            }
            return new Token(Kind.PARAMETER, text.substring(start + 1, end), null, start, end);
        }
        int end = start + 1;
        if (end < text.length() && isIdentifierStart(text.charAt(end))) {
            end++;
            while (end < text.length() && isIdentifierPart(text.charAt(end)) && text.charAt(end) != '$') {
                end++;
            }
        }
        if (end >= text.length() || text.charAt(end) != '$') {
            throw syntaxError("syntax error at or near \"$\"", start);
        }
        String delimiter = text.substring(start, end + 1);
        int close = text.indexOf(delimiter, end + 1);
        if (close < 0) {
            throw unterminated("dollar-quoted string", start);
        }
        at = close + delimiter.length();
        return new Token(Kind.STRING, checked(text.substring(end + 1, close), start), null, start, at);
    }

    private Token number(int start) {
        int end = start;
        if (text.charAt(start) == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            end = start + 2;
            while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
                end++;
            }
            at = end;
            return new Token(Kind.BINARY, text.substring(start + 2, end), null, start, end);
        }
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        boolean decimal = false;
        if (end < text.length() && text.charAt(end) == '.' && !text.startsWith("..", end)) {
            decimal = true;
            end++;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int exponent = end + 1;
            if (exponent < text.length() && (text.charAt(exponent) == '+' || text.charAt(exponent) == '-')) {
                exponent++;
            }
            if (exponent < text.length() && isDigit(text.charAt(exponent))) {
                decimal = true;
                end = exponent;
                while (end < text.length() && isDigit(text.charAt(end))) {
                    end++;
                }
            }
        }
        at = end;
        if (end < text.length() && isIdentifierStart(text.charAt(end))) {
            at = end + 1;
            throw junk("numeric literal", start);
        }
        return new Token(decimal ? Kind.DECIMAL : Kind.INTEGER, text.substring(start, end), null, start, end);
    }

    /** An operator ends before a comment, and does not end in + or - unless it has one of ~ ! @ # % ^ & | ` ? */
    private Token operator(int start) {
        int end = start;
        boolean math = false;
        while (end < text.length() && OPERATOR_CHARACTERS.indexOf(text.charAt(end)) >= 0) {
            if (text.startsWith("--", end) || text.startsWith("/*", end)) {
                break;
            }
            math |= MATH_CHARACTERS.indexOf(text.charAt(end)) >= 0;
            end++;
        }
        if (!math) {
            while (end > start + 1 && (text.charAt(end - 1) == '+' || text.charAt(end - 1) == '-')) {
                end--;
            }
        }
        at = end;
        String symbol = text.substring(start, end);
        if (symbol.equals("!=")) {
            symbol = "<>";
        }
        if (symbol.equals("=>")) {
            return new Token(Kind.SYMBOL, symbol, null, start, end);
        }
        if (symbol.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER_BYTES) {
            throw syntaxError("operator too long" + near(start), start);
        }
        return new Token(Kind.OPERATOR, symbol, null, start, end);
    }

    DatabaseException junk(String after, int start) {
        return syntaxError(
                "trailing junk after " + after + " at or near \"" + text.substring(start, Math.min(at, text.length()))
                        + "\"",
                start);
    }

    private DatabaseException unterminated(String what, int start) {
        at = text.length();
        return syntaxError("unterminated " + what + near(start), start);
    }

    private String near(int start) {
        return " at or near \"" + text.substring(start, Math.min(at, text.length())) + "\"";
    }

    private static DatabaseException syntaxError(String message, int start) {
        return ErrorReport.error(ErrorCode.SYNTAX_ERROR, message)
                .withPosition(start + 1)
                .exception();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isIdentifierStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isIdentifierPart(char c) {
        return isIdentifierStart(c) || isDigit(c) || c == '$';
    }
}
