package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.sql.function.FunctionKind;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.parse.node.PgSelect;
import dev.strongroom.sql.parse.node.RowLocking;
import dev.strongroom.sql.rel.DistinctOnRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.validate.FromItem.Entry;
import dev.strongroom.sql.validate.FromItem.Visible;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** One SELECT: FROM, WHERE, grouping, windows, the select list, DISTINCT, ORDER BY, row locks, LIMIT (analyze.c). */
final class SelectAnalyzer {
    private final Analysis analysis;
    private final @Nullable Scope outer;
    private final Ctes ctes;

    SelectAnalyzer(Analysis analysis, @Nullable Scope outer, Ctes ctes) {
        this.analysis = analysis;
        this.outer = outer;
        this.ctes = ctes;
    }

    /** A select item: its value over the row of FROM, and where it comes from. */
    record Item(
            RexNode expression,
            AnalyzedQuery.Output output,
            @Nullable SqlNode node) {}

    /** A sort key: either an output column (then expression is null) or an expression of its own. */
    private record Key(int column, boolean descending, boolean nullsFirst) {}

    AnalyzedQuery select(PgSelect select, QueryAnalyzer.Tail tail) {
        SqlNode fromNode = select.getFrom();
        FromItem from = fromNode == null
                ? new FromItem(
                        new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of())),
                        List.of(),
                        List.of())
                : new FromAnalyzer(analysis, outer, ctes).analyze(fromNode);
        Scope scope = new Scope(analysis, outer, ctes, from);
        scope.namedWindows = select.getWindowList();
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        RexNode condition = null;
        if (select.getWhere() != null) {
            condition = expressions.condition(select.getWhere(), "WHERE");
            scope.replaceFrom(from.withRel(Rels.filter(from.rel(), condition)));
        }
        return new Body(select, tail, scope, expressions, condition).build();
    }

    /** Expands a select list over a scope; also RETURNING's. */
    static List<Item> items(Iterable<SqlNode> list, ExpressionAnalyzer expressions) {
        List<Item> items = new ArrayList<>();
        Scope scope = expressions.scope();
        for (SqlNode node : list) {
            SqlNode value = node.getKind() == SqlKind.AS ? ((SqlCall) node).operand(0) : node;
            List<Visible> star = star(value, scope);
            if (star != null) {
                star.forEach(scope.analysis()::read);
                star.forEach(column -> items.add(new Item(
                        column.expression(),
                        new AnalyzedQuery.Output(column.name(), column.tableOid(), column.columnNumber()),
                        null)));
                continue;
            }
            String name = OutputNames.of(node);
            if (value instanceof SqlIdentifier identifier) {
                Visible column = scope.column(identifier);
                items.add(new Item(
                        column.expression(),
                        new AnalyzedQuery.Output(name, column.tableOid(), column.columnNumber()),
                        value));
            } else {
                items.add(new Item(expressions.analyze(value), new AnalyzedQuery.Output(name, 0, 0), value));
            }
        }
        return items;
    }

    private static @Nullable List<Visible> star(SqlNode node, Scope scope) {
        if (node instanceof SqlIdentifier identifier && identifier.isStar()) {
            int parts = identifier.names.size();
            if (parts == 1) {
                if (scope.from().columns().isEmpty() && scope.from().relations().isEmpty()) {
                    throw Analysis.error(ErrorCode.SYNTAX_ERROR, "SELECT * with no tables specified is not valid", node)
                            .exception();
                }
                return scope.from().columns();
            }
            String table = identifier.names.get(parts - 2);
            String schema = parts > 2 ? identifier.names.get(parts - 3) : null;
            List<Visible> columns = scope.relationColumns(schema, table);
            if (columns == null) {
                throw scope.missingTable(table, identifier);
            }
            return columns;
        }
        if (node instanceof SqlCall call
                && call.getOperator() == PgOperators.ALL_FIELDS
                && call.operand(0) instanceof SqlIdentifier table
                && table.isSimple()) {
            return scope.relationColumns(null, table.getSimple());
        }
        return null;
    }

    /** What is built on top of FROM and WHERE. */
    private final class Body {
        private final PgSelect select;
        private final QueryAnalyzer.Tail tail;
        private final Scope scope;
        private final ExpressionAnalyzer expressions;
        private final @Nullable RexNode condition;
        private final CallStage aggregates = new CallStage(analysis);
        private final CallStage windows = new CallStage(analysis);
        private final List<RexNode> values = new ArrayList<>();
        private final List<AnalyzedQuery.Output> outputs = new ArrayList<>();
        private List<Item> items = List.of();

        Body(
                PgSelect select,
                QueryAnalyzer.Tail tail,
                Scope scope,
                ExpressionAnalyzer expressions,
                @Nullable RexNode condition) {
            this.select = select;
            this.condition = condition;
            this.tail = tail;
            this.scope = scope;
            this.expressions = expressions;
        }

        AnalyzedQuery build() {
            scope.aggregates = aggregates;
            scope.windows = windows;
            scope.clause = "SELECT";
            items = items(select.getSelectList(), expressions);
            for (Item item : items) {
                values.add(item.expression());
                outputs.add(item.output());
            }
            int width = values.size();
            GroupBy groups = groupBy();
            RexNode having = having();
            List<Key> distinctKeys = distinctOn();
            List<Key> keys = orderBy();
            boolean distinct = select.isDistinct();
            if (distinct) {
                values.forEach(value -> analysis.cells.checkEquality("DISTINCT", Coercions.typeOf(value), null));
            }
            if (distinct && values.size() > width) {
                throw Analysis.error(
                                ErrorCode.INVALID_COLUMN_REFERENCE,
                                "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
                                tail.order().get(0))
                        .exception();
            }
            List<LockRel.Target> locks = locks(groups, distinct);
            RelNode rel = scope.from().rel();
            if (groups.present() || !aggregates.isEmpty() || having != null) {
                AggregateBuilder builder = new AggregateBuilder(scope, groups, aggregates);
                builder.addFunctionalColumns(values, windows, having);
                rel = builder.build();
                values.replaceAll(builder::above);
                if (having != null) {
                    rel = Rels.filter(rel, builder.above(having));
                }
                builder.rewriteWindows(windows);
            }
            if (!windows.isEmpty()) {
                WindowBuilder builder = new WindowBuilder(analysis, windows, rel);
                rel = builder.build();
                values.replaceAll(builder::above);
            }
            if (!locks.isEmpty()) {
                rel = locked(rel, keys, locks);
            }
            rel = project(rel);
            return finish(rel, width, distinct, distinctKeys, locks.isEmpty() ? keys : List.of());
        }

        private AnalyzedQuery finish(
                RelNode projected, int width, boolean distinct, List<Key> distinctKeys, List<Key> keys) {
            RelNode rel = projected;
            List<RelFieldCollation> collation = new ArrayList<>();
            keys.forEach(key -> collation.add(Rels.key(key.column(), key.descending(), key.nullsFirst())));
            QueryAnalyzer counts = new QueryAnalyzer(analysis, outer, ctes);
            RexNode offset = counts.count(tail.offset(), "OFFSET");
            RexNode fetch = counts.count(tail.fetch(), "LIMIT");
            if (distinct) {
                rel = LogicalAggregate.create(rel, List.of(), ImmutableBitSet.range(width), null, List.of());
            }
            if (!distinctKeys.isEmpty()) {
                rel = distinctOn(rel, distinctKeys, keys);
                collation.clear();
            }
            rel = Rels.sort(rel, collation, offset, fetch);
            if (rel.getRowType().getFieldCount() > width) {
                rel = Rels.project(
                        rel,
                        Rels.references(rel).subList(0, width),
                        rel.getRowType().getFieldNames().subList(0, width));
            }
            return new AnalyzedQuery(rel, outputs);
        }

        /** Projects the values; set-returning functions are taken out and run in between. */
        private RelNode project(RelNode input) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                names.add(i < outputs.size() ? outputs.get(i).name() : "sort" + i);
            }
            RelNode rel = input;
            List<RexNode> all = new ArrayList<>(Rels.references(input));
            int plain = all.size();
            values.replaceAll(value -> extractSets(value, all));
            if (all.size() > plain) {
                rel = new ProjectSetRel(
                        analysis.cluster,
                        input,
                        all,
                        Analysis.rowType(all.stream().map(RexNode::getType).toList()));
            }
            return Rels.project(rel, values, names);
        }

        private RexNode extractSets(RexNode value, List<RexNode> all) {
            return value.accept(new RexShuttle() {
                @Override
                public RexNode visitCall(RexCall call) {
                    if (!isSet(call)) {
                        return super.visitCall(call);
                    }
                    for (RexNode operand : call.getOperands()) {
                        requireNoSet(operand);
                    }
                    all.add(call);
                    return new RexInputRef(all.size() - 1, call.getType());
                }
            });
        }

        private void requireNoSet(RexNode node) {
            node.accept(new RexVisitorImpl<Void>(true) {
                @Override
                public Void visitCall(RexCall call) {
                    if (isSet(call)) {
                        throw Analysis.unsupported("a set-returning function inside another", null);
                    }
                    return super.visitCall(call);
                }
            });
        }

        // ---- grouping

        private GroupBy groupBy() {
            scope.clause = "GROUP BY";
            scope.aggregates = null;
            scope.windows = null;
            GroupBy groups = new GroupBy(this::groupExpression);
            if (select.getGroup() != null) {
                groups.add(select.getGroup());
            }
            scope.aggregates = aggregates;
            scope.windows = windows;
            return groups;
        }

        /** An ordinal, an input column, an output name, or any expression. */
        private RexNode groupExpression(SqlNode node) {
            RexNode value = grouped(node);
            analysis.cells.checkEquality("GROUP BY", Coercions.typeOf(value), node);
            return value;
        }

        private RexNode grouped(SqlNode node) {
            if (node instanceof SqlNumericLiteral) {
                return values.get(ordinal(node, "GROUP BY"));
            }
            if (node instanceof SqlIdentifier name && name.isSimple() && !isInputColumn(name.getSimple())) {
                int column = outputColumn(name);
                if (column >= 0) {
                    return values.get(column);
                }
            }
            return analysis.coercions.resolveUnknown(expressions.analyze(node), node);
        }

        private boolean isInputColumn(String name) {
            return scope.from().columns().stream()
                    .anyMatch(column -> column.name().equals(name));
        }

        private @Nullable RexNode having() {
            if (select.getHaving() == null) {
                return null;
            }
            scope.windows = null;
            RexNode having = expressions.condition(select.getHaving(), "HAVING");
            scope.windows = windows;
            return having;
        }

        // ---- ordering

        private List<Key> orderBy() {
            scope.clause = "ORDER BY";
            List<Key> keys = new ArrayList<>();
            for (SqlNode node : tail.order()) {
                SortItem item = SortItem.of(node);
                Key key = new Key(sortColumn(item.node(), "ORDER BY"), item.descending(), item.nullsFirst());
                analysis.cells.checkOrder(values.get(key.column()), item.node());
                if (keys.stream().noneMatch(other -> other.column() == key.column())) {
                    keys.add(key);
                }
            }
            return keys;
        }

        private int sortColumn(SqlNode node, String clause) {
            if (node instanceof SqlNumericLiteral) {
                return ordinal(node, clause);
            }
            if (node instanceof SqlIdentifier name && name.isSimple()) {
                int column = outputColumn(name);
                if (column >= 0) {
                    return column;
                }
            }
            RexNode value = analysis.coercions.resolveUnknown(expressions.analyze(node), node);
            int found = values.indexOf(value);
            if (found >= 0) {
                return found;
            }
            values.add(value);
            return values.size() - 1;
        }

        private int ordinal(SqlNode node, String clause) {
            SqlNumericLiteral literal = (SqlNumericLiteral) node;
            if (!literal.isInteger()) {
                throw Analysis.error(ErrorCode.SYNTAX_ERROR, "non-integer constant in " + clause, node)
                        .exception();
            }
            int ordinal = literal.intValue(true);
            if (ordinal < 1 || ordinal > outputs.size()) {
                throw Analysis.error(
                                ErrorCode.INVALID_COLUMN_REFERENCE,
                                clause + " position " + ordinal + " is not in select list",
                                node)
                        .exception();
            }
            return ordinal - 1;
        }

        private int outputColumn(SqlIdentifier name) {
            int found = -1;
            for (int i = 0; i < outputs.size(); i++) {
                if (outputs.get(i).name().equals(name.getSimple())) {
                    if (found >= 0 && !values.get(found).equals(values.get(i))) {
                        throw Analysis.error(
                                        ErrorCode.AMBIGUOUS_COLUMN,
                                        "ORDER BY \"" + name.getSimple() + "\" is ambiguous",
                                        name)
                                .exception();
                    }
                    found = found >= 0 ? found : i;
                }
            }
            return found;
        }

        private List<Key> distinctOn() {
            List<Key> keys = new ArrayList<>();
            scope.clause = "DISTINCT ON";
            for (SqlNode node : select.distinctOn()) {
                int column = sortColumn(node, "SELECT DISTINCT ON");
                analysis.cells.checkEquality("DISTINCT ON", Coercions.typeOf(values.get(column)), node);
                keys.add(new Key(column, false, false));
            }
            return keys;
        }

        /** Sorts by the DISTINCT ON keys first, in the direction ORDER BY gives them, and keeps the first of each. */
        private RelNode distinctOn(RelNode rel, List<Key> distinctKeys, List<Key> keys) {
            List<Integer> columns =
                    distinctKeys.stream().map(Key::column).distinct().toList();
            for (int i = 0; i < Math.min(columns.size(), keys.size()); i++) {
                if (!columns.contains(keys.get(i).column())) {
                    throw Analysis.error(
                                    ErrorCode.INVALID_COLUMN_REFERENCE,
                                    "SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
                                    select.distinctOn().getFirst())
                            .exception();
                }
            }
            List<RelFieldCollation> collation = new ArrayList<>();
            keys.forEach(key -> collation.add(Rels.key(key.column(), key.descending(), key.nullsFirst())));
            for (int column : columns) {
                if (keys.stream().noneMatch(key -> key.column() == column)) {
                    collation.add(Rels.key(column, false, false));
                }
            }
            return new DistinctOnRel(analysis.cluster, Rels.sort(rel, collation, null, null), columns);
        }

        // ---- row locks

        private List<LockRel.Target> locks(GroupBy groups, boolean distinct) {
            List<LockRel.Target> targets = new ArrayList<>();
            for (RowLocking locking : select.locking()) {
                String clause = "FOR " + locking.strength().name().replace('_', ' ');
                if (groups.present() || distinct || !aggregates.isEmpty() || !windows.isEmpty()) {
                    String with = distinct
                            ? "DISTINCT clause"
                            : groups.present()
                                    ? "GROUP BY clause"
                                    : aggregates.isEmpty() ? "window functions" : "aggregate functions";
                    throw Analysis.error(ErrorCode.FEATURE_NOT_SUPPORTED, clause + " is not allowed with " + with, null)
                            .exception();
                }
                lockTargets(locking, clause, targets);
            }
            return targets;
        }

        private void lockTargets(RowLocking locking, String clause, List<LockRel.Target> targets) {
            for (String name : locking.tables()) {
                if (scope.entry(null, name) == null) {
                    throw dev.strongroom.common.error.ErrorReport.error(
                                    ErrorCode.UNDEFINED_TABLE,
                                    "relation \"" + name + "\" in " + clause + " clause not found in FROM clause")
                            .withPosition(locking.position())
                            .exception();
                }
            }
            for (Entry entry : scope.from().relations()) {
                ScanRel scan = entry.scan();
                boolean named = locking.tables().isEmpty() || locking.tables().contains(entry.alias());
                if (!named || scan == null || !(scan.relation() instanceof TableDefinition table)) {
                    continue;
                }
                analysis.useRowLock(table.oid());
                targets.add(new LockRel.Target(
                        table,
                        entry.offset(),
                        RowLockMode.valueOf(locking.strength().name()),
                        switch (locking.whenHeld()) {
                            case WAIT -> WaitPolicy.WAIT;
                            case NOWAIT -> WaitPolicy.FAIL;
                            case SKIP_LOCKED -> WaitPolicy.SKIP;
                        }));
            }
        }

        /** Rows are sorted, then locked, then projected: a row that changed meanwhile is projected as it is now. */
        private RelNode locked(RelNode input, List<Key> keys, List<LockRel.Target> targets) {
            List<RexNode> fields = new ArrayList<>(Rels.references(input));
            List<RelFieldCollation> collation = new ArrayList<>();
            for (Key key : keys) {
                collation.add(Rels.key(fields.size(), key.descending(), key.nullsFirst()));
                fields.add(values.get(key.column()));
            }
            RelNode sorted = keys.isEmpty() ? input : Rels.sort(Rels.project(input, fields), collation, null, null);
            return new LockRel(analysis.cluster, sorted, targets, condition);
        }
    }

    static boolean isSet(RexCall call) {
        return call.getOperator() instanceof PgFunction function
                && function.function().kind() == FunctionKind.SET_RETURNING;
    }
}
