package dev.strongroom.sql.execute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks of deferrable constraints that wait for the end of the transaction, or for SET CONSTRAINTS … IMMEDIATE. Belongs to one
 * transaction; the session's thread only.
 */
public final class DeferredChecks {
    private record Pending(int constraintOid, Consumer<ExecutionContext> check) {}

    /** Where a savepoint stands. */
    public record Mark(
            int pending,
            Map<Integer, Boolean> modes,
            @Nullable Boolean all) {}

    private final List<Pending> pending = new ArrayList<>();
    private final Map<Integer, Boolean> modes = new HashMap<>();
    private @Nullable Boolean all;

    /**
     * Whether the checks of a deferrable constraint wait now.
     *
     * @param initially how it is defined
     */
    public boolean defers(int constraintOid, boolean initially) {
        Boolean own = modes.get(constraintOid);
        Boolean common = all;
        return own != null ? own : common != null ? common : initially;
    }

    public void add(int constraintOid, Consumer<ExecutionContext> check) {
        pending.add(new Pending(constraintOid, check));
    }

    /** SET CONSTRAINTS ALL. */
    public void setAll(boolean deferred) {
        modes.clear();
        all = deferred;
    }

    /** SET CONSTRAINTS. */
    public void set(Set<Integer> constraintOids, boolean deferred) {
        constraintOids.forEach(oid -> modes.put(oid, deferred));
    }

    public boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Does the checks that do not wait any more. */
    public void runDue(ExecutionContext context) {
        run(context, false);
    }

    /** Does all checks, before the commit. */
    public void runAll(ExecutionContext context) {
        run(context, true);
    }

    private void run(ExecutionContext context, boolean everything) {
        List<Pending> due = pending.stream()
                .filter(check -> everything || !defers(check.constraintOid(), true))
                .toList();
        pending.removeAll(due);
        due.forEach(check -> check.check().accept(context));
    }

    public Mark mark() {
        return new Mark(pending.size(), Map.copyOf(modes), all);
    }

    /** Forgets what came after a savepoint. */
    public void rollbackTo(Mark mark) {
        if (pending.size() > mark.pending()) {
            pending.subList(mark.pending(), pending.size()).clear();
        }
        modes.clear();
        modes.putAll(mark.modes());
        all = mark.all();
    }

    /** The transaction is over. */
    public void clear() {
        pending.clear();
        modes.clear();
        all = null;
    }
}
