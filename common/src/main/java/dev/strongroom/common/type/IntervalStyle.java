package dev.strongroom.common.type;

/** {@code IntervalStyle}. */
public enum IntervalStyle {
    POSTGRES,
    POSTGRES_VERBOSE,
    SQL_STANDARD,
    ISO_8601
}
