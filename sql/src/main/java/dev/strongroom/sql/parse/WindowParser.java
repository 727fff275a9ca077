package dev.strongroom.sql.parse;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Window specifications: OVER (…) and WINDOW w AS (…). */
final class WindowParser {
    private final ParserContext context;
    private final TokenStream tokens;

    WindowParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** WINDOW name AS (…), …; the word WINDOW has been taken. */
    SqlNodeList definitions() {
        int start = tokens.peek().start();
        List<SqlNode> list = new ArrayList<>();
        do {
            Token name = tokens.peek();
            tokens.columnId();
            tokens.expect("as");
            list.add(specification(ExpressionParser.identifier(name)));
        } while (tokens.accept(","));
        return new SqlNodeList(list, tokens.posFrom(start));
    }

    /** {@code ([ref] [PARTITION BY …] [ORDER BY …] [frame])} */
    SqlWindow specification(@Nullable SqlIdentifier name) {
        int start = tokens.peek().start();
        tokens.expect("(");
        SqlIdentifier reference = null;
        Token first = tokens.peek();
        boolean clause = first.isWord("partition") && tokens.at(1, "by")
                || first.isWord("rows")
                || first.isWord("range")
                || first.isWord("groups");
        if (!clause && TokenStream.isColumnId(first)) {
            tokens.next();
            reference = ExpressionParser.identifier(first);
        }
        SqlNodeList partition = SqlNodeList.EMPTY;
        if (tokens.accept("partition")) {
            tokens.expect("by");
            partition = context.expressions.expressionList();
        }
        SqlNodeList order = SqlNodeList.EMPTY;
        if (tokens.accept("order")) {
            tokens.expect("by");
            order = context.expressions.sortList();
        }
        Frame frame = frame();
        tokens.expect(")");
        SqlParserPos pos = tokens.posFrom(start);
        return SqlWindow.create(
                name,
                reference,
                partition,
                order,
                SqlLiteral.createBoolean(frame.rows, pos),
                frame.lower,
                frame.upper,
                // Calcite has no place for GROUPS; its ALLOW PARTIAL is nothing PostgreSQL has.
                frame.groups ? SqlLiteral.createBoolean(false, pos) : null,
                frame.exclusion,
                pos);
    }

    private record Frame(
            boolean rows,
            boolean groups,
            @Nullable SqlNode lower,
            @Nullable SqlNode upper,
            SqlLiteral exclusion) {}

    private Frame frame() {
        Token word = tokens.peek();
        boolean rows = tokens.accept("rows");
        boolean groups = !rows && tokens.accept("groups");
        if (!rows && !groups && !tokens.accept("range")) {
            return new Frame(false, false, null, null, SqlWindow.createExcludeNoOthers(TokenStream.pos(word)));
        }
        SqlNode lower;
        SqlNode upper = null;
        if (tokens.accept("between")) {
            lower = bound();
            tokens.expect("and");
            upper = bound();
        } else {
            lower = bound();
        }
        return new Frame(rows, groups, lower, upper, exclusion());
    }

    private SqlNode bound() {
        Token first = tokens.peek();
        if (tokens.accept("unbounded")) {
            boolean preceding = tokens.accept("preceding");
            if (!preceding) {
                tokens.expect("following");
            }
            SqlParserPos pos = tokens.posFrom(first.start());
            return preceding ? SqlWindow.createUnboundedPreceding(pos) : SqlWindow.createUnboundedFollowing(pos);
        }
        if (tokens.accept("current", "row")) {
            return SqlWindow.createCurrentRow(tokens.posFrom(first.start()));
        }
        SqlNode distance = context.expressions.expression();
        if (tokens.accept("preceding")) {
            return SqlWindow.createPreceding(distance, tokens.posFrom(first.start()));
        }
        tokens.expect("following");
        return SqlWindow.createFollowing(distance, tokens.posFrom(first.start()));
    }

    private SqlLiteral exclusion() {
        Token first = tokens.peek();
        if (!tokens.accept("exclude")) {
            return SqlWindow.createExcludeNoOthers(TokenStream.pos(first));
        }
        if (tokens.accept("current")) {
            tokens.expect("row");
            return SqlWindow.createExcludeCurrentRow(tokens.posFrom(first.start()));
        }
        if (tokens.accept("group")) {
            return SqlWindow.createExcludeGroup(tokens.posFrom(first.start()));
        }
        if (tokens.accept("ties")) {
            return SqlWindow.createExcludeTies(tokens.posFrom(first.start()));
        }
        tokens.expect("no", "others");
        return SqlWindow.createExcludeNoOthers(tokens.posFrom(first.start()));
    }
}
