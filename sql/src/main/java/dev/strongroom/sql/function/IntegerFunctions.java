package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** int2, int4, int8, oid, bool: arithmetic, bits, comparisons, conversions among them. */
final class IntegerFunctions {
    private IntegerFunctions() {}

    static void define(Definitions to) {
        arithmetic(to);
        bits(to);
        for (String pair : new String[] {"2", "4", "8", "24", "42", "28", "82", "48", "84"}) {
            comparisons(to, "int" + pair);
        }
        comparisons(to, "oid");
        comparisons(to, "bool");
        comparisons(to, "date_");
        comparisons(to, "time_");
        comparisons(to, "timestamp_");
        comparisons(to, "cash_");
        for (String pair : new String[] {"xideq", "cideq"}) {
            to.longsLong(pair, (a, b) -> a == b ? 1 : 0);
        }
        for (String pair : new String[] {"xidneq"}) {
            to.longsLong(pair, (a, b) -> a != b ? 1 : 0);
        }
        for (String name : new String[] {
            "btint2cmp", "btint4cmp", "btint8cmp", "btoidcmp", "btboolcmp", "date_cmp", "time_cmp", "timestamp_cmp"
        }) {
            to.longsLong(name, Long::compare);
        }
        conversions(to);
        for (String name : new String[] {"int2larger", "int4larger", "int8larger", "oidlarger"}) {
            to.longsLong(name, Math::max);
        }
        for (String name : new String[] {"int2smaller", "int4smaller", "int8smaller", "oidsmaller"}) {
            to.longsLong(name, Math::min);
        }
        to.longsLong("booland_statefunc", (a, b) -> a & b);
        to.longsLong("boolor_statefunc", (a, b) -> a | b);
    }

    private static void arithmetic(Definitions to) {
        for (String type : new String[] {"int2", "int4", "int24", "int42"}) {
            boolean small = type.equals("int2");
            ScalarCode.LongToLong fit = small ? Arithmetic::int2 : Arithmetic::int4;
            if (small) {
                to.longsLong(type + "pl", (a, b) -> Arithmetic.int2(a + b));
                to.longsLong(type + "mi", (a, b) -> Arithmetic.int2(a - b));
                to.longsLong(type + "mul", (a, b) -> Arithmetic.int2(a * b));
            } else {
                to.longsLong(type + "pl", (a, b) -> Arithmetic.int4(a + b));
                to.longsLong(type + "mi", (a, b) -> Arithmetic.int4(a - b));
                to.longsLong(type + "mul", (a, b) -> Arithmetic.int4(a * b));
            }
            to.longsLong(type + "div", (a, b) -> fit.call(Arithmetic.divide(a, b)));
        }
        for (String type : new String[] {"int8", "int28", "int82", "int48", "int84"}) {
            to.longsLong(type + "pl", Arithmetic::add);
            to.longsLong(type + "mi", Arithmetic::subtract);
            to.longsLong(type + "mul", Arithmetic::multiply);
            to.longsLong(type + "div", Arithmetic::divide);
        }
        for (String type : new String[] {"int2", "int4", "int8"}) {
            ScalarCode.LongToLong fit = switch (type) {
                case "int2" -> Arithmetic::int2;
                case "int4" -> Arithmetic::int4;
                default -> a -> a;
            };
            to.longsLong(type + "mod", Arithmetic::modulo);
            to.longLong(type + "um", a -> fit.call(Arithmetic.negate(a)));
            to.longLong(type + "up", a -> a);
            to.longLong(type + "abs", a -> a < 0 ? fit.call(Arithmetic.negate(a)) : a);
        }
        to.longLong("int8inc", a -> Arithmetic.add(a, 1));
        to.longsLong("int4gcd", (a, b) -> Arithmetic.int4(Arithmetic.greatestCommonDivisor(a, b)));
        to.longsLong("int8gcd", Arithmetic::greatestCommonDivisor);
        to.longsLong("int4lcm", (a, b) -> Arithmetic.int4(leastCommonMultiple(a, b)));
        to.longsLong("int8lcm", IntegerFunctions::leastCommonMultiple);
    }

    private static long leastCommonMultiple(long a, long b) {
        if (a == 0 || b == 0) {
            return 0;
        }
        long product = Arithmetic.multiply(a / Arithmetic.greatestCommonDivisor(a, b), b);
        return product < 0 ? Arithmetic.negate(product) : product;
    }

    private static void bits(Definitions to) {
        for (String type : new String[] {"int2", "int4", "int8"}) {
            to.longsLong(type + "and", (a, b) -> a & b);
            to.longsLong(type + "or", (a, b) -> a | b);
            to.longsLong(type + "xor", (a, b) -> a ^ b);
            to.longLong(type + "not", a -> ~a);
        }
        to.longsLong("int2shl", (a, b) -> (short) ((int) a << (int) b));
        to.longsLong("int2shr", (a, b) -> (short) ((int) a >> (int) b));
        to.longsLong("int4shl", (a, b) -> (int) a << (int) b);
        to.longsLong("int4shr", (a, b) -> (int) a >> (int) b);
        to.longsLong("int8shl", (a, b) -> a << (int) b);
        to.longsLong("int8shr", (a, b) -> a >> (int) b);
    }

    private static void comparisons(Definitions to, String type) {
        to.longsLong(type + "eq", (a, b) -> a == b ? 1 : 0);
        to.longsLong(type + "ne", (a, b) -> a != b ? 1 : 0);
        to.longsLong(type + "lt", (a, b) -> a < b ? 1 : 0);
        to.longsLong(type + "le", (a, b) -> a <= b ? 1 : 0);
        to.longsLong(type + "gt", (a, b) -> a > b ? 1 : 0);
        to.longsLong(type + "ge", (a, b) -> a >= b ? 1 : 0);
    }

    private static void conversions(Definitions to) {
        to.longLong("i2toi4", a -> a);
        to.longLong("i4toi2", Arithmetic::int2);
        to.longLong("int48", a -> a);
        to.longLong("int84", Arithmetic::int4);
        to.longLong("int28", a -> a);
        to.longLong("int82", Arithmetic::int2);
        to.longLong("int4_bool", a -> a != 0 ? 1 : 0);
        to.longLong("bool_int4", a -> a);
        to.longLong("i8tooid", a -> {
            if (a < 0 || a > 0xFFFF_FFFFL) {
                throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "OID out of range");
            }
            return a;
        });
        to.longLong("oidtoi8", a -> a);
    }
}
