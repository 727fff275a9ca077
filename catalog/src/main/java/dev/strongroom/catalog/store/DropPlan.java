package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a DROP takes along, in the order of PostgreSQL's {@code dependency.c}: dependents first, newest first; and what it says
 * about it.
 */
final class DropPlan {
    private static final int MAX_LINES = 100;

    private record Target(
            ObjectRef ref,
            boolean original,
            boolean silent,
            @Nullable ObjectRef because) {}

    private final DependencyGraph graph;
    private final ObjectNames names;
    private final Map<ObjectRef, Target> targets = new LinkedHashMap<>();
    private final Set<ObjectRef> visiting = new HashSet<>();
    private final Set<ObjectRef> originals;

    DropPlan(CatalogSnapshot snapshot, SearchPath path, List<ObjectRef> originals) {
        this.graph = snapshot.dependencies();
        this.names = new ObjectNames(snapshot, path);
        this.originals = new HashSet<>(originals);
        for (ObjectRef original : originals) {
            refuseInternal(original);
            collect(new Target(original, true, true, null));
        }
    }

    /** Objects and columns to drop, dependents before what they depend on. */
    List<ObjectRef> refs() {
        return List.copyOf(targets.keySet());
    }

    /** Throws under RESTRICT if something would go that the user did not name; under CASCADE returns the notice. */
    @Nullable
    ErrorReport report(DropBehavior behavior) {
        List<Target> reported = new ArrayList<>();
        for (Target target : targets.values()) {
            if (!target.original() && !target.silent()) {
                reported.addFirst(target);
            }
        }
        if (reported.isEmpty()) {
            return null;
        }
        if (behavior == DropBehavior.RESTRICT) {
            throw restricted(reported).exception();
        }
        if (reported.size() == 1) {
            return ErrorReport.notice(
                    "drop cascades to " + names.describe(reported.getFirst().ref()));
        }
        List<String> lines = new ArrayList<>();
        for (Target target : reported) {
            lines.add("drop cascades to " + names.describe(target.ref()));
        }
        return ErrorReport.notice("drop cascades to " + reported.size() + " other objects")
                .withDetail(joined(lines));
    }

    private ErrorReport restricted(List<Target> reported) {
        List<String> lines = new ArrayList<>();
        for (Target target : reported) {
            ObjectRef because = target.because();
            lines.add(names.describe(target.ref()) + " depends on "
                    + names.describe(because == null ? target.ref() : because));
        }
        String message = originals.size() == 1
                ? "cannot drop " + names.describe(originals.iterator().next()) + " because other objects depend on it"
                : "cannot drop desired object(s) because other objects depend on them";
        return ErrorReport.error(ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST, message)
                .withDetail(joined(lines))
                .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
    }

    private static String joined(List<String> lines) {
        if (lines.size() <= MAX_LINES) {
            return String.join("\n", lines);
        }
        int more = lines.size() - MAX_LINES;
        return String.join("\n", lines.subList(0, MAX_LINES)) + "\nand " + more + " other "
                + (more == 1 ? "object" : "objects") + " (see server log for list)";
    }

    private void refuseInternal(ObjectRef original) {
        for (Dependency edge : graph.references(original)) {
            boolean internal =
                    edge.kind() == Dependency.Kind.INTERNAL && edge.dependent().equals(original);
            if (internal
                    && !originals.contains(edge.referenced())
                    && !originals.contains(edge.referenced().whole())) {
                String owner = names.describe(edge.referenced());
                throw ErrorReport.error(
                                ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST,
                                "cannot drop " + names.describe(original) + " because " + owner + " requires it")
                        .withHint("You can drop " + owner + " instead.")
                        .exception();
            }
        }
    }

    private void collect(Target target) {
        Target known = targets.get(target.ref());
        if (known == null && target.ref().subId() != 0) {
            known = targets.get(target.ref().whole());
        }
        if (known != null) {
            if (target.silent() && !known.silent()) {
                targets.put(known.ref(), new Target(known.ref(), known.original(), true, known.because()));
            }
            return;
        }
        if (!visiting.add(target.ref())) {
            return;
        }
        List<Dependency> edges = new ArrayList<>(graph.dependents(target.ref()));
        edges.sort(Comparator.comparingInt((Dependency edge) -> edge.dependent().oid())
                .reversed());
        for (Dependency edge : edges) {
            ObjectRef dependent = edge.dependent();
            boolean own = dependent.whole().equals(target.ref().whole());
            if (!own) {
                boolean silent = edge.kind() != Dependency.Kind.NORMAL;
                collect(new Target(dependent, originals.contains(dependent), silent, target.ref()));
            }
        }
        targets.put(target.ref(), target);
    }
}
