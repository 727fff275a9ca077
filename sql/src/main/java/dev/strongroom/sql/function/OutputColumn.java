package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;

/** One column of what a function with OUT parameters returns. */
public record OutputColumn(String name, PgType type) {}
