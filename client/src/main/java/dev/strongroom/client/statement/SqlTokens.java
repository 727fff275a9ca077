package dev.strongroom.client.statement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    /** For each opening bracket the position of its closing one, or the end. */
    static int[] brackets(List<Token> tokens) {
        int[] partner = new int[tokens.size()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < partner.length; i++) {
            partner[i] = partner.length;
            if (tokens.get(i).is("(")) {
                open.push(i);
            } else if (tokens.get(i).is(")") && !open.isEmpty()) {
                partner[open.pop()] = i;
            }
        }
        return partner;
    }

    static boolean isOperator(String symbol) {
        return !symbol.isEmpty() && OPERATORS.indexOf(symbol.charAt(0)) >= 0;
    }

    private char peek(int offset) {
        return at + offset < sql.length() ? sql.charAt(at + offset) : '\0';
    }

    private void next() {
        char c = peek(0);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (c == '-' && peek(1) == '-') {
            while (at < sql.length() && peek(0) != '\n' && peek(0) != '\r') {
                at++;
            }
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
