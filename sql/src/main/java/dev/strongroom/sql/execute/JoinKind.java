package dev.strongroom.sql.execute;

/** What a join returns. */
public enum JoinKind {
    INNER,
    LEFT,
    RIGHT,
    FULL,
    /** Left rows with at least one match; left columns only. */
    SEMI,
    /** Left rows without a match; left columns only. */
    ANTI
}
