package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate in a plan. Expressions read the aggregate node's input row.
 *
 * @param arguments aggregated arguments, empty for {@code count(*)}
 * @param order ORDER BY inside the call, or WITHIN GROUP; slots are those of the input row
 * @param direct direct arguments of an ordered-set aggregate
 * @param result actual result type
 */
public record AggregateCall(
        FunctionSignature function,
        List<Expr> arguments,
        boolean distinct,
        @Nullable Expr filter,
        List<SortKey> order,
        List<Expr> direct,
        PgType result) {
    public AggregateCall {
        arguments = List.copyOf(arguments);
        order = List.copyOf(order);
        direct = List.copyOf(direct);
    }

    /** A plain call. */
    public AggregateCall(FunctionSignature function, List<Expr> arguments, PgType result) {
        this(function, arguments, false, null, List.of(), List.of(), result);
    }
}
