package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Sorts rows, in memory or as runs in temporary files that are merged on the way out; equal rows keep their order. */
public final class SortNode implements UnaryNode {
    private static final int MAX_RUNS = 64;

    private final PlanNode input;
    private final List<SortKey> keys;
    private final RowComparator comparator;

    public SortNode(PlanNode input, List<SortKey> keys) {
        this.input = input;
        this.keys = List.copyOf(keys);
        this.comparator = new RowComparator(keys);
    }

    public List<SortKey> keys() {
        return keys;
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        RowStore rows = new RowStore(context.memory());
        List<SpillFile> runs = new ArrayList<>();
        boolean opened = false;
        try (PlanCursor cursor = input.open(context)) {
            while (cursor.next()) {
                // Before the row is taken: others may have used up what was left.
                if (context.canSpill() && rows.bytes() >= context.workBytes()) {
                    context.cancel().check();
                    runs.add(write(context, rows));
                    if (runs.size() == MAX_RUNS) {
                        mergeRuns(context, runs);
                    }
                }
                rows.add(cursor.row());
            }
            if (!runs.isEmpty()) {
                runs.add(write(context, rows));
            }
            opened = true;
        } finally {
            if (!opened) {
                rows.clear();
                runs.forEach(SpillFile::close);
            }
        }
        if (!runs.isEmpty()) {
            return new Merge(runs);
        }
        rows.rows().sort(comparator);
        return new StoreCursor(rows) {
            @Override
            public void close() {
                rows.clear();
            }
        };
    }

    private SpillFile write(ExecutionContext context, RowStore rows) {
        rows.rows().sort(comparator);
        SpillFile run = context.spill();
        rows.rows().forEach(run::add);
        run.complete();
        rows.clear();
        return run;
    }

    private void mergeRuns(ExecutionContext context, List<SpillFile> runs) {
        SpillFile merged = context.spill();
        try (Merge merge = new Merge(new ArrayList<>(runs))) {
            while (merge.next()) {
                merged.add(merge.row());
            }
        }
        merged.complete();
        runs.clear();
        runs.add(merged);
    }

    /** A run being read. */
    private final class Source {
        private final SpillFile.Reader reader;
        private final int number;
        private final Row row = new Row(width());

        Source(SpillFile run, int number) {
            this.reader = run.reader();
            this.number = number;
        }

        boolean advance() {
            return reader.next(row);
        }
    }

    private final class Merge implements PlanCursor {
        private final List<SpillFile> runs;
        private final PriorityQueue<Source> sources = new PriorityQueue<>(this::order);
        private final Row output = new Row(width());

        Merge(List<SpillFile> runs) {
            this.runs = runs;
            for (int i = 0; i < runs.size(); i++) {
                Source source = new Source(runs.get(i), i);
                if (source.advance()) {
                    sources.add(source);
                }
            }
        }

        private int order(Source left, Source right) {
            int order = comparator.compare(left.row, right.row);
            return order != 0 ? order : Integer.compare(left.number, right.number);
        }

        @Override
        public boolean next() {
            Source first = sources.poll();
            if (first == null) {
                return false;
            }
            output.copySlots(0, first.row, 0, output.width());
            if (first.advance()) {
                sources.add(first);
            }
            return true;
        }

        @Override
        public Row row() {
            return output;
        }

        @Override
        public void close() {
            runs.forEach(SpillFile::close);
            runs.clear();
        }
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "Sort";
    }
}
