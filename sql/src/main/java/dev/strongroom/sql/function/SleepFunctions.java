package dev.strongroom.sql.function;

import dev.strongroom.common.value.Interval;
import org.jspecify.annotations.Nullable;

/** {@code pg_sleep}, {@code pg_sleep_for} and {@code pg_sleep_until} (PostgreSQL manual, section 9.9.5). */
final class SleepFunctions {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NANOS_PER_MICRO = 1000;

    private SleepFunctions() {}

    static void define(Definitions to) {
        to.general("pg_sleep", (call, arguments) -> {
            double seconds = (Double) argument(arguments);
            return sleep(call, (long) (seconds * NANOS_PER_SECOND));
        });
        to.general("pg_sleep_for(interval)", (call, arguments) -> {
            long now = call.session().clockMicros();
            Interval span = (Interval) argument(arguments);
            return sleepMicros(
                    call,
                    Timestamps.addZoned(now, span, call.session().typeContext().timeZone()) - now);
        });
        to.general("pg_sleep_until(timestamptz)", (call, arguments) -> {
            long until = (Long) argument(arguments);
            return sleepMicros(call, until - call.session().clockMicros());
        });
    }

    private static Object argument(@Nullable Object[] arguments) {
        Object value = arguments[0];
        if (value == null) {
            throw new IllegalStateException("strict function called with null");
        }
        return value;
    }

    private static Object sleepMicros(Call call, long micros) {
        return sleep(call, micros > Long.MAX_VALUE / NANOS_PER_MICRO ? Long.MAX_VALUE : micros * NANOS_PER_MICRO);
    }

    private static Object sleep(Call call, long nanos) {
        if (nanos > 0) {
            call.session().sleep(nanos);
        }
        return "";
    }
}
