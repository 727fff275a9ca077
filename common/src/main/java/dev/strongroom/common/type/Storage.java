package dev.strongroom.common.type;

/** How a value of a type is held in a {@link dev.strongroom.common.value.Row} slot. */
public enum Storage {
    /** {@code getLong}. */
    LONG,
    /** {@code getDouble}. */
    DOUBLE,
    /** {@code getRef}. */
    REF
}
