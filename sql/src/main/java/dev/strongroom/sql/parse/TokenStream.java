package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.identifier.Keywords;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.ObjectName;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The tokens of one text, read ahead as far as the grammar looks, and the small words of the grammar. */
final class TokenStream {
    private static final int MAX_DEPTH = 500;

    private final String text;
    private final Lexer lexer;
    private final List<Token> tokens = new ArrayList<>(32);
    private int index;
    private int depth;

    TokenStream(String text) {
        this.text = text;
        this.lexer = new Lexer(text);
    }

    String text() {
        return text;
    }

    List<ErrorReport> notices() {
        return lexer.notices();
    }

    Token peek() {
        return peek(0);
    }

    Token peek(int ahead) {
        while (tokens.size() <= index + ahead) {
            tokens.add(lexer.next());
        }
        return tokens.get(index + ahead);
    }

    Token next() {
        Token token = peek(0);
        if (token.kind() != Kind.END) {
            index++;
        }
        return token;
    }

    /** Offset behind the last token taken. */
    int lastEnd() {
        return index == 0 ? 0 : tokens.get(index - 1).end();
    }

    boolean at(String what) {
        return peek(0).is(what);
    }

    boolean at(int ahead, String what) {
        return peek(ahead).is(what);
    }

    boolean atWords(String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!peek(i).is(words[i])) {
                return false;
            }
        }
        return true;
    }

    boolean accept(String what) {
        if (peek(0).is(what)) {
            index++;
            return true;
        }
        return false;
    }

    /** Takes all of the words or none. */
    boolean accept(String first, String... more) {
        if (!peek(0).is(first)) {
            return false;
        }
        for (int i = 0; i < more.length; i++) {
            if (!peek(i + 1).is(more[i])) {
                return false;
            }
        }
        index += more.length + 1;
        return true;
    }

    boolean acceptAny(String... words) {
        for (String word : words) {
            if (accept(word)) {
                return true;
            }
        }
        return false;
    }

    Token expect(String what) {
        Token token = peek(0);
        if (!token.is(what)) {
            throw unexpected();
        }
        index++;
        return token;
    }

    void expect(String first, String... more) {
        expect(first);
        for (String word : more) {
            expect(word);
        }
    }

    /** The syntax error PostgreSQL raises at the current token. */
    DatabaseException unexpected() {
        return unexpected(peek(0));
    }

    DatabaseException unexpected(Token token) {
        String message = token.kind() == Kind.END
                ? "syntax error at end of input"
                : token.kind() == Kind.BINARY && token.text().isEmpty() == false
                        ? "trailing junk after numeric literal at or near \""
                                + source(token).substring(0, 2) + "\""
                        : "syntax error at or near \"" + source(token) + "\"";
        return ErrorReport.error(ErrorCode.SYNTAX_ERROR, message)
                .withPosition(token.start() + 1)
                .exception();
    }

    static DatabaseException syntaxError(String message, int position) {
        return ErrorReport.error(ErrorCode.SYNTAX_ERROR, message)
                .withPosition(position)
                .exception();
    }

    static DatabaseException unsupported(String what, int position) {
        return ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported yet")
                .withPosition(position)
                .exception();
    }

    /** The token as written. */
    String source(Token token) {
        return text.substring(token.start(), token.end());
    }

    /** The text from an offset to the end of the last token taken. */
    String sourceFrom(int start) {
        return text.substring(start, Math.max(start, lastEnd()));
    }

    /** 1-based character position of the current token. */
    int position() {
        return peek(0).start() + 1;
    }

    /** Position of one token. */
    static SqlParserPos pos(Token token) {
        return pos(token.start(), token.end());
    }

    /** Position from an offset to the last token taken. */
    SqlParserPos posFrom(int start) {
        return pos(start, lastEnd());
    }

    static SqlParserPos pos(int start, int end) {
        return new SqlParserPos(1, start + 1, 1, Math.max(start + 1, end));
    }

    /** Guards recursion; every call is paired with {@link #leave}. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw ErrorReport.error(ErrorCode.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                    .withHint("Simplify the statement: it nests more than " + MAX_DEPTH + " levels deep.")
                    .exception();
        }
    }

    void leave() {
        depth--;
    }

    // ---- names

    static boolean isColumnId(Token token) {
        return token.kind() == Kind.QUOTED
                || (token.kind() == Kind.WORD
                        && (token.keyword() == null
                                || token.keyword() == Keywords.Kind.UNRESERVED
                                || token.keyword() == Keywords.Kind.COLUMN_NAME));
    }

    static boolean isTypeFunctionName(Token token) {
        return token.kind() == Kind.QUOTED
                || (token.kind() == Kind.WORD
                        && (token.keyword() == null
                                || token.keyword() == Keywords.Kind.UNRESERVED
                                || token.keyword() == Keywords.Kind.TYPE_FUNCTION));
    }

    static boolean isLabel(Token token) {
        return token.kind() == Kind.QUOTED || token.kind() == Kind.WORD;
    }

    static boolean isBareLabel(Token token) {
        return token.kind() == Kind.QUOTED || (token.kind() == Kind.WORD && Keywords.isBareLabel(token.text()));
    }

    /** PostgreSQL's ColId: a name of a table, column and most other objects. */
    String columnId() {
        Token token = peek(0);
        if (!isColumnId(token)) {
            throw unexpected();
        }
        index++;
        return token.text();
    }

    /** ColLabel: any word. */
    String label() {
        Token token = peek(0);
        if (!isLabel(token)) {
            throw unexpected();
        }
        index++;
        return token.text();
    }

    /** NonReservedWord or string. */
    String word() {
        Token token = peek(0);
        if (token.kind() == Kind.STRING
                || token.kind() == Kind.QUOTED
                || (token.kind() == Kind.WORD && token.keyword() != Keywords.Kind.RESERVED)) {
            index++;
            return token.text();
        }
        throw unexpected();
    }

    /** any_name: qualified by dots. */
    ObjectName objectName() {
        int position = position();
        List<String> parts = new ArrayList<>(2);
        parts.add(columnId());
        while (accept(".")) {
            parts.add(label());
        }
        if (parts.size() > 3) {
            throw syntaxError("improper qualified name (too many dotted names): " + String.join(".", parts), position);
        }
        return new ObjectName(parts, position);
    }

    List<ObjectName> objectNames() {
        List<ObjectName> names = new ArrayList<>();
        do {
            names.add(objectName());
        } while (accept(","));
        return names;
    }

    List<String> columnIds() {
        List<String> names = new ArrayList<>();
        do {
            names.add(columnId());
        } while (accept(","));
        return names;
    }

    /** {@code (a, b)}; the parenthesis must be there. */
    List<String> parenthesisedNames() {
        expect("(");
        List<String> names = columnIds();
        expect(")");
        return names;
    }

    List<String> optionalParenthesisedNames() {
        return at("(") ? parenthesisedNames() : List.of();
    }

    boolean ifExists() {
        return accept("if", "exists");
    }

    boolean ifNotExists() {
        return accept("if", "not", "exists");
    }

    /** CASCADE true, RESTRICT or nothing false. */
    boolean cascade() {
        if (accept("cascade")) {
            return true;
        }
        accept("restrict");
        return false;
    }

    // ---- literals

    String string() {
        Token token = peek(0);
        if (token.kind() != Kind.STRING) {
            throw unexpected();
        }
        index++;
        return token.text();
    }

    boolean atString() {
        return peek(0).kind() == Kind.STRING;
    }

    boolean atInteger() {
        return peek(0).kind() == Kind.INTEGER;
    }

    /** An integer with optional sign. */
    long signedInteger() {
        boolean negative = accept("-");
        if (!negative) {
            accept("+");
        }
        Token token = peek(0);
        if (token.kind() != Kind.INTEGER) {
            throw unexpected();
        }
        index++;
        try {
            return Long.parseLong(negative ? "-" + token.text() : token.text());
        } catch (NumberFormatException e) {
            throw ErrorReport.error(
                            ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE,
                            "value \"" + token.text() + "\" is out of range for type bigint")
                    .withPosition(token.start() + 1)
                    .exception(e);
        }
    }

    /** Iconst. */
    int integer() {
        Token token = peek(0);
        if (token.kind() != Kind.INTEGER) {
            throw unexpected();
        }
        try {
            int value = Integer.parseInt(token.text());
            index++;
            return value;
        } catch (NumberFormatException e) {
            throw unexpected();
        }
    }

    // ---- T-SQL

    /** Whether the current token is a GO alone on its line (decision P-12). */
    boolean atGo() {
        Token token = peek(0);
        if (!token.isWord("go")) {
            return false;
        }
        for (int i = token.start() - 1; i >= 0 && text.charAt(i) != '\n'; i--) {
            if (!Character.isWhitespace(text.charAt(i)) && text.charAt(i) != ';') {
                return false;
            }
        }
        for (int i = token.end(); i < text.length() && text.charAt(i) != '\n'; i++) {
            if (!Character.isWhitespace(text.charAt(i)) && text.charAt(i) != ';') {
                return false;
            }
        }
        return true;
    }

    /** As {@link #bracketName}, in the letters it was written in. */
    String writtenName() {
        Token token = peek(0);
        String name = bracketName();
        return token.kind() == Kind.WORD ? text.substring(token.start(), token.end()) : name;
    }

    /** A T-SQL identifier: bare, quoted or [bracketed]. */
    String bracketName() {
        Token token = peek(0);
        if (!token.isSymbol("[")) {
            if (token.kind() == Kind.WORD || token.kind() == Kind.QUOTED) {
                index++;
                return token.text();
            }
            throw unexpected();
        }
        StringBuilder name = new StringBuilder();
        int at = token.start() + 1;
        while (true) {
            int close = text.indexOf(']', at);
            if (close < 0) {
                throw syntaxError(
                        "unterminated quoted identifier at or near \"" + text.substring(token.start()) + "\"",
                        token.start() + 1);
            }
            name.append(text, at, close);
            at = close + 1;
            if (at >= text.length() || text.charAt(at) != ']') {
                break;
            }
            name.append(']');
            at++;
        }
        while (tokens.size() > index) {
            tokens.remove(tokens.size() - 1);
        }
        tokens.add(new Token(Kind.QUOTED, name.toString(), null, token.start(), at));
        index++;
        lexer.seek(at);
        return name.toString();
    }

    /** {@code [schema].[name]}: in CREATE TABLE, for scripts that declare encrypted columns (decision P-12). */
    ObjectName bracketObjectName() {
        int position = position();
        List<String> parts = new ArrayList<>(2);
        do {
            parts.add(bracketName());
        } while (accept("."));
        return new ObjectName(parts, position);
    }

    boolean atBinary() {
        return peek(0).kind() == Kind.BINARY;
    }

    /** 0x… */
    byte[] binary() {
        Token token = peek(0);
        if (token.kind() != Kind.BINARY) {
            throw unexpected();
        }
        index++;
        String digits = token.text().length() % 2 == 0 ? token.text() : "0" + token.text();
        return HexFormat.of().parseHex(digits);
    }
}
