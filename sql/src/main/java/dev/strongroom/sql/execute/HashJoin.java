package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins on equal keys: the right side is read into a hash table, the left side looks up. Null keys match nothing. */
public final class HashJoin implements PlanNode {
    private final PlanNode left;
    private final PlanNode right;
    private final JoinKind kind;
    private final Expr[] leftKeys;
    private final Expr[] rightKeys;
    private final @Nullable Expr residual;
    private final RowKey key;

    /**
     * A join.
     *
     * @param leftKeys over the left row
     * @param rightKeys over the right row as the only one; key i has the type of left key i
     * @param residual further condition over left and right row
     */
    public HashJoin(
            PlanNode left,
            PlanNode right,
            JoinKind kind,
            List<Expr> leftKeys,
            List<Expr> rightKeys,
            @Nullable Expr residual) {
        this.left = left;
        this.right = right;
        this.kind = kind;
        this.leftKeys = leftKeys.toArray(Expr[]::new);
        this.rightKeys = rightKeys.toArray(Expr[]::new);
        this.residual = residual;
        List<PgType> types = leftKeys.stream().map(Expr::type).toList();
        this.key = RowKey.all(types);
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
        String suffix = suffix(kind);
        return suffix.isEmpty() ? "Hash Join" : "Hash" + suffix;
    }

    static String suffix(JoinKind kind) {
        return switch (kind) {
            case INNER -> "";
            case LEFT -> " Left Join";
            case RIGHT -> " Right Join";
            case FULL -> " Full Join";
            case SEMI -> " Semi Join";
            case ANTI -> " Anti Join";
        };
    }

    /** Numbers of the rows under one key. */
    private static final class Bucket {
        private int[] numbers = new int[1];
        private int count;

        void add(int number) {
            if (count == numbers.length) {
                numbers = java.util.Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = number;
        }
    }

    private final class Cursor implements PlanCursor {
        private final PlanCursor outer;
        private final Frame frame;
        private final Row both;
        private final Row leftKey = new Row(leftKeys.length);
        private final RowStore rows;
        private final KeyTable<Bucket> table;
        private final BitSet matchedRight = new BitSet();
        private @Nullable Bucket bucket;
        private int position;
        private boolean matched;
        private boolean inLeftRow;
        private int unmatchedRight = -1;
        private Row row;

        Cursor(ExecutionContext context) {
            frame = new Frame(context);
            both = new Row(left.width() + right.width());
            row = both;
            rows = new RowStore(context.memory());
            table = new KeyTable<>(key, context.memory());
            build(context);
            outer = left.open(context);
        }

        private void build(ExecutionContext context) {
            Row values = new Row(rightKeys.length);
            boolean keepAll = kind == JoinKind.RIGHT || kind == JoinKind.FULL;
            try (PlanCursor cursor = right.open(context)) {
                while (cursor.next()) {
                    frame.on(cursor.row());
                    boolean present = evaluate(rightKeys, values);
                    if (!present && !keepAll) {
                        continue;
                    }
                    rows.add(cursor.row());
                    if (present) {
                        Bucket found = table.find(values);
                        if (found == null) {
                            found = new Bucket();
                            table.add(values, found);
                        }
                        found.add(rows.size() - 1);
                    }
                }
            }
        }

        /** Evaluates a key; false if a part of it is null. */
        private boolean evaluate(Expr[] expressions, Row into) {
            for (int i = 0; i < expressions.length; i++) {
                expressions[i].evalInto(frame, into, i);
                if (into.isNull(i)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean next() {
            while (unmatchedRight < 0) {
                if (!inLeftRow) {
                    if (!outer.next()) {
                        if (kind != JoinKind.RIGHT && kind != JoinKind.FULL) {
                            return false;
                        }
                        unmatchedRight = 0;
                        break;
                    }
                    frame.on(outer.row());
                    bucket = evaluate(leftKeys, leftKey) ? table.find(leftKey) : null;
                    position = 0;
                    matched = false;
                    inLeftRow = true;
                }
                if (nextMatch()) {
                    return true;
                }
            }
            return nextUnmatchedRight();
        }

        /** Moves to the next row that comes from the current left row; false when it is done with. */
        private boolean nextMatch() {
            Bucket candidates = bucket;
            while (candidates != null && position < candidates.count) {
                int number = candidates.numbers[position++];
                Row candidate = rows.get(number);
                if (residual != null && !residual.isTrue(frame.on(outer.row(), candidate))) {
                    continue;
                }
                matched = true;
                if (kind == JoinKind.SEMI || kind == JoinKind.ANTI) {
                    break;
                }
                if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
                    matchedRight.set(number);
                }
                both.copySlots(0, outer.row(), 0, left.width());
                both.copySlots(left.width(), candidate, 0, right.width());
                return true;
            }
            inLeftRow = false;
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
            int index = matchedRight.nextClearBit(unmatchedRight);
            if (index >= rows.size()) {
                return false;
            }
            unmatchedRight = index + 1;
            both.clear();
            both.copySlots(left.width(), rows.get(index), 0, right.width());
            return true;
        }

        @Override
        public Row row() {
            return row;
        }

        @Override
        public void close() {
            outer.close();
            rows.clear();
            table.clear();
        }
    }

    /** Types of the join keys, for explain. */
    List<PgType> keyTypes() {
        List<PgType> types = new ArrayList<>();
        for (Expr expression : leftKeys) {
            types.add(expression.type());
        }
        return types;
    }
}
