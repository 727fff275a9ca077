package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Code of a set-returning function. */
@FunctionalInterface
public non-sealed interface SetCode extends FunctionCode {
    /** Starts a call; strict functions are not called with nulls and return no rows. */
    Rows open(Call call, @Nullable Object[] arguments);

    /** Rows one by one; the row has one slot per output column, or one for a plain result. */
    @FunctionalInterface
    interface Rows {
        boolean next(Row into);
    }
}
