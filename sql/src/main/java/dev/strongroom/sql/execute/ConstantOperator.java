package dev.strongroom.sql.execute;

import org.jspecify.annotations.Nullable;

/** Implemented by the Calcite operator, without operands, that carries a constant of a type Calcite has no literal for. */
public interface ConstantOperator {
    /** Long, Double, the type's object, or null. */
    @Nullable
    Object value();
}
