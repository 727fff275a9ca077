package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.node.PgFunctionTable;
import dev.strongroom.sql.parse.node.PgFunctionTable.ColumnSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** FROM lists: tables, joins, subqueries, functions, LATERAL (gram.y: from_list, table_ref). */
final class FromParser {
    private static final Set<String> NILADIC_TABLES =
            Set.of("current_user", "current_date", "current_timestamp", "session_user", "current_catalog");
    private static final Set<String> COLUMN_NAME_FUNCTIONS =
            Set.of("coalesce", "greatest", "least", "nullif", "cast", "extract", "substring", "trim");

    private final ParserContext context;
    private final TokenStream tokens;

    FromParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** {@code a, b JOIN c …}; commas become SqlJoin of type COMMA. */
    SqlNode fromList() {
        int start = tokens.peek().start();
        SqlNode left = tableReference();
        while (tokens.accept(",")) {
            SqlNode right = tableReference();
            left = join(left, JoinType.COMMA, right, JoinConditionType.NONE, null, false, start);
        }
        return left;
    }

    /** A table with its joins. */
    private SqlNode tableReference() {
        int start = tokens.peek().start();
        return joins(tablePrimary(), start);
    }

    private SqlNode joins(SqlNode first, int start) {
        SqlNode left = first;
        while (true) {
            boolean natural = tokens.at("natural");
            int ahead = natural ? 1 : 0;
            if (!atJoin(ahead)) {
                return left;
            }
            if (natural) {
                tokens.next();
            }
            left = joinAfter(left, natural, start);
        }
    }

    private boolean atJoin(int ahead) {
        Token token = tokens.peek(ahead);
        return switch (token.text()) {
            case "join" -> token.kind() == Token.Kind.WORD;
            case "inner", "cross", "left", "right", "full" ->
                token.kind() == Token.Kind.WORD && !tokens.at(ahead + 1, "(");
            default -> false;
        };
    }

    private SqlNode joinAfter(SqlNode left, boolean natural, int start) {
        JoinType type = joinType();
        tokens.expect("join");
        int rightStart = tokens.peek().start();
        SqlNode right = tablePrimary();
        if (type == JoinType.CROSS) {
            return join(left, type, right, JoinConditionType.NONE, null, false, start);
        }
        if (natural) {
            return join(left, type, right, JoinConditionType.NONE, null, true, start);
        }
        // a JOIN b JOIN c ON … ON …: the inner join comes first.
        if (atJoin(0) || (tokens.at("natural") && atJoin(1))) {
            right = joins(right, rightStart);
        }
        if (tokens.accept("on")) {
            SqlNode condition = context.expressions.expression();
            return join(left, type, right, JoinConditionType.ON, condition, false, start);
        }
        Token using = tokens.peek();
        if (!tokens.accept("using")) {
            throw tokens.unexpected();
        }
        tokens.expect("(");
        List<SqlNode> columns = new ArrayList<>();
        do {
            Token column = tokens.peek();
            tokens.columnId();
            columns.add(ExpressionParser.identifier(column));
        } while (tokens.accept(","));
        tokens.expect(")");
        if (tokens.at("as")) {
            throw TokenStream.unsupported("JOIN USING with an alias", tokens.position());
        }
        SqlNodeList list = new SqlNodeList(columns, tokens.posFrom(using.start()));
        return join(left, type, right, JoinConditionType.USING, list, false, start);
    }

    private JoinType joinType() {
        if (tokens.accept("cross")) {
            return JoinType.CROSS;
        }
        JoinType type = JoinType.INNER;
        if (tokens.accept("left")) {
            type = JoinType.LEFT;
        } else if (tokens.accept("right")) {
            type = JoinType.RIGHT;
        } else if (tokens.accept("full")) {
            type = JoinType.FULL;
        } else {
            tokens.accept("inner");
            return type;
        }
        tokens.accept("outer");
        return type;
    }

    private SqlNode join(
            SqlNode left,
            JoinType type,
            SqlNode right,
            JoinConditionType conditionType,
            @Nullable SqlNode condition,
            boolean natural,
            int start) {
        SqlParserPos pos = tokens.posFrom(start);
        return new SqlJoin(
                pos,
                left,
                SqlLiteral.createBoolean(natural, pos),
                type.symbol(pos),
                right,
                conditionType.symbol(pos),
                condition);
    }

    private SqlNode tablePrimary() {
        tokens.enter();
        int start = tokens.peek().start();
        boolean lateral = tokens.accept("lateral");
        SqlNode table;
        if (tokens.at("(")) {
            table = parenthesised(lateral, start);
        } else if (tokens.at("rows") && tokens.at(1, "from") && tokens.at(2, "(")) {
            table = rowsFrom(start);
        } else if (tokens.at("xmltable")) {
            throw TokenStream.unsupported("XMLTABLE", tokens.position());
        } else {
            table = tableOrFunction(lateral, start);
        }
        if (tokens.at("tablesample")) {
            throw TokenStream.unsupported("TABLESAMPLE", tokens.position());
        }
        tokens.leave();
        return table;
    }

    private SqlNode parenthesised(boolean lateral, int start) {
        SqlNode inner = queryOrJoin();
        if (!QueryParser.isQuery(inner)) {
            return isAliasNext() ? alias(inner, start) : inner;
        }
        SqlNode query = lateral ? SqlStdOperatorTable.LATERAL.createCall(tokens.posFrom(start), inner) : inner;
        if (!isAliasNext()) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "subquery in FROM must have an alias")
                    .withHint("For example, FROM (SELECT ...) [AS] foo.")
                    .withPosition((lateral ? start + 7 : start) + 1)
                    .exception();
        }
        return alias(query, start);
    }

    /** {@code (…)} in FROM: a query (returned bare) or a join. */
    private SqlNode queryOrJoin() {
        tokens.enter();
        tokens.expect("(");
        int start = tokens.peek().start();
        SqlNode node;
        if (context.queries.atQuery()) {
            node = context.queries.query();
        } else if (tokens.at("(")) {
            SqlNode inner = queryOrJoin();
            if (QueryParser.isQuery(inner) && context.queries.atQueryTail()) {
                node = context.queries.continueQuery(inner, start);
            } else if (QueryParser.isQuery(inner) && tokens.at(")")) {
                node = inner;
            } else {
                SqlNode first = isAliasNext() ? alias(inner, start) : inner;
                node = joinRequired(first, start);
            }
        } else {
            node = joinRequired(tablePrimary(), start);
        }
        tokens.expect(")");
        tokens.leave();
        return node;
    }

    private SqlNode joinRequired(SqlNode first, int start) {
        SqlNode joined = joins(first, start);
        if (joined == first && !(first instanceof SqlJoin)) {
            throw tokens.unexpected();
        }
        return joined;
    }

    private SqlNode rowsFrom(int start) {
        tokens.expect("rows", "from");
        tokens.expect("(");
        List<SqlNode> calls = new ArrayList<>();
        do {
            calls.add(context.functions.primary());
            if (tokens.at("as")) {
                throw TokenStream.unsupported("a column definition list in ROWS FROM", tokens.position());
            }
        } while (tokens.accept(","));
        tokens.expect(")");
        return functionTable(calls, start);
    }

    private SqlNode tableOrFunction(boolean lateral, int start) {
        if (!tokens.at("only") && isFunctionCall()) {
            return functionTable(List.of(context.functions.primary()), start);
        }
        if (lateral) {
            throw tokens.unexpected();
        }
        boolean only = tokens.at("only") && !tokens.at(1, ".") && !tokens.at(1, ",");
        boolean parenthesis = false;
        if (only) {
            tokens.next();
            parenthesis = tokens.accept("(");
        }
        SqlNode table = tableName();
        if (parenthesis) {
            tokens.expect(")");
        }
        if (!only) {
            tokens.accept("*");
        }
        return isAliasNext() ? alias(table, start) : table;
    }

    /** Looks ahead over a dotted name for an opening parenthesis. */
    private boolean isFunctionCall() {
        Token token = tokens.peek();
        if (NILADIC_TABLES.contains(token.text()) && token.kind() == Token.Kind.WORD) {
            return true;
        }
        int ahead = 1;
        while (tokens.at(ahead, ".")) {
            ahead += 2;
        }
        if (!tokens.at(ahead, "(")) {
            return false;
        }
        return TokenStream.isTypeFunctionName(token)
                || (ahead > 1 && TokenStream.isColumnId(token))
                || COLUMN_NAME_FUNCTIONS.contains(token.text());
    }

    private SqlNode functionTable(List<SqlNode> calls, int start) {
        boolean ordinality = tokens.accept("with", "ordinality");
        if (!isAliasNext()) {
            return new PgFunctionTable(ordinality, List.of()).createCall(tokens.posFrom(start), calls);
        }
        boolean as = tokens.accept("as");
        if (as && tokens.at("(")) {
            return new PgFunctionTable(ordinality, columnSpecs()).createCall(tokens.posFrom(start), calls);
        }
        Token name = tokens.peek();
        tokens.columnId();
        List<SqlNode> operands = new ArrayList<>();
        List<ColumnSpec> specs = List.of();
        List<SqlNode> columns = new ArrayList<>();
        if (tokens.at("(")) {
            if (tokens.at(2, ",") || tokens.at(2, ")")) {
                columns = aliasColumns();
            } else {
                specs = columnSpecs();
            }
        }
        operands.add(new PgFunctionTable(ordinality, specs).createCall(tokens.posFrom(start), calls));
        operands.add(ExpressionParser.identifier(name));
        operands.addAll(columns);
        return SqlStdOperatorTable.AS.createCall(tokens.posFrom(start), operands);
    }

    private List<ColumnSpec> columnSpecs() {
        tokens.expect("(");
        List<ColumnSpec> specs = new ArrayList<>();
        do {
            specs.add(new ColumnSpec(tokens.columnId(), context.types.type()));
        } while (tokens.accept(","));
        tokens.expect(")");
        return specs;
    }

    SqlIdentifier tableName() {
        Token first = tokens.peek();
        List<String> parts = new ArrayList<>(2);
        List<SqlParserPos> positions = new ArrayList<>(2);
        parts.add(tokens.columnId());
        positions.add(TokenStream.pos(first));
        while (tokens.at(".")) {
            tokens.next();
            positions.add(TokenStream.pos(tokens.peek()));
            parts.add(tokens.label());
        }
        return new SqlIdentifier(parts, null, tokens.posFrom(first.start()), positions);
    }

    private boolean isAliasNext() {
        Token token = tokens.peek();
        return token.isWord("as") || (TokenStream.isColumnId(token));
    }

    private SqlNode alias(SqlNode table, int start) {
        tokens.accept("as");
        Token name = tokens.peek();
        tokens.columnId();
        List<SqlNode> operands = new ArrayList<>();
        operands.add(table);
        operands.add(ExpressionParser.identifier(name));
        if (tokens.at("(")) {
            operands.addAll(aliasColumns());
        }
        return SqlStdOperatorTable.AS.createCall(tokens.posFrom(start), operands);
    }

    private List<SqlNode> aliasColumns() {
        tokens.expect("(");
        List<SqlNode> columns = new ArrayList<>();
        do {
            Token column = tokens.peek();
            tokens.columnId();
            columns.add(ExpressionParser.identifier(column));
        } while (tokens.accept(","));
        tokens.expect(")");
        return columns;
    }
}
