package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The first rows of an order, without sorting all: ORDER BY with LIMIT. Equal rows keep their order. */
public final class TopNode implements UnaryNode {
    private static final long HEAP_ROWS_MAX = 100_000;

    private final PlanNode input;
    private final List<SortKey> keys;
    private final RowComparator comparator;
    private final Expr count;
    private final @Nullable Expr offset;

    public TopNode(PlanNode input, List<SortKey> keys, Expr count, @Nullable Expr offset) {
        this.input = input;
        this.keys = List.copyOf(keys);
        this.comparator = new RowComparator(keys);
        this.count = count;
        this.offset = offset;
    }

    public List<SortKey> keys() {
        return keys;
    }

    /** How many rows. */
    public Expr count() {
        return count;
    }

    /** How many rows to leave out first. */
    public @Nullable Expr offset() {
        return offset;
    }

    @Override
    public int width() {
        return input.width();
    }

    /** A row and its number in the input. */
    private record Numbered(Row row, long number) {}

    @Override
    public PlanCursor open(ExecutionContext context) {
        Frame frame = new Frame(context);
        long limit = LimitNode.count(count, frame);
        long skip = LimitNode.offset(offset, frame);
        if (limit > HEAP_ROWS_MAX || skip > HEAP_ROWS_MAX) {
            return new LimitNode(new SortNode(input, keys), count, offset).open(context);
        }
        int kept = (int) (limit + skip);
        PriorityQueue<Numbered> heap = new PriorityQueue<>(Math.max(kept, 1), this::lastFirst);
        try (PlanCursor rows = input.open(context)) {
            long number = 0;
            while (kept > 0 && rows.next()) {
                Row row = rows.row();
                if (heap.size() < kept) {
                    heap.add(new Numbered(row.copy(), number));
                } else if (comparator.compare(row, heap.element().row()) < 0) {
                    heap.remove();
                    heap.add(new Numbered(row.copy(), number));
                }
                number++;
            }
        }
        List<Numbered> sorted = new ArrayList<>(heap);
        sorted.sort((a, b) -> lastFirst(b, a));
        RowStore result = new RowStore(context.memory());
        for (int i = (int) skip; i < sorted.size(); i++) {
            result.keep(sorted.get(i).row());
        }
        return new StoreCursor(result);
    }

    private int lastFirst(Numbered a, Numbered b) {
        int order = comparator.compare(b.row(), a.row());
        return order != 0 ? order : Long.compare(b.number(), a.number());
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "Limit over Sort";
    }
}
