package dev.strongroom.client.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Enough of PostgreSQL's lexer to see which names, parameters and literals a statement has, and in which order. Comments
 * and white space are left out.
 */
final class SqlTokens {
    enum Kind {
        /** A name or keyword, in lower case unless it was quoted. */
        WORD,
        /** {@code $n}; the text is the number. */
        PARAMETER,
        /** A string or number; its text is not kept. */
        LITERAL,
        /** Everything else: one character, or a run of operator characters. */
        SYMBOL
    }

    record Token(Kind kind, String text) {
        boolean is(String symbolOrWord) {
            return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equals(symbolOrWord);
        }
    }

    private static final String OPERATORS = "+-*/<>=~!@#%^&|`?";

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private SqlTokens(String sql) {
        this.sql = sql;
    }

    static List<Token> of(String sql) {
        SqlTokens lexer = new SqlTokens(sql);
        while (lexer.at < sql.length()) {
            lexer.next();
        }
        return lexer.tokens;
    }

    private char peek(int offset) {
        return at + offset < sql.length() ? sql.charAt(at + offset) : '\0';
    }

    private void next() {
        char c = peek(0);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (c == '-' && peek(1) == '-') {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end + 1;
        } else if (c == '/' && peek(1) == '*') {
            comment();
        } else if (c == '\'') {
            literal(false);
        } else if ((c == 'e' || c == 'E') && peek(1) == '\'') {
            at++;
            literal(true);
        } else if (c == '"') {
            quotedName();
        } else if (c == '$') {
            dollar();
        } else if (Character.isDigit(c) || c == '.' && Character.isDigit(peek(1))) {
            number();
        } else if (isNameStart(c)) {
            word();
        } else {
            symbol();
        }
    }

    private void comment() {
        int depth = 0;
        do {
            if (peek(0) == '/' && peek(1) == '*') {
                depth++;
                at += 2;
            } else if (peek(0) == '*' && peek(1) == '/') {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    private void literal(boolean escapes) {
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (escapes && c == '\\') {
                at++;
            } else if (c == '\'') {
                if (peek(0) != '\'') {
                    break;
                }
                at++;
            }
        }
        tokens.add(new Token(Kind.LITERAL, ""));
    }

    private void quotedName() {
        StringBuilder name = new StringBuilder();
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '"') {
                if (peek(0) != '"') {
                    break;
                }
                at++;
            }
            name.append(c);
        }
        tokens.add(new Token(Kind.WORD, name.toString()));
    }

    private void dollar() {
        int end = at + 1;
        while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
            end++;
        }
        if (end > at + 1) {
            tokens.add(new Token(Kind.PARAMETER, sql.substring(at + 1, end)));
            at = end;
            return;
        }
        while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        if (end < sql.length() && sql.charAt(end) == '$') {
            String tag = sql.substring(at, end + 1);
            int close = sql.indexOf(tag, end + 1);
            at = close < 0 ? sql.length() : close + tag.length();
            tokens.add(new Token(Kind.LITERAL, ""));
        } else {
            symbol();
        }
    }

    private void number() {
        while (Character.isLetterOrDigit(peek(0)) || peek(0) == '.') {
            at++;
        }
        tokens.add(new Token(Kind.LITERAL, ""));
    }

    private void word() {
        int from = at;
        while (isNamePart(peek(0))) {
            at++;
        }
        tokens.add(new Token(Kind.WORD, sql.substring(from, at).toLowerCase(Locale.ROOT)));
    }

    private void symbol() {
        int from = at++;
        if (OPERATORS.indexOf(sql.charAt(from)) >= 0) {
            while (OPERATORS.indexOf(peek(0)) >= 0
                    && !(peek(0) == '-' && peek(1) == '-')
                    && !(peek(0) == '/' && peek(1) == '*')) {
                at++;
            }
        }
        tokens.add(new Token(Kind.SYMBOL, sql.substring(from, at)));
    }

    private static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }
}
