package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code generate_series}. */
final class SeriesFunctions {
    private SeriesFunctions() {}

    static void define(Definitions to) {
        for (String type : new String[] {"int4", "int8"}) {
            to.set("generate_series_" + type, (call, arguments) -> longs(arguments, 1));
            to.set(
                    "generate_series_step_" + type,
                    (call, arguments) -> longs(arguments, SystemCatalogFunctions.number(arguments, 2)));
        }
        to.set("generate_series_numeric", (call, arguments) -> numerics(arguments, Numeric.ONE));
        to.set(
                "generate_series_step_numeric",
                (call, arguments) -> numerics(arguments, (Numeric) Objects.requireNonNull(arguments[2])));
        to.set("generate_series_timestamp", (call, arguments) -> times(arguments, PgTimeZone.UTC));
        to.set(
                "generate_series_timestamptz",
                (call, arguments) ->
                        times(arguments, call.session().typeContext().timeZone()));
    }

    private static DatabaseException zeroStep() {
        return new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "step size cannot equal zero");
    }

    private static SetCode.Rows longs(@Nullable Object[] arguments, long step) {
        long first = SystemCatalogFunctions.number(arguments, 0);
        long last = SystemCatalogFunctions.number(arguments, 1);
        if (step == 0) {
            throw zeroStep();
        }
        return new SetCode.Rows() {
            private long next = first;
            private boolean ended;

            @Override
            public boolean next(dev.strongroom.common.value.Row into) {
                if (ended || (step > 0 ? next > last : next < last)) {
                    return false;
                }
                into.setLong(0, next);
                long following = next + step;
                ended = step > 0 ? following < next : following > next;
                next = following;
                return true;
            }
        };
    }

    private static SetCode.Rows numerics(@Nullable Object[] arguments, Numeric step) {
        Numeric first = (Numeric) Objects.requireNonNull(arguments[0]);
        Numeric last = (Numeric) Objects.requireNonNull(arguments[1]);
        if (!first.isFinite() || !last.isFinite() || !step.isFinite()) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "start, stop and step values must be finite numbers");
        }
        if (step.signum() == 0) {
            throw zeroStep();
        }
        Numeric[] next = {first};
        return into -> {
            int order = next[0].compareTo(last);
            if (step.signum() > 0 ? order > 0 : order < 0) {
                return false;
            }
            into.setRef(0, next[0]);
            next[0] = next[0].add(step);
            return true;
        };
    }

    private static SetCode.Rows times(@Nullable Object[] arguments, PgTimeZone zone) {
        long first = SystemCatalogFunctions.number(arguments, 0);
        long last = SystemCatalogFunctions.number(arguments, 1);
        Interval step = (Interval) Objects.requireNonNull(arguments[2]);
        int sign = step.compareTo(Interval.ZERO);
        if (sign == 0) {
            throw zeroStep();
        }
        long[] next = {first};
        return into -> {
            if (sign > 0 ? next[0] > last : next[0] < last) {
                return false;
            }
            into.setLong(0, next[0]);
            next[0] = plus(next[0], step, zone);
            return true;
        };
    }

    /** A moment and a span: months and days by the calendar of the zone, then microseconds. */
    private static long plus(long micros, Interval step, PgTimeZone zone) {
        long at = micros;
        if (step.months() != 0 || step.days() != 0) {
            long local = zone.toLocal(at);
            long day = Math.floorDiv(local, Calendar.MICROS_PER_DAY);
            long time = Math.floorMod(local, Calendar.MICROS_PER_DAY);
            long civil = Calendar.civil(day);
            long months = (long) Calendar.year(civil) * 12 + Calendar.month(civil) - 1 + step.months();
            long year = Math.floorDiv(months, 12);
            int month = (int) Math.floorMod(months, 12L) + 1;
            int dayOfMonth = Math.min(Calendar.dayOfMonth(civil), Calendar.monthLength(year, month));
            long moved = Calendar.day(year, month, dayOfMonth) + step.days();
            at = zone.toUtc(moved * Calendar.MICROS_PER_DAY + time);
        }
        return at + step.micros();
    }
}
