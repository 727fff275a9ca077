package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgCollate;
import dev.strongroom.sql.parse.node.PgOperator;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.parse.node.PgQuantified;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.TypeName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Expressions by precedence climbing, with PostgreSQL's precedences (gram.y; manual table 4.2). */
final class ExpressionParser {
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int IS = 4;
    private static final int COMPARISON = 5;
    private static final int RANGE = 6;
    private static final int OTHER = 7;
    private static final int SUM = 8;
    private static final int PRODUCT = 9;
    private static final int POWER = 10;
    private static final int AT = 11;
    private static final int COLLATE = 12;
    private static final int UNARY = 13;
    private static final int POSTFIX = 14;

    /** Lowest precedence inside b_expr, where AND, OR, NOT and IS end the expression. */
    private static final int RESTRICTED = COMPARISON;

    private static final Map<String, SqlOperator> BINARY = Map.ofEntries(
            Map.entry("=", SqlStdOperatorTable.EQUALS),
            Map.entry("<>", SqlStdOperatorTable.NOT_EQUALS),
            Map.entry("<", SqlStdOperatorTable.LESS_THAN),
            Map.entry("<=", SqlStdOperatorTable.LESS_THAN_OR_EQUAL),
            Map.entry(">", SqlStdOperatorTable.GREATER_THAN),
            Map.entry(">=", SqlStdOperatorTable.GREATER_THAN_OR_EQUAL),
            Map.entry("+", SqlStdOperatorTable.PLUS),
            Map.entry("-", SqlStdOperatorTable.MINUS),
            Map.entry("*", SqlStdOperatorTable.MULTIPLY),
            Map.entry("/", SqlStdOperatorTable.DIVIDE),
            Map.entry("%", SqlStdOperatorTable.PERCENT_REMAINDER),
            Map.entry("||", SqlStdOperatorTable.CONCAT));

    private final ParserContext context;
    private final TokenStream tokens;

    ExpressionParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** a_expr. */
    SqlNode expression() {
        return expression(OR);
    }

    /** b_expr: stops at AND, OR, NOT, IS, IN, LIKE. */
    SqlNode restricted() {
        return expression(RESTRICTED);
    }

    /** An operand of POSITION (a IN b): stops at IN. */
    SqlNode restrictedAboveIn() {
        return expression(RANGE + 1);
    }

    /** An expression together with its source text. */
    Expression withText(boolean restricted) {
        int start = tokens.peek().start();
        SqlNode node = restricted ? restricted() : expression();
        return new Expression(node, tokens.sourceFrom(start));
    }

    SqlNodeList expressionList() {
        int start = tokens.peek().start();
        List<SqlNode> list = new ArrayList<>();
        do {
            list.add(expression());
        } while (tokens.accept(","));
        return new SqlNodeList(list, tokens.posFrom(start));
    }

    private SqlNode expression(int lowest) {
        tokens.enter();
        int start = tokens.peek().start();
        SqlNode left = prefix(start);
        // A non-associative operator with a right operand lowers what may follow it at the same level.
        int ceiling = POSTFIX;
        while (true) {
            Token token = tokens.peek();
            int precedence = infixPrecedence(token);
            if (precedence < lowest || precedence > ceiling) {
                break;
            }
            left = infix(left, token, precedence, start);
            if (precedence == COMPARISON || precedence == RANGE) {
                ceiling = precedence - 1;
            }
        }
        tokens.leave();
        return left;
    }

    private SqlNode prefix(int start) {
        Token token = tokens.peek();
        if (token.isWord("not")) {
            tokens.next();
            SqlNode operand = expression(NOT);
            return call(SqlStdOperatorTable.NOT, start, operand);
        }
        if (token.kind() == Kind.OPERATOR) {
            tokens.next();
            if (token.text().equals("-")) {
                return negate(expression(UNARY), start);
            }
            if (token.text().equals("+")) {
                return call(SqlStdOperatorTable.UNARY_PLUS, start, expression(UNARY));
            }
            if (isComparison(token.text()) || "*/%^".contains(token.text())) {
                throw tokens.unexpected(token);
            }
            return call(new PgOperator(null, token.text()), start, expression(OTHER + 1));
        }
        if (token.isWord("operator") && tokens.at(1, "(")) {
            SqlOperator operator = qualifiedOperator();
            return call(operator, start, expression(OTHER + 1));
        }
        return context.functions.primary();
    }

    /** A minus sign in front of a number is part of the constant, so that the smallest integers keep their type. */
    private SqlNode negate(SqlNode operand, int start) {
        if (operand instanceof SqlNumericLiteral literal && literal.bigDecimalValue() instanceof BigDecimal value) {
            return literal.getTypeName() == SqlTypeName.DOUBLE
                    ? SqlLiteral.createApproxNumeric(value.negate().toString(), tokens.posFrom(start))
                    : SqlLiteral.createExactNumeric(value.negate().toPlainString(), tokens.posFrom(start));
        }
        return call(SqlStdOperatorTable.UNARY_MINUS, start, operand);
    }

    private int infixPrecedence(Token token) {
        switch (token.kind()) {
            case OPERATOR -> {
                return operatorPrecedence(token.text());
            }
            case SYMBOL -> {
                return token.text().equals("::") || token.text().equals("[") ? POSTFIX : -1;
            }
            case WORD -> {
                return wordPrecedence(token.text());
            }
            default -> {
                return -1;
            }
        }
    }

    private static int operatorPrecedence(String symbol) {
        return switch (symbol) {
            case "=", "<", ">", "<=", ">=", "<>" -> COMPARISON;
            case "+", "-" -> SUM;
            case "*", "/", "%" -> PRODUCT;
            case "^" -> POWER;
            default -> OTHER;
        };
    }

    private int wordPrecedence(String word) {
        return switch (word) {
            case "or" -> OR;
            case "and" -> AND;
            case "is", "isnull", "notnull" -> IS;
            case "between", "in", "like", "ilike" -> RANGE;
            case "similar" -> tokens.at(1, "to") ? RANGE : -1;
            case "not" -> {
                Token after = tokens.peek(1);
                yield after.isWord("between")
                                || after.isWord("in")
                                || after.isWord("like")
                                || after.isWord("ilike")
                                || after.isWord("similar")
                        ? RANGE
                        : -1;
            }
            case "operator" -> tokens.at(1, "(") ? OTHER : -1;
            case "at" -> tokens.at(1, "time") ? AT : -1;
            case "collate" -> COLLATE;
            case "overlaps" -> RANGE;
            default -> -1;
        };
    }

    private SqlNode infix(SqlNode left, Token token, int precedence, int start) {
        if (token.kind() == Kind.OPERATOR) {
            tokens.next();
            return binary(left, operator(token.text()), precedence, start);
        }
        if (token.isSymbol("::")) {
            tokens.next();
            TypeName type = context.types.type();
            return call(new PgCast(type), start, left);
        }
        if (token.isSymbol("[")) {
            return subscript(left, start);
        }
        switch (token.text()) {
            case "or" -> {
                tokens.next();
                return call(SqlStdOperatorTable.OR, start, left, expression(OR + 1));
            }
            case "and" -> {
                tokens.next();
                return call(SqlStdOperatorTable.AND, start, left, expression(AND + 1));
            }
            case "is" -> {
                tokens.next();
                return is(left, start);
            }
            case "isnull" -> {
                tokens.next();
                return call(SqlStdOperatorTable.IS_NULL, start, left);
            }
            case "notnull" -> {
                tokens.next();
                return call(SqlStdOperatorTable.IS_NOT_NULL, start, left);
            }
            case "operator" -> {
                return binary(left, qualifiedOperator(), precedence, start);
            }
            case "at" -> {
                tokens.expect("at", "time", "zone");
                SqlNode zone = expression(AT + 1);
                return FunctionParser.system("timezone", tokens.posFrom(start), zone, left);
            }
            case "collate" -> {
                tokens.next();
                return call(new PgCollate(tokens.objectName()), start, left);
            }
            case "overlaps" -> {
                return overlaps(left, start);
            }
            default -> {
                return range(left, start);
            }
        }
    }

    private SqlNode binary(SqlNode left, SqlOperator operator, int precedence, int start) {
        Token quantifier = tokens.peek();
        if (quantifier.isWord("any") || quantifier.isWord("some") || quantifier.isWord("all")) {
            tokens.next();
            return quantified(left, operator, quantifier.isWord("all"), start);
        }
        return call(operator, start, left, expression(precedence + 1));
    }

    private SqlNode quantified(SqlNode left, SqlOperator operator, boolean all, int start) {
        tokens.expect("(");
        SqlNode right = context.queries.queryOrExpression();
        tokens.expect(")");
        if (QueryParser.isQuery(right)
                && operator.getKind() != SqlKind.OTHER
                && operator.kind.belongsTo(SqlKind.COMPARISON)) {
            SqlOperator quantified =
                    all ? SqlStdOperatorTable.all(operator.getKind()) : SqlStdOperatorTable.some(operator.getKind());
            return call(quantified, start, left, right);
        }
        return call(new PgQuantified(operator, all), start, left, right);
    }

    private SqlNode range(SqlNode left, int start) {
        boolean not = tokens.accept("not");
        Token token = tokens.next();
        return switch (token.text()) {
            case "between" -> between(left, not, start);
            case "in" -> in(left, not, start);
            case "like" ->
                like(left, not ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE, not ? "!~~" : "~~", start);
            case "ilike" ->
                like(
                        left,
                        not ? SqlLibraryOperators.NOT_ILIKE : SqlLibraryOperators.ILIKE,
                        not ? "!~~*" : "~~*",
                        start);
            case "similar" -> {
                tokens.expect("to");
                SqlNode pattern = expression(RANGE + 1);
                SqlNode escaped = tokens.accept("escape")
                        ? FunctionParser.system(
                                "similar_to_escape", tokens.posFrom(start), pattern, expression(RANGE + 1))
                        : FunctionParser.system("similar_to_escape", tokens.posFrom(start), pattern);
                yield call(new PgOperator("pg_catalog", not ? "!~" : "~"), start, left, escaped);
            }
            default -> throw tokens.unexpected(token);
        };
    }

    private SqlNode between(SqlNode left, boolean not, int start) {
        boolean symmetric = tokens.accept("symmetric");
        if (!symmetric) {
            tokens.accept("asymmetric");
        }
        SqlNode low = expression(RANGE + 1);
        tokens.expect("and");
        SqlNode high = expression(RANGE + 1);
        SqlOperator operator = symmetric
                ? (not ? SqlStdOperatorTable.SYMMETRIC_NOT_BETWEEN : SqlStdOperatorTable.SYMMETRIC_BETWEEN)
                : (not ? SqlStdOperatorTable.NOT_BETWEEN : SqlStdOperatorTable.BETWEEN);
        return call(operator, start, left, low, high);
    }

    private SqlNode in(SqlNode left, boolean not, int start) {
        int open = tokens.peek().start();
        tokens.expect("(");
        SqlNode first = context.queries.queryOrExpression();
        SqlNode right;
        if (QueryParser.isQuery(first) && tokens.at(")")) {
            tokens.next();
            right = first;
        } else {
            List<SqlNode> items = new ArrayList<>();
            items.add(first);
            while (tokens.accept(",")) {
                items.add(expression());
            }
            tokens.expect(")");
            right = new SqlNodeList(items, tokens.posFrom(open));
        }
        return call(not ? SqlStdOperatorTable.NOT_IN : SqlStdOperatorTable.IN, start, left, right);
    }

    private SqlNode like(SqlNode left, SqlOperator operator, String symbol, int start) {
        Token quantifier = tokens.peek();
        if (quantifier.isWord("any") || quantifier.isWord("some") || quantifier.isWord("all")) {
            tokens.next();
            return quantified(left, new PgOperator("pg_catalog", symbol), quantifier.isWord("all"), start);
        }
        SqlNode pattern = expression(RANGE + 1);
        if (tokens.accept("escape")) {
            return call(operator, start, left, pattern, expression(RANGE + 1));
        }
        return call(operator, start, left, pattern);
    }

    private SqlNode is(SqlNode left, int start) {
        boolean not = tokens.accept("not");
        Token token = tokens.next();
        SqlOperator operator = switch (token.text()) {
            case "null" -> not ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL;
            case "true" -> not ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_TRUE;
            case "false" -> not ? SqlStdOperatorTable.IS_NOT_FALSE : SqlStdOperatorTable.IS_FALSE;
            case "unknown" -> not ? SqlStdOperatorTable.IS_NOT_UNKNOWN : SqlStdOperatorTable.IS_UNKNOWN;
            case "distinct" -> {
                tokens.expect("from");
                yield not ? SqlStdOperatorTable.IS_NOT_DISTINCT_FROM : SqlStdOperatorTable.IS_DISTINCT_FROM;
            }
            case "document", "normalized", "nfc", "nfd", "nfkc", "nfkd" ->
                throw TokenStream.unsupported("IS " + token.text().toUpperCase(Locale.ROOT), token.start() + 1);
            default -> throw tokens.unexpected(token);
        };
        if (token.kind() != Kind.WORD) {
            throw tokens.unexpected(token);
        }
        return token.text().equals("distinct")
                ? call(operator, start, left, expression(IS + 1))
                : call(operator, start, left);
    }

    private SqlNode overlaps(SqlNode left, int start) {
        Token word = tokens.next();
        SqlNode right = expression(RANGE + 1);
        if (left.getKind() != SqlKind.ROW || right.getKind() != SqlKind.ROW) {
            throw tokens.unexpected(word);
        }
        List<SqlNode> operands = new ArrayList<>(((SqlCall) left).getOperandList());
        operands.addAll(((SqlCall) right).getOperandList());
        if (operands.size() != 4) {
            throw TokenStream.syntaxError(
                    "wrong number of parameters on left side of OVERLAPS expression", word.start() + 1);
        }
        return FunctionParser.system("overlaps", tokens.posFrom(start), operands.toArray(SqlNode[]::new));
    }

    private SqlNode subscript(SqlNode left, int start) {
        tokens.expect("[");
        SqlNode lower = null;
        if (!tokens.at(":")) {
            lower = expression();
        }
        if (tokens.accept(":")) {
            SqlNode upper = tokens.at("]") ? missing() : expression();
            tokens.expect("]");
            return call(PgOperators.SLICE, start, left, lower == null ? missing() : lower, upper);
        }
        tokens.expect("]");
        if (lower == null) {
            throw tokens.unexpected();
        }
        return call(SqlStdOperatorTable.ITEM, start, left, lower);
    }

    private SqlNode missing() {
        return SqlStdOperatorTable.DEFAULT.createCall(TokenStream.pos(tokens.peek()));
    }

    /** OPERATOR(schema.op). */
    SqlOperator qualifiedOperator() {
        tokens.expect("operator");
        tokens.expect("(");
        String schema = null;
        while (TokenStream.isColumnId(tokens.peek())) {
            schema = tokens.columnId();
            tokens.expect(".");
        }
        Token symbol = tokens.next();
        if (symbol.kind() != Kind.OPERATOR) {
            throw tokens.unexpected(symbol);
        }
        tokens.expect(")");
        return schema == null || schema.equals("pg_catalog") && BINARY.containsKey(symbol.text())
                ? operator(symbol.text())
                : new PgOperator(schema, symbol.text());
    }

    private static boolean isComparison(String symbol) {
        return operatorPrecedence(symbol) == COMPARISON;
    }

    private static SqlOperator operator(String symbol) {
        SqlOperator known = BINARY.get(symbol);
        return known != null ? known : new PgOperator(null, symbol);
    }

    private SqlNode call(SqlOperator operator, int start, SqlNode... operands) {
        SqlParserPos pos = tokens.posFrom(start);
        return operator.createCall(pos, operands);
    }

    // ---- sorting, used by queries, windows and aggregates

    /** {@code x [ASC|DESC|USING op] [NULLS FIRST|LAST], …} */
    SqlNodeList sortList() {
        int start = tokens.peek().start();
        List<SqlNode> items = new ArrayList<>();
        do {
            items.add(sortItem());
        } while (tokens.accept(","));
        return new SqlNodeList(items, tokens.posFrom(start));
    }

    private SqlNode sortItem() {
        int start = tokens.peek().start();
        SqlNode item = expression();
        if (tokens.accept("desc")) {
            item = call(SqlStdOperatorTable.DESC, start, item);
        } else if (tokens.accept("using")) {
            item = sortUsing(item, start);
        } else {
            tokens.accept("asc");
        }
        if (tokens.accept("nulls", "first")) {
            return call(SqlStdOperatorTable.NULLS_FIRST, start, item);
        }
        if (tokens.accept("nulls", "last")) {
            return call(SqlStdOperatorTable.NULLS_LAST, start, item);
        }
        return item;
    }

    private SqlNode sortUsing(SqlNode item, int start) {
        Token symbol = tokens.peek();
        String name = symbol.isWord("operator")
                ? qualifiedOperator().getName()
                : tokens.next().text();
        return switch (name) {
            case "<" -> item;
            case ">" -> call(SqlStdOperatorTable.DESC, start, item);
            default ->
                throw ErrorReport.error(
                                ErrorCode.WRONG_OBJECT_TYPE, "operator " + name + " is not a valid ordering operator")
                        .withHint("Ordering operators must be \"<\" or \">\" members of btree operator families.")
                        .withPosition(symbol.start() + 1)
                        .exception();
        };
    }

    static SqlIdentifier identifier(Token token) {
        return new SqlIdentifier(token.text(), TokenStream.pos(token));
    }
}
