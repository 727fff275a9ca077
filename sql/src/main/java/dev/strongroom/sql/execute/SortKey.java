package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;

/**
 * One column of an order.
 *
 * @param slot slot of the input row
 * @param collation collation name, empty for the default (code point) order
 */
public record SortKey(int slot, PgType type, boolean descending, boolean nullsFirst, String collation) {
    public SortKey(int slot, PgType type, boolean descending, boolean nullsFirst) {
        this(slot, type, descending, nullsFirst, "");
    }

    /** PostgreSQL's default: ascending, nulls last. */
    public static SortKey ascending(int slot, PgType type) {
        return new SortKey(slot, type, false, false);
    }
}
