package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code pg_cast}.
 *
 * @param function what converts, for {@link Method#FUNCTION}; takes (value), (value, typmod) or (value, typmod, explicit)
 */
public record CastSignature(
        int oid,
        PgType from,
        PgType to,
        Context context,
        Method method,
        @Nullable FunctionSignature function) {

    /** Where the cast applies without being asked for; each includes those before it. */
    public enum Context {
        EXPLICIT,
        ASSIGNMENT,
        IMPLICIT
    }

    /** How the cast works. */
    public enum Method {
        FUNCTION,
        /** Text output of one type read by the other. */
        INPUT_OUTPUT,
        /** Same value. */
        BINARY
    }
}
