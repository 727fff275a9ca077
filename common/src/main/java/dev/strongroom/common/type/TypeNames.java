package dev.strongroom.common.type;

/** Type names as {@code format_type()} and error messages print them. */
public final class TypeNames {
    private static final String[] INTERVAL_UNITS = {"year", "month", "day", "hour", "minute", "second"};
    private static final int[] INTERVAL_BITS = {
        Typmods.YEAR, Typmods.MONTH, Typmods.DAY, Typmods.HOUR, Typmods.MINUTE, Typmods.SECOND
    };

    private TypeNames() {}

    /** Name without modifier: {@code character varying}, {@code integer[]}. */
    public static String of(PgType type) {
        return of(type, -1);
    }

    /** Name with modifier: {@code numeric(10,2)}, {@code timestamp(3) with time zone}. */
    public static String of(PgType type, int typmod) {
        if (type.isArray() && type != PgType.INT2VECTOR && type != PgType.OIDVECTOR) {
            return of(type.elementType().orElseThrow(), typmod) + "[]";
        }
        return switch (type.name()) {
            case "bool" -> "boolean";
            case "int2" -> "smallint";
            case "int4" -> "integer";
            case "int8" -> "bigint";
            case "float4" -> "real";
            case "float8" -> "double precision";
            case "varchar" -> "character varying" + length(typmod);
            case "bpchar" -> typmod < 0 ? "bpchar" : "character" + length(typmod);
            case "char" -> "\"char\"";
            case "any" -> "\"any\"";
            case "numeric" -> "numeric" + numeric(typmod);
            case "time" -> "time" + precision(typmod) + " without time zone";
            case "timetz" -> "time" + precision(typmod) + " with time zone";
            case "timestamp" -> "timestamp" + precision(typmod) + " without time zone";
            case "timestamptz" -> "timestamp" + precision(typmod) + " with time zone";
            case "interval" -> "interval" + interval(typmod);
            default -> type.name();
        };
    }

    private static String length(int typmod) {
        return typmod < 0 ? "" : "(" + (typmod - Typmods.HEADER) + ")";
    }

    private static String precision(int typmod) {
        return typmod < 0 ? "" : "(" + typmod + ")";
    }

    private static String numeric(int typmod) {
        return typmod < 0 ? "" : "(" + Typmods.numericPrecision(typmod) + "," + Typmods.numericScale(typmod) + ")";
    }

    private static String interval(int typmod) {
        if (typmod < 0) {
            return "";
        }
        int range = typmod >> 16 & Typmods.FULL_RANGE;
        int precision = typmod & Typmods.FULL_PRECISION;
        String suffix = precision == Typmods.FULL_PRECISION ? "" : "(" + precision + ")";
        if (range == Typmods.FULL_RANGE) {
            return suffix;
        }
        String first = "";
        String last = "";
        for (int i = 0; i < INTERVAL_BITS.length; i++) {
            if ((range & INTERVAL_BITS[i]) != 0) {
                first = first.isEmpty() ? INTERVAL_UNITS[i] : first;
                last = INTERVAL_UNITS[i];
            }
        }
        return " " + (first.equals(last) ? first : first + " to " + last) + suffix;
    }
}
