package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import org.jspecify.annotations.Nullable;

/**
 * One overload of an operator, as its {@code pg_operator} row has it.
 *
 * @param left null for a prefix operator
 * @param commutator OID of the operator with swapped arguments, 0 for none
 * @param negator OID of the operator with the opposite answer, 0 for none
 */
public record OperatorSignature(
        int oid,
        String name,
        @Nullable PgType left,
        PgType right,
        PgType result,
        int commutator,
        int negator,
        FunctionSignature function) {}
