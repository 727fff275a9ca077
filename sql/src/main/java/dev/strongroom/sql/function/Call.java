package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import java.util.List;

/**
 * Where and for whom a function runs.
 *
 * @param argumentTypes actual types, polymorphic ones resolved
 * @param resultType actual result type
 */
public record Call(SessionContext session, List<PgType> argumentTypes, PgType resultType) {}
