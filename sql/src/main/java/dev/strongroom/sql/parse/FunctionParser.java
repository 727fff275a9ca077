package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Primary expressions: constants, columns, functions with their special spellings, CASE, rows, arrays, subqueries. */
final class FunctionParser {
    /** Functions written without parentheses. */
    private static final Set<String> NILADIC = Set.of(
            "current_date",
            "current_time",
            "current_timestamp",
            "localtime",
            "localtimestamp",
            "current_role",
            "current_user",
            "session_user",
            "user",
            "current_catalog",
            "current_schema");

    private final ParserContext context;
    private final TokenStream tokens;
    private final WindowParser windows;

    FunctionParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
        this.windows = new WindowParser(context);
    }

    WindowParser windows() {
        return windows;
    }

    /** A call of a function of pg_catalog that has a spelling of its own in SQL. */
    static SqlNode system(String name, SqlParserPos pos, SqlNode... operands) {
        return function(new SqlIdentifier(List.of("pg_catalog", name), pos)).createCall(pos, operands);
    }

    static SqlUnresolvedFunction function(SqlIdentifier name) {
        return new SqlUnresolvedFunction(name, null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
    }

    SqlNode primary() {
        Token token = tokens.peek();
        SqlNode node = switch (token.kind()) {
            case INTEGER -> {
                tokens.next();
                yield SqlLiteral.createExactNumeric(token.text(), TokenStream.pos(token));
            }
            case DECIMAL -> {
                tokens.next();
                String digits = token.text();
                boolean plain = digits.indexOf('e') < 0 && digits.indexOf('E') < 0 && !digits.endsWith(".");
                yield plain
                        ? SqlLiteral.createExactNumeric(digits, TokenStream.pos(token))
                        : SqlLiteral.createApproxNumeric(digits, TokenStream.pos(token));
            }
            case STRING -> {
                tokens.next();
                yield SqlLiteral.createCharString(token.text(), TokenStream.pos(token));
            }
            case BITS, HEX -> throw TokenStream.unsupported("type bit", token.start() + 1);
            case PARAMETER -> parameter(tokens.next());
            case SYMBOL -> {
                if (!token.text().equals("(")) {
                    throw tokens.unexpected();
                }
                yield parenthesised();
            }
            case WORD, QUOTED -> named(token);
            default -> throw tokens.unexpected();
        };
        return node;
    }

    private SqlNode parameter(Token token) {
        long number;
        try {
            number = Long.parseLong(token.text());
        } catch (NumberFormatException e) {
            number = Long.MAX_VALUE;
        }
        if (number < 1 || number > 65_535) {
            throw ErrorReport.error(ErrorCode.UNDEFINED_PARAMETER, "there is no parameter $" + token.text())
                    .withPosition(token.start() + 1)
                    .exception();
        }
        return new SqlDynamicParam((int) number - 1, TokenStream.pos(token));
    }

    /** {@code (x)}, {@code (x, y)}, {@code (query)}, each possibly followed by {@code .field}. */
    private SqlNode parenthesised() {
        int start = tokens.peek().start();
        tokens.expect("(");
        SqlNode first = context.queries.queryOrExpression();
        SqlNode node = first;
        if (tokens.at(",")) {
            List<SqlNode> items = new ArrayList<>();
            items.add(first);
            while (tokens.accept(",")) {
                items.add(context.expressions.expression());
            }
            tokens.expect(")");
            node = SqlStdOperatorTable.ROW.createCall(tokens.posFrom(start), items);
        } else {
            tokens.expect(")");
        }
        return fields(node, start);
    }

    private SqlNode fields(SqlNode node, int start) {
        SqlNode result = node;
        while (tokens.at(".")) {
            tokens.next();
            if (tokens.at("*")) {
                tokens.next();
                return PgOperators.ALL_FIELDS.createCall(tokens.posFrom(start), result);
            }
            Token field = tokens.peek();
            String name = tokens.label();
            result = PgOperators.FIELD.createCall(
                    tokens.posFrom(start), result, new SqlIdentifier(name, TokenStream.pos(field)));
        }
        return result;
    }

    private SqlNode named(Token token) {
        if (token.kind() == Kind.WORD && token.keyword() != null) {
            SqlNode special = keyword(token);
            if (special != null) {
                return special;
            }
        }
        return columnOrFunction();
    }

    private @Nullable SqlNode keyword(Token token) {
        SqlParserPos pos = TokenStream.pos(token);
        switch (token.text()) {
            case "null" -> {
                tokens.next();
                return SqlLiteral.createNull(pos);
            }
            case "true", "false" -> {
                tokens.next();
                return SqlLiteral.createBoolean(token.text().equals("true"), pos);
            }
            case "default" -> {
                tokens.next();
                return SqlStdOperatorTable.DEFAULT.createCall(pos);
            }
            case "case" -> {
                return caseExpression();
            }
            case "cast" -> {
                return cast();
            }
            case "exists" -> {
                if (!tokens.at(1, "(")) {
                    return null;
                }
                tokens.next();
                SqlNode query = context.queries.parenthesisedQuery();
                return SqlStdOperatorTable.EXISTS.createCall(tokens.posFrom(token.start()), query);
            }
            case "unique" -> throw TokenStream.unsupported("UNIQUE predicate", token.start() + 1);
            case "array" -> {
                return array();
            }
            case "row" -> {
                return tokens.at(1, "(") ? row() : null;
            }
            case "grouping" -> {
                if (!tokens.at(1, "(")) {
                    return null;
                }
                tokens.next();
                tokens.expect("(");
                SqlNodeList arguments = context.expressions.expressionList();
                tokens.expect(")");
                return SqlStdOperatorTable.GROUPING.createCall(tokens.posFrom(token.start()), arguments.getList());
            }
            case "extract", "overlay", "position", "substring", "trim", "normalize", "treat", "collation" -> {
                return tokens.at(1, "(") || token.text().equals("collation") ? specialFunction(token) : null;
            }
            case "coalesce", "nullif", "greatest", "least" -> {
                return tokens.at(1, "(") ? commonFunction(token) : null;
            }
            case "interval" -> {
                return intervalLiteral();
            }
            default -> {
                if (NILADIC.contains(token.text()) && !(token.text().equals("current_schema") && tokens.at(1, "("))) {
                    return niladic(token);
                }
                return typedLiteral();
            }
        }
    }

    private SqlNode niladic(Token token) {
        tokens.next();
        String name = token.text();
        List<SqlNode> arguments = new ArrayList<>();
        if (tokens.at("(") && (name.endsWith("time") || name.endsWith("timestamp"))) {
            tokens.next();
            Token precision = tokens.peek();
            arguments.add(
                    SqlLiteral.createExactNumeric(Integer.toString(tokens.integer()), TokenStream.pos(precision)));
            tokens.expect(")");
        }
        return system(name, tokens.posFrom(token.start()), arguments.toArray(SqlNode[]::new));
    }

    /** {@code date '…'} and other constants whose type has a keyword; null if this is none. */
    private @Nullable SqlNode typedLiteral() {
        Token token = tokens.peek();
        if (tokens.at(1, ".")) {
            return null;
        }
        boolean literal = switch (token.text()) {
            case "double" -> tokens.at(1, "precision");
            case "int", "integer", "smallint", "bigint", "real", "boolean" -> true;
            case "float", "decimal", "dec", "numeric", "bit" -> true;
            case "character", "char", "nchar", "national", "varchar", "timestamp", "time" -> true;
            default -> false;
        };
        if (!literal) {
            return null;
        }
        TypeName type = context.types.specialType();
        if (type == null) {
            return null;
        }
        return castLiteral(type, token.start());
    }

    private SqlNode castLiteral(TypeName type, int start) {
        Token literal = tokens.peek();
        String value = tokens.string();
        return new PgCast(type)
                .createCall(tokens.posFrom(start), SqlLiteral.createCharString(value, TokenStream.pos(literal)));
    }

    private @Nullable SqlNode intervalLiteral() {
        Token token = tokens.peek();
        if (tokens.peek(1).kind() != Kind.STRING && !tokens.at(1, "(")) {
            return null;
        }
        tokens.next();
        List<Integer> precision = context.types.modifiers();
        Token literal = tokens.peek();
        String value = tokens.string();
        List<Integer> range =
                precision.isEmpty() ? context.types.intervalRange() : List.of(TypeName.FULL_RANGE, precision.get(0));
        TypeName type = new TypeName(List.of("pg_catalog", "interval"), range, 0, token.start() + 1);
        return new PgCast(type)
                .createCall(
                        tokens.posFrom(token.start()), SqlLiteral.createCharString(value, TokenStream.pos(literal)));
    }

    private SqlNode caseExpression() {
        int start = tokens.peek().start();
        tokens.expect("case");
        SqlNode value = tokens.at("when") ? null : context.expressions.expression();
        List<SqlNode> whens = new ArrayList<>();
        List<SqlNode> thens = new ArrayList<>();
        tokens.expect("when");
        do {
            whens.add(context.expressions.expression());
            tokens.expect("then");
            thens.add(context.expressions.expression());
        } while (tokens.accept("when"));
        SqlNode otherwise = tokens.accept("else")
                ? context.expressions.expression()
                : SqlLiteral.createNull(TokenStream.pos(tokens.peek()));
        tokens.expect("end");
        SqlParserPos pos = tokens.posFrom(start);
        return new SqlCase(pos, value, new SqlNodeList(whens, pos), new SqlNodeList(thens, pos), otherwise);
    }

    private SqlNode cast() {
        int start = tokens.peek().start();
        tokens.expect("cast", "(");
        SqlNode operand = context.expressions.expression();
        tokens.expect("as");
        TypeName type = context.types.type();
        tokens.expect(")");
        return new PgCast(type).createCall(tokens.posFrom(start), operand);
    }

    private SqlNode array() {
        int start = tokens.peek().start();
        tokens.expect("array");
        if (tokens.at("(")) {
            SqlNode query = context.queries.parenthesisedQuery();
            return SqlStdOperatorTable.ARRAY_QUERY.createCall(tokens.posFrom(start), query);
        }
        return arrayElements(start);
    }

    /** {@code [a, b]}, where elements may be bracketed themselves. */
    private SqlNode arrayElements(int start) {
        tokens.expect("[");
        List<SqlNode> items = new ArrayList<>();
        if (!tokens.at("]")) {
            do {
                items.add(tokens.at("[") ? arrayElements(tokens.peek().start()) : context.expressions.expression());
            } while (tokens.accept(","));
        }
        tokens.expect("]");
        return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(tokens.posFrom(start), items);
    }

    private SqlNode row() {
        int start = tokens.peek().start();
        tokens.expect("row", "(");
        List<SqlNode> items = new ArrayList<>();
        if (!tokens.at(")")) {
            items.addAll(context.expressions.expressionList().getList());
        }
        tokens.expect(")");
        return fields(SqlStdOperatorTable.ROW.createCall(tokens.posFrom(start), items), start);
    }

    private SqlNode commonFunction(Token token) {
        tokens.next();
        tokens.expect("(");
        SqlNodeList arguments = context.expressions.expressionList();
        tokens.expect(")");
        SqlIdentifier name = new SqlIdentifier(token.text(), TokenStream.pos(token));
        return function(name).createCall(tokens.posFrom(token.start()), arguments.getList());
    }

    private SqlNode specialFunction(Token token) {
        tokens.next();
        if (token.text().equals("collation")) {
            tokens.expect("for");
        }
        tokens.expect("(");
        List<SqlNode> arguments = switch (token.text()) {
            case "extract" -> extract();
            case "overlay" -> overlay();
            case "position" -> position();
            case "substring" -> substring();
            case "trim" -> {
                SqlNode call = trim(token.start());
                yield List.of(call);
            }
            case "collation" -> context.expressions.expressionList().getList();
            default -> throw TokenStream.unsupported(token.text().toUpperCase(Locale.ROOT), token.start() + 1);
        };
        if (token.text().equals("trim")) {
            return arguments.get(0);
        }
        tokens.expect(")");
        String name = token.text().equals("collation") ? "pg_collation_for" : token.text();
        return system(name, tokens.posFrom(token.start()), arguments.toArray(SqlNode[]::new));
    }

    private List<SqlNode> extract() {
        Token field = tokens.peek();
        if (field.kind() != Kind.STRING && field.kind() != Kind.WORD && field.kind() != Kind.QUOTED) {
            throw tokens.unexpected();
        }
        tokens.next();
        tokens.expect("from");
        return List.of(
                SqlLiteral.createCharString(field.text(), TokenStream.pos(field)), context.expressions.expression());
    }

    private List<SqlNode> overlay() {
        List<SqlNode> arguments = new ArrayList<>();
        arguments.add(context.expressions.expression());
        if (tokens.accept("placing")) {
            arguments.add(context.expressions.expression());
            tokens.expect("from");
            arguments.add(context.expressions.expression());
            if (tokens.accept("for")) {
                arguments.add(context.expressions.expression());
            }
        } else {
            while (tokens.accept(",")) {
                arguments.add(context.expressions.expression());
            }
        }
        return arguments;
    }

    private List<SqlNode> position() {
        SqlNode part = context.expressions.restrictedAboveIn();
        tokens.expect("in");
        SqlNode whole = context.expressions.restrictedAboveIn();
        return List.of(whole, part);
    }

    private List<SqlNode> substring() {
        List<SqlNode> arguments = new ArrayList<>();
        if (tokens.at(")")) {
            return arguments;
        }
        int start = tokens.peek().start();
        arguments.add(context.expressions.expression());
        if (tokens.accept("from")) {
            arguments.add(context.expressions.expression());
            if (tokens.accept("for")) {
                arguments.add(context.expressions.expression());
            }
        } else if (tokens.accept("for")) {
            SqlNode length = context.expressions.expression();
            if (tokens.accept("from")) {
                arguments.add(context.expressions.expression());
                arguments.add(length);
            } else {
                arguments.add(SqlLiteral.createExactNumeric("1", tokens.posFrom(start)));
                arguments.add(
                        new PgCast(TypeName.system("int4", start + 1)).createCall(length.getParserPosition(), length));
            }
        } else {
            while (tokens.accept(",")) {
                arguments.add(context.expressions.expression());
            }
        }
        return arguments;
    }

    private SqlNode trim(int start) {
        String name = "btrim";
        if (tokens.accept("leading")) {
            name = "ltrim";
        } else if (tokens.accept("trailing")) {
            name = "rtrim";
        } else {
            tokens.accept("both");
        }
        List<SqlNode> arguments = new ArrayList<>();
        if (!tokens.accept("from")) {
            SqlNode first = context.expressions.expression();
            if (tokens.accept("from")) {
                arguments.add(context.expressions.expression());
            }
            arguments.add(first);
            while (tokens.accept(",")) {
                arguments.add(context.expressions.expression());
            }
        } else {
            arguments.addAll(context.expressions.expressionList().getList());
        }
        tokens.expect(")");
        return system(name, tokens.posFrom(start), arguments.toArray(SqlNode[]::new));
    }

    // ---- columns and ordinary functions

    private SqlNode columnOrFunction() {
        Token first = tokens.peek();
        boolean columnName = TokenStream.isColumnId(first);
        boolean functionName = TokenStream.isTypeFunctionName(first);
        if (!columnName && !functionName) {
            throw tokens.unexpected();
        }
        tokens.next();
        List<String> parts = new ArrayList<>(3);
        List<SqlParserPos> positions = new ArrayList<>(3);
        parts.add(first.text());
        positions.add(TokenStream.pos(first));
        boolean star = false;
        while (tokens.at(".") && !star) {
            tokens.next();
            Token part = tokens.peek();
            if (part.is("*")) {
                tokens.next();
                parts.add("");
                star = true;
            } else {
                parts.add(tokens.label());
            }
            positions.add(TokenStream.pos(part));
        }
        SqlIdentifier name = new SqlIdentifier(parts, null, tokens.posFrom(first.start()), positions);
        if (star) {
            return name;
        }
        if (tokens.at("(") && (parts.size() > 1 || functionName)) {
            return call(name, first.start());
        }
        if (tokens.atString() && (parts.size() > 1 || functionName)) {
            return castLiteral(new TypeName(parts, List.of(), 0, first.start() + 1), first.start());
        }
        if (!columnName && parts.size() == 1) {
            throw tokens.unexpected();
        }
        return name;
    }

    /** What stands between the parentheses of a call. */
    private record Arguments(
            List<SqlNode> operands,
            @Nullable SqlLiteral quantifier,
            @Nullable SqlNodeList orderBy) {}

    private SqlNode call(SqlIdentifier name, int start) {
        Arguments arguments = arguments();
        if (tokens.atString() && arguments.quantifier == null && arguments.orderBy == null) {
            return castLiteral(new TypeName(name.names, typeModifiers(arguments), 0, start + 1), start);
        }
        SqlOperator operator = function(name);
        if (takesDefaults(name)) {
            arguments.operands.replaceAll(
                    node -> node.getKind() == SqlKind.DEFAULT ? SqlLiteral.createNull(node.getParserPosition()) : node);
        }
        SqlNode call = operator.createCall(
                arguments.quantifier, tokens.posFrom(start), arguments.operands.toArray(SqlNode[]::new));
        if (arguments.orderBy != null) {
            call = PgOperators.AGGREGATE_ORDER.createCall(tokens.posFrom(start), call, arguments.orderBy);
        }
        if (tokens.accept("within", "group")) {
            tokens.expect("(", "order", "by");
            SqlNodeList order = context.expressions.sortList();
            tokens.expect(")");
            call = SqlStdOperatorTable.WITHIN_GROUP.createCall(tokens.posFrom(start), call, order);
        }
        if (tokens.at("filter") && tokens.at(1, "(")) {
            tokens.expect("filter", "(", "where");
            SqlNode condition = context.expressions.expression();
            tokens.expect(")");
            call = SqlStdOperatorTable.FILTER.createCall(tokens.posFrom(start), call, condition);
        }
        if (tokens.accept("over")) {
            SqlNode window = tokens.at("(") ? windows.specification(null) : ExpressionParser.identifier(windowName());
            call = SqlStdOperatorTable.OVER.createCall(tokens.posFrom(start), call, window);
        }
        return fields(call, start);
    }

    /** SQL Server's functions take the word DEFAULT for an argument that is left out. */
    private static boolean takesDefaults(SqlIdentifier name) {
        String last = name.names.get(name.names.size() - 1);
        return last.startsWith("fn_") || last.startsWith("dm_");
    }

    private Token windowName() {
        Token name = tokens.peek();
        tokens.columnId();
        return name;
    }

    private List<Integer> typeModifiers(Arguments arguments) {
        List<Integer> modifiers = new ArrayList<>();
        for (SqlNode operand : arguments.operands) {
            if (!(operand instanceof SqlLiteral literal)) {
                throw tokens.unexpected();
            }
            try {
                modifiers.add(Integer.parseInt(String.valueOf(literal.toValue())));
            } catch (NumberFormatException e) {
                throw tokens.unexpected();
            }
        }
        return modifiers;
    }

    private Arguments arguments() {
        tokens.expect("(");
        if (tokens.accept(")")) {
            return new Arguments(new ArrayList<>(), null, null);
        }
        if (tokens.at("*")) {
            Token star = tokens.next();
            tokens.expect(")");
            return new Arguments(List.of(SqlIdentifier.star(TokenStream.pos(star))), null, null);
        }
        SqlLiteral quantifier = null;
        Token first = tokens.peek();
        if (tokens.accept("distinct")) {
            quantifier = SqlSelectKeyword.DISTINCT.symbol(TokenStream.pos(first));
        } else {
            tokens.accept("all");
        }
        List<SqlNode> operands = new ArrayList<>();
        do {
            operands.add(argument());
        } while (tokens.accept(","));
        SqlNodeList order = null;
        if (tokens.accept("order")) {
            tokens.expect("by");
            order = context.expressions.sortList();
        }
        tokens.expect(")");
        return new Arguments(operands, quantifier, order);
    }

    private SqlNode argument() {
        Token first = tokens.peek();
        if (tokens.accept("variadic")) {
            SqlNode array = context.expressions.expression();
            return PgOperators.VARIADIC.createCall(tokens.posFrom(first.start()), array);
        }
        if (TokenStream.isTypeFunctionName(first) && (tokens.at(1, "=>") || tokens.at(1, ":="))) {
            tokens.next();
            tokens.next();
            SqlNode value = context.expressions.expression();
            return PgOperators.NAMED_ARGUMENT.createCall(
                    tokens.posFrom(first.start()), ExpressionParser.identifier(first), value);
        }
        return context.queries.queryOrExpression();
    }
}
