package dev.strongroom.sql.parse;

import dev.strongroom.common.identifier.Keywords;
import org.jspecify.annotations.Nullable;

/**
 * One token.
 *
 * @param kind what it is
 * @param text identifier in its final form, string contents, operator characters, digits; empty for the end
 * @param keyword class of an unquoted identifier that is a keyword, else null
 * @param start 0-based offset in the text
 * @param end offset behind it
 */
record Token(Kind kind, String text, Keywords.@Nullable Kind keyword, int start, int end) {
    /** Kinds of tokens. */
    enum Kind {
        /** Unquoted identifier or keyword, lower-cased. */
        WORD,
        /** Quoted identifier. */
        QUOTED,
        STRING,
        /** B'…'. */
        BITS,
        /** X'…'. */
        HEX,
        /** T-SQL's 0x…; text holds the digits. */
        BINARY,
        INTEGER,
        DECIMAL,
        /** $n; text holds n. */
        PARAMETER,
        /** Operator of PostgreSQL's operator characters. */
        OPERATOR,
        /** One of ( ) [ ] , ; : . and the combinations :: := => .. */
        SYMBOL,
        END
    }

    boolean is(String what) {
        return (kind == Kind.WORD || kind == Kind.SYMBOL || kind == Kind.OPERATOR) && text.equals(what);
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && text.equals(word);
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }
}
