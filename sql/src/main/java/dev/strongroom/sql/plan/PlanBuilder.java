package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.AppendNode;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.FilterNode;
import dev.strongroom.sql.execute.JoinKind;
import dev.strongroom.sql.execute.LimitNode;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.ProjectNode;
import dev.strongroom.sql.execute.RecursiveUnion;
import dev.strongroom.sql.execute.RelationScan;
import dev.strongroom.sql.execute.SetOperationNode;
import dev.strongroom.sql.execute.SortKey;
import dev.strongroom.sql.execute.SortNode;
import dev.strongroom.sql.execute.TopNode;
import dev.strongroom.sql.execute.ValuesNode;
import dev.strongroom.sql.execute.WithNode;
import dev.strongroom.sql.rel.DistinctOnRel;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.rel.WithRel;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.RelTrees;
import dev.strongroom.storage.table.Database;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.jspecify.annotations.Nullable;

/**
 * Builds the plan of one statement from its rel tree, from the root down. On the way conditions sink as far as they may, fields
 * nobody needs are left out, and the cheaper of the possible nodes is taken. A volatile expression is never moved or repeated
 * (decision P-7). One thread; the plan it makes is immutable.
 */
final class PlanBuilder {
    private final Analysis analysis;
    private final RexBuilder rex;
    private final Estimates estimates;
    private final Expressions expressions;
    private final ScanPlanner scans;
    private final JoinPlanner joins;
    private final AggregatePlanner aggregates;
    private final Map<PlanNode, Built> notes = new IdentityHashMap<>();
    private final List<PlanNode> subPlans = new ArrayList<>();

    PlanBuilder(Analysis analysis, @Nullable Database database) {
        CatalogSnapshot catalog = analysis.catalog();
        this.analysis = analysis;
        this.rex = analysis.rex();
        this.estimates = new Estimates(catalog, database);
        this.expressions = new Expressions(this, rex);
        this.scans = new ScanPlanner(this, catalog, estimates, expressions);
        this.joins = new JoinPlanner(this, estimates, expressions, scans);
        this.aggregates = new AggregatePlanner(this, catalog, expressions);
    }

    RexBuilder rex() {
        return rex;
    }

    /** A variable for the left row of a lookup join. */
    CorrelationId newCorrelation() {
        return analysis.newCorrelation();
    }

    /** Keys and predicate of an index over expressions or of a partial one. */
    IndexText indexText(TableDefinition table, IndexDefinition index) {
        return IndexText.of(analysis, table, index);
    }

    Expressions expressions() {
        return expressions;
    }

    Estimates estimates() {
        return estimates;
    }

    /** Estimates for EXPLAIN. */
    Map<PlanNode, Built> notes() {
        return notes;
    }

    /** Plans of queries in expressions, in the order met. */
    List<PlanNode> subPlans() {
        return subPlans;
    }

    void addSubPlan(PlanNode node) {
        subPlans.add(node);
    }

    Built noted(Built built) {
        notes.put(built.node(), built);
        return built;
    }

    /** A plan whose rows have exactly the rel's fields, in order. */
    Built buildAll(RelNode rel) {
        return buildAll(rel, List.of());
    }

    /** As above, with conditions that hold for the rows. */
    Built buildAll(RelNode rel, List<RexNode> conditions) {
        int width = rel.getRowType().getFieldCount();
        BitSet all = new BitSet();
        all.set(0, width);
        return inOrder(build(rel, conditions, all, List.of()), rel, width);
    }

    /** Puts the first fields in order, and nothing else, into the rows. */
    Built inOrder(Built built, RelNode rel, int width) {
        boolean inPlace = built.node().width() == width;
        for (int i = 0; inPlace && i < width; i++) {
            inPlace = built.slots()[i] == i;
        }
        if (inPlace) {
            return built;
        }
        List<Expr> fields = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            fields.add(expressions.compile(RexInputRef.of(i, rel.getRowType()), built.slots()));
        }
        return noted(new Built(
                new ProjectNode(built.node(), fields),
                identity(width),
                built.rows(),
                built.cost() + built.rows() * Estimates.OPERATOR_COST,
                built.ordered()));
    }

    static int[] identity(int width) {
        int[] slots = new int[width];
        for (int i = 0; i < width; i++) {
            slots[i] = i;
        }
        return slots;
    }

    /**
     * Builds a plan.
     *
     * @param conditions over the rel's fields; all hold for the rows of the plan
     * @param needed fields that must be in the rows
     * @param wish order that would save a sort; {@link Built#ordered} says whether it came true
     */
    Built build(RelNode rel, List<RexNode> conditions, BitSet needed, List<RelFieldCollation> wish) {
        return switch (rel) {
            case Filter filter -> filter(filter, conditions, needed, wish);
            case Project project -> project(project, conditions, needed, wish);
            case ScanRel scan -> scan(scan, conditions, needed, wish);
            case Join join when join.getJoinType() == JoinRelType.INNER -> joins.inner(join, conditions, needed);
            case Join join -> joins.outer(join, conditions, needed);
            case Correlate correlate -> joins.inner(correlate, conditions, needed);
            case Sort sort -> sort(sort, conditions, needed);
            case Aggregate aggregate -> aggregates.aggregate(aggregate, conditions, needed);
            case SetOp operation -> filtered(setOperation(operation, conditions), operation, conditions, needed);
            case RowsRel rows -> filtered(rows(rows), rows, conditions, needed);
            case TransientRel reference ->
                filtered(
                        noted(new Built(
                                new RelationScan(
                                        reference.relationId(),
                                        reference.getRowType().getFieldCount(),
                                        reference.name()),
                                identity(reference.getRowType().getFieldCount()),
                                100,
                                1)),
                        rel,
                        conditions,
                        needed);
            case WithRel with -> with(with, conditions, needed);
            case RecursiveRel recursive -> filtered(recursive(recursive), recursive, conditions, needed);
            case FunctionRel function -> filtered(aggregates.functions(function), function, conditions, needed);
            case ProjectSetRel project -> filtered(aggregates.projectSet(project), project, conditions, needed);
            case WindowRel window -> filtered(aggregates.window(window), window, conditions, needed);
            case DistinctOnRel distinct -> filtered(distinctOn(distinct), distinct, conditions, needed);
            case LockRel lock -> filtered(aggregates.lock(lock), lock, conditions, needed);
            default -> throw new IllegalStateException("no plan for " + rel.getRelTypeName());
        };
    }

    /** A filter on top, if there are conditions left. */
    Built filtered(Built built, RelNode rel, List<RexNode> conditions, BitSet needed) {
        if (conditions.isEmpty()) {
            return built;
        }
        Expr condition = expressions.compile(RexUtil.composeConjunction(rex, conditions), built.slots());
        double selectivity = 1;
        for (RexNode node : conditions) {
            selectivity *= estimates.selectivity(node);
        }
        return noted(new Built(
                new FilterNode(built.node(), condition),
                built.slots(),
                Math.max(1, built.rows() * selectivity),
                built.cost() + built.rows() * Estimates.OPERATOR_COST * conditions.size(),
                built.ordered()));
    }

    private Built filter(Filter filter, List<RexNode> conditions, BitSet needed, List<RelFieldCollation> wish) {
        List<RexNode> own = RelOptUtil.conjunctions(filter.getCondition());
        if (RelTrees.isVolatile(filter.getCondition())) {
            // A barrier: what is above may not run before it, it may not run more or less often.
            BitSet wider = withNeeds(needed, own, conditions);
            Built input = build(filter.getInput(), List.of(), wider, wish);
            return filtered(filtered(input, filter, own, wider), filter, conditions, needed);
        }
        List<RexNode> all = new ArrayList<>(conditions);
        own.stream().filter(node -> !node.isAlwaysTrue()).forEach(all::add);
        return build(filter.getInput(), all, needed, wish);
    }

    /** Conditions with queries in them, on top of a plan. */
    Built subqueries(Built built, RelNode rel, List<RexNode> conditions, BitSet needed) {
        return joins.subqueries(built, rel, conditions, needed);
    }

    Built semiJoin(Built left, Built right, JoinKind kind, List<RexNode> on, int leftFields) {
        return joins.joined(left, right, kind, on, leftFields);
    }

    static BitSet withNeeds(BitSet needed, List<RexNode> first, List<RexNode> second) {
        BitSet all = (BitSet) needed.clone();
        first.forEach(node -> Expressions.addNeeded(node, all));
        second.forEach(node -> Expressions.addNeeded(node, all));
        return all;
    }

    private Built scan(ScanRel scan, List<RexNode> conditions, BitSet needed, List<RelFieldCollation> wish) {
        List<RexNode> simple = new ArrayList<>();
        List<RexNode> late = new ArrayList<>();
        for (RexNode condition : conditions) {
            (Expressions.hasSubquery(condition) ? late : simple).add(condition);
        }
        Built built = scans.scan(scan, simple, withNeeds(needed, late, List.of()), wish);
        return joins.subqueries(built, scan, late, needed);
    }

    // ---- projection

    private Built project(Project project, List<RexNode> conditions, BitSet needed, List<RelFieldCollation> wish) {
        List<RexNode> fields = project.getProjects();
        List<RexNode> below = new ArrayList<>();
        List<RexNode> above = new ArrayList<>();
        for (RexNode condition : conditions) {
            RexNode pushed = pushThrough(condition, fields);
            if (pushed == null) {
                above.add(condition);
            } else {
                below.add(pushed);
            }
        }
        BitSet kept = withNeeds(needed, above, List.of());
        BitSet neededBelow = new BitSet();
        boolean onlyFields = true;
        for (int i = 0; i < fields.size(); i++) {
            boolean wanted = kept.get(i) || RelTrees.isVolatile(fields.get(i));
            if (wanted) {
                kept.set(i);
                Expressions.addNeeded(fields.get(i), neededBelow);
                onlyFields &= fields.get(i) instanceof RexInputRef;
            }
        }
        Built input = build(project.getInput(), below, neededBelow, wishBelow(wish, fields));
        Built built = onlyFields ? mapped(input, fields, kept) : computed(input, fields, kept);
        return joins.subqueries(built, project, above, needed);
    }

    /** The condition over the projection's input, or null where it has to stay above. */
    private static @Nullable RexNode pushThrough(RexNode condition, List<RexNode> fields) {
        BitSet used = Expressions.needed(List.of(condition));
        boolean correlated = Expressions.hasOwnCorrelation(condition);
        for (int field = used.nextSetBit(0); field >= 0; field = used.nextSetBit(field + 1)) {
            RexNode source = fields.get(field);
            if (RelTrees.isVolatile(source) || Expressions.hasSubquery(source) || correlated) {
                return null;
            }
        }
        if (correlated) {
            return null;
        }
        return condition.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return fields.get(reference.getIndex());
            }
        });
    }

    private static List<RelFieldCollation> wishBelow(List<RelFieldCollation> wish, List<RexNode> fields) {
        List<RelFieldCollation> below = new ArrayList<>();
        for (RelFieldCollation key : wish) {
            if (!(fields.get(key.getFieldIndex()) instanceof RexInputRef reference)) {
                return List.of();
            }
            below.add(key.withFieldIndex(reference.getIndex()));
        }
        return below;
    }

    private static Built mapped(Built input, List<RexNode> fields, BitSet kept) {
        int[] slots = new int[fields.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = kept.get(i) ? input.slots()[((RexInputRef) fields.get(i)).getIndex()] : -1;
        }
        return new Built(input.node(), slots, input.rows(), input.cost(), input.ordered());
    }

    private Built computed(Built input, List<RexNode> fields, BitSet kept) {
        int[] slots = ScanPlanner.slots(kept, fields.size());
        List<Expr> values = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (slots[i] >= 0) {
                values.add(expressions.compile(fields.get(i), input.slots()));
            }
        }
        return noted(new Built(
                new ProjectNode(input.node(), values),
                slots,
                input.rows(),
                input.cost() + input.rows() * Estimates.OPERATOR_COST * values.size(),
                input.ordered()));
    }

    // ---- ORDER BY, LIMIT

    private Built sort(Sort sort, List<RexNode> conditions, BitSet needed) {
        boolean limited = sort.fetch != null || sort.offset != null;
        List<RelFieldCollation> keys = sort.getCollation().getFieldCollations();
        BitSet below = withNeeds(needed, conditions, List.of());
        keys.forEach(key -> below.set(key.getFieldIndex()));
        if (!limited && !conditions.isEmpty()) {
            return sorted(build(sort.getInput(), conditions, below, keys), sort, keys);
        }
        Built input = build(sort.getInput(), List.of(), below, keys);
        return filtered(sorted(input, sort, keys), sort, conditions, needed);
    }

    private Built sorted(Built input, Sort sort, List<RelFieldCollation> keys) {
        Expr count = sort.fetch == null ? null : expressions.compile(sort.fetch, new int[0]);
        Expr offset = sort.offset == null ? null : expressions.compile(sort.offset, new int[0]);
        boolean sorting = !keys.isEmpty() && !input.ordered();
        Built built = input;
        if (sorting) {
            List<SortKey> sortKeys = sortKeys(sort.getInput(), keys, input.slots());
            boolean top = count != null;
            PlanNode node = count != null
                    ? new TopNode(input.node(), sortKeys, count, offset)
                    : new SortNode(input.node(), sortKeys);
            built = noted(new Built(
                    node,
                    input.slots(),
                    top ? Math.min(input.rows(), 100) : input.rows(),
                    input.cost() + Estimates.sortCost(input.rows()),
                    true));
            if (top) {
                return built;
            }
        }
        if (count == null && offset == null) {
            return new Built(built.node(), built.slots(), built.rows(), built.cost(), true);
        }
        return noted(new Built(
                new LimitNode(built.node(), count, offset),
                built.slots(),
                Math.min(built.rows(), 100),
                built.cost(),
                true));
    }

    static List<SortKey> sortKeys(RelNode rel, List<RelFieldCollation> keys, int[] slots) {
        List<SortKey> result = new ArrayList<>();
        for (RelFieldCollation key : keys) {
            PgRelType type = PgRelType.of(
                    rel.getRowType().getFieldList().get(key.getFieldIndex()).getType());
            result.add(new SortKey(
                    slots[key.getFieldIndex()],
                    type.pgType(),
                    key.getDirection().isDescending(),
                    key.nullDirection == RelFieldCollation.NullDirection.FIRST));
        }
        return result;
    }

    private Built distinctOn(DistinctOnRel distinct) {
        Built input = buildAll(distinct.getInput());
        List<PgType> types = types(distinct);
        int[] keys = distinct.keys().stream().mapToInt(Integer::intValue).toArray();
        List<PgType> keyTypes = distinct.keys().stream().map(types::get).toList();
        return noted(new Built(
                new DistinctNode(input.node(), keys, keyTypes),
                input.slots(),
                Math.max(1, input.rows() / 10),
                input.cost() + input.rows() * Estimates.ROW_COST));
    }

    // ---- set operations, VALUES, WITH

    private Built setOperation(SetOp operation, List<RexNode> conditions) {
        List<PgType> types = types(operation);
        List<Built> inputs = new ArrayList<>();
        for (RelNode input : operation.getInputs()) {
            inputs.add(buildAll(input));
        }
        double rows = inputs.stream().mapToDouble(Built::rows).sum();
        double cost = inputs.stream().mapToDouble(Built::cost).sum() + rows * Estimates.ROW_COST;
        int[] slots = identity(types.size());
        if (operation instanceof Union) {
            Built append = noted(
                    new Built(new AppendNode(inputs.stream().map(Built::node).toList()), slots, rows, cost));
            return operation.all
                    ? append
                    : noted(new Built(
                            new DistinctNode(append.node(), types), slots, rows, cost + rows * Estimates.ROW_COST));
        }
        PlanNode node = new SetOperationNode(
                inputs.get(0).node(), inputs.get(1).node(), operation instanceof Intersect, operation.all, types);
        return noted(new Built(node, slots, inputs.getFirst().rows(), cost));
    }

    static List<PgType> types(RelNode rel) {
        return rel.getRowType().getFieldList().stream()
                .map(field -> PgRelType.of(field.getType()).pgType())
                .toList();
    }

    private Built rows(RowsRel rows) {
        int width = rows.getRowType().getFieldCount();
        List<List<Expr>> values = new ArrayList<>();
        for (List<RexNode> row : rows.rows()) {
            values.add(expressions.compileAll(row, new int[0]));
        }
        return noted(new Built(
                new ValuesNode(width, values),
                identity(width),
                values.size(),
                values.size() * Estimates.OPERATOR_COST));
    }

    private Built with(WithRel with, List<RexNode> conditions, BitSet needed) {
        Built definition = buildAll(with.getLeft());
        Built body = build(with.getRight(), conditions, needed, List.of());
        WithNode.Definition item = new WithNode.Definition(with.relationId(), with.name(), definition.node(), false);
        return noted(new Built(
                new WithNode(List.of(item), body.node()), body.slots(), body.rows(), body.cost() + definition.cost()));
    }

    private Built recursive(RecursiveRel recursive) {
        Built seed = buildAll(recursive.getLeft());
        Built step = buildAll(recursive.getRight());
        PlanNode node = new RecursiveUnion(
                recursive.workTableId(), recursive.all(), seed.node(), step.node(), types(recursive));
        return noted(new Built(
                node,
                identity(recursive.getRowType().getFieldCount()),
                seed.rows() * 10,
                seed.cost() + 10 * step.cost()));
    }
}
