package dev.strongroom.sql.execute;

import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.ScalarCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls a scalar function with boxed values: for places that are not hot. */
public final class Invocation {
    private Invocation() {}

    /** Result of a call; null if the function is strict and an argument is null. */
    @SuppressWarnings("unchecked")
    public static @Nullable Object call(FunctionSignature function, Call call, @Nullable Object... a) {
        if (!(function.code() instanceof ScalarCode code)) {
            throw new IllegalArgumentException(function + " is not scalar");
        }
        if (function.strict() || !(code instanceof ScalarCode.General)) {
            for (Object value : a) {
                if (value == null) {
                    return null;
                }
            }
        }
        return switch (code) {
            case ScalarCode.General run -> run.call(call, a);
            case ScalarCode.LongToLong run -> run.call(number(a[0]));
            case ScalarCode.LongsToLong run -> run.call(number(a[0]), number(a[1]));
            case ScalarCode.LongToDouble run -> run.call(number(a[0]));
            case ScalarCode.LongToRef run -> run.call(number(a[0]));
            case ScalarCode.DoubleToDouble run -> run.call(real(a[0]));
            case ScalarCode.DoubleToLong run -> run.call(real(a[0]));
            case ScalarCode.DoubleToRef run -> run.call(real(a[0]));
            case ScalarCode.DoublesToDouble run -> run.call(real(a[0]), real(a[1]));
            case ScalarCode.DoublesToLong run -> run.call(real(a[0]), real(a[1]));
            case ScalarCode.RefToRef<?> run -> ((ScalarCode.RefToRef<@Nullable Object>) run).call(a[0]);
            case ScalarCode.RefToLong<?> run -> ((ScalarCode.RefToLong<@Nullable Object>) run).call(a[0]);
            case ScalarCode.RefToDouble<?> run -> ((ScalarCode.RefToDouble<@Nullable Object>) run).call(a[0]);
            case ScalarCode.RefsToRef<?, ?> run ->
                ((ScalarCode.RefsToRef<@Nullable Object, @Nullable Object>) run).call(a[0], a[1]);
            case ScalarCode.RefsToLong<?, ?> run ->
                ((ScalarCode.RefsToLong<@Nullable Object, @Nullable Object>) run).call(a[0], a[1]);
        };
    }

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private static double real(@Nullable Object value) {
        return (Double) Objects.requireNonNull(value);
    }
}
