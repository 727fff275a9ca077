package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;

/** The parser's front door. Stateless and thread-safe. */
public final class SqlTextParser {
    private SqlTextParser() {}

    /**
     * Parses a whole text of any number of statements, separated by semicolons or GO.
     *
     * @throws DatabaseException SYNTAX_ERROR with the position
     */
    public static List<ParsedStatement> parse(String text) {
        return parseText(text).statements();
    }

    /** As {@link #parse}, with the notices about truncated names. */
    public static ParsedText parseText(String text) {
        ParserContext context = new ParserContext(text);
        TokenStream tokens = context.tokens;
        StatementParser parser = new StatementParser(context);
        List<ParsedStatement> statements = new ArrayList<>();
        while (true) {
            boolean go = false;
            while (tokens.at(";") || tokens.atGo()) {
                go |= tokens.atGo();
                tokens.next();
            }
            if (go && !statements.isEmpty()) {
                ParsedStatement last = statements.remove(statements.size() - 1);
                statements.add(new ParsedStatement(last.statement(), last.text(), last.start(), last.end(), true));
            }
            if (tokens.peek().kind() == Kind.END) {
                return new ParsedText(statements, List.copyOf(tokens.notices()));
            }
            int start = tokens.peek().start();
            Statement statement = parser.statement();
            boolean ended = tokens.at(";")
                    || tokens.peek().kind() == Kind.END
                    || (tokens.atGo() && StatementParser.endsAtGo(statement));
            if (!ended) {
                throw tokens.unexpected();
            }
            statements.add(new ParsedStatement(statement, text, start, tokens.lastEnd(), false));
        }
    }

    /** Parses one expression, such as a stored default. */
    public static Expression parseExpression(String text) {
        ParserContext context = new ParserContext(text);
        Expression expression = context.expressions.withText(false);
        end(context);
        return expression;
    }

    /** Parses one query, such as a stored view. */
    public static Query parseQuery(String text) {
        List<ParsedStatement> statements = parse(text);
        if (statements.size() == 1 && statements.get(0).statement() instanceof Query query) {
            return query;
        }
        throw TokenStream.syntaxError("a single query is expected", 1);
    }

    /** Parses one type name, such as the argument of {@code to_regtype}. */
    public static TypeName parseType(String text) {
        ParserContext context = new ParserContext(text);
        TypeName type = context.types.type();
        end(context);
        return type;
    }

    private static void end(ParserContext context) {
        if (context.tokens.peek().kind() != Kind.END) {
            throw context.tokens.unexpected();
        }
    }

    /** Statements with the notices that arose. */
    public record ParsedText(List<ParsedStatement> statements, List<ErrorReport> notices) {
        public ParsedText {
            statements = List.copyOf(statements);
            notices = List.copyOf(notices);
        }
    }

    /**
     * A statement and where it stands.
     *
     * @param text the whole text it came from; positions count in it
     * @param start 0-based offset of its first character
     * @param end offset behind its last character
     * @param endsBatch a GO follows
     */
    public record ParsedStatement(Statement statement, String text, int start, int end, boolean endsBatch) {
        /** The statement's own text. */
        public String source() {
            return text.substring(start, end);
        }
    }
}
