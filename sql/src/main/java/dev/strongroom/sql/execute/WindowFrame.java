package dev.strongroom.sql.execute;

import org.jspecify.annotations.Nullable;

/**
 * A window frame.
 *
 * @param startOffset evaluated once per execution, for a bound with an offset
 */
public record WindowFrame(
        Mode mode,
        Bound start,
        @Nullable Expr startOffset,
        Bound end,
        @Nullable Expr endOffset,
        Exclusion exclusion) {
    /** RANGE UNBOUNDED PRECEDING: what a window without a frame clause has. */
    public static final WindowFrame DEFAULT =
            new WindowFrame(Mode.RANGE, Bound.UNBOUNDED_PRECEDING, null, Bound.CURRENT_ROW, null, Exclusion.NO_OTHERS);

    /** What offsets count. */
    public enum Mode {
        ROWS,
        RANGE,
        GROUPS
    }

    /** Where a frame starts or ends. */
    public enum Bound {
        UNBOUNDED_PRECEDING,
        OFFSET_PRECEDING,
        CURRENT_ROW,
        OFFSET_FOLLOWING,
        UNBOUNDED_FOLLOWING
    }

    /** Rows taken out of the frame. */
    public enum Exclusion {
        NO_OTHERS,
        CURRENT_ROW,
        GROUP,
        TIES
    }
}
