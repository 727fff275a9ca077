package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins on equal keys: the right side is read into a hash table, the left side looks up. Null keys match nothing. A right side too
 * large for {@code work_mem} is dealt out to temporary files by the hash of its key, and the left side with it; then each pair of
 * files is joined by itself.
 */
public final class HashJoin implements PlanNode {
    /** Below this nobody asks for {@code work_mem}. */
    private static final long LITTLE = 256 << 10;

    private static final PlanCursor NOTHING = new EmptyNode(0).open(ExecutionContext.detached());

    private final PlanNode left;
    private final PlanNode right;
    private final JoinKind kind;
    private final Expr[] leftKeys;
    private final Expr[] rightKeys;
    private final @Nullable Expr residual;
    private final RowKey key;
    /** How often the inputs were dealt out to files before. */
    private final int level;

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
        this(left, right, kind, leftKeys.toArray(Expr[]::new), rightKeys.toArray(Expr[]::new), residual, 0);
    }

    private HashJoin(
            PlanNode left,
            PlanNode right,
            JoinKind kind,
            Expr[] leftKeys,
            Expr[] rightKeys,
            @Nullable Expr residual,
            int level) {
        this.left = left;
        this.right = right;
        this.kind = kind;
        this.leftKeys = leftKeys;
        this.rightKeys = rightKeys;
        this.residual = residual;
        this.level = level;
        this.key = RowKey.all(keyTypes());
    }

    public JoinKind kind() {
        return kind;
    }

    /** Keys over the left row. */
    public List<Expr> leftKeys() {
        return List.of(leftKeys);
    }

    /** Keys over the right row as the only one. */
    public List<Expr> rightKeys() {
        return List.of(rightKeys);
    }

    /** Further condition over left and right row. */
    public @Nullable Expr residual() {
        return residual;
    }

    @Override
    public int width() {
        return kind == JoinKind.SEMI || kind == JoinKind.ANTI ? left.width() : left.width() + right.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Cursor cursor = new Cursor(context);
        boolean opened = false;
        try {
            PlanCursor running = cursor.start();
            opened = true;
            return running;
        } finally {
            if (!opened) {
                cursor.close();
            }
        }
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
        private final ExecutionContext context;
        private PlanCursor outer = NOTHING;
        private @Nullable SpillPartitions rightParts;
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
            this.context = context;
            frame = new Frame(context);
            both = new Row(left.width() + right.width());
            row = both;
            rows = new RowStore(context.memory());
            table = new KeyTable<>(key, context.memory());
        }

        /** Reads the right side; goes on in memory or, with both sides, in files. */
        PlanCursor start() {
            build();
            SpillPartitions parts = rightParts;
            if (parts == null) {
                outer = left.open(context);
                return this;
            }
            parts.complete();
            SpillPartitions leftParts = new SpillPartitions(context, level, left.width());
            PlanCursor joined = new Parts(context, leftParts, parts);
            rightParts = null;
            boolean dealt = false;
            try {
                dealLeft(leftParts);
                dealt = true;
                return joined;
            } finally {
                if (!dealt) {
                    joined.close();
                }
            }
        }

        private void dealLeft(SpillPartitions parts) {
            boolean keepAll = kind != JoinKind.INNER && kind != JoinKind.SEMI && kind != JoinKind.RIGHT;
            try (PlanCursor rows = left.open(context)) {
                while (rows.next()) {
                    boolean present = evaluate(leftKeys, leftKey, frame.on(rows.row()));
                    if (present || keepAll) {
                        parts.add(rows.row(), present ? key.hash(leftKey) : 0);
                    }
                }
            }
            parts.complete();
        }

        /** Moves what is in memory to files. */
        private SpillPartitions spill(Row values) {
            SpillPartitions parts = new SpillPartitions(context, level, right.width());
            rightParts = parts;
            for (Row kept : rows.rows()) {
                boolean present = evaluate(rightKeys, values, frame.on(kept));
                parts.add(kept, present ? key.hash(values) : 0);
            }
            rows.clear();
            table.clear();
            return parts;
        }

        private boolean isFull() {
            long bytes = rows.bytes() + table.bytes();
            return bytes >= LITTLE
                    && level < SpillPartitions.MAX_LEVEL
                    && context.canSpill()
                    && bytes >= context.workBytes();
        }

        private void build() {
            Row values = new Row(rightKeys.length);
            boolean keepAll = kind == JoinKind.RIGHT || kind == JoinKind.FULL;
            try (PlanCursor cursor = right.open(context)) {
                while (cursor.next()) {
                    // Before the row is taken: others may have used up what was left.
                    if (isFull()) {
                        spill(values);
                    }
                    boolean present = evaluate(rightKeys, values, frame.on(cursor.row()));
                    if (!present && !keepAll) {
                        continue;
                    }
                    SpillPartitions parts = rightParts;
                    if (parts != null) {
                        parts.add(cursor.row(), present ? key.hash(values) : 0);
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
        private boolean evaluate(Expr[] expressions, Row into, Frame frame) {
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
                    bucket = evaluate(leftKeys, leftKey, frame.on(outer.row())) ? table.find(leftKey) : null;
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
            SpillPartitions parts = rightParts;
            if (parts != null) {
                parts.close();
            }
        }
    }

    /** Joins file by file. */
    private final class Parts implements PlanCursor {
        private final ExecutionContext context;
        private final SpillPartitions leftParts;
        private final SpillPartitions rightParts;
        private PlanCursor rows = NOTHING;
        private int part = -1;

        Parts(ExecutionContext context, SpillPartitions leftParts, SpillPartitions rightParts) {
            this.context = context;
            this.leftParts = leftParts;
            this.rightParts = rightParts;
        }

        @Override
        public boolean next() {
            while (!rows.next()) {
                rows.close();
                if (part >= 0) {
                    leftParts.close(part);
                    rightParts.close(part);
                }
                if (++part == SpillPartitions.count()) {
                    rows = NOTHING;
                    return false;
                }
                rows = new HashJoin(
                                leftParts.scan(part),
                                rightParts.scan(part),
                                kind,
                                leftKeys,
                                rightKeys,
                                residual,
                                level + 1)
                        .open(context);
            }
            return true;
        }

        @Override
        public Row row() {
            return rows.row();
        }

        @Override
        public void close() {
            rows.close();
            leftParts.close();
            rightParts.close();
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
