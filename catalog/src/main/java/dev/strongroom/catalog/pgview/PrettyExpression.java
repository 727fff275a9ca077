package dev.strongroom.catalog.pgview;

import java.util.Set;

/**
 * Takes the parentheses that nobody needs out of a fully parenthesised expression, as the pretty forms of {@code pg_get_expr}
 * and its kin do: those around simple parts, around what AND, OR and NOT join, around whole arguments and around the whole.
 */
final class PrettyExpression {
    private static final Set<String> LOW = Set.of("+", "-");
    private static final Set<String> HIGH = Set.of("*", "/", "%");
    private static final String SYMBOLS = "+-*/<>=~!@#%^&|`?";

    private enum Kind {
        SIMPLE,
        CASE,
        AND,
        OR,
        NOT,
        ANY,
        TEST,
        LOW,
        HIGH,
        OPERATOR
    }

    /** A piece of text and what it is. */
    private record Piece(String text, Kind kind) {}

    private final String text;
    private int at;

    private PrettyExpression(String text) {
        this.text = text;
    }

    static String of(String expression) {
        PrettyExpression reader = new PrettyExpression(expression);
        Piece piece = reader.level(true);
        return reader.at == expression.length() ? piece.text() : expression;
    }

    /** Reads up to the closing bracket or comma of this level. */
    private Piece level(boolean argument) {
        int start = at;
        Kind kind = kindAt(start);
        StringBuilder out = new StringBuilder();
        boolean first = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ')' || c == ']' || c == ',') {
                break;
            }
            if (c == '\'' || c == '"') {
                int end = quoteEnd(at);
                out.append(text, at, end);
                at = end;
            } else if (c == '(' || c == '[') {
                boolean call = c == '[' || isCall(at);
                at++;
                if (call) {
                    out.append(c).append(arguments());
                } else {
                    Piece inner = level(false);
                    at++;
                    boolean cast = text.startsWith("::", at) || text.startsWith("[", at);
                    boolean whole = first && argument && atEnd();
                    boolean drop = whole || drops(kind, inner.kind(), first, cast);
                    out.append(drop ? inner.text() : "(" + inner.text() + ")");
                    if (whole) {
                        return new Piece(out.toString(), inner.kind());
                    }
                }
            } else {
                out.append(c);
                at++;
            }
            first = false;
        }
        return new Piece(out.toString(), kind);
    }

    private boolean atEnd() {
        return at == text.length() || ",)]".indexOf(text.charAt(at)) >= 0;
    }

    private String arguments() {
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            while (text.startsWith(" ", at)) {
                out.append(' ');
                at++;
            }
            out.append(level(true).text());
            char end = text.charAt(at++);
            out.append(end);
            if (end != ',') {
                break;
            }
        }
        return out.toString();
    }

    private static boolean drops(Kind parent, Kind inner, boolean first, boolean cast) {
        if (inner == Kind.SIMPLE || inner == Kind.CASE) {
            return true;
        }
        if (cast) {
            return false;
        }
        boolean test = inner.ordinal() >= Kind.TEST.ordinal();
        return switch (parent) {
            case CASE -> true;
            case AND -> test || inner == Kind.NOT || inner == Kind.AND;
            case OR -> inner != Kind.ANY;
            case NOT -> test;
            case LOW -> inner == Kind.HIGH || inner == Kind.LOW && first;
            case HIGH -> inner == Kind.HIGH && first;
            case SIMPLE, ANY, TEST, OPERATOR -> false;
        };
    }

    /** A parenthesis right behind a word, or behind ANY and its kin, holds arguments. */
    private boolean isCall(int open) {
        if (open == 0) {
            return false;
        }
        char before = text.charAt(open - 1);
        return Character.isLetterOrDigit(before)
                || before == '_'
                || before == '"'
                || text.startsWith("ANY ", open - 4)
                || text.startsWith("ALL ", open - 4);
    }

    private int quoteEnd(int start) {
        char quote = text.charAt(start);
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            end++;
        }
        return Math.min(end + 1, text.length());
    }

    /** What the level that starts here is, judged by the words and symbols that stand in it itself. */
    private Kind kindAt(int start) {
        Kind kind = Kind.SIMPLE;
        int depth = 0;
        int i = start;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = quoteEnd(i);
                continue;
            }
            if (c == '(' || c == '[') {
                depth++;
            } else if (c == ')' || c == ']') {
                if (depth-- == 0) {
                    return kind;
                }
            } else if (depth == 0 && c == ',') {
                return kind;
            } else if (depth == 0 && i == start && text.startsWith("NOT ", i)) {
                return Kind.NOT;
            } else if (depth == 0 && c == '\n' && text.startsWith("CASE", i + 1)) {
                return Kind.CASE;
            } else if (depth == 0 && c == ' ') {
                kind = joined(i, kind);
            }
            i++;
        }
        return kind;
    }

    private Kind joined(int space, Kind known) {
        if (text.startsWith(" AND ", space)) {
            return Kind.AND;
        }
        if (text.startsWith(" OR ", space)) {
            return Kind.OR;
        }
        if (text.startsWith(" IS ", space)) {
            return Kind.TEST;
        }
        int end = space + 1;
        while (end < text.length() && SYMBOLS.indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        if (known != Kind.SIMPLE || end == space + 1 || !text.startsWith(" ", end)) {
            return known;
        }
        String symbol = text.substring(space + 1, end);
        if (text.startsWith(" ANY (", end) || text.startsWith(" ALL (", end)) {
            return Kind.ANY;
        }
        return LOW.contains(symbol) ? Kind.LOW : HIGH.contains(symbol) ? Kind.HIGH : Kind.OPERATOR;
    }
}
