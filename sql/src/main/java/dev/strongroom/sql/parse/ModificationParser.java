package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.Modification.Assignment;
import dev.strongroom.sql.parse.statement.Modification.Delete;
import dev.strongroom.sql.parse.statement.Modification.Insert;
import dev.strongroom.sql.parse.statement.Modification.OnConflict;
import dev.strongroom.sql.parse.statement.Modification.Overriding;
import dev.strongroom.sql.parse.statement.Modification.TargetColumn;
import dev.strongroom.sql.parse.statement.Modification.Update;
import dev.strongroom.sql.parse.statement.ModifyingItem;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.WithClause;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE, DELETE, and statements that begin with WITH. */
final class ModificationParser {
    private final ParserContext context;
    private final TokenStream tokens;

    ModificationParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** A query or modification, with or without WITH. */
    Statement queryOrModification() {
        if (!tokens.at("with")) {
            return isModification() ? modification(WithClause.NONE) : context.queries.topLevel();
        }
        int start = tokens.peek().start();
        WithClause with = context.queries.with(new ArrayList<>());
        if (isModification()) {
            return modification(with);
        }
        SqlNode body = context.queries.query();
        List<ModifyingItem> modifications = with.modifications();
        return new Query(with.items().isEmpty() ? body : withOutside(with, body, start), modifications);
    }

    /** ORDER BY and LIMIT stand outside WITH in Calcite's trees. */
    private SqlNode withOutside(WithClause with, SqlNode body, int start) {
        if (body instanceof SqlOrderBy order) {
            return new SqlOrderBy(
                    tokens.posFrom(start),
                    context.queries.withNode(with, order.query, start),
                    order.orderList,
                    order.offset,
                    order.fetch);
        }
        return context.queries.withNode(with, body, start);
    }

    /** A modification, with its own WITH if it has one. */
    Modification modification() {
        WithClause with = tokens.at("with") ? context.queries.with(new ArrayList<>()) : WithClause.NONE;
        return modification(with);
    }

    boolean isModification() {
        return tokens.at("insert") || tokens.at("update") || tokens.at("delete");
    }

    private Modification modification(WithClause with) {
        if (tokens.at("insert")) {
            return insert(with);
        }
        if (tokens.at("update")) {
            return update(with);
        }
        if (tokens.at("delete")) {
            return delete(with);
        }
        throw tokens.unexpected();
    }

    private Insert insert(WithClause with) {
        tokens.expect("insert", "into");
        ObjectName table = tokens.objectName();
        String alias = tokens.accept("as") ? tokens.columnId() : null;
        List<TargetColumn> columns = List.of();
        if (tokens.at("(") && !isQueryBehindParenthesis()) {
            tokens.next();
            columns = targetColumns();
            tokens.expect(")");
        }
        Overriding overriding = Overriding.NONE;
        if (tokens.accept("overriding")) {
            overriding = tokens.accept("user") ? Overriding.USER_VALUE : Overriding.SYSTEM_VALUE;
            if (overriding == Overriding.SYSTEM_VALUE) {
                tokens.expect("system");
            }
            tokens.expect("value");
        }
        SqlNode source = null;
        if (!tokens.accept("default", "values")) {
            source = tokens.at("(") ? parenthesisedSource() : source();
        }
        OnConflict onConflict = tokens.at("on") ? onConflict() : null;
        return new Insert(with, table, alias, columns, overriding, source, onConflict, returning());
    }

    private SqlNode source() {
        if (!context.queries.atQuery()) {
            throw tokens.unexpected();
        }
        return context.queries.query();
    }

    private SqlNode parenthesisedSource() {
        int start = tokens.peek().start();
        SqlNode query = context.queries.parenthesisedQuery();
        return context.queries.atQueryTail() ? context.queries.continueQuery(query, start) : query;
    }

    private boolean isQueryBehindParenthesis() {
        int ahead = 0;
        while (tokens.at(ahead, "(")) {
            ahead++;
        }
        return tokens.at(ahead, "select")
                || tokens.at(ahead, "with")
                || tokens.at(ahead, "table")
                || (tokens.at(ahead, "values") && tokens.at(ahead + 1, "("));
    }

    List<TargetColumn> targetColumns() {
        List<TargetColumn> columns = new ArrayList<>();
        do {
            columns.add(targetColumn());
        } while (tokens.accept(","));
        return columns;
    }

    private TargetColumn targetColumn() {
        int position = tokens.position();
        String name = tokens.columnId();
        if (tokens.at("[") || tokens.at(".")) {
            throw TokenStream.unsupported("assignment to a part of a column", tokens.position());
        }
        return new TargetColumn(name, position);
    }

    private OnConflict onConflict() {
        int position = tokens.position();
        tokens.expect("on", "conflict");
        List<SqlNode> targets = new ArrayList<>();
        SqlNode targetWhere = null;
        String constraint = null;
        if (tokens.accept("(")) {
            do {
                targets.add(context.expressions.restricted());
                if (TokenStream.isColumnId(tokens.peek())) {
                    // An operator class says nothing about which index is meant here.
                    tokens.objectName();
                }
            } while (tokens.accept(","));
            tokens.expect(")");
            targetWhere = tokens.accept("where") ? context.expressions.expression() : null;
        } else if (tokens.accept("on")) {
            tokens.expect("constraint");
            constraint = tokens.columnId();
        }
        tokens.expect("do");
        if (tokens.accept("nothing")) {
            return new OnConflict(targets, targetWhere, constraint, false, List.of(), null, position);
        }
        tokens.expect("update", "set");
        List<Assignment> assignments = assignments();
        SqlNode where = tokens.accept("where") ? context.expressions.expression() : null;
        if (targets.isEmpty() && constraint == null) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR,
                            "ON CONFLICT DO UPDATE requires inference specification or constraint name")
                    .withHint("For example, ON CONFLICT (column_name).")
                    .withPosition(position)
                    .exception();
        }
        return new OnConflict(targets, targetWhere, constraint, true, assignments, where, position);
    }

    private List<Assignment> assignments() {
        List<Assignment> assignments = new ArrayList<>();
        do {
            if (tokens.accept("(")) {
                int position = tokens.position();
                List<TargetColumn> columns = targetColumns();
                tokens.expect(")");
                tokens.expect("=");
                SqlNode value = context.expressions.expression();
                assignments.add(multiple(columns, value, position));
            } else {
                TargetColumn column = targetColumn();
                tokens.expect("=");
                assignments.add(new Assignment(List.of(column), context.expressions.expression()));
            }
        } while (tokens.accept(","));
        return assignments;
    }

    private Assignment multiple(List<TargetColumn> columns, SqlNode value, int position) {
        if (value.getKind() == SqlKind.ROW) {
            if (((SqlCall) value).operandCount() != columns.size()) {
                throw TokenStream.syntaxError("number of columns does not match number of values", position);
            }
        } else if (columns.size() > 1 && !QueryParser.isQuery(value)) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
                    .withPosition(value.getParserPosition().getColumnNum())
                    .exception();
        }
        return new Assignment(columns, value);
    }

    private Update update(WithClause with) {
        tokens.expect("update");
        Target target = target("set");
        tokens.expect("set");
        List<Assignment> assignments = assignments();
        SqlNode from = tokens.accept("from") ? context.from.fromList() : null;
        SqlNode where = where();
        return new Update(with, target.table, target.alias, assignments, from, where, returning());
    }

    private Delete delete(WithClause with) {
        tokens.expect("delete", "from");
        Target target = target("using");
        SqlNode using = tokens.accept("using") ? context.from.fromList() : null;
        SqlNode where = where();
        return new Delete(with, target.table, target.alias, using, where, returning());
    }

    private record Target(ObjectName table, @Nullable String alias) {}

    private Target target(String next) {
        boolean only = tokens.at("only") && !tokens.at(1, next) && !tokens.at(1, ".");
        if (only) {
            tokens.next();
        }
        boolean parenthesis = only && tokens.accept("(");
        ObjectName table = tokens.objectName();
        if (parenthesis) {
            tokens.expect(")");
        }
        tokens.accept("*");
        String alias = null;
        if (tokens.accept("as")) {
            alias = tokens.columnId();
        } else if (!tokens.at(next) && TokenStream.isColumnId(tokens.peek())) {
            alias = tokens.columnId();
        }
        return new Target(table, alias);
    }

    private @Nullable SqlNode where() {
        if (!tokens.accept("where")) {
            return null;
        }
        if (tokens.at("current") && tokens.at(1, "of")) {
            throw TokenStream.unsupported("WHERE CURRENT OF", tokens.position());
        }
        return context.expressions.expression();
    }

    private SqlNodeList returning() {
        return tokens.accept("returning") ? context.queries.selectList() : SqlNodeList.EMPTY;
    }
}
