package dev.strongroom.sql.change;

import dev.strongroom.sql.execute.Expr;

/** A CHECK constraint: violated where the condition is false, not where it is null. */
record CheckedCondition(String name, Expr condition) {}
