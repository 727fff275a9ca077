package dev.strongroom.sql.type;

import dev.strongroom.sql.execute.ConstantOperator;
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
public final class PgConstant extends SqlFunction implements ConstantOperator {
    private final PgRelType type;
    private final Object constant;

    private PgConstant(PgRelType type, Object value) {
        super(text(value) + ":" + type, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.type = type;
        this.constant = value;
    }

    /**
     * A constant expression.
     *
     * @param value boxed form: Long, Double or the type's object
     */
    public static RexNode of(RexBuilder builder, PgRelType type, Object value) {
        return builder.makeCall(type, new PgConstant(type, value), List.of());
    }

    /** The boxed value if the node is such a constant, else null. */
    public static @Nullable Object valueOf(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof PgConstant operator
                ? operator.constant
                : null;
    }

    @Override
    public Object value() {
        return constant;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgConstant that
                && type.equals(that.type)
                && Objects.deepEquals(constant, that.constant);
    }

    @Override
    public int hashCode() {
        return type.hashCode() * 31 + text(constant).hashCode();
    }

    private static String text(Object value) {
        return switch (value) {
            case byte[] bytes -> Arrays.toString(bytes);
            case String string -> "'" + string + "'";
            default -> value.toString();
        };
    }
}
