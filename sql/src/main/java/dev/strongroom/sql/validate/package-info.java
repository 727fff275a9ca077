/**
 * PostgreSQL's parse analysis: Calcite {@code SqlNode}s in, Calcite rel trees out. Names are resolved against the catalog and the
 * query's own tables, functions and operators by PostgreSQL's overload rules, every expression gets its PostgreSQL type, and
 * every conversion becomes visible. {@link dev.strongroom.sql.validate.ModifyAnalyzer} is the entrance.
 * Nothing of Calcite's validator or converter
 * takes part: the resolved operators leave them nothing to decide (decision P-6).
 */
@NullMarked
package dev.strongroom.sql.validate;

import org.jspecify.annotations.NullMarked;
