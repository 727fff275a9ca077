package dev.strongroom.catalog.audit;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The WHERE of a server audit: fields of events compared with constants, joined by AND, OR, NOT and parentheses. Texts are
 * compared without regard to case; LIKE knows {@code %} and {@code _}. Immutable.
 */
public final class AuditPredicate {
    /** Longest text. */
    public static final int MAX_LENGTH = 3000;

    /** What every audit without WHERE has. */
    public static final AuditPredicate ALWAYS = new AuditPredicate("", event -> true);

    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:(\\[?[A-Za-z_]\\w*]?)(?!')|(-?\\d+)|[Nn]?'((?:[^']|'')*)'|(<>|!=|>=|<=|[=<>()]))");

    private final String text;
    private final Predicate<AuditEvent> test;

    private AuditPredicate(String text, Predicate<AuditEvent> test) {
        this.text = text;
        this.test = test;
    }

    /** @throws DatabaseException 42601 if it is none, 22023 if it names no field of events, 22003 for a number too large */
    public static AuditPredicate parse(String text) {
        if (text.isBlank()) {
            return ALWAYS;
        }
        if (text.length() > MAX_LENGTH) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "the predicate of an audit has at most " + MAX_LENGTH + " characters")
                    .exception();
        }
        Parser parser = new Parser(tokens(text));
        Predicate<AuditEvent> test = parser.disjunction();
        parser.expectEnd();
        return new AuditPredicate(text, test);
    }

    /** Whether an event is to be recorded. */
    public boolean wants(AuditEvent event) {
        return test.test(event);
    }

    /** Whether an event could be, whichever way it ends. */
    boolean mayWant(AuditEvent event) {
        return wants(event)
                || wants(event.ended(!event.succeeded(), event.what().durationMillis()));
    }

    @Override
    public String toString() {
        return text;
    }

    private enum Kind {
        WORD,
        NUMBER,
        STRING,
        SYMBOL,
        END
    }

    private record Token(Kind kind, String text) {
        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
        }
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (!text.substring(at).isBlank()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw syntax(text.substring(at).strip());
            }
            if (matcher.group(1) != null) {
                tokens.add(
                        new Token(Kind.WORD, matcher.group(1).replace("[", "").replace("]", "")));
            } else if (matcher.group(2) != null) {
                tokens.add(new Token(Kind.NUMBER, matcher.group(2)));
            } else if (matcher.group(3) != null) {
                tokens.add(new Token(Kind.STRING, matcher.group(3).replace("''", "'")));
            } else {
                tokens.add(new Token(Kind.SYMBOL, matcher.group(4)));
            }
            at = matcher.end();
        }
        return tokens;
    }

    private static DatabaseException syntax(String near) {
        return ErrorReport.error(
                        ErrorCode.SYNTAX_ERROR, "syntax error in the predicate of the audit near \"" + near + "\"")
                .exception();
    }

    /** A field's value: a text or a number. */
    private static Function<AuditEvent, Object> field(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "action_id" -> event -> event.action().strip();
            case "class_type" -> event -> event.classType().strip();
            case "succeeded" -> event -> event.succeeded() ? 1L : 0L;
            case "session_id" -> event -> (long) event.who().session();
            case "server_principal_id", "database_principal_id" ->
                event -> (long) event.who().principal();
            case "server_principal_name", "database_principal_name" ->
                event -> event.who().user();
            case "session_server_principal_name" -> event -> event.who().sessionUser();
            case "client_ip" -> event -> event.who().clientAddress();
            case "application_name" -> event -> event.who().application();
            case "database_name" -> event -> event.what().database();
            case "object_name" -> event -> event.what().object();
            case "statement" -> event -> event.what().statement();
            case "additional_information" -> event -> event.what().information();
            case "duration_milliseconds" -> event -> event.what().durationMillis();
            default ->
                throw ErrorReport.error(
                                ErrorCode.INVALID_PARAMETER_VALUE,
                                "the predicate of the audit names the field \"" + name + "\", which events do not have")
                        .exception();
        };
    }

    private static final class Parser {
        private static final Token END = new Token(Kind.END, "end of input");

        private final List<Token> tokens;
        private int at;

        Parser(List<Token> tokens) {
            this.tokens = tokens;
        }

        private Token peek() {
            return at < tokens.size() ? tokens.get(at) : END;
        }

        private Token next() {
            Token token = peek();
            at++;
            return token;
        }

        private boolean accept(String word) {
            boolean is = peek().is(word);
            if (is) {
                at++;
            }
            return is;
        }

        void expectEnd() {
            if (peek() != END) {
                throw syntax(peek().text);
            }
        }

        Predicate<AuditEvent> disjunction() {
            Predicate<AuditEvent> test = conjunction();
            while (accept("or")) {
                test = test.or(conjunction());
            }
            return test;
        }

        private Predicate<AuditEvent> conjunction() {
            Predicate<AuditEvent> test = factor();
            while (accept("and")) {
                test = test.and(factor());
            }
            return test;
        }

        private Predicate<AuditEvent> factor() {
            if (accept("not")) {
                return factor().negate();
            }
            if (accept("(")) {
                Predicate<AuditEvent> inner = disjunction();
                if (!accept(")")) {
                    throw syntax(peek().text);
                }
                return inner;
            }
            return comparison();
        }

        private Predicate<AuditEvent> comparison() {
            Token name = next();
            if (name.kind != Kind.WORD) {
                throw syntax(name.text);
            }
            Function<AuditEvent, Object> field = field(name.text);
            Token operator = next();
            Token constant = next();
            if (operator.is("like") && constant.kind == Kind.STRING) {
                Pattern pattern = like(constant.text);
                return event -> pattern.matcher(field.apply(event).toString()).matches();
            }
            boolean valid = operator.kind == Kind.SYMBOL && !operator.is("(") && !operator.is(")");
            if (!valid || constant.kind != Kind.STRING && constant.kind != Kind.NUMBER) {
                throw syntax(valid ? constant.text : operator.text);
            }
            ToIntFunction<Object> comparing = comparing(constant);
            return event -> holds(comparing.applyAsInt(field.apply(event)), operator.text);
        }

        private static Pattern like(String text) {
            StringBuilder pattern = new StringBuilder();
            for (char c : text.toCharArray()) {
                pattern.append(
                        switch (c) {
                            case '%' -> ".*";
                            case '_' -> ".";
                            default -> Pattern.quote(String.valueOf(c));
                        });
            }
            return Pattern.compile(
                    pattern.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
        }

        /** How a field's value stands to a constant: as numbers if both are, else as texts. */
        private static ToIntFunction<Object> comparing(Token constant) {
            if (constant.kind != Kind.NUMBER) {
                return value -> value.toString().compareToIgnoreCase(constant.text);
            }
            long number = number(constant.text);
            return value -> value instanceof Long own
                    ? Long.compare(own, number)
                    : value.toString().compareToIgnoreCase(constant.text);
        }

        private static long number(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw ErrorReport.error(
                                ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE,
                                "the number " + text + " in the predicate of the audit is out of range")
                        .exception(e);
            }
        }

        private static boolean holds(int order, String operator) {
            return switch (operator) {
                case "=" -> order == 0;
                case "<>", "!=" -> order != 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }
    }
}
