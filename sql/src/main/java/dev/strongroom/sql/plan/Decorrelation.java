package dev.strongroom.sql.plan;

/** Whether queries in expressions become joins. */
public enum Decorrelation {
    /** Never: each runs for every row. */
    OFF,
    /** EXISTS and IN always, as their joins can look rows up as well; scalar queries where the join is cheaper. */
    BY_COST,
    /** Wherever it can be done. */
    ALWAYS
}
