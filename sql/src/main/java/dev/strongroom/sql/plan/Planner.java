package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.change.TargetTables;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.WithNode;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.ModifyingItem;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.AnalyzedModification;
import dev.strongroom.sql.validate.AnalyzedQuery;
import dev.strongroom.sql.validate.ModifyAnalyzer;
import dev.strongroom.sql.validate.TableText;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/** Plans queries and modifications. Stateless and thread-safe. */
public final class Planner {
    private Planner() {}

    /**
     * Analyses and plans a statement.
     *
     * @throws dev.strongroom.common.error.DatabaseException whatever PostgreSQL's parse analysis would say, with the position
     */
    public static PreparedPlan plan(Statement statement, PlanningContext context) {
        return switch (statement) {
            case Query query -> new Run(context).query(query);
            case Modification modification -> new Run(context).modification(modification);
            default ->
                throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "this statement has no plan")
                        .exception();
        };
    }

    /**
     * Analyses a statement without planning it.
     *
     * @throws dev.strongroom.common.error.DatabaseException as {@link #plan}
     */
    public static DescribedStatement describe(Statement statement, PlanningContext context) {
        return switch (statement) {
            case Query query -> new Run(context).describe(query);
            case Modification modification -> new Run(context).describe(modification);
            default ->
                throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "this statement has no plan")
                        .exception();
        };
    }

    /**
     * Compiles one expression over a table's columns (slots of its layout), or over nothing.
     *
     * @param target type it is converted to as if assigned, null for its own
     */
    public static Expr expression(
            SqlNode node, @Nullable TableDefinition table, @Nullable PgRelType target, PlanningContext context) {
        Run run = new Run(context);
        RexNode value = new TableText(run.analysis).expression(node, table, target);
        int width = table == null ? 0 : table.columns().size();
        return run.builder.expressions().compile(value, NodeBuilder.identity(width));
    }

    /** One call of the planner. */
    private static final class Run {
        private final PlanningContext context;
        private final Analysis analysis;
        private final ModifyAnalyzer analyzer;
        private final NodeBuilder builder;
        private final TargetTables targets;
        private final List<WithNode.Definition> changes = new ArrayList<>();

        Run(PlanningContext context) {
            this.context = context;
            this.analysis = new Analysis(
                    context.catalog(), context.path(), context.types(), context.parameterTypes(), context.cellUse());
            this.analyzer = new ModifyAnalyzer(analysis);
            this.builder = new NodeBuilder(analysis, context);
            this.targets = new TargetTables(
                    context.catalog(), new TableExpressionCompiler(context.catalog(), context.types()));
        }

        DescribedStatement describe(Query query) {
            AnalyzedQuery analyzed = analyzer.query(define(query));
            return described(analyzed.columns(), types(analyzed));
        }

        DescribedStatement describe(Modification statement) {
            AnalyzedModification analyzed = analyze(statement);
            return described(analyzed.returning().columns(), types(analyzed));
        }

        private DescribedStatement described(List<AnalyzedQuery.Output> outputs, List<PgRelType> types) {
            return new DescribedStatement(
                    analysis.parameters().known(), analysis.parameters().cells(), outputs, types);
        }

        private static List<PgRelType> types(AnalyzedQuery analyzed) {
            List<PgRelType> types = new ArrayList<>();
            for (int i = 0; i < analyzed.columns().size(); i++) {
                types.add(analyzed.type(i));
            }
            return types;
        }

        private static List<PgRelType> types(AnalyzedModification analyzed) {
            return analyzed.returning().values().stream()
                    .map(value -> PgRelType.of(value.getType()))
                    .toList();
        }

        PreparedPlan query(Query query) {
            AnalyzedQuery analyzed = analyzer.query(define(query));
            List<PgRelType> types = types(analyzed);
            PlanNode node = builder.plan(analyzed.rel()).node();
            return finish(PreparedPlan.Kind.SELECT, node, analyzed.columns(), types);
        }

        private AnalyzedModification analyze(Modification statement) {
            boolean shared = !statement.with().modifications().isEmpty();
            if (shared) {
                define(statement.with().items(), statement.with().modifications());
            }
            return shared ? analyzer.analyzeBody(statement) : analyzer.analyze(statement);
        }

        PreparedPlan modification(Modification statement) {
            AnalyzedModification analyzed = analyze(statement);
            PlanNode node = new ModifyPlanner(builder, context.catalog(), targets).plan(analyzed);
            List<PgRelType> types = types(analyzed);
            PreparedPlan.Kind kind = switch (statement) {
                case Modification.Insert ignored -> PreparedPlan.Kind.INSERT;
                case Modification.Update ignored -> PreparedPlan.Kind.UPDATE;
                case Modification.Delete ignored -> PreparedPlan.Kind.DELETE;
            };
            return finish(kind, node, analyzed.returning().columns(), types);
        }

        /** Defines the WITH queries that share a statement with data-modifying ones; gives the query without them. */
        private SqlNode define(Query query) {
            SqlNode node = query.node();
            SqlOrderBy order = node instanceof SqlOrderBy ordered ? ordered : null;
            SqlNode inner = order == null ? node : order.query;
            if (query.modifications().isEmpty() || !(inner instanceof SqlWith with)) {
                define(List.of(), query.modifications());
                return node;
            }
            List<SqlWithItem> items = new ArrayList<>();
            with.withList.forEach(item -> items.add((SqlWithItem) item));
            define(items, query.modifications());
            return order == null
                    ? with.body
                    : new SqlOrderBy(order.getParserPosition(), with.body, order.orderList, order.offset, order.fetch);
        }

        /** Both kinds of WITH queries in the order written: data-modifying ones run once, before the statement itself. */
        private void define(List<SqlWithItem> items, List<ModifyingItem> modifications) {
            List<Object> all = new ArrayList<>(items);
            all.addAll(modifications);
            all.sort(Comparator.comparingInt(Run::position));
            for (Object one : all) {
                if (one instanceof ModifyingItem item) {
                    AnalyzedModification modification = analyzer.analyze(item.statement());
                    int id = analyzer.define(item.name(), item.columns(), modification);
                    PlanNode node = new ModifyPlanner(builder, context.catalog(), targets).plan(modification);
                    changes.add(new WithNode.Definition(id, item.name(), node, true));
                } else {
                    ModifyAnalyzer.Sibling sibling = analyzer.define((SqlWithItem) one);
                    PlanNode node = builder.plan(sibling.rel()).node();
                    changes.add(new WithNode.Definition(sibling.id(), sibling.name(), node, false));
                }
            }
        }

        private static int position(Object item) {
            return item instanceof ModifyingItem modifying
                    ? modifying.position()
                    : ((SqlWithItem) item).name.getParserPosition().getColumnNum();
        }

        private PreparedPlan finish(
                PreparedPlan.Kind kind, PlanNode node, List<AnalyzedQuery.Output> outputs, List<PgRelType> types) {
            CellResults cells = new CellResults(context);
            PlanNode inner = changes.isEmpty() ? node : new WithNode(changes, node);
            PlanNode root = cells.wrap(inner, types);
            boolean rows = kind == PreparedPlan.Kind.SELECT || !types.isEmpty();
            return new PreparedPlan(
                    kind,
                    root,
                    analysis.parameters().resolved(),
                    analysis.parameters().cells(),
                    rows ? columns(outputs, cells.shown(types)) : null,
                    relations(analysis),
                    analysis.usesCells() || cells.any(types),
                    !analysis.describes(),
                    !analysis.timeDependent(),
                    builder.notes().notes());
        }

        private static List<ResultColumn> columns(List<AnalyzedQuery.Output> outputs, List<PgRelType> types) {
            List<ResultColumn> columns = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                AnalyzedQuery.Output output = outputs.get(i);
                PgRelType type = types.get(i);
                columns.add(new ResultColumn(
                        output.name(),
                        output.tableOid(),
                        output.columnNumber(),
                        type.pgType(),
                        Math.max(type.typmod(), -1)));
            }
            return columns;
        }

        private static List<RelationUse> relations(Analysis analysis) {
            List<RelationUse> relations = new ArrayList<>();
            analysis.uses()
                    .forEach((reader, use) -> relations.add(new RelationUse(
                            reader.relationOid(),
                            use.privileges(),
                            use.qualified(),
                            lock(use.privileges(), use.rowsLocked()),
                            reader.checkAs())));
            return Cascades.with(relations, analysis.catalog());
        }

        /** Who only locks rows wants UPDATE of no column. */
        private static TableLockMode lock(Map<Privilege, Set<Integer>> privileges, boolean rowsLocked) {
            Set<Integer> updated = privileges.get(Privilege.UPDATE);
            boolean changes = privileges.containsKey(Privilege.INSERT)
                    || privileges.containsKey(Privilege.DELETE)
                    || updated != null && !(rowsLocked && updated.isEmpty());
            TableLockMode reading = rowsLocked ? TableLockMode.ROW_SHARE : TableLockMode.ACCESS_SHARE;
            return changes ? TableLockMode.ROW_EXCLUSIVE : reading;
        }
    }
}
