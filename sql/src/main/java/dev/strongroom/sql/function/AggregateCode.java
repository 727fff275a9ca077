package dev.strongroom.sql.function;

/** Code of an aggregate: makes the state of one group. */
@FunctionalInterface
public non-sealed interface AggregateCode extends FunctionCode {
    Accumulator start(Call call);
}
