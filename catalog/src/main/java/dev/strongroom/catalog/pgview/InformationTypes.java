package dev.strongroom.catalog.pgview;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.type.Typmods;
import org.jspecify.annotations.Nullable;

/** A type as the SQL standard describes it ({@code _pg_char_max_length} and its like in PostgreSQL). */
record InformationTypes(
        String dataType,
        @Nullable Integer characterLength,
        @Nullable Integer octetLength,
        @Nullable Integer numericPrecision,
        @Nullable Integer numericRadix,
        @Nullable Integer numericScale,
        @Nullable Integer datetimePrecision,
        @Nullable String intervalType) {
    private static final int MAX_OCTETS = 1_073_741_824;
    private static final int BYTES_PER_CHARACTER = 4;

    static InformationTypes of(PgType type, int typmod) {
        if (type.name().startsWith("_")) {
            return plain("ARRAY");
        }
        String name = TypeNames.of(type);
        return switch (type.name()) {
            case "text" -> new InformationTypes(name, null, MAX_OCTETS, null, null, null, null, null);
            case "varchar", "bpchar" -> characters(type, typmod);
            case "int2" -> number(name, 16, 2, 0);
            case "int4" -> number(name, 32, 2, 0);
            case "int8" -> number(name, 64, 2, 0);
            case "float4" -> number(name, 24, 2, null);
            case "float8" -> number(name, 53, 2, null);
            case "numeric" ->
                typmod < 0
                        ? number(name, null, 10, null)
                        : number(name, Typmods.numericPrecision(typmod), 10, Typmods.numericScale(typmod));
            case "date" -> time(name, 0, null);
            case "time", "timetz", "timestamp", "timestamptz" -> time(name, typmod < 0 ? 6 : typmod, null);
            case "interval" -> interval(type, typmod);
            default -> plain(name);
        };
    }

    private static InformationTypes characters(PgType type, int typmod) {
        String name = type == PgType.BPCHAR ? "character" : TypeNames.of(type);
        Integer length = typmod < 0 ? null : (Integer) (typmod - 4);
        int octets = length == null ? MAX_OCTETS : (int) Math.min((long) length * BYTES_PER_CHARACTER, MAX_OCTETS);
        return new InformationTypes(name, length, octets, null, null, null, null, null);
    }

    private static InformationTypes interval(PgType type, int typmod) {
        int precision = typmod < 0 ? Typmods.FULL_PRECISION : typmod & Typmods.FULL_PRECISION;
        String shown = TypeNames.of(type, typmod);
        String fields = shown.substring("interval".length()).strip().replaceAll("\\(.*\\)", "");
        return time(
                "interval",
                precision == Typmods.FULL_PRECISION ? 6 : precision,
                fields.isEmpty() ? null : fields.toUpperCase(java.util.Locale.ROOT));
    }

    private static InformationTypes number(
            String name, @Nullable Integer precision, Integer radix, @Nullable Integer scale) {
        return new InformationTypes(name, null, null, precision, radix, scale, null, null);
    }

    private static InformationTypes time(String name, int precision, @Nullable String intervalType) {
        return new InformationTypes(name, null, null, null, null, null, precision, intervalType);
    }

    private static InformationTypes plain(String name) {
        return new InformationTypes(name, null, null, null, null, null, null, null);
    }
}
