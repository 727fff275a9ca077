package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.parse.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces integers by parameters on the text's tokens, so that statements that differ only in them share one plan
 * (calcite-guide 3.3). Only integers behind a comparison or arithmetic operator and those standing by themselves in the rows
 * of an INSERT's VALUES are lifted: never ordinals, limits, type modifiers, subscripts or arguments. Whoever plans the result
 * checks that the parameters came out as numbers; otherwise the original text counts.
 */
public final class LiteralLifter {
    private static final int MAX_TEXT = 2_000;
    private static final int MAX_LITERALS = 64;
    /** Longest text that is surely an int4, as PostgreSQL types the literal. */
    private static final int INT4_DIGITS = 9;

    private static final Set<String> BEFORE = Set.of("=", "<", ">", "<=", ">=", "<>", "+", "-", "*");
    private static final Set<String> STARTS = Set.of("select", "insert", "update", "delete");

    private LiteralLifter() {}

    /**
     * A text with {@code $n} in place of its integers.
     *
     * @param values the integers, in order
     */
    public record Lifted(String text, List<String> values) {
        public Lifted {
            values = List.copyOf(values);
        }
    }

    /** The lifted form of one statement; null where there is nothing to lift or it is not one plain statement. */
    public static @Nullable Lifted lift(String text) {
        if (text.length() > MAX_TEXT) {
            return null;
        }
        try {
            return walk(text);
        } catch (DatabaseException e) {
            // The parser will say so with the right position.
            return null;
        }
    }

    private static @Nullable Lifted walk(String text) {
        Lexer lexer = new Lexer(text);
        Token token = lexer.next();
        if (token.kind() != Kind.WORD || !STARTS.contains(token.text())) {
            return null;
        }
        boolean insert = token.text().equals("insert");
        StringBuilder lifted = new StringBuilder(text.length());
        List<String> values = new ArrayList<>();
        int copied = 0;
        int depth = 0;
        boolean inValues = false;
        Token before = token;
        Token beforeThat = token;
        while (token.kind() != Kind.END) {
            switch (token.kind()) {
                case PARAMETER, BINARY -> {
                    return null;
                }
                case SYMBOL -> {
                    if (token.text().equals(";") && lexer.next().kind() != Kind.END) {
                        return null;
                    }
                    depth += token.text().equals("(") ? 1 : token.text().equals(")") ? -1 : 0;
                }
                case WORD ->
                    inValues = token.text().equals("values")
                            ? insert && depth == 0
                            : inValues && depth > 0
                                    || inValues
                                            && !token.text().equals("on")
                                            && !token.text().equals("returning");
                case INTEGER -> {
                    boolean negative = isMinus(before) && (isOperand(beforeThat) || opensValue(beforeThat));
                    Token edge = negative ? beforeThat : before;
                    boolean value = inValues && depth == 1 && opensValue(edge);
                    if ((isOperand(edge) || value)
                            && token.text().length() <= INT4_DIGITS
                            && values.size() < MAX_LITERALS) {
                        // A sign goes with its number: there is no one type for minus a parameter.
                        values.add(negative ? "-" + token.text() : token.text());
                        lifted.append(text, copied, negative ? before.start() : token.start())
                                .append('$')
                                .append(values.size());
                        copied = token.end();
                    }
                }
                default -> {}
            }
            if (token.isSymbol(";")) {
                break;
            }
            beforeThat = before;
            before = token;
            token = lexer.next();
        }
        if (values.isEmpty()) {
            return null;
        }
        return new Lifted(lifted.append(text.substring(copied)).toString(), values);
    }

    private static boolean isMinus(Token token) {
        return token.kind() == Kind.OPERATOR && token.text().equals("-");
    }

    private static boolean isOperand(Token before) {
        return before.kind() == Kind.OPERATOR && BEFORE.contains(before.text());
    }

    private static boolean opensValue(Token before) {
        return before.isSymbol("(") || before.isSymbol(",");
    }
}
