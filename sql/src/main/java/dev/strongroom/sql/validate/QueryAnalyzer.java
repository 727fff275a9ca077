package dev.strongroom.sql.validate;

import com.google.common.collect.ImmutableList;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.parse.node.PgSelect;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WithRel;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/** Queries: WITH, set operations, VALUES, ORDER BY and LIMIT; a single SELECT goes to {@link SelectAnalyzer}. */
final class QueryAnalyzer {
    private final Analysis analysis;
    private final @Nullable Scope outer;
    private final Ctes ctes;

    QueryAnalyzer(Analysis analysis, @Nullable Scope outer, Ctes ctes) {
        this.analysis = analysis;
        this.outer = outer;
        this.ctes = ctes;
    }

    /** ORDER BY, LIMIT and OFFSET of a query. */
    record Tail(
            SqlNodeList order,
            @Nullable SqlNode offset,
            @Nullable SqlNode fetch) {
        static final Tail NONE = new Tail(SqlNodeList.EMPTY, null, null);

        boolean isEmpty() {
            return order.isEmpty() && offset == null && fetch == null;
        }
    }

    /** A query whose columns all have a type. */
    AnalyzedQuery query(SqlNode node) {
        AnalyzedQuery open = open(node, Tail.NONE);
        List<PgRelType> types = new ArrayList<>();
        boolean unknown = false;
        for (int i = 0; i < open.columns().size(); i++) {
            unknown |= open.type(i).is(PgType.UNKNOWN);
            types.add(open.type(i).is(PgType.UNKNOWN) ? Analysis.TEXT : open.type(i));
        }
        return unknown ? new AnalyzedQuery(convert(open.rel(), types, null), open.columns()) : open;
    }

    /** A query whose literals may still be of unknown type: an arm of a set operation, the source of an INSERT. */
    AnalyzedQuery open(SqlNode node, Tail tail) {
        return switch (node) {
            case SqlOrderBy order -> open(order.query, new Tail(order.orderList, order.offset, order.fetch));
            case SqlWith with -> with(with, tail);
            case PgSelect select -> new SelectAnalyzer(analysis, outer, ctes).select(select, tail);
            case SqlCall call
            when call.getOperator() instanceof SqlSetOperator -> sorted(setOperation(call), tail, call);
            case SqlCall call when call.getKind() == SqlKind.VALUES -> sorted(values(call), tail, call);
            default -> throw Analysis.unsupported("this query", node);
        };
    }

    // ---- WITH

    private AnalyzedQuery with(SqlWith with, Tail tail) {
        Ctes inner = new Ctes(ctes);
        List<Definition> definitions = define(with.withList, inner);
        AnalyzedQuery body = new QueryAnalyzer(analysis, outer, inner).open(with.body, tail);
        return new AnalyzedQuery(attach(definitions, body.rel()), body.columns());
    }

    /** One WITH item analysed. */
    record Definition(int id, String name, RelNode rel, Ctes.Cte cte) {}

    List<Definition> define(Iterable<SqlNode> items, Ctes into) {
        List<Definition> definitions = new ArrayList<>();
        for (SqlNode node : items) {
            SqlWithItem item = (SqlWithItem) node;
            String name = item.name.getSimple();
            if (into.definesHere(name)) {
                throw Analysis.error(
                                ErrorCode.DUPLICATE_ALIAS,
                                "WITH query name \"" + name + "\" specified more than once",
                                item.name)
                        .exception();
            }
            boolean recursive = item.recursive.booleanValue();
            AnalyzedQuery query =
                    recursive ? recursive(item, into) : new QueryAnalyzer(analysis, outer, into).query(item.query);
            List<String> columns = columnNames(item, query);
            int id = analysis.newRelationId();
            RelDataType rowType = query.rel().getRowType();
            Ctes.Cte cte = new Ctes.Cte(columns, () -> new TransientRel(analysis.cluster, id, name, rowType));
            into.define(name, cte);
            definitions.add(new Definition(id, name, query.rel(), cte));
        }
        return definitions;
    }

    /** Puts definitions that are used around a body; one used once becomes part of it. */
    RelNode attach(List<Definition> definitions, RelNode body) {
        RelNode result = body;
        for (Definition definition : definitions.reversed()) {
            int references = RelTrees.references(result, definition.id());
            if (references == 0) {
                continue;
            }
            result = references == 1 && RelTrees.isInlinable(definition.rel())
                    ? RelTrees.replaceTransient(result, definition.id(), definition.rel())
                    : new WithRel(analysis.cluster, definition.rel(), result, definition.id(), definition.name());
        }
        return result;
    }

    private static List<String> columnNames(SqlWithItem item, AnalyzedQuery query) {
        List<String> names = new ArrayList<>(query.names());
        SqlNodeList given = item.columnList;
        if (given != null) {
            if (given.size() > names.size()) {
                throw Analysis.error(
                                ErrorCode.INVALID_COLUMN_REFERENCE,
                                "WITH query \"" + item.name.getSimple() + "\" has " + names.size()
                                        + " columns available but " + given.size() + " columns specified",
                                item)
                        .exception();
            }
            for (int i = 0; i < given.size(); i++) {
                names.set(i, ((SqlIdentifier) given.get(i)).getSimple());
            }
        }
        return names;
    }

    /** WITH RECURSIVE: a query that reads its own name must be {@code seed UNION [ALL] step}. */
    private AnalyzedQuery recursive(SqlWithItem item, Ctes around) {
        SqlNode node = item.query;
        String name = item.name.getSimple();
        if (!(node instanceof SqlCall call) || node.getKind() != SqlKind.UNION) {
            return new QueryAnalyzer(analysis, outer, around).query(node);
        }
        AnalyzedQuery seed = new QueryAnalyzer(analysis, outer, around).query(call.operand(0));
        List<String> columns = columnNames(item, seed);
        int workTable = analysis.newRelationId();
        Ctes inner = new Ctes(around);
        Ctes.Cte self = new Ctes.Cte(
                columns,
                () -> new TransientRel(
                        analysis.cluster, workTable, name, seed.rel().getRowType()));
        inner.define(name, self);
        AnalyzedQuery step = new QueryAnalyzer(analysis, outer, inner).open(call.operand(1), Tail.NONE);
        if (self.references == 0) {
            return new QueryAnalyzer(analysis, outer, around).query(node);
        }
        requireSameWidth(seed, step, call, "UNION");
        List<PgRelType> types = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            PgRelType seedType = seed.type(i);
            PgRelType common = analysis.coercions.commonTypeOf(List.of(seedType, step.type(i)), "UNION", call);
            if (!common.is(seedType.pgType())) {
                throw Analysis.error(
                                ErrorCode.DATATYPE_MISMATCH,
                                "recursive query \"" + name + "\" column " + (i + 1) + " has type "
                                        + TypeNames.of(seedType.pgType(), seedType.typmod())
                                        + " in non-recursive term but type "
                                        + TypeNames.of(common.pgType(), common.typmod()) + " overall",
                                call.operand(0))
                        .withHint("Cast the output of the non-recursive term to the correct type.")
                        .exception();
            }
            types.add(seedType);
        }
        boolean all = ((SqlSetOperator) call.getOperator()).isAll();
        if (!all) {
            types.forEach(type -> analysis.cells.checkEquality("UNION", type, call));
        }
        RelNode rel = new RecursiveRel(analysis.cluster, seed.rel(), convert(step.rel(), types, call), workTable, all);
        return new AnalyzedQuery(rel, seed.columns());
    }

    // ---- set operations

    private AnalyzedQuery setOperation(SqlCall call) {
        SqlSetOperator operator = (SqlSetOperator) call.getOperator();
        AnalyzedQuery left = open(call.operand(0), Tail.NONE);
        AnalyzedQuery right = open(call.operand(1), Tail.NONE);
        String word = operator.getName().split(" ")[0];
        requireSameWidth(left, right, call, word);
        List<PgRelType> types = new ArrayList<>();
        for (int i = 0; i < left.columns().size(); i++) {
            types.add(analysis.coercions
                    .commonTypeOf(List.of(left.type(i), right.type(i)), word, call.operand(1))
                    .withTypmod(setTypmod(left.type(i), right.type(i))));
        }
        ImmutableList<RelNode> inputs =
                ImmutableList.of(convert(left.rel(), types, call), convert(right.rel(), types, call));
        boolean all = operator.isAll();
        if (!all || call.getKind() != SqlKind.UNION) {
            types.forEach(type -> analysis.cells.checkEquality(word, type, call));
        }
        RelNode rel = switch (call.getKind()) {
            case UNION -> LogicalUnion.create(inputs, all);
            case INTERSECT -> LogicalIntersect.create(inputs, all);
            default -> LogicalMinus.create(inputs, all);
        };
        List<AnalyzedQuery.Output> columns = left.columns().stream()
                .map(column -> new AnalyzedQuery.Output(column.name(), 0, 0))
                .toList();
        return new AnalyzedQuery(rel, columns);
    }

    /** The modifier both sides have; a cell's scheme settles that of a parameter or NULL on the other side. */
    private static int setTypmod(PgRelType left, PgRelType right) {
        if (CellRules.encrypted(left) || CellRules.rowOfCells(left)) {
            return left.typmod();
        }
        return CellRules.encrypted(right) || left.typmod() == right.typmod() ? right.typmod() : -1;
    }

    private static void requireSameWidth(AnalyzedQuery left, AnalyzedQuery right, SqlCall call, String word) {
        if (left.columns().size() != right.columns().size()) {
            throw Analysis.error(
                            ErrorCode.SYNTAX_ERROR,
                            "each " + word + " query must have the same number of columns",
                            call.operand(1))
                    .exception();
        }
    }

    /** The rel with its columns converted; literals of unknown type are read as the type they become. */
    RelNode convert(RelNode rel, List<PgRelType> types, @Nullable SqlNode at) {
        boolean same = true;
        for (int i = 0; i < types.size(); i++) {
            PgRelType have = PgRelType.of(rel.getRowType().getFieldList().get(i).getType());
            same &= have.is(types.get(i).pgType())
                    && have.typmod() == types.get(i).typmod();
        }
        if (same) {
            return rel;
        }
        if (rel instanceof LogicalProject project) {
            return Rels.project(
                    project.getInput(),
                    converted(project.getProjects(), types, at),
                    project.getRowType().getFieldNames());
        }
        if (rel instanceof RowsRel rows) {
            List<List<RexNode>> converted = new ArrayList<>();
            for (List<RexNode> row : rows.rows()) {
                converted.add(converted(row, types, at));
            }
            return new RowsRel(
                    analysis.cluster,
                    converted,
                    Analysis.rowType(rows.getRowType().getFieldNames(), types));
        }
        return Rels.project(
                rel,
                converted(Rels.references(rel), types, at),
                rel.getRowType().getFieldNames());
    }

    private List<RexNode> converted(List<RexNode> nodes, List<PgRelType> types, @Nullable SqlNode at) {
        List<RexNode> result = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            PgRelType have = Coercions.typeOf(nodes.get(i));
            PgRelType want = types.get(i);
            boolean keep = have.is(want.pgType()) && (have.typmod() == want.typmod() || want.typmod() == -1);
            result.add(keep ? nodes.get(i) : analysis.coercions.implicit(nodes.get(i), want, at));
        }
        return result;
    }

    // ---- VALUES

    private AnalyzedQuery values(SqlCall call) {
        FromItem nothing = new FromItem(
                new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of())), List.of(), List.of());
        Scope scope = new Scope(analysis, outer, ctes, nothing);
        scope.clause = "VALUES";
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        List<List<RexNode>> rows = new ArrayList<>();
        for (SqlNode row : call.getOperandList()) {
            rows.add(expressions.analyzeAll(((SqlCall) row).getOperandList()));
        }
        int width = rows.getFirst().size();
        List<PgRelType> types = new ArrayList<>();
        List<AnalyzedQuery.Output> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            List<RexNode> column = new ArrayList<>();
            for (List<RexNode> row : rows) {
                column.add(row.get(i));
            }
            boolean unknown = column.stream().allMatch(Coercions::isUnknown);
            types.add(unknown ? Analysis.UNKNOWN : analysis.coercions.commonType(column, "VALUES", call));
            names.add("column" + (i + 1));
            columns.add(new AnalyzedQuery.Output("column" + (i + 1), 0, 0));
        }
        List<List<RexNode>> converted = new ArrayList<>();
        for (List<RexNode> row : rows) {
            converted.add(converted(row, types, call));
        }
        return new AnalyzedQuery(new RowsRel(analysis.cluster, converted, Analysis.rowType(names, types)), columns);
    }

    // ---- ORDER BY and LIMIT over output columns

    private AnalyzedQuery sorted(AnalyzedQuery query, Tail tail, SqlNode at) {
        if (tail.isEmpty()) {
            return query;
        }
        List<RelFieldCollation> keys = new ArrayList<>();
        for (SqlNode node : tail.order()) {
            SortItem item = SortItem.of(node);
            int column = outputColumn(query, item.node());
            analysis.cells.checkOrder(RexInputRef.of(column, query.rel().getRowType()), item.node());
            keys.add(Rels.key(column, item.descending(), item.nullsFirst()));
        }
        RelNode rel = Rels.sort(query.rel(), keys, count(tail.offset(), "OFFSET"), count(tail.fetch(), "LIMIT"));
        return new AnalyzedQuery(rel, query.columns());
    }

    private static int outputColumn(AnalyzedQuery query, SqlNode node) {
        if (node instanceof SqlNumericLiteral literal && literal.isInteger()) {
            int ordinal = literal.intValue(true);
            if (ordinal < 1 || ordinal > query.columns().size()) {
                throw Analysis.error(
                                ErrorCode.INVALID_COLUMN_REFERENCE,
                                "ORDER BY position " + ordinal + " is not in select list",
                                node)
                        .exception();
            }
            return ordinal - 1;
        }
        if (node instanceof SqlIdentifier name && name.isSimple()) {
            int column = query.names().indexOf(name.getSimple());
            if (column >= 0) {
                return column;
            }
            throw Analysis.error(ErrorCode.UNDEFINED_COLUMN, "column \"" + name.getSimple() + "\" does not exist", node)
                    .exception();
        }
        throw Analysis.error(ErrorCode.FEATURE_NOT_SUPPORTED, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", node)
                .withDetail("Only result column names can be used, not expressions or functions.")
                .withHint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
                .exception();
    }

    /** A LIMIT or OFFSET: a bigint without columns. */
    @Nullable
    RexNode count(@Nullable SqlNode node, String clause) {
        if (node == null) {
            return null;
        }
        FromItem nothing = new FromItem(
                new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of())), List.of(), List.of());
        Scope scope = new Scope(analysis, outer, ctes, nothing);
        scope.clause = clause;
        RexNode value = new ExpressionAnalyzer(scope).analyze(node);
        if (!analysis.coercions.canCoerce(Coercions.pgType(value), PgType.INT8, Coercions.Level.ASSIGNMENT)) {
            throw Analysis.error(
                            ErrorCode.DATATYPE_MISMATCH,
                            "argument of " + clause + " must be type bigint, not type "
                                    + TypeNames.of(Coercions.pgType(value)),
                            node)
                    .exception();
        }
        return analysis.coercions.coerce(value, Analysis.INT8, Coercions.Level.ASSIGNMENT, node);
    }
}
