/**
 * Running a plan. An immutable tree of {@link dev.strongroom.sql.execute.PlanNode}s is opened into cursors; rows are pulled one
 * at a time and are valid until the next call. Expressions are compiled once per plan into trees of
 * {@link dev.strongroom.sql.execute.Expr}, which evaluate longs and doubles without boxing.
 */
@NullMarked
package dev.strongroom.sql.execute;

import org.jspecify.annotations.NullMarked;
