package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.TimeTz;
import java.util.Arrays;

/** Comparison operators of types held as objects, and their larger and smaller. */
final class ComparisonFunctions {
    private ComparisonFunctions() {}

    /** Names of one type's six operators: equal, not equal, less, less or equal, greater, greater or equal. */
    private record Names(String eq, String ne, String lt, String le, String gt, String ge) {
        static Names of(String prefix) {
            return new Names(prefix + "eq", prefix + "ne", prefix + "lt", prefix + "le", prefix + "gt", prefix + "ge");
        }
    }

    /** Order of two values. */
    @FunctionalInterface
    private interface Order<A> {
        int compare(A a, A b);
    }

    static void define(Definitions to) {
        Order<String> text = CodePoints::compare;
        operators(to, new Names("texteq", "textne", "text_lt", "text_le", "text_gt", "text_ge"), text);
        operators(to, Names.of("name"), text);
        for (String pair : new String[] {"name%text", "text%name"}) {
            String[] sides = pair.split("%", -1);
            operators(
                    to,
                    new Names(
                            sides[0] + "eq" + sides[1],
                            sides[0] + "ne" + sides[1],
                            sides[0] + "lt" + sides[1],
                            sides[0] + "le" + sides[1],
                            sides[0] + "gt" + sides[1],
                            sides[0] + "ge" + sides[1]),
                    text);
        }
        for (String operator : new String[] {"lt", "le", "gt", "ge"}) {
            to.refsLong("text_pattern_" + operator, comparison(operator, text));
            to.refsLong("bpchar_pattern_" + operator, comparison(operator, CodePoints::compareBlankPadded));
        }
        operators(to, Names.of("char"), text);
        operators(to, Names.of("bpchar"), (String a, String b) -> CodePoints.compareBlankPadded(a, b));
        operators(to, Names.of("bytea"), (byte[] a, byte[] b) -> Arrays.compareUnsigned(a, b));
        to.refsLong("sr_cell_eq", (byte[] a, byte[] b) -> Arrays.equals(a, b) ? 1 : 0);
        to.refsLong("sr_cell_ne", (byte[] a, byte[] b) -> Arrays.equals(a, b) ? 0 : 1);
        operators(to, Names.of("numeric_"), Numeric::compareTo);
        operators(to, Names.of("interval_"), Interval::compareTo);
        operators(to, Names.of("timetz_"), TimeTz::compareTo);
        ValueOrder uuid = ValueOrder.of(PgType.UUID);
        operators(to, Names.of("uuid_"), uuid::compareBoxed);
        ValueOrder json = ValueOrder.of(PgType.JSONB);
        operators(to, Names.of("jsonb_"), json::compareBoxed);
        ValueOrder record = ValueOrder.of(PgType.RECORD);
        operators(to, Names.of("record_"), record::compareBoxed);
        compares(to, "bttextcmp", text);
        compares(to, "btnamecmp", text);
        compares(to, "bpcharcmp", CodePoints::compareBlankPadded);
        compares(to, "byteacmp", (byte[] a, byte[] b) -> Arrays.compareUnsigned(a, b));
        compares(to, "numeric_cmp", Numeric::compareTo);
        compares(to, "interval_cmp", Interval::compareTo);
        compares(to, "timetz_cmp", TimeTz::compareTo);
        compares(to, "uuid_cmp", uuid::compareBoxed);
        compares(to, "jsonb_cmp", json::compareBoxed);
        extremes(to, "text_larger", "text_smaller", text);
        extremes(to, "bpchar_larger", "bpchar_smaller", (String a, String b) -> CodePoints.compareBlankPadded(a, b));
        extremes(to, "numeric_larger", "numeric_smaller", Numeric::compareTo);
        extremes(to, "interval_larger", "interval_smaller", Interval::compareTo);
        for (String operator : new String[] {"eq", "ne", "lt", "le", "gt", "ge"}) {
            to.general("array_" + operator, (call, a) -> {
                ValueOrder order = ValueOrder.of(call.argumentTypes().getFirst());
                return holds(operator, order.compareBoxed(Arguments.ref(a, 0), Arguments.ref(a, 1))) ? 1L : 0L;
            });
        }
        to.general("btarraycmp", (call, a) -> (long)
                ValueOrder.of(call.argumentTypes().getFirst()).compareBoxed(Arguments.ref(a, 0), Arguments.ref(a, 1)));
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "eq" -> order == 0;
            case "ne" -> order != 0;
            case "lt" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            case "ge" -> order >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static <A> ScalarCode.RefsToLong<A, A> comparison(String operator, Order<A> order) {
        return switch (operator) {
            case "eq" -> (a, b) -> order.compare(a, b) == 0 ? 1 : 0;
            case "ne" -> (a, b) -> order.compare(a, b) != 0 ? 1 : 0;
            case "lt" -> (a, b) -> order.compare(a, b) < 0 ? 1 : 0;
            case "le" -> (a, b) -> order.compare(a, b) <= 0 ? 1 : 0;
            case "gt" -> (a, b) -> order.compare(a, b) > 0 ? 1 : 0;
            case "ge" -> (a, b) -> order.compare(a, b) >= 0 ? 1 : 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static <A> void operators(Definitions to, Names names, Order<A> order) {
        to.refsLong(names.eq(), comparison("eq", order));
        to.refsLong(names.ne(), comparison("ne", order));
        to.refsLong(names.lt(), comparison("lt", order));
        to.refsLong(names.le(), comparison("le", order));
        to.refsLong(names.gt(), comparison("gt", order));
        to.refsLong(names.ge(), comparison("ge", order));
    }

    private static <A> void compares(Definitions to, String name, Order<A> order) {
        to.refsLong(name, (A a, A b) -> Integer.signum(order.compare(a, b)));
    }

    private static <A> void extremes(Definitions to, String larger, String smaller, Order<A> order) {
        to.refsRef(larger, (A a, A b) -> order.compare(a, b) > 0 ? a : b);
        to.refsRef(smaller, (A a, A b) -> order.compare(a, b) < 0 ? a : b);
    }
}
