package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins by looking at every pair. A right side that depends on the left row is opened anew for each left row, with the row
 * bound to a correlation variable; any other is read once and kept.
 */
public final class NestedLoopJoin implements PlanNode {
    private final PlanNode left;
    private final PlanNode right;
    private final JoinKind kind;
    private final @Nullable Expr condition;
    private final int correlation;

    /**
     * A join.
     *
     * @param condition over left and right row, null for none
     * @param correlation variable that stands for the left row in the right plan; -1 if the right plan does not look at it.
     *     RIGHT and FULL need -1
     */
    public NestedLoopJoin(PlanNode left, PlanNode right, JoinKind kind, @Nullable Expr condition, int correlation) {
        this.left = left;
        this.right = right;
        this.kind = kind;
        this.condition = condition;
        this.correlation = correlation;
        if (correlation >= 0 && (kind == JoinKind.RIGHT || kind == JoinKind.FULL)) {
            throw new IllegalArgumentException(kind + " join cannot be correlated");
        }
    }

    @Override
    public int width() {
        return kind == JoinKind.SEMI || kind == JoinKind.ANTI ? left.width() : left.width() + right.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        return new Cursor(context);
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(left, right);
    }

    @Override
    public String explain() {
        return "Nested Loop" + HashJoin.suffix(kind);
    }

    private final class Cursor implements PlanCursor {
        private final ExecutionContext context;
        private final PlanCursor outer;
        private final Frame frame;
        private final Row both;
        private final @Nullable RowStore kept;
        private final BitSet matchedRight = new BitSet();
        private @Nullable PlanCursor inner;
        private Row row;
        private int innerIndex;
        private boolean matched;
        private int unmatchedRight = -1;

        Cursor(ExecutionContext context) {
            this.context = context;
            this.frame = new Frame(context);
            this.both = new Row(left.width() + right.width());
            this.row = both;
            this.kept = correlation < 0 ? keep() : null;
            this.outer = left.open(context);
        }

        private RowStore keep() {
            RowStore rows = new RowStore(context.memory());
            try (PlanCursor cursor = right.open(context)) {
                while (cursor.next()) {
                    rows.add(cursor.row());
                }
            }
            return rows;
        }

        @Override
        public boolean next() {
            while (unmatchedRight < 0) {
                if (inner == null && !nextOuter()) {
                    if (kind != JoinKind.RIGHT && kind != JoinKind.FULL) {
                        return false;
                    }
                    unmatchedRight = 0;
                    break;
                }
                PlanCursor candidates = inner;
                if (candidates != null && nextMatch(candidates)) {
                    return true;
                }
            }
            return nextUnmatchedRight();
        }

        private boolean nextOuter() {
            context.cancel().check();
            if (!outer.next()) {
                return false;
            }
            matched = false;
            innerIndex = -1;
            if (kept == null) {
                context.correlate(correlation, outer.row());
                inner = right.open(context);
            } else {
                inner = new StoreCursor(kept);
            }
            return true;
        }

        /** Moves to the next row that comes from the current left row; false when it is done with. */
        private boolean nextMatch(PlanCursor candidates) {
            while (candidates.next()) {
                innerIndex++;
                frame.on(outer.row(), candidates.row());
                if (condition != null && !condition.isTrue(frame)) {
                    continue;
                }
                matched = true;
                if (kind == JoinKind.SEMI || kind == JoinKind.ANTI) {
                    break;
                }
                if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
                    matchedRight.set(innerIndex);
                }
                both.copySlots(0, outer.row(), 0, left.width());
                both.copySlots(left.width(), candidates.row(), 0, right.width());
                return true;
            }
            candidates.close();
            inner = null;
            return switch (kind) {
                case SEMI -> leftOnly(matched);
                case ANTI -> leftOnly(!matched);
                case LEFT, FULL -> !matched && withNulls();
                case INNER, RIGHT -> false;
            };
        }

        private boolean leftOnly(boolean wanted) {
            row = outer.row();
            return wanted;
        }

        private boolean withNulls() {
            both.clear();
            both.copySlots(0, outer.row(), 0, left.width());
            return true;
        }

        private boolean nextUnmatchedRight() {
            if (kept == null) {
                return false;
            }
            int index = matchedRight.nextClearBit(unmatchedRight);
            if (index >= kept.size()) {
                return false;
            }
            unmatchedRight = index + 1;
            both.clear();
            both.copySlots(left.width(), kept.get(index), 0, right.width());
            return true;
        }

        @Override
        public Row row() {
            return row;
        }

        @Override
        public void close() {
            outer.close();
            if (inner != null) {
                inner.close();
                inner = null;
            }
            if (kept != null) {
                kept.clear();
            }
        }
    }
}
