/**
 * Functions, operators, casts and aggregates. Their signatures (OIDs, argument types, strictness, volatility) are
 * PostgreSQL's own, read from three resource tables; the {@code …Functions} classes attach code to them, keyed by
 * {@code pg_proc.prosrc} or by {@code name(argument types)}. What has no code is not in the registry. The validator resolves
 * names against {@link dev.strongroom.sql.function.FunctionRegistry}; {@code sql.execute} runs the code.
 */
@NullMarked
package dev.strongroom.sql.function;

import org.jspecify.annotations.NullMarked;
