package dev.strongroom.sql.change;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.DeferredChecks;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows of one table within one statement and keeps its constraints. Used by the session's thread. */
final class RowWriter {
    private final TargetTable target;
    private final StatementChecks checks;
    private final Table table;
    private final Frame frame;
    private final ExecutionContext context;
    private @Nullable RowLoader loader;

    RowWriter(ExecutionContext context, TargetTable target, StatementChecks checks) {
        this.context = context;
        this.target = target;
        this.checks = checks;
        this.table = context.database().table(target.layout());
        this.frame = new Frame(context);
    }

    Table table() {
        return table;
    }

    Frame frame() {
        return frame;
    }

    void insert(Row row) {
        target.complete(frame, row);
        RowLoader many = loader;
        if (many != null) {
            many.add(row);
        } else {
            table.insert(context.transaction(), row);
        }
        checkOutgoing(null, row);
    }

    /** Many rows are going to be inserted, and nothing looks at them before {@link #finishLoading}. */
    void startLoading() {
        boolean readsItself = target.outgoing().stream().anyMatch(key -> key.refersTo(target));
        if (!readsItself) {
            loader = table.loader(context.transaction());
        }
    }

    void finishLoading() {
        RowLoader many = loader;
        if (many != null) {
            many.finish();
        }
    }

    /** Number, from 0, of the inserted row that a unique key refused; -1 if none or not known. */
    long failedRow() {
        RowLoader many = loader;
        return many == null ? -1 : many.failedRow();
    }

    void stopLoading() {
        RowLoader many = loader;
        if (many != null) {
            many.close();
            loader = null;
        }
    }

    /** Inserts unless it conflicts; returns the key of the conflicting row, else null. */
    byte @Nullable [] insertOrConflict(Row row, int arbiter) {
        target.complete(frame, row);
        byte[] conflict = table.insertOrConflict(context.transaction(), row, arbiter);
        if (conflict == null) {
            checkOutgoing(null, row);
        }
        return conflict;
    }

    WriteOutcome update(byte[] key, long version, Row before, Row after) {
        target.complete(frame, after);
        restrict(before, after);
        WriteOutcome outcome = table.update(context.transaction(), key, version, after);
        if (outcome == WriteOutcome.DONE) {
            checkOutgoing(before, after);
            afterChange(before, after);
        }
        return outcome;
    }

    WriteOutcome delete(byte[] key, long version, Row before) {
        restrict(before, null);
        WriteOutcome outcome = table.delete(context.transaction(), key, version);
        if (outcome == WriteOutcome.DONE) {
            afterChange(before, null);
        }
        return outcome;
    }

    private void checkOutgoing(@Nullable Row before, Row after) {
        List<OutgoingKey> keys = target.outgoing();
        for (int i = 0; i < keys.size(); i++) {
            OutgoingKey key = keys.get(i);
            if ((before == null || key.changed(before, after)) && !key.holds(frame, after)) {
                Row row = after.copy();
                DeferredChecks deferred = deferred(key.definition());
                if (deferred != null) {
                    deferred.add(key.definition().oid(), later -> {
                        Frame own = new Frame(later);
                        if (!key.holds(own, row) && key.stillThere(own, row)) {
                            throw key.missing(own, row);
                        }
                    });
                    continue;
                }
                checks.later(() -> {
                    if (!key.holds(frame, row)) {
                        throw key.missing(frame, row);
                    }
                });
            }
        }
    }

    /** Where a check of this key waits, null if it does not. */
    private @Nullable DeferredChecks deferred(Constraint.ForeignKey key) {
        DeferredChecks deferred = context.deferred();
        return deferred != null && key.deferrable() && deferred.defers(key.oid(), key.initiallyDeferred())
                ? deferred
                : null;
    }

    private static boolean concerns(IncomingKey key, Row before, @Nullable Row after) {
        return key.referable(before) && (after == null || key.changed(before, after));
    }

    private static Constraint.Action action(IncomingKey key, @Nullable Row after) {
        return after == null ? key.definition().onDelete() : key.definition().onUpdate();
    }

    /** RESTRICT looks before the change. */
    private void restrict(Row before, @Nullable Row after) {
        List<IncomingKey> keys = target.incoming();
        for (int i = 0; i < keys.size(); i++) {
            IncomingKey key = keys.get(i);
            if (action(key, after) == Constraint.Action.RESTRICT
                    && concerns(key, before, after)
                    && key.referenced(frame, before)) {
                throw key.violation(frame, before);
            }
        }
    }

    private void afterChange(Row before, @Nullable Row after) {
        List<IncomingKey> keys = target.incoming();
        if (keys.isEmpty()) {
            return;
        }
        Row old = before.copy();
        Row replacement = after == null ? null : after.copy();
        for (IncomingKey key : keys) {
            if (!concerns(key, before, after)) {
                continue;
            }
            switch (action(key, after)) {
                case RESTRICT -> {}
                case NO_ACTION -> {
                    DeferredChecks deferred = deferred(key.definition());
                    if (deferred == null) {
                        checks.later(() -> verifyUnreferenced(key, old));
                    } else {
                        deferred.add(key.definition().oid(), later -> verifyUnreferenced(key, old, new Frame(later)));
                    }
                }
                case CASCADE ->
                    checks.soon(() -> {
                        cascade(key, old, replacement);
                        key.refuseUnseen(frame, old);
                    });
                case SET_NULL ->
                    checks.soon(() -> {
                        assign(key, old, replacement == null, false);
                        key.refuseUnseen(frame, old);
                    });
                case SET_DEFAULT -> checks.soon(() -> assign(key, old, replacement == null, true));
            }
        }
    }

    private void verifyUnreferenced(IncomingKey key, Row old) {
        checks.refreshSnapshot();
        verifyUnreferenced(key, old, frame);
    }

    private static void verifyUnreferenced(IncomingKey key, Row old, Frame frame) {
        if (key.referenced(frame, old) && !key.stillPresent(frame, old)) {
            throw key.violation(frame, old);
        }
    }

    private void cascade(IncomingKey key, Row old, @Nullable Row replacement) {
        RowWriter writer = checks.writer(key.child());
        for (IncomingKey.ChildRow child : children(key, old)) {
            WriteOutcome outcome;
            if (replacement == null) {
                outcome = writer.delete(child.key(), child.version(), child.row());
            } else {
                Row changed = child.row().copy();
                for (int i = 0; i < key.childSlots().length; i++) {
                    changed.copySlot(key.childSlots()[i], replacement, key.parentSlots()[i]);
                }
                outcome = writer.update(child.key(), child.version(), child.row(), changed);
            }
            retryIfChanged(outcome, () -> cascade(key, old, replacement));
        }
    }

    private void assign(IncomingKey key, Row old, boolean deleted, boolean defaults) {
        TargetTable childTable = key.child();
        RowWriter writer = checks.writer(childTable);
        List<Integer> only = deleted ? key.definition().deleteSetColumns() : List.of();
        int[] slots = only.isEmpty() ? key.childSlots() : OutgoingKey.slots(only);
        for (IncomingKey.ChildRow child : children(key, old)) {
            Row changed = child.row().copy();
            for (int slot : slots) {
                Expr value = defaults ? childTable.columnDefault(slot) : null;
                if (value == null) {
                    changed.setNull(slot);
                } else {
                    value.evalInto(frame, changed, slot);
                }
            }
            WriteOutcome outcome = writer.update(child.key(), child.version(), child.row(), changed);
            retryIfChanged(outcome, () -> assign(key, old, deleted, defaults));
        }
    }

    private List<IncomingKey.ChildRow> children(IncomingKey key, Row old) {
        checks.refreshSnapshot();
        return key.children(frame, old, Integer.MAX_VALUE);
    }

    /** Another transaction changed a referencing row first: look again, it may reference something else now. */
    private void retryIfChanged(WriteOutcome outcome, Runnable again) {
        if (outcome == WriteOutcome.CHANGED) {
            checks.soon(again);
        }
    }
}
