package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The same value for every row, worked out when it is first needed and then kept in all rows of a vector. */
final class FixedVector extends VectorExpr {
    private static final int LONG_DIGITS = 18;

    private final Expr expression;
    private final Frame frame;
    private final Vector result = vector();
    private boolean known;
    private @Nullable Object value;

    FixedVector(Expr expression, Frame frame) {
        this.expression = expression;
        this.frame = frame;
    }

    /** The value in boxed form. */
    @Nullable
    Object value() {
        if (!known) {
            value = expression.evalBoxed(frame);
            known = true;
            fill(value);
        }
        return value;
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        value();
        return result;
    }

    private void fill(@Nullable Object constant) {
        switch (constant) {
            case null -> {
                result.reset(Vector.formOf(expression.type()));
                for (int row = 0; row < Batch.CAPACITY; row++) {
                    result.setNull(row);
                }
            }
            case Long number -> Arrays.fill(result.reset(Vector.Form.LONGS).longs(), number);
            case Double number -> Arrays.fill(result.reset(Vector.Form.DOUBLES).doubles(), number);
            case String text -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                result.reset(Vector.Form.BYTES).heap(bytes);
                Arrays.fill(result.longs(), Vector.range(0, bytes.length));
            }
            case Numeric number
            when isShort(number) -> {
                BigDecimal decimal = number.toBigDecimal();
                result.reset(Vector.Form.DECIMALS).scale(decimal.scale());
                Arrays.fill(result.longs(), decimal.unscaledValue().longValue());
            }
            default -> Arrays.fill(result.reset(Vector.Form.OBJECTS).objects(), constant);
        }
    }

    private static boolean isShort(Numeric number) {
        return number.isFinite() && number.toBigDecimal().precision() <= LONG_DIGITS;
    }
}
