package dev.strongroom.sql.type;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/**
 * A constant of any type, as a call without operands: Calcite treats it as constant but never looks inside, so it keeps our own
 * value (decision P-8). Booleans and nulls are ordinary literals instead.
 */
public final class ConstantOperator extends SqlFunction {
    private final PgRelType constantType;
    private final Object constant;

    private ConstantOperator(PgRelType type, Object value) {
        super(text(value) + ":" + type, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.constantType = type;
        this.constant = value;
    }

    /**
     * A constant expression.
     *
     * @param value boxed form: Long, Double or the type's object, never null
     */
    public static RexNode constant(RexBuilder builder, PgRelType type, Object value) {
        PgRelType notNull = type.createWithNullability(false);
        return builder.makeCall(notNull, new ConstantOperator(notNull, value), List.of());
    }

    /** The boxed value if the node is such a constant, else null. */
    public static @Nullable Object valueOf(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof ConstantOperator operator
                ? operator.constant
                : null;
    }

    /** Boxed value: Long, Double or the type's object. */
    public Object value() {
        return constant;
    }

    public PgRelType type() {
        return constantType;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return constantType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConstantOperator that
                && constantType.equals(that.constantType)
                && Objects.deepEquals(constant, that.constant);
    }

    @Override
    public int hashCode() {
        return constantType.hashCode() * 31 + text(constant).hashCode();
    }

    private static String text(Object value) {
        return switch (value) {
            case byte[] bytes -> Arrays.toString(bytes);
            case String string -> "'" + string + "'";
            default -> value.toString();
        };
    }
}
