package dev.strongroom.sql.change;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.Expr;
import org.jspecify.annotations.Nullable;

/**
 * One column of a table that is written to.
 *
 * @param generated expression over the row's layout slots, null for an ordinary column
 */
record TargetColumn(
        String name,
        PgType type,
        boolean notNull,
        boolean dropped,
        @Nullable Expr generated) {}
