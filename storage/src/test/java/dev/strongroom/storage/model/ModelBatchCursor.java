package dev.strongroom.storage.model;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import dev.strongroom.storage.table.BatchCursor;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.TableLayout;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches of a row cursor's rows. */
final class ModelBatchCursor implements BatchCursor {
    private final TableLayout layout;
    private final RowCursor rows;
    private final List<Row> batch = new ArrayList<>();

    ModelBatchCursor(TableLayout layout, RowCursor rows) {
        this.layout = layout;
        this.rows = rows;
    }

    @Override
    public int next() {
        batch.clear();
        while (batch.size() < MAX_ROWS && rows.next()) {
            Row row = new Row(layout.columns().size());
            rows.load(row);
            batch.add(row);
        }
        return batch.size();
    }

    @Override
    public void load(int column, Vector into, int @Nullable [] wanted, int count) {
        PgType type = layout.columns().get(column).type();
        if (type.equals(PgType.NUMERIC) && decimals(column, into, wanted, count)) {
            return;
        }
        if (type.category() == 'S') {
            text(column, into, wanted, count);
            return;
        }
        into.reset(Vector.formOf(type));
        for (int i = 0; i < count; i++) {
            int row = wanted == null ? i : wanted[i];
            into.copyFrom(batch.get(row), column, row);
        }
    }

    /** Numerics of one scale, as the engine gives them. */
    private boolean decimals(int column, Vector into, int @Nullable [] wanted, int count) {
        into.reset(Vector.Form.DECIMALS);
        int scale = -1;
        for (int i = 0; i < count; i++) {
            int row = wanted == null ? i : wanted[i];
            Numeric number = batch.get(row).getRef(column);
            if (number == null) {
                into.setNull(row);
                continue;
            }
            boolean fits = number.isFinite()
                    && number.toBigDecimal().precision() <= 18
                    && (scale < 0 || scale == number.scale());
            if (!fits) {
                return false;
            }
            scale = number.scale();
            into.longs()[row] = number.toBigDecimal().unscaledValue().longValue();
        }
        into.scale(Math.max(scale, 0));
        return true;
    }

    private void text(int column, Vector into, int @Nullable [] wanted, int count) {
        into.reset(Vector.Form.BYTES);
        ByteArrayOutputStream heap = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            int row = wanted == null ? i : wanted[i];
            String value = batch.get(row).getRef(column);
            if (value == null) {
                into.setNull(row);
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                into.longs()[row] = Vector.range(heap.size(), bytes.length);
                heap.writeBytes(bytes);
            }
        }
        into.heap(heap.toByteArray());
    }

    @Override
    public void close() {
        rows.close();
    }
}
