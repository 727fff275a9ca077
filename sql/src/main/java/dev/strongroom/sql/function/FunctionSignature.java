package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One overload of a function, as its {@code pg_proc} row has it.
 *
 * @param oid {@code pg_proc.oid}; PostgreSQL's where the function is PostgreSQL's, 15000…16383 for our own
 * @param arguments declared types, polymorphic ones ({@code anyelement} …) included; a variadic argument is its array type
 * @param variadic element type of the last argument when VARIADIC (which may be {@code any}), else null
 * @param result declared type; the row type is {@code outputs} where that is not empty
 * @param strict a null argument makes the result null without a call
 * @param defaults how many of the last arguments may be left out
 * @param outputs OUT parameters
 * @param argumentNames names for {@code name => value} notation; empty where the function has none
 * @param aggregateKind {@code n} normal, {@code o} ordered set, {@code h} hypothetical set; blank for other kinds
 * @param directArguments direct arguments of an ordered-set aggregate
 * @param code what runs
 */
public record FunctionSignature(
        int oid,
        String name,
        FunctionKind kind,
        List<PgType> arguments,
        @Nullable PgType variadic,
        PgType result,
        boolean strict,
        Volatility volatility,
        int defaults,
        List<OutputColumn> outputs,
        List<String> argumentNames,
        char aggregateKind,
        int directArguments,
        FunctionCode code) {
    public FunctionSignature {
        arguments = List.copyOf(arguments);
        outputs = List.copyOf(outputs);
        argumentNames = List.copyOf(argumentNames);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name).append('(');
        for (int i = 0; i < arguments.size(); i++) {
            text.append(i == 0 ? "" : ",").append(arguments.get(i).name());
        }
        return text.append(')').toString();
    }
}
