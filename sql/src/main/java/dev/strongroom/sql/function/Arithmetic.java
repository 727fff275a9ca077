package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** Integer arithmetic with PostgreSQL's range errors. */
public final class Arithmetic {
    private Arithmetic() {}

    /** The value if it fits an int2. */
    public static long int2(long value) {
        if (value != (short) value) {
            throw outOfRange("smallint");
        }
        return value;
    }

    /** The value if it fits an int4. */
    public static long int4(long value) {
        if (value != (int) value) {
            throw outOfRange("integer");
        }
        return value;
    }

    public static long add(long a, long b) {
        long sum = a + b;
        if (((a ^ sum) & (b ^ sum)) < 0) {
            throw outOfRange("bigint");
        }
        return sum;
    }

    public static long subtract(long a, long b) {
        long difference = a - b;
        if (((a ^ b) & (a ^ difference)) < 0) {
            throw outOfRange("bigint");
        }
        return difference;
    }

    public static long multiply(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        if (high != low >> 63) {
            throw outOfRange("bigint");
        }
        return low;
    }

    public static long divide(long a, long b) {
        if (b == 0) {
            throw divisionByZero();
        }
        if (b == -1) {
            return negate(a);
        }
        return a / b;
    }

    public static long modulo(long a, long b) {
        if (b == 0) {
            throw divisionByZero();
        }
        return b == -1 ? 0 : a % b;
    }

    public static long negate(long a) {
        if (a == Long.MIN_VALUE) {
            throw outOfRange("bigint");
        }
        return -a;
    }

    static long greatestCommonDivisor(long a, long b) {
        while (b != 0) {
            long rest = b == -1 ? 0 : a % b;
            a = b;
            b = rest;
        }
        return a < 0 ? negate(a) : a;
    }

    static DatabaseException outOfRange(String type) {
        return new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, type + " out of range");
    }

    static DatabaseException divisionByZero() {
        return new DatabaseException(ErrorCode.DIVISION_BY_ZERO, "division by zero");
    }
}
