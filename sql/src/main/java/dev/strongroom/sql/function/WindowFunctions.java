package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** row_number, rank, lag, first_value and the others. */
final class WindowFunctions {
    private WindowFunctions() {}

    static void define(Definitions to) {
        to.window("window_row_number", call -> (at, row, slot) -> row.setLong(slot, at.row() + 1L));
        to.window("window_rank", call -> (at, row, slot) -> row.setLong(slot, at.peerStart() + 1L));
        to.window("window_dense_rank", call -> (at, row, slot) -> row.setLong(slot, at.peerGroup() + 1L));
        to.window("window_percent_rank", call -> (at, row, slot) -> {
            int others = at.partitionSize() - 1;
            row.setDouble(slot, others == 0 ? 0 : (double) at.peerStart() / others);
        });
        to.window(
                "window_cume_dist",
                call -> (at, row, slot) -> row.setDouble(slot, (double) at.peerEnd() / at.partitionSize()));
        to.window("window_ntile", call -> WindowFunctions::ntile);
        for (String name : new String[] {"", "_with_offset", "_with_offset_and_default"}) {
            to.window("window_lag" + name, call -> (at, row, slot) -> shift(call, at, -1, row, slot));
            to.window("window_lead" + name, call -> (at, row, slot) -> shift(call, at, 1, row, slot));
        }
        to.window("window_first_value", call -> (at, row, slot) -> nth(call, at, 0, row, slot));
        to.window("window_last_value", call -> (at, row, slot) -> nth(call, at, at.frameSize() - 1L, row, slot));
        to.window("window_nth_value", call -> (at, row, slot) -> {
            if (!(at.argument(1, at.row()) instanceof Long n)) {
                row.setNull(slot);
                return;
            }
            if (n <= 0) {
                throw new DatabaseException(
                        ErrorCode.INVALID_ARGUMENT_FOR_NTH_VALUE_FUNCTION,
                        "argument of nth_value must be greater than zero");
            }
            nth(call, at, n - 1, row, slot);
        });
    }

    private static void put(Call call, @Nullable Object value, Row row, int slot) {
        TypeCodecs.of(call.resultType()).unbox(value, row, slot);
    }

    private static void ntile(WindowCode.Position at, Row row, int slot) {
        if (!(at.argument(0, at.row()) instanceof Long buckets)) {
            row.setNull(slot);
            return;
        }
        if (buckets <= 0) {
            throw new DatabaseException(
                    ErrorCode.INVALID_ARGUMENT_FOR_NTILE_FUNCTION, "argument of ntile must be greater than zero");
        }
        long small = at.partitionSize() / buckets;
        long larger = at.partitionSize() % buckets;
        long inLarger = larger * (small + 1);
        long number = at.row() < inLarger ? at.row() / (small + 1) : larger + (at.row() - inLarger) / small;
        row.setLong(slot, number + 1);
    }

    private static void shift(Call call, WindowCode.Position at, int direction, Row row, int slot) {
        long distance = 1;
        if (at.arguments() > 1) {
            if (!(at.argument(1, at.row()) instanceof Long offset)) {
                row.setNull(slot);
                return;
            }
            distance = offset;
        }
        long target = at.row() + direction * distance;
        if (target >= 0 && target < at.partitionSize()) {
            put(call, at.argument(0, (int) target), row, slot);
        } else {
            put(call, at.arguments() > 2 ? at.argument(2, at.row()) : null, row, slot);
        }
    }

    private static void nth(Call call, WindowCode.Position at, long n, Row row, int slot) {
        boolean there = n >= 0 && n < at.frameSize();
        put(call, there ? at.argument(0, at.frameRow((int) n)) : null, row, slot);
    }
}
