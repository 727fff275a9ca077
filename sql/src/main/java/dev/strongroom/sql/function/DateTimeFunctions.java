package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.TimeTz;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators and functions of date, time, timestamp and interval. */
final class DateTimeFunctions {
    private static final long DAY = Calendar.MICROS_PER_DAY;

    private DateTimeFunctions() {}

    static void define(Definitions to) {
        clocks(to);
        dates(to);
        timestamps(to);
        intervals(to);
        times(to);
        conversions(to);
        zones(to);
        fields(to);
        makers(to);
        mixedComparisons(to);
    }

    private static PgTimeZone zone(Call call) {
        return call.session().typeContext().timeZone();
    }

    private static Interval interval(@Nullable Object[] a, int index) {
        return (Interval) Arguments.ref(a, index);
    }

    private static void clocks(Definitions to) {
        to.general("now", (call, a) -> call.session().transactionMicros());
        to.general("statement_timestamp", (call, a) -> call.session().statementMicros());
        to.general("clock_timestamp", (call, a) -> call.session().clockMicros());
        to.longsLong("timestamp_larger", Math::max);
        to.longsLong("timestamp_smaller", Math::min);
        to.longsLong("date_larger", Math::max);
        to.longsLong("date_smaller", Math::min);
        to.longsLong("time_larger", Math::max);
        to.longsLong("time_smaller", Math::min);
        to.longLong("date_finite", a -> Timestamps.isInfiniteDate(a) ? 0 : 1);
        to.longLong("timestamp_finite", a -> Calendar.isInfinite(a) ? 0 : 1);
        to.refLong("interval_finite", (Interval a) -> 1);
    }

    private static void dates(Definitions to) {
        to.longsLong("date_mi", (a, b) -> {
            if (Timestamps.isInfiniteDate(a) || Timestamps.isInfiniteDate(b)) {
                throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite dates");
            }
            return a - b;
        });
        to.longsLong("date_pli", Timestamps::addDays);
        to.longsLong("date_mii", (a, b) -> Timestamps.addDays(a, -b));
        to.longsLong("integer_pl_date(int4,date)", (a, b) -> Timestamps.addDays(b, a));
        to.general(
                "date_pl_interval",
                (call, a) -> Timestamps.add(Timestamps.fromDate(Arguments.number(a, 0)), interval(a, 1)));
        to.general(
                "date_mi_interval",
                (call, a) ->
                        Timestamps.add(Timestamps.fromDate(Arguments.number(a, 0)), Intervals.negate(interval(a, 1))));
        to.general(
                "interval_pl_date(interval,date)",
                (call, a) -> Timestamps.add(Timestamps.fromDate(Arguments.number(a, 1)), interval(a, 0)));
        to.longsLong("datetime_timestamp", DateTimeFunctions::combine);
        to.longsLong("timedate_pl(time,date)", (time, date) -> combine(date, time));
        to.general("datetimetz_timestamptz", (call, a) -> {
            TimeTz time = (TimeTz) Arguments.ref(a, 1);
            return moment(Arguments.number(a, 0), time);
        });
        to.general("timetzdate_pl(timetz,date)", (call, a) -> {
            TimeTz time = (TimeTz) Arguments.ref(a, 0);
            return moment(Arguments.number(a, 1), time);
        });
    }

    private static long moment(long date, TimeTz time) {
        long midnight = Timestamps.fromDate(date);
        return Calendar.isInfinite(midnight) ? midnight : Timestamps.checked(midnight + time.utcMicros());
    }

    private static long combine(long date, long time) {
        long midnight = Timestamps.fromDate(date);
        return Calendar.isInfinite(midnight) ? midnight : Timestamps.checked(midnight + time);
    }

    private static void timestamps(Definitions to) {
        to.general("timestamp_mi", (call, a) -> Timestamps.subtract(Arguments.number(a, 0), Arguments.number(a, 1)));
        to.general("timestamp_pl_interval", (call, a) -> Timestamps.add(Arguments.number(a, 0), interval(a, 1)));
        to.general(
                "timestamp_mi_interval",
                (call, a) -> Timestamps.add(Arguments.number(a, 0), Intervals.negate(interval(a, 1))));
        to.general(
                "interval_pl_timestamp(interval,timestamp)",
                (call, a) -> Timestamps.add(Arguments.number(a, 1), interval(a, 0)));
        to.general(
                "timestamptz_pl_interval",
                (call, a) -> Timestamps.addZoned(Arguments.number(a, 0), interval(a, 1), zone(call)));
        to.general(
                "timestamptz_mi_interval",
                (call, a) -> Timestamps.addZoned(Arguments.number(a, 0), Intervals.negate(interval(a, 1)), zone(call)));
        to.general(
                "interval_pl_timestamptz(interval,timestamptz)",
                (call, a) -> Timestamps.addZoned(Arguments.number(a, 1), interval(a, 0), zone(call)));
        to.general("timestamp_age", (call, a) -> Timestamps.age(Arguments.number(a, 0), Arguments.number(a, 1)));
        to.general("age(timestamp)", (call, a) -> Timestamps.age(today(call), Arguments.number(a, 0)));
        to.general(
                "timestamptz_age",
                (call, a) -> Timestamps.age(
                        zone(call).toLocal(Arguments.number(a, 0)), zone(call).toLocal(Arguments.number(a, 1))));
        to.general(
                "age(timestamptz)",
                (call, a) -> Timestamps.age(today(call), zone(call).toLocal(Arguments.number(a, 0))));
        for (String type : new String[] {"timestamp", "timestamptz"}) {
            to.general(type + "_scale", (call, a) -> {
                int precision = Arguments.integer(a, 1);
                if (Calendar.isInfinite(Arguments.number(a, 0))) {
                    return a[0];
                }
                if (precision < -1 || precision > 6) {
                    throw new DatabaseException(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            type + "(" + precision + ") precision must be between 0 and 6");
                }
                return Typmods.roundMicros(Arguments.number(a, 0), digits(a));
            });
        }
        for (String name : new String[] {"timestamp_bin", "timestamptz_bin"}) {
            to.general(name, (call, a) -> bin(interval(a, 0), Arguments.number(a, 1), Arguments.number(a, 2)));
        }
        to.general("overlaps_timestamp", (call, a) -> overlaps(PgType.TIMESTAMP, a));
        overlapsSpans(to);
        to.general("overlaps_time", (call, a) -> overlaps(PgType.TIME, a));
        to.general("overlaps_timetz", (call, a) -> overlaps(PgType.TIMETZ, a));
    }

    /** Midnight of the transaction's day, local time. */
    private static long today(Call call) {
        return Math.floorDiv(zone(call).toLocal(call.session().transactionMicros()), DAY) * DAY;
    }

    private static long bin(Interval stride, long value, long origin) {
        if (stride.months() != 0) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "timestamps cannot be binned into intervals containing months or years");
        }
        long step = stride.days() * DAY + stride.micros();
        if (step <= 0) {
            throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "stride must be greater than zero");
        }
        return origin + Math.floorDiv(value - origin, step) * step;
    }

    /** OVERLAPS where a period is given by its start and its length. */
    private static void overlapsSpans(Definitions to) {
        for (PgType type : List.of(PgType.TIMESTAMP, PgType.TIMESTAMPTZ, PgType.TIME)) {
            for (String spans : List.of("is", "si", "ii")) {
                String first = spans.charAt(0) == 'i' ? "interval" : type.name();
                String second = spans.charAt(1) == 'i' ? "interval" : type.name();
                String signature = "overlaps(" + type.name() + "," + first + "," + type.name() + "," + second + ")";
                to.general(signature, (call, a) -> {
                    @Nullable Object[] ends = a.clone();
                    ends[1] = end(call, type, a[0], a[1]);
                    ends[3] = end(call, type, a[2], a[3]);
                    return overlaps(type, ends);
                });
            }
        }
    }

    private static @Nullable Object end(Call call, PgType type, @Nullable Object start, @Nullable Object end) {
        if (!(end instanceof Interval span) || start == null) {
            return end;
        }
        long from = (Long) start;
        return type == PgType.TIME
                ? Math.floorMod(from + span.micros(), DAY)
                : type == PgType.TIMESTAMP ? Timestamps.add(from, span) : Timestamps.addZoned(from, span, zone(call));
    }

    /** (start, end) OVERLAPS (start, end): half-open, ends in any order, nulls as the standard has them. */
    private static @Nullable Object overlaps(PgType type, @Nullable Object[] a) {
        ValueOrder order = ValueOrder.of(type);
        Object start1 = first(order, a[0], a[1]);
        Object end1 = start1 == a[0] ? a[1] : a[0];
        Object start2 = first(order, a[2], a[3]);
        Object end2 = start2 == a[2] ? a[3] : a[2];
        if (start1 == null || start2 == null) {
            return null;
        }
        int starts = order.compareBoxed(start1, start2);
        if (starts == 0) {
            return end1 == null || end2 == null ? null : 1L;
        }
        Object earlierEnd = starts > 0 ? end2 : end1;
        Object laterStart = starts > 0 ? start1 : start2;
        Object laterEnd = starts > 0 ? end1 : end2;
        if (earlierEnd == null) {
            return null;
        }
        if (order.compareBoxed(laterStart, earlierEnd) < 0) {
            return 1L;
        }
        return laterEnd == null ? null : 0L;
    }

    private static @Nullable Object first(ValueOrder order, @Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return order.compareBoxed(a, b) <= 0 ? a : b;
    }

    private static void intervals(Definitions to) {
        to.refRef("interval_um", (Interval a) -> Intervals.negate(a));
        to.refsRef("interval_pl", (Interval a, Interval b) -> Intervals.add(a, b));
        to.refsRef("interval_mi", (Interval a, Interval b) -> Intervals.subtract(a, b));
        to.general("interval_mul", (call, a) -> Intervals.multiply(interval(a, 0), Arguments.real(a, 1)));
        to.general("mul_d_interval", (call, a) -> Intervals.multiply(interval(a, 1), Arguments.real(a, 0)));
        to.general("interval_div", (call, a) -> Intervals.divide(interval(a, 0), Arguments.real(a, 1)));
        to.refRef("interval_justify_hours", (Interval a) -> Intervals.justifyHours(a));
        to.refRef("interval_justify_days", (Interval a) -> Intervals.justifyDays(a));
        to.refRef("interval_justify_interval", (Interval a) -> Intervals.justify(a));
        to.general("interval_scale", (call, a) -> Typmods.interval(interval(a, 0), Arguments.integer(a, 1)));
    }

    private static void times(Definitions to) {
        to.general("time_mi_time", (call, a) -> new Interval(0, 0, Arguments.number(a, 0) - Arguments.number(a, 1)));
        to.general(
                "time_pl_interval",
                (call, a) ->
                        Math.floorMod(Arguments.number(a, 0) + interval(a, 1).micros(), DAY));
        to.general(
                "time_mi_interval",
                (call, a) ->
                        Math.floorMod(Arguments.number(a, 0) - interval(a, 1).micros(), DAY));
        to.general(
                "interval_pl_time(interval,time)",
                (call, a) ->
                        Math.floorMod(Arguments.number(a, 1) + interval(a, 0).micros(), DAY));
        to.refsRef(
                "timetz_pl_interval",
                (TimeTz a, Interval b) -> new TimeTz(Math.floorMod(a.micros() + b.micros(), DAY), a.offsetSeconds()));
        to.refsRef(
                "timetz_mi_interval",
                (TimeTz a, Interval b) -> new TimeTz(Math.floorMod(a.micros() - b.micros(), DAY), a.offsetSeconds()));
        to.general("time_scale", (call, a) -> Typmods.roundMicros(Arguments.number(a, 0), digits(a)));
        to.general("timetz_scale", (call, a) -> {
            TimeTz value = (TimeTz) Arguments.ref(a, 0);
            return new TimeTz(Typmods.roundMicros(value.micros(), digits(a)), value.offsetSeconds());
        });
        to.longRef("time_interval", a -> new Interval(0, 0, a));
        to.refLong("interval_time", (Interval a) -> Math.floorMod(a.micros(), DAY));
        to.refsRef("timetz_larger", (TimeTz a, TimeTz b) -> a.compareTo(b) > 0 ? a : b);
        to.refsRef("timetz_smaller", (TimeTz a, TimeTz b) -> a.compareTo(b) < 0 ? a : b);
    }

    private static void conversions(Definitions to) {
        to.longLong("date_timestamp", Timestamps::fromDate);
        to.longLong("timestamp_date", Timestamps::toDate);
        to.general("date_timestamptz", (call, a) -> toUtc(zone(call), Timestamps.fromDate(Arguments.number(a, 0))));
        to.general("timestamptz_date", (call, a) -> Timestamps.toDate(toLocal(zone(call), Arguments.number(a, 0))));
        to.general("timestamptz_timestamp", (call, a) -> toLocal(zone(call), Arguments.number(a, 0)));
        to.general("timestamp_timestamptz", (call, a) -> toUtc(zone(call), Arguments.number(a, 0)));
        to.general(
                "timestamp_time",
                (call, a) -> Calendar.isInfinite(Arguments.number(a, 0))
                        ? null
                        : (Object) Timestamps.timeOfDay(Arguments.number(a, 0)));
        to.general(
                "timestamptz_time",
                (call, a) -> Calendar.isInfinite(Arguments.number(a, 0))
                        ? null
                        : (Object) Timestamps.timeOfDay(zone(call).toLocal(Arguments.number(a, 0))));
        to.general("timestamptz_timetz", (call, a) -> {
            long moment = Arguments.number(a, 0);
            return Calendar.isInfinite(moment)
                    ? null
                    : new TimeTz(
                            Timestamps.timeOfDay(zone(call).toLocal(moment)),
                            zone(call).offsetAt(moment));
        });
        to.refLong("timetz_time", (TimeTz a) -> a.micros());
        to.general(
                "time_timetz",
                (call, a) -> new TimeTz(
                        Arguments.number(a, 0),
                        zone(call).offsetAt(call.session().transactionMicros())));
        to.doubleLong("float8_timestamptz", a -> {
            if (Double.isInfinite(a)) {
                return a > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
            }
            if (Double.isNaN(a)) {
                throw new DatabaseException(ErrorCode.DATETIME_FIELD_OVERFLOW, "timestamp cannot be NaN");
            }
            return Timestamps.checked(Math.round((a - Calendar.EPOCH_2000_DAYS * 86_400.0) * 1e6));
        });
    }

    private static long toUtc(PgTimeZone zone, long local) {
        return Calendar.isInfinite(local) ? local : Timestamps.checked(zone.toUtc(local));
    }

    private static long toLocal(PgTimeZone zone, long moment) {
        return Calendar.isInfinite(moment) ? moment : zone.toLocal(moment);
    }

    private static PgTimeZone zone(String name) {
        return PgTimeZone.of(name)
                .orElseThrow(() -> new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "time zone \"" + name + "\" not recognized"));
    }

    private static PgTimeZone zone(Interval offset) {
        if (offset.months() != 0 || offset.days() != 0) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "interval time zone must not include months or days");
        }
        return PgTimeZone.ofOffset((int) (offset.micros() / Calendar.MICROS_PER_SECOND));
    }

    private static void zones(Definitions to) {
        to.general("timestamptz_zone", (call, a) -> toLocal(zone(Arguments.text(a, 0)), Arguments.number(a, 1)));
        to.general("timestamptz_izone", (call, a) -> toLocal(zone(interval(a, 0)), Arguments.number(a, 1)));
        to.general("timestamp_zone", (call, a) -> toUtc(zone(Arguments.text(a, 0)), Arguments.number(a, 1)));
        to.general("timestamp_izone", (call, a) -> toUtc(zone(interval(a, 0)), Arguments.number(a, 1)));
        to.general("timetz_zone", (call, a) -> {
            PgTimeZone zone = zone(Arguments.text(a, 0));
            return shift(
                    (TimeTz) Arguments.ref(a, 1), zone.offsetAt(call.session().transactionMicros()));
        });
        to.general(
                "timetz_izone",
                (call, a) ->
                        shift((TimeTz) Arguments.ref(a, 1), zone(interval(a, 0)).offsetAt(0)));
    }

    private static TimeTz shift(TimeTz value, int offset) {
        long local = value.utcMicros() + offset * Calendar.MICROS_PER_SECOND;
        return new TimeTz(Math.floorMod(local, DAY), offset);
    }

    private static @Nullable Object real(@Nullable Numeric value) {
        return value == null ? null : (Object) value.doubleValue();
    }

    private static void fields(Definitions to) {
        to.general("extract_date", (call, a) -> DateTimeFields.ofDate(Arguments.text(a, 0), Arguments.number(a, 1)));
        to.general(
                "date_part(text,date)",
                (call, a) -> real(DateTimeFields.ofTimestamp(
                        Arguments.text(a, 0), Timestamps.fromDate(Arguments.number(a, 1)), null)));
        for (boolean exact : new boolean[] {true, false}) {
            String suffix = exact ? "extract_%s" : "%s_part";
            to.general(
                    suffix.replace("%s", "timestamp"),
                    (call, a) -> part(
                            exact, DateTimeFields.ofTimestamp(Arguments.text(a, 0), Arguments.number(a, 1), null)));
            to.general(
                    suffix.replace("%s", "timestamptz"),
                    (call, a) -> part(
                            exact,
                            DateTimeFields.ofTimestamp(Arguments.text(a, 0), Arguments.number(a, 1), zone(call))));
            to.general(
                    suffix.replace("%s", "time"),
                    (call, a) -> part(exact, DateTimeFields.ofTimeOfDay(Arguments.text(a, 0), Arguments.number(a, 1))));
            to.general(
                    suffix.replace("%s", "timetz"),
                    (call, a) ->
                            part(exact, DateTimeFields.ofTimeTz(Arguments.text(a, 0), (TimeTz) Arguments.ref(a, 1))));
            to.general(
                    suffix.replace("%s", "interval"),
                    (call, a) -> part(exact, DateTimeFields.ofInterval(Arguments.text(a, 0), interval(a, 1))));
        }
        to.general(
                "timestamp_trunc",
                (call, a) -> DateTimeFields.truncate(
                        Arguments.text(a, 0), Arguments.number(a, 1), "timestamp without time zone"));
        to.general(
                "timestamptz_trunc", (call, a) -> truncate(Arguments.text(a, 0), Arguments.number(a, 1), zone(call)));
        to.general(
                "timestamptz_trunc_zone",
                (call, a) -> truncate(Arguments.text(a, 0), Arguments.number(a, 1), zone(Arguments.text(a, 2))));
        to.general("interval_trunc", (call, a) -> DateTimeFields.truncate(Arguments.text(a, 0), interval(a, 1)));
    }

    private static @Nullable Object part(boolean exact, @Nullable Numeric value) {
        return exact ? value : real(value);
    }

    private static long truncate(String unit, long moment, PgTimeZone zone) {
        long local = toLocal(zone, moment);
        return toUtc(zone, DateTimeFields.truncate(unit, local, "timestamp with time zone"));
    }

    private static void makers(Definitions to) {
        to.general(
                "make_date",
                (call, a) ->
                        Timestamps.makeDate(Arguments.number(a, 0), Arguments.number(a, 1), Arguments.number(a, 2)));
        to.general(
                "make_time",
                (call, a) -> Timestamps.makeTime(Arguments.number(a, 0), Arguments.number(a, 1), Arguments.real(a, 2)));
        to.general("make_timestamp", (call, a) -> make(a));
        to.general("make_timestamptz", (call, a) -> toUtc(zone(call), make(a)));
        to.general("make_timestamptz_at_timezone", (call, a) -> toUtc(zone(Arguments.text(a, 6)), make(a)));
        to.general("make_interval", (call, a) -> {
            long years = optional(a, 0);
            long seconds = a.length > 6 ? Math.round(Arguments.real(a, 6) * 1e6) : 0;
            return Intervals.of(
                    years * 12 + optional(a, 1),
                    optional(a, 2) * 7 + optional(a, 3),
                    optional(a, 4) * Calendar.MICROS_PER_HOUR + optional(a, 5) * Calendar.MICROS_PER_MINUTE + seconds);
        });
    }

    /** Digits of a modifier, all of them where it is none. */
    private static int digits(@Nullable Object[] a) {
        int typmod = Arguments.integer(a, 1);
        return typmod < 0 ? 6 : typmod;
    }

    private static long optional(@Nullable Object[] a, int index) {
        return index < a.length ? Arguments.number(a, index) : 0;
    }

    private static long make(@Nullable Object[] a) {
        return Timestamps.make(
                Arguments.number(a, 0),
                Arguments.number(a, 1),
                Arguments.number(a, 2),
                Arguments.number(a, 3),
                Arguments.number(a, 4),
                Arguments.real(a, 5));
    }

    /** date, timestamp and timestamptz compared with each other, as moments or local times. */
    private static void mixedComparisons(Definitions to) {
        String[] types = {"date", "timestamp", "timestamptz"};
        for (String left : types) {
            for (String right : types) {
                if (left.equals(right)) {
                    continue;
                }
                for (String operator : new String[] {"eq", "ne", "lt", "le", "gt", "ge", "cmp"}) {
                    to.general(left + "_" + operator + "_" + right, (call, a) -> {
                        boolean zoned = left.equals("timestamptz") || right.equals("timestamptz");
                        int order = Long.compare(
                                moment(call, left, Arguments.number(a, 0), zoned),
                                moment(call, right, Arguments.number(a, 1), zoned));
                        return answer(operator, order);
                    });
                }
            }
        }
    }

    private static long moment(Call call, String type, long value, boolean zoned) {
        long local = type.equals("date") ? Timestamps.fromDate(value) : value;
        return zoned && !type.equals("timestamptz") ? toUtc(zone(call), local) : local;
    }

    private static long answer(String operator, int order) {
        return switch (operator) {
            case "eq" -> order == 0 ? 1 : 0;
            case "ne" -> order != 0 ? 1 : 0;
            case "lt" -> order < 0 ? 1 : 0;
            case "le" -> order <= 0 ? 1 : 0;
            case "gt" -> order > 0 ? 1 : 0;
            case "ge" -> order >= 0 ? 1 : 0;
            default -> order;
        };
    }
}
