package dev.strongroom.sql.type;

import dev.strongroom.sql.execute.FunctionOperator;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.Volatility;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/**
 * A function or operator that PostgreSQL's rules have picked. An operator keeps its symbol as name, and Calcite's kind where
 * Calcite knows one.
 */
public final class PgFunction extends SqlFunction implements FunctionOperator {
    private final FunctionSignature signature;
    private final boolean variadicArray;
    private final boolean operator;
    private final PgRelType type;

    private PgFunction(
            String name,
            SqlKind kind,
            FunctionSignature signature,
            boolean operator,
            boolean variadicArray,
            PgRelType type) {
        super(name, kind, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.signature = signature;
        this.operator = operator;
        this.variadicArray = variadicArray;
        this.type = type;
    }

    /** A call of a function. */
    public static RexNode call(
            RexBuilder builder,
            FunctionSignature signature,
            PgRelType result,
            List<RexNode> operands,
            boolean variadicArray) {
        return builder.makeCall(
                result,
                new PgFunction(signature.name(), SqlKind.OTHER_FUNCTION, signature, false, variadicArray, result),
                operands);
    }

    /** A use of an operator. */
    public static RexNode operator(
            RexBuilder builder, String symbol, FunctionSignature signature, PgRelType result, List<RexNode> operands) {
        return builder.makeCall(
                result,
                // An operator hands its array over as it is.
                new PgFunction(
                        symbol, kind(symbol, operands.size()), signature, true, signature.variadic() != null, result),
                operands);
    }

    @Override
    public FunctionSignature function() {
        return signature;
    }

    /** True for an operator, whose name is its symbol. */
    public boolean isOperator() {
        return operator;
    }

    @Override
    public boolean variadicArray() {
        return variadicArray;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return type;
    }

    /** Calcite compares calls with their operands in a fixed order, and then wants to name the mirrored comparison. */
    @Override
    public @Nullable SqlOperator reverse() {
        String mirrored = switch (getName()) {
            case "<" -> ">";
            case "<=" -> ">=";
            case ">" -> "<";
            case ">=" -> "<=";
            default -> getName();
        };
        return new PgFunction(mirrored, kind(mirrored, 2), signature, operator, variadicArray, type);
    }

    @Override
    public boolean isDeterministic() {
        return signature.volatility() != Volatility.VOLATILE;
    }

    @Override
    public boolean isDynamicFunction() {
        return signature.volatility() != Volatility.IMMUTABLE;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgFunction that
                && signature.oid() == that.signature.oid()
                && getName().equals(that.getName())
                && variadicArray == that.variadicArray
                && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return signature.oid() * 31 + type.hashCode();
    }

    private static SqlKind kind(String symbol, int operands) {
        return switch (symbol) {
            case "=" -> SqlKind.EQUALS;
            case "<>" -> SqlKind.NOT_EQUALS;
            case "<" -> SqlKind.LESS_THAN;
            case "<=" -> SqlKind.LESS_THAN_OR_EQUAL;
            case ">" -> SqlKind.GREATER_THAN;
            case ">=" -> SqlKind.GREATER_THAN_OR_EQUAL;
            case "+" -> operands == 1 ? SqlKind.PLUS_PREFIX : SqlKind.PLUS;
            case "-" -> operands == 1 ? SqlKind.MINUS_PREFIX : SqlKind.MINUS;
            case "*" -> SqlKind.TIMES;
            case "/" -> SqlKind.DIVIDE;
            default -> SqlKind.OTHER_FUNCTION;
        };
    }
}
