package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/**
 * What an expression is evaluated against: one input row, or two for a join condition, and the running statement. Each cursor
 * has its own. {@link #nil} is the null flag: every evaluation sets it.
 */
public final class Frame {
    private static final Row EMPTY = new Row(0);

    final ExecutionContext context;
    Row left = EMPTY;
    Row right = EMPTY;

    /** Whether the value just evaluated is null. */
    boolean nil;

    /** The operand of the simple CASE that is being evaluated, boxed. */
    @Nullable
    Object caseValue;

    public Frame(ExecutionContext context) {
        this.context = context;
    }

    public ExecutionContext context() {
        return context;
    }

    /** Sets the only input row. */
    public Frame on(Row row) {
        left = row;
        return this;
    }

    /** Sets both input rows of a join condition. */
    public Frame on(Row leftRow, Row rightRow) {
        left = leftRow;
        right = rightRow;
        return this;
    }

    /** Whether the value just evaluated is null. */
    public boolean isNull() {
        return nil;
    }
}
