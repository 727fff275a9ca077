package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;

/** Reads a part of another node's rows that was put aside. Each open reads the file from its start; who made it closes it. */
final class SpillScan implements PlanNode {
    private final SpillFile file;
    private final int width;

    SpillScan(SpillFile file, int width) {
        this.file = file;
        this.width = width;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        SpillFile.Reader reader = file.reader();
        Row row = new Row(width);
        return new PlanCursor() {
            @Override
            public boolean next() {
                return reader.next(row);
            }

            @Override
            public Row row() {
                return row;
            }

            @Override
            public void close() {
                // The file is closed by who made it.
            }
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Spilled Rows";
    }
}
