package dev.strongroom.sql.change;

import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.storage.table.IsolationLevel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What a statement does after its own changes: the actions of foreign keys, then the checks that had to wait. Actions may add
 * more of both.
 */
final class StatementChecks {
    private final ExecutionContext context;
    private final Map<TargetTable, RowWriter> writers = new IdentityHashMap<>();
    private final Deque<Runnable> actions = new ArrayDeque<>();
    private final Deque<Runnable> checks = new ArrayDeque<>();
    private boolean finishing;

    StatementChecks(ExecutionContext context) {
        this.context = context;
    }

    RowWriter writer(TargetTable target) {
        return writers.computeIfAbsent(target, table -> new RowWriter(context, table, this));
    }

    /** An action of a foreign key: runs when the statement's own changes are done. */
    void soon(Runnable action) {
        actions.add(action);
    }

    /** A check: runs when all actions are done. */
    void later(Runnable check) {
        checks.add(check);
    }

    /** Lets actions see what other transactions have committed since the statement began. */
    void refreshSnapshot() {
        assert finishing;
        if (context.transaction().options().isolation() == IsolationLevel.READ_COMMITTED) {
            context.transaction().beginStatement();
        }
    }

    void finish() {
        finishing = true;
        while (!actions.isEmpty() || !checks.isEmpty()) {
            Runnable action = actions.poll();
            if (action == null) {
                action = checks.remove();
            }
            action.run();
            context.cancel().check();
        }
    }
}
