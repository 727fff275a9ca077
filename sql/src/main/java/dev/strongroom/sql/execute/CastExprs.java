package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.LongCodec;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.CastSignature;
import dev.strongroom.sql.function.FunctionRegistry;
import dev.strongroom.sql.function.FunctionSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conversions between types by {@code pg_cast}, through text where it has no row, and the fit to a type modifier. */
public final class CastExprs {
    private CastExprs() {}

    /**
     * A conversion.
     *
     * @param typmod modifier of the target, -1 for none
     * @param explicit false where a value is stored in a column: text that is too long is then an error
     */
    public static Expr cast(Expr operand, PgType target, int typmod, boolean explicit) {
        PgType source = operand.type();
        Expr converted = source.oid() == target.oid() ? operand : convert(operand, source, target, typmod, explicit);
        boolean fits = typmod < 0 || converted instanceof Fitted;
        return fits
                ? converted
                : new ApplyTypmod(converted, typmod, explicit).shaped(new Shape.Other(List.of(converted)));
    }

    private static Expr convert(Expr operand, PgType source, PgType target, int typmod, boolean explicit) {
        Optional<CastSignature> cast = FunctionRegistry.builtIn().cast(source, target);
        if (cast.isPresent()) {
            return switch (cast.get().method()) {
                case BINARY -> relabel(operand, target);
                case INPUT_OUTPUT -> through(operand, target);
                case FUNCTION -> call(operand, cast.get(), target, typmod, explicit);
            };
        }
        if (source.isArray() && target.isArray()) {
            return new ArrayCast(operand, target, typmod, explicit).shaped(new Shape.Other(List.of(operand)));
        }
        if (operand instanceof SlotExprs.Constant constant && constant.value() == null) {
            return SlotExprs.constant(target, null);
        }
        if (isText(target) || isText(source)) {
            return through(operand, target);
        }
        throw ErrorReport.error(ErrorCode.CANNOT_COERCE, "cannot cast type " + source.name() + " to " + target.name())
                .exception();
    }

    private static Expr through(Expr operand, PgType target) {
        if (isText(operand.type()) && isText(target)) {
            return relabel(operand, target);
        }
        if (isText(target)) {
            return new ToText(operand, target).shaped(new Shape.Other(List.of(operand)));
        }
        Expr text = isText(operand.type()) ? operand : through(operand, PgType.TEXT);
        return new FromText(text, target).shaped(new Shape.Other(List.of(text)));
    }

    private static Expr call(Expr operand, CastSignature cast, PgType target, int typmod, boolean explicit) {
        FunctionSignature function = Objects.requireNonNull(cast.function());
        List<Expr> arguments = new ArrayList<>();
        arguments.add(operand);
        if (function.arguments().size() > 1) {
            arguments.add(SlotExprs.constant(PgType.INT4, (long) typmod));
        }
        if (function.arguments().size() > 2) {
            arguments.add(SlotExprs.constant(PgType.BOOL, explicit ? 1L : 0L));
        }
        return CallExprs.of(function, arguments, target, false);
    }

    private static Expr relabel(Expr operand, PgType target) {
        return new Relabel(operand, target).shaped(new Shape.Same(operand));
    }

    private static boolean isText(PgType type) {
        return type.category() == 'S' || type.equals(PgType.UNKNOWN) || type.equals(PgType.CSTRING);
    }

    private static TypeContext context(Frame frame) {
        return frame.context.session().typeContext();
    }

    /** Marks expressions whose value fits the modifier already. */
    private interface Fitted {}

    /** The same value under another type of the same storage. */
    private static final class Relabel extends Expr {
        private final Expr operand;

        Relabel(Expr operand, PgType type) {
            super(type);
            this.operand = operand;
        }

        @Override
        public long evalLong(Frame frame) {
            return operand.evalLong(frame);
        }

        @Override
        public double evalDouble(Frame frame) {
            return operand.evalDouble(frame);
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            return operand.evalRef(frame);
        }

        @Override
        public void evalInto(Frame frame, Row into, int slot) {
            operand.evalInto(frame, into, slot);
        }

        @Override
        public boolean isConstant() {
            return operand.isConstant();
        }
    }

    private static final class ToText extends Expr {
        private final Expr operand;
        private final TypeCodec codec;

        ToText(Expr operand, PgType type) {
            super(type);
            this.operand = operand;
            this.codec = TypeCodecs.of(operand.type());
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object value = operand.evalBoxed(frame);
            if (value == null) {
                return null;
            }
            if (operand.type().equals(PgType.BOOL)) {
                return (Long) value != 0 ? "true" : "false";
            }
            return codec.formatBoxed(value, context(frame));
        }
    }

    private static final class FromText extends Expr {
        private final Expr operand;
        private final TypeCodec codec;

        FromText(Expr operand, PgType type) {
            super(type);
            this.operand = operand;
            this.codec = TypeCodecs.of(type);
        }

        @Override
        public long evalLong(Frame frame) {
            Object text = operand.evalRef(frame);
            return text == null ? 0 : ((LongCodec) codec).parseLong((String) text, context(frame));
        }

        @Override
        public double evalDouble(Frame frame) {
            Object text = operand.evalRef(frame);
            return text == null ? 0 : (Double) codec.parseBoxed((String) text, context(frame));
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object text = operand.evalRef(frame);
            return text == null ? null : codec.parseBoxed((String) text, context(frame));
        }
    }

    private static final class ApplyTypmod extends Expr implements Fitted {
        private final Expr operand;
        private final int typmod;
        private final boolean explicit;

        ApplyTypmod(Expr operand, int typmod, boolean explicit) {
            super(operand.type());
            this.operand = operand;
            this.typmod = typmod;
            this.explicit = explicit;
        }

        @Override
        public long evalLong(Frame frame) {
            long value = operand.evalLong(frame);
            return frame.nil ? 0 : (Long) fit(value);
        }

        @Override
        public double evalDouble(Frame frame) {
            return operand.evalDouble(frame);
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object value = operand.evalRef(frame);
            return value == null ? null : fit(value);
        }

        private Object fit(Object value) {
            return Objects.requireNonNull(Typmods.applyBoxed(type(), typmod, value, explicit));
        }
    }

    private static final class ArrayCast extends Expr implements Fitted {
        private final Expr operand;
        private final PgType element;
        private final Expr elementCast;

        ArrayCast(Expr operand, PgType type, int typmod, boolean explicit) {
            super(type);
            this.operand = operand;
            this.element = type.elementType().orElseThrow();
            PgType from = operand.type().elementType().orElseThrow();
            this.elementCast = cast(SlotExprs.left(from, 0), element, typmod, explicit);
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            PgArray array = (PgArray) operand.evalRef(frame);
            if (array == null) {
                return null;
            }
            Row row = new Row(1);
            Frame inner = new Frame(frame.context).on(row);
            TypeCodec codec = TypeCodecs.of(array.elementType());
            @Nullable Object[] elements = new Object[array.size()];
            for (int i = 0; i < elements.length; i++) {
                codec.unbox(array.elements()[i], row, 0);
                elements[i] = elementCast.evalBoxed(inner);
            }
            frame.nil = false;
            return new PgArray(element, array.dims(), array.lowerBounds(), elements);
        }
    }
}
