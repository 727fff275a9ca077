package dev.strongroom.sql.plan;

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
    private final boolean wanted;
    private final Map<PlanNode, PlanNote> notes = new IdentityHashMap<>();
    private final List<PlanNode> subPlans = new ArrayList<>();

    PlanNotes(boolean wanted) {
        this.wanted = wanted;
    }

    Map<PlanNode, PlanNote> notes() {
        return notes;
    }

    void addSubPlan(PlanNode node) {
        subPlans.add(node);
    }

    /** Describes a node. */
    PlanNode add(PlanNode node, PhysicalRel rel, double rows, Consumer<Details> describe) {
        if (wanted) {
            Details details = new Details(rel);
            describe.accept(details);
            PlanCost cost = cost(rel);
            notes.put(
                    node,
                    new PlanNote(
                            details.relation,
                            cost.startup(),
                            cost.total(),
                            rows,
                            8 * node.width(),
                            details.lines,
                            takeSubPlans()));
        }
        return node;
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
        private final PhysicalRel rel;
        private final List<String> lines = new ArrayList<>();
        private @Nullable ScanRel relation;

        private Details(PhysicalRel rel) {
            this.rel = rel;
        }

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

        PhysicalRel rel() {
            return rel;
        }
    }
}
