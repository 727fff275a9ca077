package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.ScalarCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of scalar functions: one class per shape of code, so that numbers stay unboxed. */
public final class CallExprs {
    private CallExprs() {}

    /**
     * A call.
     *
     * @param arguments already of the signature's argument types; variadic ones one by one
     * @param result actual result type
     * @param variadicArray the last argument is the array of variadic arguments
     */
    @SuppressWarnings("unchecked")
    public static Expr of(FunctionSignature function, List<Expr> arguments, PgType result, boolean variadicArray) {
        if (!(function.code() instanceof ScalarCode code)) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED, function.name() + " cannot be called in this place")
                    .exception();
        }
        Expr[] a = arguments.toArray(Expr[]::new);
        Expr call = switch (code) {
            case ScalarCode.General general -> new General(function, general, a, result, variadicArray);
            case ScalarCode.LongToLong run -> new LongToLong(result, run, a[0]);
            case ScalarCode.LongsToLong run -> new LongsToLong(result, run, a[0], a[1]);
            case ScalarCode.LongToDouble run -> new LongToDouble(result, run, a[0]);
            case ScalarCode.LongToRef run -> new LongToRef(result, run, a[0]);
            case ScalarCode.DoubleToDouble run -> new DoubleToDouble(result, run, a[0]);
            case ScalarCode.DoubleToLong run -> new DoubleToLong(result, run, a[0]);
            case ScalarCode.DoubleToRef run -> new DoubleToRef(result, run, a[0]);
            case ScalarCode.DoublesToDouble run -> new DoublesToDouble(result, run, a[0], a[1]);
            case ScalarCode.DoublesToLong run -> new DoublesToLong(result, run, a[0], a[1]);
            case ScalarCode.RefToRef<?> run -> new RefToRef(result, (ScalarCode.RefToRef<Object>) run, a[0]);
            case ScalarCode.RefToLong<?> run -> new RefToLong(result, (ScalarCode.RefToLong<Object>) run, a[0]);
            case ScalarCode.RefToDouble<?> run -> new RefToDouble(result, (ScalarCode.RefToDouble<Object>) run, a[0]);
            case ScalarCode.RefsToRef<?, ?> run ->
                new RefsToRef(result, (ScalarCode.RefsToRef<Object, Object>) run, a[0], a[1]);
            case ScalarCode.RefsToLong<?, ?> run ->
                new RefsToLong(result, (ScalarCode.RefsToLong<Object, Object>) run, a[0], a[1]);
        };
        return call.shaped(new Shape.Call(function, List.copyOf(arguments), variadicArray));
    }

    private static final class LongToLong extends Expr {
        private final ScalarCode.LongToLong code;
        private final Expr a;

        LongToLong(PgType type, ScalarCode.LongToLong code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public long evalLong(Frame frame) {
            long value = a.evalLong(frame);
            return frame.nil ? 0 : code.call(value);
        }
    }

    private static final class LongsToLong extends Expr {
        private final ScalarCode.LongsToLong code;
        private final Expr a;
        private final Expr b;

        LongsToLong(PgType type, ScalarCode.LongsToLong code, Expr a, Expr b) {
            super(type);
            this.code = code;
            this.a = a;
            this.b = b;
        }

        @Override
        public long evalLong(Frame frame) {
            long left = a.evalLong(frame);
            if (frame.nil) {
                return 0;
            }
            long right = b.evalLong(frame);
            return frame.nil ? 0 : code.call(left, right);
        }
    }

    private static final class LongToDouble extends Expr {
        private final ScalarCode.LongToDouble code;
        private final Expr a;

        LongToDouble(PgType type, ScalarCode.LongToDouble code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public double evalDouble(Frame frame) {
            long value = a.evalLong(frame);
            return frame.nil ? 0 : code.call(value);
        }
    }

    /** An expression held as an object. */
    private abstract static class Ref extends Expr {
        Ref(PgType type) {
            super(type);
        }

        static @Nullable Object checked(Frame frame, @Nullable Object value) {
            frame.nil = value == null;
            return value;
        }
    }

    private static final class LongToRef extends Ref {
        private final ScalarCode.LongToRef code;
        private final Expr a;

        LongToRef(PgType type, ScalarCode.LongToRef code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            long value = a.evalLong(frame);
            return frame.nil ? null : checked(frame, code.call(value));
        }
    }

    private static final class DoubleToDouble extends Expr {
        private final ScalarCode.DoubleToDouble code;
        private final Expr a;

        DoubleToDouble(PgType type, ScalarCode.DoubleToDouble code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public double evalDouble(Frame frame) {
            double value = a.evalDouble(frame);
            return frame.nil ? 0 : code.call(value);
        }
    }

    private static final class DoubleToLong extends Expr {
        private final ScalarCode.DoubleToLong code;
        private final Expr a;

        DoubleToLong(PgType type, ScalarCode.DoubleToLong code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public long evalLong(Frame frame) {
            double value = a.evalDouble(frame);
            return frame.nil ? 0 : code.call(value);
        }
    }

    private static final class DoubleToRef extends Ref {
        private final ScalarCode.DoubleToRef code;
        private final Expr a;

        DoubleToRef(PgType type, ScalarCode.DoubleToRef code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            double value = a.evalDouble(frame);
            return frame.nil ? null : checked(frame, code.call(value));
        }
    }

    private static final class DoublesToDouble extends Expr {
        private final ScalarCode.DoublesToDouble code;
        private final Expr a;
        private final Expr b;

        DoublesToDouble(PgType type, ScalarCode.DoublesToDouble code, Expr a, Expr b) {
            super(type);
            this.code = code;
            this.a = a;
            this.b = b;
        }

        @Override
        public double evalDouble(Frame frame) {
            double left = a.evalDouble(frame);
            if (frame.nil) {
                return 0;
            }
            double right = b.evalDouble(frame);
            return frame.nil ? 0 : code.call(left, right);
        }
    }

    private static final class DoublesToLong extends Expr {
        private final ScalarCode.DoublesToLong code;
        private final Expr a;
        private final Expr b;

        DoublesToLong(PgType type, ScalarCode.DoublesToLong code, Expr a, Expr b) {
            super(type);
            this.code = code;
            this.a = a;
            this.b = b;
        }

        @Override
        public long evalLong(Frame frame) {
            double left = a.evalDouble(frame);
            if (frame.nil) {
                return 0;
            }
            double right = b.evalDouble(frame);
            return frame.nil ? 0 : code.call(left, right);
        }
    }

    private static final class RefToRef extends Ref {
        private final ScalarCode.RefToRef<Object> code;
        private final Expr a;

        RefToRef(PgType type, ScalarCode.RefToRef<Object> code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object value = a.evalRef(frame);
            return value == null ? null : checked(frame, code.call(value));
        }
    }

    private static final class RefToLong extends Expr {
        private final ScalarCode.RefToLong<Object> code;
        private final Expr a;

        RefToLong(PgType type, ScalarCode.RefToLong<Object> code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public long evalLong(Frame frame) {
            Object value = a.evalRef(frame);
            return value == null ? 0 : code.call(value);
        }
    }

    private static final class RefToDouble extends Expr {
        private final ScalarCode.RefToDouble<Object> code;
        private final Expr a;

        RefToDouble(PgType type, ScalarCode.RefToDouble<Object> code, Expr a) {
            super(type);
            this.code = code;
            this.a = a;
        }

        @Override
        public double evalDouble(Frame frame) {
            Object value = a.evalRef(frame);
            return value == null ? 0 : code.call(value);
        }
    }

    private static final class RefsToRef extends Ref {
        private final ScalarCode.RefsToRef<Object, Object> code;
        private final Expr a;
        private final Expr b;

        RefsToRef(PgType type, ScalarCode.RefsToRef<Object, Object> code, Expr a, Expr b) {
            super(type);
            this.code = code;
            this.a = a;
            this.b = b;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object left = a.evalRef(frame);
            if (left == null) {
                return null;
            }
            Object right = b.evalRef(frame);
            return right == null ? null : checked(frame, code.call(left, right));
        }
    }

    private static final class RefsToLong extends Expr {
        private final ScalarCode.RefsToLong<Object, Object> code;
        private final Expr a;
        private final Expr b;

        RefsToLong(PgType type, ScalarCode.RefsToLong<Object, Object> code, Expr a, Expr b) {
            super(type);
            this.code = code;
            this.a = a;
            this.b = b;
        }

        @Override
        public long evalLong(Frame frame) {
            Object left = a.evalRef(frame);
            if (left == null) {
                return 0;
            }
            Object right = b.evalRef(frame);
            return right == null ? 0 : code.call(left, right);
        }
    }

    private static final class General extends Expr {
        private final ScalarCode.General code;
        private final Arguments arguments;
        private final boolean strict;

        General(
                FunctionSignature function,
                ScalarCode.General code,
                Expr[] arguments,
                PgType result,
                boolean variadicArray) {
            super(result);
            this.code = code;
            this.strict = function.strict();
            this.arguments = new Arguments(function, arguments, variadicArray);
        }

        @Override
        public long evalLong(Frame frame) {
            Object value = evalAny(frame);
            return value == null ? 0 : (Long) value;
        }

        @Override
        public double evalDouble(Frame frame) {
            Object value = evalAny(frame);
            return value == null ? 0 : (Double) value;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            return evalAny(frame);
        }

        private @Nullable Object evalAny(Frame frame) {
            @Nullable Object[] values = arguments.eval(frame, strict);
            Object value = values == null ? null : code.call(arguments.call(frame, type()), values);
            frame.nil = value == null;
            return value;
        }
    }

    /** Evaluates the arguments of a call into an array, with variadic ones packed as the function wants them. */
    static final class Arguments {
        private final Expr[] expressions;
        private final List<PgType> types;
        private final int packFrom;
        private final @Nullable PgType packedElement;
        private final boolean unpackLast;

        Arguments(FunctionSignature function, Expr[] expressions, boolean variadicArray) {
            this.expressions = expressions;
            PgType variadic = function.variadic();
            boolean any = variadic != null && variadic.equals(PgType.ANY);
            unpackLast = any && variadicArray;
            if (variadic == null || any || variadicArray) {
                packFrom = expressions.length;
                packedElement = null;
            } else {
                packFrom = function.arguments().size() - 1;
                boolean polymorphic = variadic.equals(PgType.ANYELEMENT) || variadic.equals(PgType.ANYCOMPATIBLE);
                PgType first = packFrom < expressions.length ? expressions[packFrom].type() : PgType.TEXT;
                packedElement = polymorphic ? first : variadic;
            }
            types = Arrays.stream(expressions).map(Expr::type).toList();
        }

        Call call(Frame frame, PgType result) {
            return new Call(frame.context.session(), types, result);
        }

        List<PgType> types() {
            return types;
        }

        /** Values in boxed form, or null if the function is strict and one is null. */
        @Nullable
        Object @Nullable [] eval(Frame frame, boolean strict) {
            PgType element = packedElement;
            @Nullable Object[] values = new Object[element == null ? expressions.length : packFrom + 1];
            for (int i = 0; i < packFrom; i++) {
                values[i] = expressions[i].evalBoxed(frame);
                if (values[i] == null && strict) {
                    return null;
                }
            }
            if (element != null) {
                @Nullable Object[] packed = new Object[expressions.length - packFrom];
                for (int i = 0; i < packed.length; i++) {
                    packed[i] = expressions[packFrom + i].evalBoxed(frame);
                }
                values[packFrom] = PgArray.of(element, packed);
            }
            return unpackLast ? unpack(values) : values;
        }

        private static @Nullable Object @Nullable [] unpack(@Nullable Object[] values) {
            int fixed = values.length - 1;
            if (!(values[fixed] instanceof PgArray array)) {
                return null;
            }
            @Nullable Object[] all = Arrays.copyOf(values, fixed + array.size());
            System.arraycopy(array.elements(), 0, all, fixed, array.size());
            return all;
        }
    }
}
