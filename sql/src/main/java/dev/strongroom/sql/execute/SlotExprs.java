package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Expressions that read a value: constants, input slots, parameters, outer rows. */
public final class SlotExprs {
    private static final Shape FIXED = new Shape.Fixed();

    private SlotExprs() {}

    /** A constant in boxed form. */
    public static Expr constant(PgType type, @Nullable Object value) {
        return new Constant(type, value).shaped(FIXED);
    }

    /** A slot of the only (or left) input row. */
    public static Expr left(PgType type, int slot) {
        return new Left(type, slot).shaped(new Shape.Slot(slot, false));
    }

    /** A slot of the right input row. */
    public static Expr right(PgType type, int slot) {
        return new Right(type, slot).shaped(new Shape.Slot(slot, true));
    }

    /** Parameter slot, 0 for {@code $1}. */
    public static Expr parameter(PgType type, int slot) {
        return new Parameter(type, slot).shaped(FIXED);
    }

    /** A slot of the outer row a correlation variable stands for. */
    public static Expr correlated(PgType type, int correlation, int slot) {
        return new Correlated(type, correlation, slot).shaped(FIXED);
    }

    static final class Constant extends Expr {
        private final long longValue;
        private final double doubleValue;
        private final @Nullable Object refValue;
        private final boolean isNull;

        Constant(PgType type, @Nullable Object value) {
            super(type);
            isNull = value == null;
            longValue = value instanceof Long number ? number : 0;
            doubleValue = value instanceof Double number ? number : 0;
            refValue = value;
        }

        @Nullable
        Object value() {
            return refValue;
        }

        @Override
        public long evalLong(Frame frame) {
            frame.nil = isNull;
            return longValue;
        }

        @Override
        public double evalDouble(Frame frame) {
            frame.nil = isNull;
            return doubleValue;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            frame.nil = isNull;
            return refValue;
        }

        @Override
        public boolean isConstant() {
            return true;
        }
    }

    /** Reads a slot of a row chosen by the subclass. */
    abstract static class Slot extends Expr {
        final int slot;

        Slot(PgType type, int slot) {
            super(type);
            this.slot = slot;
        }

        abstract Row row(Frame frame);

        @Override
        public long evalLong(Frame frame) {
            Row row = row(frame);
            frame.nil = row.isNull(slot);
            return row.getLong(slot);
        }

        @Override
        public double evalDouble(Frame frame) {
            Row row = row(frame);
            frame.nil = row.isNull(slot);
            return row.getDouble(slot);
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Row row = row(frame);
            frame.nil = row.isNull(slot);
            return frame.nil ? null : row.<Object>getRef(slot);
        }

        @Override
        public void evalInto(Frame frame, Row into, int target) {
            into.copySlot(target, row(frame), slot);
        }
    }

    static final class Left extends Slot {
        Left(PgType type, int slot) {
            super(type, slot);
        }

        @Override
        Row row(Frame frame) {
            return frame.left;
        }

        @Override
        public long evalLong(Frame frame) {
            Row row = frame.left;
            frame.nil = row.isNull(slot);
            return row.getLong(slot);
        }

        @Override
        public double evalDouble(Frame frame) {
            Row row = frame.left;
            frame.nil = row.isNull(slot);
            return row.getDouble(slot);
        }
    }

    private static final class Right extends Slot {
        Right(PgType type, int slot) {
            super(type, slot);
        }

        @Override
        Row row(Frame frame) {
            return frame.right;
        }
    }

    private static final class Parameter extends Slot {
        Parameter(PgType type, int slot) {
            super(type, slot);
        }

        @Override
        Row row(Frame frame) {
            return frame.context.parameters();
        }
    }

    private static final class Correlated extends Slot {
        private final int correlation;

        Correlated(PgType type, int correlation, int slot) {
            super(type, slot);
            this.correlation = correlation;
        }

        @Override
        Row row(Frame frame) {
            return frame.context.correlated(correlation);
        }
    }
}
