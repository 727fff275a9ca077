package dev.strongroom.storage.key;

import dev.strongroom.common.type.PgType;

/** One column of a key: where the value is in the row and how it is ordered. */
public record KeyColumn(PgType type, int slot, boolean descending, boolean nullsFirst) {}
