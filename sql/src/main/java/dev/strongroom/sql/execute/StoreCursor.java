package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;

/** Reads kept rows in order. */
class StoreCursor implements PlanCursor {
    private final RowStore rows;
    private int index = -1;

    StoreCursor(RowStore rows) {
        this.rows = rows;
    }

    @Override
    public boolean next() {
        return ++index < rows.size();
    }

    @Override
    public Row row() {
        return rows.get(index);
    }

    @Override
    public void close() {}
}
