package dev.strongroom.sql.execute;

import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;

/** What an expression is made of, for those who evaluate it in another way than {@link Expr} does. */
public sealed interface Shape {
    /** Nothing is known: only the expression itself can be asked. */
    record Unknown() implements Shape {}

    /** The same value for every row of one execution: a constant, a parameter, a slot of an outer row. */
    record Fixed() implements Shape {}

    /**
     * A slot of an input row.
     *
     * @param right whether it is the right one of two rows
     */
    record Slot(int slot, boolean right) implements Shape {}

    /** A call of a scalar function. */
    record Call(FunctionSignature function, List<Expr> arguments, boolean variadicArray) implements Shape {}

    /** The operand's value under another type of the same storage. */
    record Same(Expr operand) implements Shape {}

    /** AND of all operands. */
    record And(List<Expr> operands) implements Shape {}

    /** OR of all operands. */
    record Or(List<Expr> operands) implements Shape {}

    /** NOT. */
    record Not(Expr operand) implements Shape {}

    /** IS NULL, or IS NOT NULL where not wanted. */
    record IsNull(Expr operand, boolean wanted) implements Shape {}

    /** IS [NOT] TRUE or FALSE. */
    record IsBoolean(Expr operand, boolean value, boolean wanted) implements Shape {}

    /** Condition, value, condition, value … else. */
    record Case(List<Expr> operands) implements Shape {}

    /** COALESCE. */
    record Coalesce(List<Expr> operands) implements Shape {}

    /** Comparison of the left operand with each element of an array: ANY, or ALL. */
    record Quantified(FunctionSignature comparison, Expr left, Expr array, boolean all) implements Shape {}

    /** Something else that depends on nothing but its inputs, the session and the parameters. */
    record Other(List<Expr> inputs) implements Shape {}
}
