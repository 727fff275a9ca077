package dev.strongroom.sql.function;

import org.jspecify.annotations.Nullable;

/**
 * Code of a scalar function. The typed shapes are for strict functions and never box; their parameters follow the storage of
 * the argument types ({@code long} for LONG, {@code double} for DOUBLE, object for REF). Everything else is {@link General},
 * on boxed values.
 */
public sealed interface ScalarCode extends FunctionCode {

    /** Any arguments, boxed (Long, Double, object, null). A strict function sees no nulls. */
    @FunctionalInterface
    non-sealed interface General extends ScalarCode {
        @Nullable
        Object call(Call call, @Nullable Object[] arguments);
    }

    /** (long) to long. */
    @FunctionalInterface
    non-sealed interface LongToLong extends ScalarCode {
        long call(long a);
    }

    /** (long, long) to long. */
    @FunctionalInterface
    non-sealed interface LongsToLong extends ScalarCode {
        long call(long a, long b);
    }

    /** (long) to double. */
    @FunctionalInterface
    non-sealed interface LongToDouble extends ScalarCode {
        double call(long a);
    }

    /** (long) to object. */
    @FunctionalInterface
    non-sealed interface LongToRef extends ScalarCode {
        @Nullable
        Object call(long a);
    }

    /** (double) to double. */
    @FunctionalInterface
    non-sealed interface DoubleToDouble extends ScalarCode {
        double call(double a);
    }

    /** (double) to long. */
    @FunctionalInterface
    non-sealed interface DoubleToLong extends ScalarCode {
        long call(double a);
    }

    /** (double) to object. */
    @FunctionalInterface
    non-sealed interface DoubleToRef extends ScalarCode {
        @Nullable
        Object call(double a);
    }

    /** (double, double) to double. */
    @FunctionalInterface
    non-sealed interface DoublesToDouble extends ScalarCode {
        double call(double a, double b);
    }

    /** (double, double) to long. */
    @FunctionalInterface
    non-sealed interface DoublesToLong extends ScalarCode {
        long call(double a, double b);
    }

    /** (object) to object. */
    @FunctionalInterface
    non-sealed interface RefToRef<A> extends ScalarCode {
        @Nullable
        Object call(A a);
    }

    /** (object) to long. */
    @FunctionalInterface
    non-sealed interface RefToLong<A> extends ScalarCode {
        long call(A a);
    }

    /** (object) to double. */
    @FunctionalInterface
    non-sealed interface RefToDouble<A> extends ScalarCode {
        double call(A a);
    }

    /** (object, object) to object. */
    @FunctionalInterface
    non-sealed interface RefsToRef<A, B> extends ScalarCode {
        @Nullable
        Object call(A a, B b);
    }

    /** (object, object) to long. */
    @FunctionalInterface
    non-sealed interface RefsToLong<A, B> extends ScalarCode {
        long call(A a, B b);
    }
}
