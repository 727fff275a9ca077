package dev.strongroom.sql.plan;

import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.sql.batch.BatchPlans;
import dev.strongroom.sql.execute.AppendNode;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.FilterNode;
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
import dev.strongroom.sql.rel.PhysicalRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.SortRel;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.rel.WithRel;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.CellUse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/**
 * Makes the nodes of {@code sql.execute} of a planned tree: one for each node that runs, except for projections that only pick
 * fields. One statement's, one thread; the plan it makes is immutable.
 */
final class NodeBuilder {
    private final Optimizer optimizer;
    private final RexBuilder rex;
    private final Expressions expressions;
    private final ScanNodes scans;
    private final JoinNodes joins;
    private final GroupNodes groups;
    private final PlanNotes notes;

    NodeBuilder(Analysis analysis, PlanningContext context) {
        this.rex = analysis.rex();
        this.optimizer = new Optimizer(analysis, context);
        this.expressions = new Expressions(this, analysis);
        this.scans = new ScanNodes(this, context.catalog());
        this.joins = new JoinNodes(this);
        this.groups = new GroupNodes(this, context.catalog());
        this.notes = new PlanNotes(context.purpose());
    }

    /** For expressions of a catalog rather than of a statement. */
    static NodeBuilder detached(Analysis analysis) {
        CatalogSnapshot catalog = analysis.catalog();
        return new NodeBuilder(
                analysis,
                new PlanningContext(
                        catalog,
                        catalog.searchPath(List.of(), "", 0),
                        TypeContext.DEFAULT,
                        null,
                        null,
                        PlanningContext.Purpose.RUN,
                        Decorrelation.BY_COST,
                        true,
                        "",
                        List.of(),
                        CellUse.INTERNAL));
    }

    RexBuilder rex() {
        return rex;
    }

    Expressions expressions() {
        return expressions;
    }

    ScanNodes scans() {
        return scans;
    }

    JoinNodes joins() {
        return joins;
    }

    PlanNotes notes() {
        return notes;
    }

    // ---- whole queries

    /** Plans a query: a row of the plan has exactly the query's fields, in order. */
    Built plan(RelNode query) {
        return inOrder(build(optimizer.optimize(query)), query);
    }

    /** Plans a query: a row of the plan has its fields somewhere. */
    Built planLoosely(RelNode query) {
        return build(optimizer.optimize(query));
    }

    /** The plan of a query in an expression. */
    PlanNode subPlan(RelNode query) {
        List<PlanNode> around = notes.enterSubPlan();
        PlanNode node = inOrder(build(optimizer.planned(query)), query).node();
        notes.leaveSubPlan(around, node);
        return node;
    }

    /** Puts the fields in order, and nothing else, into the rows. */
    private Built inOrder(Built built, RelNode rel) {
        int width = rel.getRowType().getFieldCount();
        boolean inPlace = built.node().width() == width;
        for (int i = 0; inPlace && i < width; i++) {
            inPlace = built.slots()[i] == i;
        }
        return inPlace ? built : new Built(projection(built, rel, identity(width)), identity(width));
    }

    private PlanNode projection(Built built, RelNode rel, int[] fields) {
        List<Expr> values = new ArrayList<>();
        for (int field : fields) {
            values.add(expressions.compile(RexInputRef.of(field, rel.getRowType()), built.slots()));
        }
        PlanNode node = BatchPlans.choose(new ProjectNode(built.node(), values));
        notes.same(node, built.node());
        return node;
    }

    static int[] identity(int width) {
        int[] slots = new int[width];
        for (int i = 0; i < width; i++) {
            slots[i] = i;
        }
        return slots;
    }

    // ---- nodes

    /** The plan of a tree of nodes that run. */
    Built build(RelNode rel) {
        return switch (rel) {
            case Physical physical -> physical.build(this);
            case SortRel sort -> sort(sort);
            default -> throw new IllegalStateException("no plan for " + rel.getRelTypeName());
        };
    }

    /** As {@link #build}, with the fields in order and nothing else: for nodes that look at whole rows. */
    Built buildInOrder(RelNode rel) {
        return inOrder(build(rel), rel);
    }

    /** Every finished node passes here, inputs first: EXPLAIN's description, and the place to run a node in another way. */
    Built noted(PhysicalRel rel, Built built, Consumer<PlanNotes.Details> details) {
        return new Built(notes.add(BatchPlans.choose(built.node()), rel, details), built.slots());
    }

    /** As above for the side of a join that is looked into. */
    Built notedLookup(LookupRel rel, Built built, Consumer<PlanNotes.Details> details) {
        return new Built(notes.addLookup(built.node(), rel, details), built.slots());
    }

    Built filter(RowRel rel, Filter filter, RelNode input) {
        Built built = build(input);
        PlanNode node = new FilterNode(built.node(), expressions.compile(filter.getCondition(), built.slots()));
        return noted(rel, new Built(node, built.slots()), d -> d.condition("Filter", filter.getCondition(), filter));
    }

    Built project(RowRel rel, Project project, RelNode input) {
        Built built = build(input);
        List<RexNode> fields = project.getProjects();
        if (fields.stream().allMatch(RexInputRef.class::isInstance)) {
            int[] slots = new int[fields.size()];
            for (int i = 0; i < slots.length; i++) {
                slots[i] = built.slots()[((RexInputRef) fields.get(i)).getIndex()];
            }
            return new Built(built.node(), slots);
        }
        PlanNode node = new ProjectNode(built.node(), expressions.compileAll(fields, built.slots()));
        return noted(rel, new Built(node, identity(fields.size())), d -> {});
    }

    Built limit(LimitRel rel) {
        Sort sort = rel.sort();
        Built input = build(rel.getInput(0));
        if (sort.fetch == null && sort.offset == null) {
            return input;
        }
        PlanNode node = new LimitNode(input.node(), count(sort.fetch), count(sort.offset));
        return noted(rel, new Built(node, input.slots()), d -> {});
    }

    private Built sort(SortRel sort) {
        Built input = build(sort.getInput());
        List<RelFieldCollation> keys = sort.getCollation().getFieldCollations();
        List<SortKey> sortKeys = sortKeys(sort.getInput(), keys, input.slots());
        Expr count = count(sort.fetch);
        PlanNode node = count == null
                ? new SortNode(input.node(), sortKeys)
                : new TopNode(input.node(), sortKeys, count, count(sort.offset));
        return noted(sort, new Built(node, input.slots()), d -> d.sortKeys("Sort Key", keys, sort));
    }

    private @Nullable Expr count(@Nullable RexNode node) {
        return node == null ? null : expressions.compile(node, new int[0]);
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

    static List<PgType> types(RelNode rel) {
        return rel.getRowType().getFieldList().stream()
                .map(field -> PgRelType.of(field.getType()).pgType())
                .toList();
    }

    /** Nodes with one way to run. */
    Built other(OtherRel rel) {
        return switch (rel.logical()) {
            case Aggregate aggregate -> groups.aggregate(rel, aggregate);
            case Correlate correlate -> joins.correlate(rel, correlate);
            case SetOp operation -> setOperation(rel, operation);
            case ScanRel scan -> scans.unstored(rel, scan);
            case RowsRel rows -> rows(rel, rows);
            case TransientRel reference -> reference(rel, reference);
            case WithRel with -> with(rel, with);
            case RecursiveRel recursive -> recursive(rel, recursive);
            case FunctionRel function -> groups.functions(rel, function);
            case ProjectSetRel project -> groups.projectSet(rel, project);
            case WindowRel window -> groups.window(rel, window);
            case DistinctOnRel distinct -> distinctOn(rel, distinct);
            case LockRel lock -> groups.lock(rel, lock);
            default -> throw new IllegalStateException(rel.logical().getRelTypeName());
        };
    }

    private Built distinctOn(OtherRel rel, DistinctOnRel distinct) {
        Built input = build(rel.getInput(0));
        List<PgType> types = types(distinct);
        int[] keys =
                distinct.keys().stream().mapToInt(key -> input.slots()[key]).toArray();
        List<PgType> keyTypes = distinct.keys().stream().map(types::get).toList();
        return noted(rel, new Built(new DistinctNode(input.node(), keys, keyTypes), input.slots()), d -> {});
    }

    private Built setOperation(OtherRel rel, SetOp operation) {
        List<PgType> types = types(operation);
        List<PlanNode> inputs = new ArrayList<>();
        rel.getInputs().forEach(input -> inputs.add(buildInOrder(input).node()));
        int[] slots = identity(types.size());
        if (!(operation instanceof Union)) {
            PlanNode node = new SetOperationNode(
                    inputs.get(0), inputs.get(1), operation instanceof Intersect, operation.all, types);
            return noted(rel, new Built(node, slots), d -> {});
        }
        Built append = noted(rel, new Built(new AppendNode(inputs), slots), d -> {});
        return operation.all ? append : noted(rel, new Built(new DistinctNode(append.node(), types), slots), d -> {});
    }

    private Built rows(OtherRel rel, RowsRel rows) {
        int width = rows.getRowType().getFieldCount();
        List<List<Expr>> values = new ArrayList<>();
        for (List<RexNode> row : rows.rows()) {
            values.add(expressions.compileAll(row, new int[0]));
        }
        return noted(rel, new Built(new ValuesNode(width, values), identity(width)), d -> {});
    }

    private Built reference(OtherRel rel, TransientRel reference) {
        int width = reference.getRowType().getFieldCount();
        PlanNode node = new RelationScan(reference.relationId(), width, reference.name());
        return noted(rel, new Built(node, identity(width)), d -> {});
    }

    private Built with(OtherRel rel, WithRel with) {
        PlanNode definition = buildInOrder(rel.getInput(0)).node();
        Built body = build(rel.getInput(1));
        WithNode.Definition item = new WithNode.Definition(with.relationId(), with.name(), definition, false);
        return noted(rel, new Built(new WithNode(List.of(item), body.node()), body.slots()), d -> {});
    }

    private Built recursive(OtherRel rel, RecursiveRel recursive) {
        PlanNode seed = buildInOrder(rel.getInput(0)).node();
        PlanNode step = buildInOrder(rel.getInput(1)).node();
        PlanNode node = new RecursiveUnion(recursive.workTableId(), recursive.all(), seed, step, types(recursive));
        return noted(rel, new Built(node, identity(recursive.getRowType().getFieldCount())), d -> {});
    }
}
