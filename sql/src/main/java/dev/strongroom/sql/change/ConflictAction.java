package dev.strongroom.sql.change;

import dev.strongroom.sql.execute.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What INSERT does with a row that collides. */
public sealed interface ConflictAction {
    /** Any index. */
    int ANY_INDEX = -1;

    /** Index whose collisions count: 0 the primary key, i the layout's index i - 1, {@link #ANY_INDEX}. */
    int arbiter();

    /** ON CONFLICT DO NOTHING. */
    record Nothing(int arbiter) implements ConflictAction {}

    /**
     * ON CONFLICT DO UPDATE. Expressions see the existing row as left and the excluded row as right row, both in layout slots.
     *
     * @param slots layout slots that are set
     * @param values value of each, of the column's type and modifier
     * @param condition WHERE, null for none
     */
    record Update(
            int arbiter,
            List<Integer> slots,
            List<Expr> values,
            @Nullable Expr condition) implements ConflictAction {
        public Update {
            slots = List.copyOf(slots);
            values = List.copyOf(values);
        }
    }
}
