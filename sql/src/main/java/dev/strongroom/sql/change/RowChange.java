package dev.strongroom.sql.change;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.RowSpool;
import dev.strongroom.storage.table.WriteOutcome;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What UPDATE and DELETE share. Source rows hold, from slot {@code offset} on, all layout slots of the target row, then its key
 * and its version. Rows are collected before the first change, unless there can be only one. Where another transaction changed
 * a row first, READ COMMITTED reads its newest version and evaluates the condition again.
 */
abstract class RowChange {
    private final TargetTable target;
    private final PlanNode source;
    private final int offset;
    private final @Nullable Expr recheck;
    private final ExecutionContext context;
    private final StatementChecks checks;
    private final Frame frame;
    final RowWriter writer;
    final Returning returning;

    RowChange(
            ExecutionContext context,
            TargetTable target,
            PlanNode source,
            int offset,
            @Nullable Expr recheck,
            List<Expr> returning) {
        this.context = context;
        this.target = target;
        this.source = source;
        this.offset = offset;
        this.recheck = recheck;
        this.checks = new StatementChecks(context);
        this.writer = checks.writer(target);
        this.frame = new Frame(context);
        this.returning = new Returning(context, returning);
    }

    /** Tries to change one row. */
    abstract WriteOutcome change(byte[] key, long version, Row before, Row sourceRow, Frame frame);

    ChangeCursor run() {
        if (source.atMostOneRow()) {
            try (PlanCursor rows = source.open(context)) {
                if (rows.next()) {
                    changeRow(rows.row());
                }
            }
        } else {
            try (RowSpool collected = new RowSpool(context)) {
                try (PlanCursor rows = source.open(context)) {
                    while (rows.next()) {
                        collected.add(rows.row());
                    }
                }
                changeAll(collected);
            }
        }
        checks.finish();
        return returning.cursor();
    }

    private void changeAll(RowSpool collected) {
        boolean mayRepeat = source.width() > target.width() + 2;
        Set<ByteBuffer> done = new HashSet<>();
        collected.drain(row -> {
            if (row.isNull(offset + target.width())) {
                return;
            }
            byte[] key = row.getRef(offset + target.width());
            if (!mayRepeat || done.add(ByteBuffer.wrap(key))) {
                changeRow(row);
            }
            context.cancel().check();
        });
    }

    private void changeRow(Row row) {
        byte[] key = row.getRef(offset + target.width());
        long version = row.getLong(offset + target.width() + 1);
        Row before = new Row(target.width());
        Row current = row;
        while (true) {
            before.copySlots(0, current, offset, target.width());
            WriteOutcome outcome = change(key, version, before, current, frame.on(current));
            if (outcome != WriteOutcome.CHANGED) {
                return;
            }
            version = writer.table().getLatest(context.transaction(), key, before, null);
            if (version < 0) {
                return;
            }
            current = current.copy();
            current.copySlots(offset, before, 0, target.width());
            current.setLong(offset + target.width() + 1, version);
            if (recheck != null && !recheck.isTrue(frame.on(current))) {
                return;
            }
        }
    }
}
