package dev.strongroom.sql.change;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.storage.table.WriteOutcome;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inserts rows one by one within one statement: INSERT's loop, and COPY's. */
public final class RowInserter implements AutoCloseable {
    private final ExecutionContext context;
    private final TargetTable target;
    private final int[] slots;
    private final @Nullable Expr[] defaults;
    private final @Nullable ConflictAction conflict;
    private final Returning returning;
    private final StatementChecks checks;
    private final RowWriter writer;
    private final Frame frame;
    private final Row row;
    private @Nullable Expr condition;
    private final Set<ByteBuffer> touched = new HashSet<>();

    /**
     * An insertion.
     *
     * @param slots layout slot of each source column; the other columns get their defaults
     * @param returning expressions over the inserted row's layout slots
     */
    public RowInserter(
            ExecutionContext context,
            TargetTable target,
            int[] slots,
            @Nullable ConflictAction conflict,
            List<Expr> returning) {
        this.context = context;
        this.target = target;
        this.slots = slots;
        this.defaults = defaults(target, slots);
        this.conflict = conflict;
        this.returning = new Returning(context, returning);
        this.checks = new StatementChecks(context);
        this.writer = checks.writer(target);
        this.frame = new Frame(context);
        this.row = new Row(target.width());
    }

    /** Says that many rows are to come, none of which the statement looks at again. */
    public RowInserter many() {
        if (conflict == null) {
            writer.startLoading();
        }
        return this;
    }

    /** Leaves rows out that do not meet a condition over the layout slots, defaults filled in. */
    public void onlyIf(Expr wanted) {
        condition = wanted;
    }

    /** Number, from 0, of the row that a unique key refused; -1 if none or not known. */
    public long failedRow() {
        return writer.failedRow();
    }

    private static @Nullable Expr[] defaults(TargetTable target, int[] slots) {
        @Nullable Expr[] defaults = new Expr[target.width()];
        boolean[] given = new boolean[target.width()];
        for (int slot : slots) {
            given[slot] = true;
        }
        for (int i = 0; i < defaults.length; i++) {
            TargetColumn column = target.column(i);
            if (!given[i] && !column.dropped() && column.generated() == null) {
                defaults[i] = target.columnDefault(i);
            }
        }
        return defaults;
    }

    /** Inserts one source row. */
    public void add(Row source) {
        frame.on(source);
        row.clear();
        for (int i = 0; i < slots.length; i++) {
            row.copySlot(slots[i], source, i);
        }
        for (int i = 0; i < defaults.length; i++) {
            Expr value = defaults[i];
            if (value != null) {
                value.evalInto(frame, row, i);
            }
        }
        Expr wanted = condition;
        if (wanted != null && !wanted.isTrue(frame.on(row))) {
            return;
        }
        switch (conflict) {
            case null -> {
                writer.insert(row);
                returning.add(row, null);
            }
            case ConflictAction.Nothing nothing -> {
                if (writer.insertOrConflict(row, nothing.arbiter()) == null) {
                    returning.add(row, null);
                }
            }
            case ConflictAction.Update update -> insertOrUpdate(update);
        }
    }

    private void insertOrUpdate(ConflictAction.Update update) {
        while (true) {
            context.cancel().check();
            byte[] key = writer.insertOrConflict(row, update.arbiter());
            if (key == null) {
                if (!target.layout().primaryKey().isEmpty()) {
                    touched.add(ByteBuffer.wrap(keyOf(row)));
                }
                returning.add(row, null);
                return;
            }
            if (updateExisting(update, key)) {
                return;
            }
        }
    }

    private byte[] keyOf(Row inserted) {
        List<KeyPart> parts = target.layout().primaryKey();
        Row values = new Row(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            values.copySlot(i, inserted, parts.get(i).slot());
        }
        return writer.table().keyWriter(0).prefix(values, parts.size());
    }

    /** Updates the row the insertion collided with; false if it is gone or changed and the insertion is to be tried again. */
    private boolean updateExisting(ConflictAction.Update update, byte[] key) {
        if (!touched.add(ByteBuffer.wrap(key))) {
            throw ErrorReport.error(
                            ErrorCode.CARDINALITY_VIOLATION,
                            "ON CONFLICT DO UPDATE command cannot affect row a second time")
                    .withHint("Ensure that no rows proposed for insertion within the same command have duplicate"
                            + " constrained values.")
                    .exception();
        }
        Row existing = new Row(target.width());
        long version = writer.table().getLatest(context.transaction(), key, existing, null);
        if (version < 0) {
            touched.remove(ByteBuffer.wrap(key));
            return false;
        }
        WriteOutcome locked =
                writer.table().lock(context.transaction(), key, version, RowLockMode.NO_KEY_UPDATE, WaitPolicy.WAIT);
        if (locked != WriteOutcome.DONE) {
            touched.remove(ByteBuffer.wrap(key));
            return false;
        }
        frame.on(existing, row);
        Expr condition = update.condition();
        if (condition != null && !condition.isTrue(frame)) {
            return true;
        }
        Row changed = existing.copy();
        for (int i = 0; i < update.slots().size(); i++) {
            update.values().get(i).evalInto(frame, changed, update.slots().get(i));
        }
        if (writer.update(key, version, existing, changed) != WriteOutcome.DONE) {
            touched.remove(ByteBuffer.wrap(key));
            return false;
        }
        returning.add(changed, null);
        return true;
    }

    /** Runs what foreign keys ask for at the statement's end; the cursor has the count and RETURNING's rows. */
    public ChangeCursor finish() {
        writer.finishLoading();
        checks.finish();
        return returning.cursor();
    }

    @Override
    public void close() {
        writer.stopLoading();
    }
}
