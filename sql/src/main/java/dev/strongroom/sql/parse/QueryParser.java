package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.node.PgSelect;
import dev.strongroom.sql.parse.node.RowLocking;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.ModifyingItem;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.TableStatement.Persistence;
import dev.strongroom.sql.parse.statement.WithClause;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** SELECT, VALUES, TABLE, set operations, WITH, ORDER BY, LIMIT (gram.y: SelectStmt). */
final class QueryParser {
    private final ParserContext context;
    private final TokenStream tokens;
    /** Target of the SELECT INTO found in the running statement. */
    private @Nullable Into into;

    QueryParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** Target of SELECT … INTO. */
    record Into(ObjectName name, Persistence persistence, int position) {}

    /** The running statement's SELECT INTO target; forgets it. */
    @Nullable
    Into takeInto() {
        Into found = into;
        into = null;
        return found;
    }

    static boolean isQuery(SqlNode node) {
        return switch (node.getKind()) {
            case SELECT, UNION, INTERSECT, EXCEPT, VALUES, WITH, ORDER_BY, EXPLICIT_TABLE -> true;
            default -> false;
        };
    }

    boolean atQuery() {
        Token token = tokens.peek();
        return token.isWord("select") || token.isWord("values") || token.isWord("with") || token.isWord("table");
    }

    /** A whole statement's query, with data-modifying WITH items lifted out. */
    Query topLevel() {
        List<ModifyingItem> modifications = new ArrayList<>();
        SqlNode node = query(modifications);
        return new Query(node, modifications);
    }

    /** A query without parentheses around it. */
    SqlNode query() {
        return query(null);
    }

    /** {@code (query)}, with any number of parentheses. */
    SqlNode parenthesisedQuery() {
        tokens.expect("(");
        Token first = tokens.peek();
        SqlNode node = queryOrExpression();
        if (!isQuery(node)) {
            throw tokens.unexpected(first);
        }
        tokens.expect(")");
        return node;
    }

    /**
     * What stands inside parentheses: a query or an expression. A parenthesised query that goes on with UNION or ORDER BY is a
     * query; one that goes on with an operator is an operand.
     */
    SqlNode queryOrExpression() {
        if (atQuery() && !(tokens.at("values") && !tokens.at(1, "(")) && !(tokens.at("table") && tokens.at(1, "."))) {
            return query(null);
        }
        int start = tokens.peek().start();
        SqlNode node = context.expressions.expression();
        return isQuery(node) && atQueryTail() ? continueQuery(node, start) : node;
    }

    /** Whether the next word can only continue a query. */
    boolean atQueryTail() {
        Token token = tokens.peek();
        return switch (token.text()) {
            case "union", "intersect", "except", "order", "limit", "offset", "fetch", "for" -> token.keyword() != null;
            default -> false;
        };
    }

    /** Goes on with a query whose first operand has been read in parentheses. */
    SqlNode continueQuery(SqlNode first, int start) {
        return tail(setOperations(first, start, 0), start);
    }

    private SqlNode query(@Nullable List<ModifyingItem> modifications) {
        tokens.enter();
        int start = tokens.peek().start();
        SqlNode node;
        if (tokens.at("with")) {
            WithClause with = with(modifications);
            SqlNode body = setOperations(operand(), tokens.peek().start(), 0);
            node = with.items().isEmpty() ? body : withNode(with, body, start);
        } else {
            node = setOperations(operand(), start, 0);
        }
        SqlNode result = tail(node, start);
        tokens.leave();
        return result;
    }

    SqlNode withNode(WithClause with, SqlNode body, int start) {
        SqlParserPos pos = tokens.posFrom(start);
        return new SqlWith(pos, new SqlNodeList(with.items(), pos), body);
    }

    /** WITH …; a null list means that data-modifying items are not allowed here. */
    WithClause with(@Nullable List<ModifyingItem> modifications) {
        tokens.expect("with");
        boolean recursive = tokens.accept("recursive");
        List<SqlWithItem> items = new ArrayList<>();
        List<ModifyingItem> lifted = modifications == null ? new ArrayList<>() : modifications;
        do {
            Token name = tokens.peek();
            tokens.columnId();
            int columnsAt = tokens.peek().start();
            List<SqlNode> columns = new ArrayList<>();
            if (tokens.accept("(")) {
                do {
                    Token column = tokens.peek();
                    tokens.columnId();
                    columns.add(ExpressionParser.identifier(column));
                } while (tokens.accept(","));
                tokens.expect(")");
            }
            SqlNodeList columnList = columns.isEmpty() ? null : new SqlNodeList(columns, tokens.posFrom(columnsAt));
            tokens.expect("as");
            if (!tokens.accept("materialized")) {
                tokens.accept("not", "materialized");
            }
            if (isModification(tokens.peek(1)) && tokens.at("(")) {
                lifted.add(modifyingItem(name, columns, modifications == null));
                continue;
            }
            SqlNode query = parenthesisedQuery();
            items.add(new SqlWithItem(
                    tokens.posFrom(name.start()),
                    ExpressionParser.identifier(name),
                    columnList,
                    query,
                    SqlLiteral.createBoolean(recursive, TokenStream.pos(name))));
            if (tokens.at("search") || tokens.at("cycle")) {
                throw TokenStream.unsupported(
                        tokens.at("search") ? "SEARCH clause" : "CYCLE clause", tokens.position());
            }
        } while (tokens.accept(","));
        return new WithClause(recursive, items, modifications == null ? List.of() : lifted);
    }

    private static boolean isModification(Token token) {
        return token.isWord("insert") || token.isWord("update") || token.isWord("delete");
    }

    private ModifyingItem modifyingItem(Token name, List<SqlNode> columns, boolean nested) {
        if (nested) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "WITH clause containing a data-modifying statement must be at the top level")
                    .withPosition(name.start() + 1)
                    .exception();
        }
        tokens.expect("(");
        Modification statement = context.modifications.modification();
        tokens.expect(")");
        List<String> names = columns.stream()
                .map(column -> ((SqlIdentifier) column).getSimple())
                .toList();
        return new ModifyingItem(name.text(), names, statement, name.start() + 1);
    }

    /** UNION and EXCEPT bind weaker than INTERSECT. */
    private SqlNode setOperations(SqlNode first, int start, int lowest) {
        SqlNode left = first;
        while (true) {
            Token token = tokens.peek();
            int precedence = token.isWord("intersect") ? 1 : token.isWord("union") || token.isWord("except") ? 0 : -1;
            if (precedence < lowest) {
                return left;
            }
            tokens.next();
            boolean all = tokens.accept("all");
            if (!all) {
                tokens.accept("distinct");
            }
            int rightStart = tokens.peek().start();
            SqlNode right = setOperations(operand(), rightStart, precedence + 1);
            left = operator(token.text(), all).createCall(tokens.posFrom(start), left, right);
        }
    }

    private static SqlOperator operator(String word, boolean all) {
        return switch (word) {
            case "union" -> all ? SqlStdOperatorTable.UNION_ALL : SqlStdOperatorTable.UNION;
            case "intersect" -> all ? SqlStdOperatorTable.INTERSECT_ALL : SqlStdOperatorTable.INTERSECT;
            default -> all ? SqlStdOperatorTable.EXCEPT_ALL : SqlStdOperatorTable.EXCEPT;
        };
    }

    /** One operand of a set operation. */
    private SqlNode operand() {
        if (tokens.at("(")) {
            return parenthesisedQuery();
        }
        if (tokens.at("values")) {
            return values();
        }
        if (tokens.at("table")) {
            return table();
        }
        return select();
    }

    private SqlNode values() {
        int start = tokens.peek().start();
        tokens.expect("values");
        List<SqlNode> rows = new ArrayList<>();
        do {
            int rowStart = tokens.peek().start();
            tokens.expect("(");
            SqlNodeList items = context.expressions.expressionList();
            tokens.expect(")");
            rows.add(SqlStdOperatorTable.ROW.createCall(tokens.posFrom(rowStart), items.getList()));
        } while (tokens.accept(","));
        int width = ((SqlCall) rows.get(0)).operandCount();
        for (SqlNode row : rows) {
            if (((SqlCall) row).operandCount() != width) {
                throw TokenStream.syntaxError(
                        "VALUES lists must all be the same length",
                        ((SqlCall) row).operand(0).getParserPosition().getColumnNum());
            }
        }
        return SqlStdOperatorTable.VALUES.createCall(tokens.posFrom(start), rows);
    }

    private SqlNode table() {
        int start = tokens.peek().start();
        tokens.expect("table");
        tokens.accept("only");
        SqlIdentifier name = context.from.tableName();
        SqlParserPos pos = tokens.posFrom(start);
        return new PgSelect(
                pos,
                new PgSelect.Clauses(
                        null, SqlNodeList.of(SqlIdentifier.star(pos)), name, null, null, null, SqlNodeList.EMPTY),
                List.of(),
                List.of());
    }

    private SqlNode select() {
        int start = tokens.peek().start();
        Token word = tokens.expect("select");
        SqlNodeList keywords = null;
        List<SqlNode> distinctOn = List.of();
        if (tokens.accept("distinct")) {
            if (tokens.accept("on")) {
                tokens.expect("(");
                distinctOn = context.expressions.expressionList().getList();
                tokens.expect(")");
            } else {
                SqlParserPos pos = TokenStream.pos(word);
                keywords = new SqlNodeList(List.of(SqlSelectKeyword.DISTINCT.symbol(pos)), pos);
            }
        } else {
            tokens.accept("all");
        }
        SqlNodeList items = atSelectListEnd() ? new SqlNodeList(TokenStream.pos(word)) : selectList();
        if (tokens.at("into")) {
            selectInto();
        }
        SqlNode from = tokens.accept("from") ? context.from.fromList() : null;
        SqlNode where = tokens.accept("where") ? context.expressions.expression() : null;
        SqlNodeList groupBy = tokens.accept("group") ? groupBy() : null;
        SqlNode having = tokens.accept("having") ? context.expressions.expression() : null;
        SqlNodeList windows =
                tokens.accept("window") ? context.functions.windows().definitions() : SqlNodeList.EMPTY;
        return new PgSelect(
                tokens.posFrom(start),
                new PgSelect.Clauses(keywords, items, from, where, groupBy, having, windows),
                distinctOn,
                List.of());
    }

    private boolean atSelectListEnd() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case END -> true;
            case SYMBOL -> token.text().equals(")") || token.text().equals(";");
            case WORD ->
                switch (token.text()) {
                    case "from", "where", "group", "having", "window", "into" -> true;
                    case "union", "intersect", "except", "order", "limit", "offset", "fetch", "for" -> true;
                    default -> false;
                };
            default -> false;
        };
    }

    private void selectInto() {
        int position = tokens.position();
        tokens.expect("into");
        Persistence persistence = Persistence.PERMANENT;
        if (tokens.accept("local") || tokens.accept("global")) {
            tokens.acceptAny("temp", "temporary");
            persistence = Persistence.TEMPORARY;
        } else if (tokens.acceptAny("temp", "temporary")) {
            persistence = Persistence.TEMPORARY;
        } else if (tokens.accept("unlogged")) {
            persistence = Persistence.UNLOGGED;
        }
        tokens.accept("table");
        into = new Into(tokens.objectName(), persistence, position);
    }

    /** Select items; also RETURNING's. */
    SqlNodeList selectList() {
        int start = tokens.peek().start();
        List<SqlNode> items = new ArrayList<>();
        do {
            items.add(selectItem());
        } while (tokens.accept(","));
        return new SqlNodeList(items, tokens.posFrom(start));
    }

    private SqlNode selectItem() {
        Token first = tokens.peek();
        if (first.is("*")) {
            tokens.next();
            return SqlIdentifier.star(TokenStream.pos(first));
        }
        SqlNode item = context.expressions.expression();
        Token label = tokens.peek();
        if (tokens.accept("as")) {
            label = tokens.peek();
            tokens.label();
        } else if (TokenStream.isBareLabel(label)) {
            tokens.next();
        } else {
            return item;
        }
        return SqlStdOperatorTable.AS.createCall(
                tokens.posFrom(first.start()), item, ExpressionParser.identifier(label));
    }

    private SqlNodeList groupBy() {
        tokens.expect("by");
        if (tokens.at("distinct") || tokens.at("all")) {
            if (tokens.at("distinct")) {
                throw TokenStream.unsupported("GROUP BY DISTINCT", tokens.position());
            }
            tokens.next();
        }
        int start = tokens.peek().start();
        List<SqlNode> items = new ArrayList<>();
        do {
            items.add(groupingElement());
        } while (tokens.accept(","));
        return new SqlNodeList(items, tokens.posFrom(start));
    }

    private SqlNode groupingElement() {
        int start = tokens.peek().start();
        if (tokens.at("(") && tokens.at(1, ")")) {
            tokens.expect("(", ")");
            return new SqlNodeList(tokens.posFrom(start));
        }
        if (tokens.at("rollup") && tokens.at(1, "(") || tokens.at("cube") && tokens.at(1, "(")) {
            boolean rollup = tokens.next().text().equals("rollup");
            tokens.expect("(");
            SqlNodeList items = context.expressions.expressionList();
            tokens.expect(")");
            SqlOperator operator = rollup ? SqlStdOperatorTable.ROLLUP : SqlStdOperatorTable.CUBE;
            return operator.createCall(tokens.posFrom(start), items.getList());
        }
        if (tokens.at("grouping") && tokens.at(1, "sets")) {
            tokens.expect("grouping", "sets", "(");
            List<SqlNode> items = new ArrayList<>();
            do {
                items.add(groupingElement());
            } while (tokens.accept(","));
            tokens.expect(")");
            return SqlStdOperatorTable.GROUPING_SETS.createCall(tokens.posFrom(start), items);
        }
        return context.expressions.expression();
    }

    // ---- ORDER BY, LIMIT, OFFSET, FETCH, FOR

    private SqlNode tail(SqlNode body, int start) {
        SqlNodeList order = SqlNodeList.EMPTY;
        if (tokens.accept("order")) {
            tokens.expect("by");
            order = context.expressions.sortList();
        }
        SqlNode limit = null;
        SqlNode offset = null;
        boolean limited = false;
        List<RowLocking> locking = new ArrayList<>();
        while (true) {
            if (tokens.at("for")) {
                locking.add(locking());
            } else if (tokens.at("limit") && !limited) {
                limited = true;
                limit = limit();
            } else if (tokens.at("fetch") && !limited) {
                limited = true;
                limit = fetch();
            } else if (tokens.at("offset") && offset == null) {
                tokens.next();
                offset = context.expressions.expression();
                tokens.acceptAny("row", "rows");
            } else {
                break;
            }
        }
        SqlNode locked = locking.isEmpty() ? body : lock(body, locking);
        if (order.isEmpty() && limit == null && offset == null) {
            return locked;
        }
        if (locked instanceof SqlOrderBy) {
            throw order.isEmpty()
                    ? TokenStream.syntaxError("multiple LIMIT clauses not allowed", start + 1)
                    : TokenStream.syntaxError("multiple ORDER BY clauses not allowed", start + 1);
        }
        return new SqlOrderBy(tokens.posFrom(start), locked, order, offset, limit);
    }

    private @Nullable SqlNode limit() {
        tokens.expect("limit");
        if (tokens.accept("all")) {
            return null;
        }
        SqlNode count = context.expressions.expression();
        if (tokens.at(",")) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "LIMIT #,# syntax is not supported")
                    .withHint("Use separate LIMIT and OFFSET clauses.")
                    .withPosition(tokens.position())
                    .exception();
        }
        return SqlUtil.isNullLiteral(count, false) ? null : count;
    }

    private SqlNode fetch() {
        Token word = tokens.expect("fetch");
        if (!tokens.accept("first")) {
            tokens.expect("next");
        }
        SqlNode count = tokens.at("row") || tokens.at("rows")
                ? SqlLiteral.createExactNumeric("1", TokenStream.pos(word))
                : context.functions.primary();
        if (!tokens.accept("row")) {
            tokens.expect("rows");
        }
        if (tokens.at("with")) {
            throw TokenStream.unsupported("WITH TIES", tokens.position());
        }
        tokens.expect("only");
        return count;
    }

    private RowLocking locking() {
        int position = tokens.position();
        tokens.expect("for");
        RowLocking.Strength strength;
        if (tokens.accept("update")) {
            strength = RowLocking.Strength.UPDATE;
        } else if (tokens.accept("share")) {
            strength = RowLocking.Strength.SHARE;
        } else if (tokens.accept("no")) {
            tokens.expect("key", "update");
            strength = RowLocking.Strength.NO_KEY_UPDATE;
        } else {
            tokens.expect("key", "share");
            strength = RowLocking.Strength.KEY_SHARE;
        }
        List<String> tables = tokens.accept("of")
                ? tokens.objectNames().stream().map(ObjectName::name).toList()
                : List.of();
        RowLocking.Wait wait = RowLocking.Wait.WAIT;
        if (tokens.accept("nowait")) {
            wait = RowLocking.Wait.NOWAIT;
        } else if (tokens.accept("skip", "locked")) {
            wait = RowLocking.Wait.SKIP_LOCKED;
        }
        return new RowLocking(strength, tables, wait, position);
    }

    private SqlNode lock(SqlNode body, List<RowLocking> locking) {
        if (body instanceof PgSelect select) {
            return select.withLocking(locking);
        }
        if (body instanceof SqlWith with && with.body instanceof PgSelect select) {
            return new SqlWith(with.getParserPosition(), with.withList, select.withLocking(locking));
        }
        String clause = "FOR " + locking.get(0).strength().name().replace('_', ' ');
        String what = body.getKind() == SqlKind.VALUES ? "VALUES" : "UNION/INTERSECT/EXCEPT";
        throw ErrorReport.error(
                        ErrorCode.FEATURE_NOT_SUPPORTED,
                        what.equals("VALUES")
                                ? clause + " cannot be applied to VALUES"
                                : clause + " is not allowed with " + what)
                .withPosition(locking.get(0).position())
                .exception();
    }
}
