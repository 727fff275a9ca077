package dev.strongroom.sql.execute;

import dev.strongroom.sql.function.FunctionSignature;

/**
 * Implemented by those Calcite operators of {@code sql.validate} that stand for a resolved function or operator. Operands come
 * already cast to the signature's argument types, left-out defaults are left out, and variadic arguments come one by one
 * unless {@link #variadicArray} says that the last is the array itself.
 */
public interface FunctionOperator {
    FunctionSignature function();

    /** True for a call with the word VARIADIC. */
    default boolean variadicArray() {
        return false;
    }
}
