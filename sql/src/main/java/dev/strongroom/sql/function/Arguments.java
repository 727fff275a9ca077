package dev.strongroom.sql.function;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes boxed arguments apart; for strict functions, whose arguments are never null. */
final class Arguments {
    private Arguments() {}

    static Object ref(@Nullable Object[] arguments, int index) {
        return Objects.requireNonNull(arguments[index]);
    }

    static String text(@Nullable Object[] arguments, int index) {
        return (String) ref(arguments, index);
    }

    static long number(@Nullable Object[] arguments, int index) {
        return (Long) ref(arguments, index);
    }

    static int integer(@Nullable Object[] arguments, int index) {
        return (int) number(arguments, index);
    }

    static double real(@Nullable Object[] arguments, int index) {
        return (Double) ref(arguments, index);
    }

    static boolean truth(@Nullable Object[] arguments, int index) {
        return number(arguments, index) != 0;
    }
}
