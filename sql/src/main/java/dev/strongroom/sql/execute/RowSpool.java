package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows to be gone through once, in the order they were added: in memory while they are few, then in a temporary file. */
public final class RowSpool implements AutoCloseable {
    private final ExecutionContext context;
    private final RowStore memory;
    private @Nullable SpillFile file;
    private int width;

    public RowSpool(ExecutionContext context) {
        this.context = context;
        this.memory = new RowStore(context.memory());
    }

    /** Keeps a copy of the row. */
    public void add(Row row) {
        SpillFile open = file;
        if (open == null && context.canSpill() && memory.bytes() >= context.workBytes()) {
            open = context.spill();
            file = open;
            width = row.width();
        }
        if (open == null) {
            memory.add(row);
        } else {
            open.add(row);
        }
    }

    /** Hands out all rows; each is the taker's to keep. */
    public void drain(Consumer<Row> taker) {
        for (Row row : memory.rows()) {
            taker.accept(row);
        }
        memory.clear();
        SpillFile open = file;
        if (open != null) {
            open.complete();
            SpillFile.Reader reader = open.reader();
            Row row = new Row(width);
            while (reader.next(row)) {
                taker.accept(row);
                row = new Row(width);
            }
        }
    }

    @Override
    public void close() {
        memory.clear();
        SpillFile open = file;
        if (open != null) {
            open.close();
            file = null;
        }
    }
}
