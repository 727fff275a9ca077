package dev.strongroom.sql.function;

import dev.strongroom.common.datetime.Calendar;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.value.Numeric;

/** {@code to_char}, {@code to_date}, {@code to_timestamp}, {@code to_number}. */
final class FormatFunctions {
    private FormatFunctions() {}

    static void define(Definitions to) {
        to.general("timestamp_to_char", (call, a) -> {
            long local = Arguments.number(a, 0);
            String template = Arguments.text(a, 1);
            return template.isEmpty() || Calendar.isInfinite(local)
                    ? null
                    : new DateTimeFormat(template).format(local, null, 0);
        });
        to.general("timestamptz_to_char", (call, a) -> {
            long moment = Arguments.number(a, 0);
            String template = Arguments.text(a, 1);
            PgTimeZone zone = call.session().typeContext().timeZone();
            return template.isEmpty() || Calendar.isInfinite(moment)
                    ? null
                    : new DateTimeFormat(template).format(zone.toLocal(moment), zone, moment);
        });
        for (String type : new String[] {"int4", "int8"}) {
            to.general(
                    type + "_to_char",
                    (call, a) -> new NumberFormat(Arguments.text(a, 1)).format(Numeric.of(Arguments.number(a, 0))));
        }
        to.general(
                "numeric_to_char",
                (call, a) -> new NumberFormat(Arguments.text(a, 1)).format((Numeric) Arguments.ref(a, 0)));
        to.general(
                "float8_to_char",
                (call, a) -> new NumberFormat(Arguments.text(a, 1)).format(Numeric.of(Arguments.real(a, 0))));
        to.general(
                "float4_to_char",
                (call, a) -> new NumberFormat(Arguments.text(a, 1)).format(Numeric.ofFloat4(Arguments.real(a, 0))));
        to.general("numeric_to_number", (call, a) -> NumberFormat.parse(Arguments.text(a, 0)));
        to.general(
                "to_date",
                (call, a) -> Timestamps.toDate(new DateTimeFormat(Arguments.text(a, 1)).parse(Arguments.text(a, 0))));
        to.general(
                "to_timestamp",
                (call, a) -> call.session()
                        .typeContext()
                        .timeZone()
                        .toUtc(new DateTimeFormat(Arguments.text(a, 1)).parse(Arguments.text(a, 0))));
    }
}
