package dev.strongroom.sql.validate;

import com.google.common.collect.ImmutableList;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.node.PgFunctionTable;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.validate.FromItem.Entry;
import dev.strongroom.sql.validate.FromItem.Visible;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** FROM clauses: tables, views, CTEs, subqueries, functions, joins, LATERAL (parse_clause.c). */
final class FromAnalyzer {
    private static final String MASTER = "master";
    private static final String SYS = "sys";

    private final Analysis analysis;
    private final Ctes ctes;

    /** Scope of the query around: what a subquery in FROM sees without LATERAL. */
    private final @Nullable Scope outer;

    FromAnalyzer(Analysis analysis, @Nullable Scope outer, Ctes ctes) {
        this.analysis = analysis;
        this.outer = outer;
        this.ctes = ctes;
    }

    FromItem analyze(SqlNode from) {
        FromItem item = item(from, outer);
        Set<String> aliases = new HashSet<>();
        for (Entry entry : item.relations()) {
            if (!aliases.add(entry.alias() + '\0' + entry.schema())) {
                throw Analysis.error(
                                ErrorCode.DUPLICATE_ALIAS,
                                "table name \"" + entry.alias() + "\" specified more than once",
                                from)
                        .exception();
            }
        }
        return item;
    }

    private FromItem item(SqlNode node, @Nullable Scope lateral) {
        return switch (node.getKind()) {
            case IDENTIFIER -> table((SqlIdentifier) node, null);
            case AS -> aliased((SqlCall) node, lateral);
            case JOIN -> join((SqlJoin) node, lateral);
            default -> {
                if (node instanceof SqlCall call && call.getOperator() instanceof PgFunctionTable function) {
                    yield functions(call, function, null, lateral);
                }
                throw Analysis.unsupported("this FROM item", node);
            }
        };
    }

    private FromItem aliased(SqlCall as, @Nullable Scope lateral) {
        SqlNode inner = as.operand(0);
        String alias = ((SqlIdentifier) as.operand(1)).getSimple();
        FromItem item = switch (inner.getKind()) {
            case IDENTIFIER -> table((SqlIdentifier) inner, alias);
            case JOIN -> {
                FromItem joined = join((SqlJoin) inner, lateral);
                yield renamed(joined, alias);
            }
            case LATERAL -> subquery(((SqlCall) inner).operand(0), alias, lateral);
            default -> {
                if (inner instanceof SqlCall call && call.getOperator() instanceof PgFunctionTable function) {
                    yield functions(call, function, alias, lateral);
                }
                yield subquery(inner, alias, outer);
            }
        };
        return as.operandCount() > 2 ? withColumnNames(item, as, alias) : item;
    }

    /** A join under an alias: only its visible columns remain. */
    private static FromItem renamed(FromItem joined, String alias) {
        return new FromItem(
                joined.rel(), joined.columns(), List.of(new Entry(alias, null, joined.columns(), null, 0, false)));
    }

    private static FromItem withColumnNames(FromItem item, SqlCall as, String alias) {
        int given = as.operandCount() - 2;
        Entry entry = item.relations().getFirst();
        if (given > entry.columns().size()) {
            throw Analysis.error(
                            ErrorCode.INVALID_COLUMN_REFERENCE,
                            "table \"" + alias + "\" has " + entry.columns().size() + " columns available but " + given
                                    + " columns specified",
                            as)
                    .exception();
        }
        List<Visible> columns = new ArrayList<>(entry.columns());
        for (int i = 0; i < given; i++) {
            String name = ((SqlIdentifier) as.operand(i + 2)).getSimple();
            columns.set(i, columns.get(i).renamed(name));
        }
        return new FromItem(
                item.rel(),
                columns,
                List.of(new Entry(alias, null, columns, entry.scan(), entry.offset(), entry.nullable())));
    }

    private FromItem subquery(SqlNode query, String alias, @Nullable Scope around) {
        AnalyzedQuery analyzed = new QueryAnalyzer(analysis, around, ctes).query(query);
        return ofQuery(analyzed, alias);
    }

    private static FromItem ofQuery(AnalyzedQuery query, String alias) {
        List<Visible> columns = new ArrayList<>();
        for (int i = 0; i < query.columns().size(); i++) {
            AnalyzedQuery.Output output = query.columns().get(i);
            columns.add(new Visible(
                    output.name(),
                    RexInputRef.of(i, query.rel().getRowType()),
                    output.tableOid(),
                    output.columnNumber()));
        }
        return FromItem.of(query.rel(), alias, null, columns);
    }

    private FromItem table(SqlIdentifier name, @Nullable String alias) {
        String simple = name.names.getLast();
        if (name.isSimple()) {
            Ctes.Cte cte = ctes.find(simple);
            if (cte != null) {
                RelNode rel = cte.reference();
                return FromItem.of(rel, alias == null ? simple : alias, null, FromItem.columnsOf(rel, cte.columns));
            }
        }
        int parts = name.names.size();
        String schema = parts > 1 ? name.names.get(parts - 2) : null;
        // The history of backups, where scripts look for it.
        boolean history = parts > 2 && name.names.getFirst().equals("msdb") && "dbo".equals(schema);
        if (history) {
            schema = SYS;
        }
        boolean master = parts > 2 && !history && !isCurrentDatabase(name.names.getFirst());
        if (master && !(name.names.getFirst().equals(MASTER) && SYS.equals(schema))) {
            throw Analysis.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "cross-database references are not implemented: \"" + name + "\"",
                            name)
                    .exception();
        }
        Relation relation = relation(analysis, schema, simple, name);
        analysis.use(relation.oid(), Privilege.SELECT, schema != null);
        return relation(master && relation instanceof SystemTable table ? table.inMaster() : relation, alias);
    }

    private boolean isCurrentDatabase(String database) {
        return analysis.catalog
                .shared()
                .database(analysis.catalog.databaseOid())
                .filter(definition -> definition.name().equals(database))
                .isPresent();
    }

    /** A relation that has rows, or 42P01, 42809. */
    static Relation relation(Analysis analysis, @Nullable String schema, String name, @Nullable SqlNode at) {
        Relation relation = analysis.catalog
                .relation(schema, name, analysis.path)
                .orElseThrow(() -> Analysis.error(
                                ErrorCode.UNDEFINED_TABLE,
                                "relation \"" + (schema == null ? name : schema + "." + name) + "\" does not exist",
                                at)
                        .exception());
        if (relation instanceof IndexDefinition) {
            throw Analysis.error(ErrorCode.WRONG_OBJECT_TYPE, "cannot open relation \"" + name + "\"", at)
                    .withDetail("This operation is not supported for indexes.")
                    .exception();
        }
        return relation;
    }

    private FromItem relation(Relation relation, @Nullable String alias) {
        String shown = alias == null ? relation.name() : alias;
        String schema = alias == null ? analysis.catalog.schemaName(relation.schemaOid()) : null;
        if (relation instanceof ViewDefinition view) {
            return view(view, shown, schema);
        }
        ScanRel scan = scan(analysis, relation, shown);
        return FromItem.of(scan, shown, schema, columns(scan));
    }

    /** All rows of a relation, with its hidden fields. */
    static ScanRel scan(Analysis analysis, Relation relation, String alias) {
        List<String> names = new ArrayList<>();
        List<RelDataType> types = new ArrayList<>();
        for (Column column : relation.columns()) {
            names.add(column.name());
            types.add(type(column));
        }
        names.add(" key");
        types.add(PgRelType.of(PgType.BYTEA));
        names.add(" version");
        types.add(Analysis.INT8);
        names.add(" tableoid");
        types.add(PgRelType.of(PgType.OID));
        return new ScanRel(analysis.cluster, relation, alias, Analysis.rowType(names, types));
    }

    static PgRelType type(Column column) {
        return PgRelType.of(column.type().type(), column.type().typmod());
    }

    /** Live columns of a scan. */
    static List<Visible> columns(ScanRel scan) {
        List<Visible> columns = new ArrayList<>();
        for (Column column : scan.relation().columns()) {
            if (!column.dropped()) {
                columns.add(new Visible(
                        column.name(),
                        RexInputRef.of(column.number() - 1, scan.getRowType()),
                        scan.relation().oid(),
                        column.number()));
            }
        }
        return columns;
    }

    private FromItem view(ViewDefinition view, String alias, @Nullable String schema) {
        AnalyzedQuery query = analysis.insideView(view.oid(), view.ownerOid(), () -> {
            Query statement =
                    (Query) SqlTextParser.parse(view.query()).getFirst().statement();
            return new QueryAnalyzer(analysis, null, new Ctes(null)).query(statement.node());
        });
        List<Visible> columns = new ArrayList<>();
        List<Column> declared = view.liveColumns();
        for (int i = 0; i < declared.size(); i++) {
            columns.add(new Visible(
                    declared.get(i).name(),
                    RexInputRef.of(i, query.rel().getRowType()),
                    view.oid(),
                    declared.get(i).number()));
        }
        return new FromItem(query.rel(), columns, List.of(new Entry(alias, schema, columns, null, 0, false)));
    }

    private FromItem functions(
            SqlCall table, PgFunctionTable options, @Nullable String alias, @Nullable Scope lateral) {
        return new FunctionTableAnalyzer(analysis, ctes).analyze(table, options, alias, lateral);
    }

    // ---- joins

    private FromItem join(SqlJoin join, @Nullable Scope lateral) {
        FromItem left = item(join.getLeft(), lateral);
        Scope leftScope = new Scope(analysis, lateral, ctes, left);
        FromItem right = item(join.getRight(), leftScope);
        JoinRelType type = switch (join.getJoinType()) {
            case LEFT -> JoinRelType.LEFT;
            case RIGHT -> JoinRelType.RIGHT;
            case FULL -> JoinRelType.FULL;
            default -> JoinRelType.INNER;
        };
        Joined joined = new Joined(left, right, type);
        RexNode condition = analysis.rex.makeLiteral(true);
        if (join.isNatural()) {
            condition = joined.using(naturalNames(left, right), join);
        } else if (join.getConditionType() == JoinConditionType.USING) {
            List<SqlIdentifier> names = new ArrayList<>();
            for (SqlNode name : (SqlNodeList) join.getCondition()) {
                names.add((SqlIdentifier) name);
            }
            condition = joined.using(names, join);
        } else if (join.getCondition() != null) {
            FromItem both = joined.item(joinRel(leftScope, left, right, condition, type, join), leftScope);
            Scope on = new Scope(analysis, lateral, ctes, both);
            condition = new ExpressionAnalyzer(on).condition(join.getCondition(), "JOIN/ON");
            RelNode rel = joinRel(leftScope, left, right, condition, type, join);
            if (on.isCorrelated() && type != JoinRelType.INNER) {
                throw Analysis.unsupported("a correlated subquery in the condition of an outer join", join);
            }
            return both.withRel(rel);
        }
        return joined.item(joinRel(leftScope, left, right, condition, type, join), leftScope);
    }

    private RelNode joinRel(
            Scope leftScope, FromItem left, FromItem right, RexNode condition, JoinRelType type, SqlNode at) {
        if (!leftScope.isCorrelated()) {
            return Rels.join(left.rel(), right.rel(), condition, type);
        }
        if (type == JoinRelType.RIGHT || type == JoinRelType.FULL) {
            throw Analysis.error(
                            ErrorCode.INVALID_COLUMN_REFERENCE,
                            "invalid reference to FROM-clause entry on the left of a " + type.lowerName + " join",
                            at)
                    .withDetail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
                    .exception();
        }
        RelNode filtered = condition.isAlwaysTrue()
                ? right.rel()
                : Rels.filter(right.rel(), onRight(leftScope, left.width(), condition));
        return new LogicalCorrelate(
                analysis.cluster,
                analysis.cluster.traitSet(),
                ImmutableList.of(),
                left.rel(),
                filtered,
                leftScope.correlation(),
                ImmutableBitSet.of(),
                type);
    }

    /** A condition over both sides as a condition over the right side alone. */
    private RexNode onRight(Scope leftScope, int leftWidth, RexNode condition) {
        RexNode variable = analysis.rex.makeCorrel(leftScope.from().rel().getRowType(), leftScope.correlation());
        return condition.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                int index = reference.getIndex();
                return index < leftWidth
                        ? analysis.rex.makeFieldAccess(variable, index)
                        : new RexInputRef(index - leftWidth, reference.getType());
            }
        });
    }

    private static List<SqlIdentifier> naturalNames(FromItem left, FromItem right) {
        List<SqlIdentifier> names = new ArrayList<>();
        for (Visible column : left.columns()) {
            if (right.columns().stream().anyMatch(other -> other.name().equals(column.name()))) {
                names.add(new SqlIdentifier(column.name(), org.apache.calcite.sql.parser.SqlParserPos.ZERO));
            }
        }
        return names;
    }

    /** The two sides of a join while their columns are put together. */
    private final class Joined {
        private final FromItem left;
        private final FromItem right;
        private final JoinRelType type;
        private final List<Visible> merged = new ArrayList<>();
        private final Set<String> mergedNames = new HashSet<>();

        Joined(FromItem left, FromItem right, JoinRelType type) {
            this.left = left;
            this.right = right;
            this.type = type;
        }

        RexNode using(List<SqlIdentifier> names, SqlNode at) {
            List<RexNode> tests = new ArrayList<>();
            for (SqlIdentifier identifier : names) {
                String name = identifier.getSimple();
                Visible fromLeft = find(left, name, "left", identifier);
                Visible fromRight = find(right, name, "right", identifier).shift(left.width());
                analysis.read(fromLeft);
                analysis.read(fromRight);
                RexNode a = fromLeft.expression();
                RexNode b = fromRight.expression();
                tests.add(analysis.resolver.operator("=", List.of(a, b), at));
                PgRelType common = analysis.coercions.commonType(List.of(a, b), "JOIN/USING", at);
                RexNode leftValue = analysis.coercions.implicit(a, common, at);
                RexNode rightValue = analysis.coercions.implicit(b, common, at);
                RexNode value = switch (type) {
                    case RIGHT -> rightValue;
                    case FULL ->
                        PgSpecial.call(
                                analysis.rex, SpecialForm.COALESCE, null, common, List.of(leftValue, rightValue));
                    default -> leftValue;
                };
                merged.add(new Visible(name, value, fromLeft.tableOid(), fromLeft.columnNumber()));
                mergedNames.add(name);
            }
            return RexUtil.composeConjunction(analysis.rex, tests);
        }

        private Visible find(FromItem side, String name, String where, SqlNode at) {
            Visible found = null;
            for (Visible column : side.columns()) {
                if (column.name().equals(name)) {
                    if (found != null) {
                        throw Analysis.error(
                                        ErrorCode.AMBIGUOUS_COLUMN,
                                        "common column name \"" + name + "\" appears more than once in " + where
                                                + " table",
                                        at)
                                .exception();
                    }
                    found = column;
                }
            }
            if (found == null) {
                throw Analysis.error(
                                ErrorCode.UNDEFINED_COLUMN,
                                "column \"" + name + "\" specified in USING clause does not exist in " + where
                                        + " table",
                                at)
                        .exception();
            }
            return found;
        }

        FromItem item(RelNode rel, Scope leftScope) {
            assert leftScope.from() == left;
            List<Visible> columns = new ArrayList<>(merged);
            left.columns().stream()
                    .filter(column -> !mergedNames.contains(column.name()))
                    .forEach(columns::add);
            right.columns().stream()
                    .filter(column -> !mergedNames.contains(column.name()))
                    .forEach(column -> columns.add(column.shift(left.width())));
            List<Entry> relations = new ArrayList<>();
            left.relations().forEach(entry -> relations.add(type.generatesNullsOnLeft() ? entry.asNullable() : entry));
            right.relations().forEach(entry -> {
                Entry shifted = entry.shift(left.width());
                relations.add(type.generatesNullsOnRight() ? shifted.asNullable() : shifted);
            });
            return new FromItem(rel, columns, relations);
        }
    }
}
