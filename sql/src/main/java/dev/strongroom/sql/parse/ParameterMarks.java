package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.Token.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A text whose parameters are JDBC's {@code ?} or T-SQL's {@code @name}, in the form the parser reads: {@code $n} (AE-102).
 *
 * @param text the text with {@code $n} in place of each mark
 * @param names what each parameter is called, the first being that of {@code $1}; as declared or as first written
 */
public record ParameterMarks(String text, List<String> names) {
    public ParameterMarks {
        names = List.copyOf(names);
    }

    /**
     * Numbers the marks of a text. {@code ??} stands for the operator {@code ?}, as in JDBC; {@code <@}, {@code |@} and
     * {@code @@} before a name stay operators. A text with a {@code $n} has no other marks, and one that makes sense only
     * with {@code ?} as an operator is left alone.
     *
     * @param declared names in the order of their numbers; empty if none are, then the order is that of the text
     * @throws DatabaseException SYNTAX_ERROR for what is no text of tokens, UNDEFINED_PARAMETER for a name that is not declared
     *     though others are
     */
    public static ParameterMarks of(String text, List<String> declared) {
        Numbering numbering = new Numbering(text, declared);
        numbering.run();
        if (numbering.numbered || !(numbering.named || numbering.questions)) {
            return new ParameterMarks(text, declared);
        }
        if (numbering.named && numbering.questions) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "parameters are either all ? or all @name")
                    .exception();
        }
        ParameterMarks marks = new ParameterMarks(numbering.result.toString(), numbering.names);
        return numbering.questions && !parses(marks.text()) && parses(text)
                ? new ParameterMarks(text, declared)
                : marks;
    }

    private static boolean parses(String text) {
        try {
            SqlTextParser.parse(text);
            return true;
        } catch (DatabaseException e) {
            return false;
        }
    }

    private static final class Numbering {
        private static final String OPERATOR_BEFORE_NAME = "<|@";

        private final String text;
        private final boolean closed;
        private final List<String> names;
        private final Map<String, Integer> numbers = new HashMap<>();
        private final StringBuilder result = new StringBuilder();
        private int copied;
        private boolean numbered;
        private boolean named;
        private boolean questions;

        Numbering(String text, List<String> declared) {
            this.text = text;
            this.names = new ArrayList<>(declared);
            this.closed = declared.stream().anyMatch(name -> name.startsWith("@"));
            for (int i = 0; i < declared.size(); i++) {
                numbers.putIfAbsent(declared.get(i).toLowerCase(Locale.ROOT), i + 1);
            }
        }

        void run() {
            Lexer lexer = new Lexer(text);
            int number = 0;
            for (Token token = lexer.next(); token.kind() != Kind.END; token = lexer.next()) {
                numbered |= token.kind() == Kind.PARAMETER;
                if (token.kind() == Kind.OPERATOR) {
                    number = questions(token, number);
                    lexer.seek(name(token));
                }
            }
            result.append(text, copied, text.length());
        }

        private int questions(Token token, int before) {
            int number = before;
            for (int i = token.start(); i < token.end(); i++) {
                if (text.charAt(i) != '?') {
                    continue;
                }
                boolean twice = i + 1 < token.end() && text.charAt(i + 1) == '?';
                if (!twice) {
                    number++;
                    if (names.size() < number) {
                        names.add("$" + number);
                    }
                }
                replace(i, twice ? i + 2 : i + 1, twice ? "?" : " $" + number + " ");
                questions |= !twice;
                i += twice ? 1 : 0;
            }
            return number;
        }

        /** Takes a name behind a token that ends in @; returns where to read on. */
        private int name(Token token) {
            int at = token.end() - 1;
            boolean variable = text.charAt(at) == '@'
                    && token.end() < text.length()
                    && Lexer.isIdentifierStart(text.charAt(token.end()))
                    && (at == token.start() || OPERATOR_BEFORE_NAME.indexOf(text.charAt(at - 1)) < 0);
            if (!variable) {
                return token.end();
            }
            int end = token.end();
            while (end < text.length() && Lexer.isIdentifierPart(text.charAt(end))) {
                end++;
            }
            named = true;
            replace(at, end, " $" + number(text.substring(at, end)) + " ");
            return end;
        }

        private int number(String name) {
            Integer known = numbers.get(name.toLowerCase(Locale.ROOT));
            if (known != null) {
                return known;
            }
            if (closed) {
                throw ErrorReport.error(
                                ErrorCode.UNDEFINED_PARAMETER, "must declare the scalar variable \"" + name + "\"")
                        .exception();
            }
            names.add(name);
            numbers.put(name.toLowerCase(Locale.ROOT), names.size());
            return names.size();
        }

        private void replace(int from, int to, String with) {
            result.append(text, copied, from).append(with);
            copied = to;
        }
    }
}
