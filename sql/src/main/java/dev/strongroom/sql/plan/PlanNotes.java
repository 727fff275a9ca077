package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.MeasuredNode;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.rel.PhysicalRel;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** What EXPLAIN says about the nodes of a plan: collected for EXPLAIN only. */
final class PlanNotes {
    private final PlanningContext.Purpose purpose;
    private final Map<PlanNode, PlanNote> notes = new IdentityHashMap<>();
    private List<PlanNode> subPlans = new ArrayList<>();

    PlanNotes(PlanningContext.Purpose purpose) {
        this.purpose = purpose;
    }

    Map<PlanNode, PlanNote> notes() {
        return notes;
    }

    /** Plans of queries met so far, which are not the sub-plan's own; to be given back when it is done. */
    List<PlanNode> enterSubPlan() {
        List<PlanNode> around = subPlans;
        subPlans = new ArrayList<>();
        return around;
    }

    void leaveSubPlan(List<PlanNode> around, PlanNode node) {
        subPlans = around;
        subPlans.add(node);
    }

    /** Describes a node; gives the node to use in its place. */
    PlanNode add(PlanNode node, PhysicalRel rel, Consumer<Details> describe) {
        return purpose == PlanningContext.Purpose.RUN ? node : add(node, cost(rel), rel.rows(), describe);
    }

    /** Describes the side of a join that is looked into, once for each row of the other. */
    PlanNode addLookup(PlanNode node, LookupRel rel, Consumer<Details> describe) {
        return purpose == PlanningContext.Purpose.RUN
                ? node
                : add(
                        node,
                        rel.access().cost(rel.facts(), rel.scan()),
                        rel.access().rows(),
                        describe);
    }

    private PlanNode add(PlanNode node, PlanCost cost, double rows, Consumer<Details> describe) {
        Details details = new Details();
        describe.accept(details);
        PlanNode used = purpose == PlanningContext.Purpose.MEASURE ? new MeasuredNode(node) : node;
        int width = 8 * node.width();
        notes.put(
                used,
                new PlanNote(
                        details.relation, cost.startup(), cost.total(), rows, width, details.lines, takeSubPlans()));
        return used;
    }

    private List<PlanNode> takeSubPlans() {
        List<PlanNode> taken = List.copyOf(subPlans);
        subPlans.clear();
        return taken;
    }

    /** A node that does as good as nothing to another one's rows. */
    void same(PlanNode node, PlanNode as) {
        PlanNote note = notes.get(as);
        if (note != null) {
            notes.put(node, note.bare(8 * node.width(), takeSubPlans()));
        }
    }

    private static PlanCost cost(RelNode rel) {
        if (!(rel instanceof PhysicalRel physical)) {
            return PlanCost.ZERO;
        }
        List<PlanCost> costs = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        for (RelNode input : rel.getInputs()) {
            costs.add(cost(input));
            rows.add(input instanceof PhysicalRel below ? below.rows() : 1.0);
        }
        return physical.cost(costs, rows);
    }

    /** Lines under a node. */
    static final class Details {
        private final List<String> lines = new ArrayList<>();
        private @Nullable ScanRel relation;

        private Details() {}

        void relation(ScanRel scan) {
            relation = scan;
        }

        void conditionOnTable(String label, List<RexNode> conditions, ScanRel scan) {
            line(label, Deparser.conjunction(conditions, field -> Deparser.column(scan, field)));
        }

        void condition(String label, List<RexNode> conditions, RelNode over) {
            line(label, Deparser.conjunction(conditions, field -> Deparser.name(over, field)));
        }

        void condition(String label, RexNode condition, RelNode over) {
            condition(label, List.of(condition), over.getInput(0));
        }

        void sortKeys(String label, List<RelFieldCollation> keys, RelNode over) {
            line(label, Deparser.keys(keys, field -> Deparser.name(over, field)));
        }

        void groupKeys(Aggregate aggregate) {
            List<String> names = new ArrayList<>();
            aggregate.getGroupSet().forEach(field -> names.add(Deparser.name(aggregate.getInput(), field)));
            line("Group Key", String.join(", ", names));
        }

        private void line(String label, String text) {
            if (!text.isEmpty()) {
                lines.add(label + ": " + text);
            }
        }
    }
}
