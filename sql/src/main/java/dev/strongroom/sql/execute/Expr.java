package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/**
 * A compiled expression: immutable, thread-safe, evaluated against a {@link Frame}. Callers use the method that fits the
 * storage of {@link #type()} and then look at {@link Frame#isNull()}; a null reference always comes with the flag.
 */
public abstract class Expr {
    private static final Shape UNKNOWN = new Shape.Unknown();

    private final PgType type;
    private Shape shape = UNKNOWN;

    protected Expr(PgType type) {
        this.type = type;
    }

    public final PgType type() {
        return type;
    }

    /** What the expression is made of, as far as it says. */
    public final Shape shape() {
        return shape;
    }

    /** Says what the expression is made of; before anybody else sees it. */
    final Expr shaped(Shape known) {
        shape = known;
        return this;
    }

    /** Value of an expression held as a long; undefined where the frame says null. */
    public long evalLong(Frame frame) {
        throw new IllegalStateException(type + " is not held as a long");
    }

    /** Value of an expression held as a double; undefined where the frame says null. */
    public double evalDouble(Frame frame) {
        throw new IllegalStateException(type + " is not held as a double");
    }

    /** Value of an expression held as an object; null exactly where the frame says null. */
    public @Nullable Object evalRef(Frame frame) {
        throw new IllegalStateException(type + " is not held as an object");
    }

    /** True if a boolean expression is neither false nor null. */
    public boolean isTrue(Frame frame) {
        return evalLong(frame) != 0 && !frame.nil;
    }

    /** Value in boxed form: Long, Double, the object, or null. */
    public final @Nullable Object evalBoxed(Frame frame) {
        return switch (type.storage()) {
            case LONG -> {
                long value = evalLong(frame);
                yield frame.nil ? null : (Object) value;
            }
            case DOUBLE -> {
                double value = evalDouble(frame);
                yield frame.nil ? null : (Object) value;
            }
            case REF -> evalRef(frame);
        };
    }

    /** Writes the value into a slot. */
    public void evalInto(Frame frame, Row into, int slot) {
        switch (type.storage()) {
            case LONG -> {
                long value = evalLong(frame);
                if (frame.nil) {
                    into.setNull(slot);
                } else {
                    into.setLong(slot, value);
                }
            }
            case DOUBLE -> {
                double value = evalDouble(frame);
                if (frame.nil) {
                    into.setNull(slot);
                } else {
                    into.setDouble(slot, value);
                }
            }
            case REF -> into.setRef(slot, evalRef(frame));
        }
    }

    /** True if the value is the same for every row, parameters and session. */
    public boolean isConstant() {
        return false;
    }
}
