package dev.strongroom.storage.isolation;

import dev.strongroom.storage.table.IsolationLevel;
import java.util.EnumSet;
import java.util.Set;

/** What can go wrong between transactions (Adya, 1999; Elle's names for the rest). */
enum Anomaly {
    /** A transaction does not see its own writes, or sees values nobody wrote. */
    INTERNAL,
    /** Something was read that its writer took back. */
    G1A,
    /** Something was read that its writer had not finished. */
    G1B,
    /** Two reads of a list cannot come from one order of writes. */
    INCOMPATIBLE_ORDER,
    /** A committed write is in no final state. */
    LOST_WRITE,
    /** One statement saw a part of another transaction. */
    FRACTURED_READ,
    /** A cycle of writes. */
    G0,
    /** A cycle of writes and reads of them. */
    G1C,
    /** A cycle with one anti-dependency: read skew, lost update. */
    G_SINGLE,
    /** A cycle whose anti-dependencies never follow one another: not snapshot isolation. */
    G_NONADJACENT,
    /** Any cycle with anti-dependencies: write skew, with lists (item) or predicates. */
    G2;

    /** What must not happen at a level, as PostgreSQL understands it. */
    static Set<Anomaly> forbidden(IsolationLevel level) {
        return switch (level) {
            case READ_COMMITTED -> EnumSet.range(INTERNAL, G1C);
            case REPEATABLE_READ -> EnumSet.range(INTERNAL, G_NONADJACENT);
            case SERIALIZABLE -> EnumSet.allOf(Anomaly.class);
        };
    }
}
