package dev.strongroom.sql.parse;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.List;

/** The parser's front door. Stateless and thread-safe. */
public final class SqlTextParser {
    private SqlTextParser() {}

    /**
     * Parses a whole text of any number of statements.
     *
     * @throws DatabaseException SYNTAX_ERROR with the position
     */
    public static List<ParsedStatement> parse(String text) {
        throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "parsing is not supported yet");
    }

    /**
     * A statement and where it stands.
     *
     * @param text the whole text it came from; positions count in it
     * @param start 0-based offset of its first character
     * @param end offset behind its last character
     */
    public record ParsedStatement(Statement statement, String text, int start, int end) {}
}
