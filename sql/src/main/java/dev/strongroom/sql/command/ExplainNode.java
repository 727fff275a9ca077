package dev.strongroom.sql.command;

import dev.strongroom.sql.execute.AppendNode;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.FilterNode;
import dev.strongroom.sql.execute.HashJoin;
import dev.strongroom.sql.execute.MeasuredNode;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.ProjectNode;
import dev.strongroom.sql.execute.TopNode;
import dev.strongroom.sql.execute.WithNode;
import dev.strongroom.sql.plan.PlanNote;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as PostgreSQL's EXPLAIN would show it: projections are not shown, a filter is a line of the node below, a hash join has
 * a Hash node, CTEs and sub-plans hang under the node that needs them.
 *
 * @param name how it belongs to its parent, such as {@code CTE x}, {@code SubPlan 1}; null for an ordinary input
 * @param measured counts of a run, null without one
 */
record ExplainNode(
        @Nullable String name,
        String title,
        @Nullable PlanNote note,
        @Nullable MeasuredNode measured,
        List<String> details,
        List<ExplainNode> children) {

    static ExplainNode of(PreparedPlan plan) {
        return new Reader(plan.notes()).node(plan.root(), null);
    }

    /** Reads a plan. */
    private static final class Reader {
        private final Map<PlanNode, PlanNote> notes;
        private int subPlans;

        Reader(Map<PlanNode, PlanNote> notes) {
            this.notes = notes;
        }

        ExplainNode node(PlanNode given, @Nullable String name) {
            PlanNode node = given.shown();
            PlanNote note = notes.get(given);
            if (node instanceof WithNode with) {
                return with(with, note, name);
            }
            if ((node instanceof ProjectNode || node instanceof FilterNode)
                    && !node.inputs().isEmpty()) {
                return merged(node(node.inputs().getFirst(), name), given, node, note);
            }
            List<ExplainNode> children = new ArrayList<>(subPlans(note));
            List<String> details = new ArrayList<>(note == null ? List.of() : note.details());
            MeasuredNode measured = given instanceof MeasuredNode counted ? counted : null;
            String title = title(node, note);
            if (node instanceof TopNode) {
                ExplainNode sort = new ExplainNode(null, "Sort", note, measured, details, inputs(node));
                children.add(sort);
                return new ExplainNode(name, "Limit", note, measured, List.of(), children);
            }
            if (node instanceof HashJoin) {
                children.add(node(node.inputs().get(0), null));
                ExplainNode kept = node(node.inputs().get(1), null);
                children.add(new ExplainNode(null, "Hash", kept.note(), kept.measured(), List.of(), List.of(kept)));
            } else {
                children.addAll(inputs(node));
            }
            PlanNote known = note != null || children.isEmpty()
                    ? note
                    : children.getLast().note();
            return new ExplainNode(name, title, known, measured, details, children);
        }

        private List<ExplainNode> inputs(PlanNode node) {
            List<ExplainNode> inputs = new ArrayList<>();
            node.inputs().forEach(input -> inputs.add(node(input, null)));
            return inputs;
        }

        private List<ExplainNode> subPlans(@Nullable PlanNote note) {
            List<ExplainNode> plans = new ArrayList<>();
            if (note != null) {
                for (PlanNode plan : note.subPlans()) {
                    subPlans++;
                    plans.add(node(plan, "SubPlan " + subPlans));
                }
            }
            return plans;
        }

        /** A projection or filter shown with the node below: its rows and cost, the lines of both. */
        private ExplainNode merged(ExplainNode below, PlanNode given, PlanNode node, @Nullable PlanNote note) {
            if (note == null) {
                return below;
            }
            List<String> details = new ArrayList<>(below.details());
            details.addAll(note.details());
            List<ExplainNode> children = new ArrayList<>(subPlans(note));
            children.addAll(below.children());
            MeasuredNode measured =
                    node instanceof FilterNode && given instanceof MeasuredNode counted ? counted : below.measured();
            return new ExplainNode(below.name(), below.title(), note, measured, details, children);
        }

        private ExplainNode with(WithNode with, @Nullable PlanNote note, @Nullable String name) {
            List<ExplainNode> children = new ArrayList<>();
            for (WithNode.Definition definition : with.definitions()) {
                children.add(node(definition.plan(), "CTE " + definition.name()));
            }
            ExplainNode body = node(with.body(), name);
            children.addAll(body.children());
            PlanNote known = note == null ? body.note() : note;
            return new ExplainNode(body.name(), body.title(), known, body.measured(), body.details(), children);
        }

        private static String title(PlanNode node, @Nullable PlanNote note) {
            String title = node.explain();
            boolean groups = note != null && note.details().stream().anyMatch(line -> line.startsWith("Group Key"));
            if (node instanceof DistinctNode
                    && (groups || node.inputs().getFirst().shown() instanceof AppendNode)) {
                return "HashAggregate";
            }
            if (note == null || note.relation() == null) {
                return title;
            }
            String alias = note.relation().alias();
            return alias.equals(note.relation().relation().name()) ? title : title + " " + alias;
        }
    }

    /** Whether a node never ran. */
    boolean neverRan() {
        return measured != null && measured.loops() == 0;
    }
}
