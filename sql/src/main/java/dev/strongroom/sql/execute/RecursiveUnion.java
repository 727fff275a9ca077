package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.List;

/** WITH RECURSIVE: the seed's rows, then again and again the step's rows over the work table of the last round. */
public final class RecursiveUnion implements PlanNode {
    private final int id;
    private final boolean all;
    private final PlanNode seed;
    private final PlanNode step;
    private final RowKey key;

    /**
     * A recursive union.
     *
     * @param id the work table, read in {@code step} by a {@link RelationScan}
     * @param all false drops rows that were returned before
     */
    public RecursiveUnion(int id, boolean all, PlanNode seed, PlanNode step, List<PgType> types) {
        this.id = id;
        this.all = all;
        this.seed = seed;
        this.step = step;
        this.key = RowKey.all(types);
    }

    @Override
    public int width() {
        return seed.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        return new Cursor(context);
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(seed, step);
    }

    @Override
    public String explain() {
        return "Recursive Union";
    }

    private final class Cursor implements PlanCursor {
        private final ExecutionContext context;
        private final KeyTable<Boolean> seen;
        private PlanCursor rows;
        private RowStore last;
        private RowStore round;

        Cursor(ExecutionContext context) {
            this.context = context;
            this.seen = new KeyTable<>(key, context.memory());
            this.rows = seed.open(context);
            this.last = new RowStore(context.memory());
            this.round = new RowStore(context.memory());
        }

        @Override
        public boolean next() {
            while (true) {
                while (rows.next()) {
                    Row row = rows.row();
                    if (!all) {
                        if (seen.find(row) != null) {
                            continue;
                        }
                        seen.add(row, Boolean.TRUE);
                    }
                    round.add(row);
                    return true;
                }
                rows.close();
                last.clear();
                if (round.size() == 0) {
                    return false;
                }
                context.cancel().check();
                last = round;
                round = new RowStore(context.memory());
                context.putRelation(id, new SharedRows(last));
                rows = step.open(context);
            }
        }

        @Override
        public Row row() {
            return rows.row();
        }

        @Override
        public void close() {
            rows.close();
            last.clear();
            round.clear();
            seen.clear();
        }
    }
}
