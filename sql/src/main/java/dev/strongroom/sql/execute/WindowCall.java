package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A window function, or an aggregate used as one. Expressions read the window node's input row.
 *
 * @param result actual result type
 */
public record WindowCall(
        FunctionSignature function,
        List<Expr> arguments,
        @Nullable Expr filter,
        PgType result) {
    public WindowCall {
        arguments = List.copyOf(arguments);
    }
}
