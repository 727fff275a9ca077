package dev.strongroom.client.jdbc;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGTime;
import org.postgresql.util.PGTimestamp;
import org.postgresql.util.PGobject;

/**
 * The types pgjdbc would send parameters with, as far as the setter alone tells. The server can analyse most statements
 * without; {@code coalesce(?, ?)} and its like it cannot (AE-102, AE-130).
 */
final class DeclaredTypes {
    private static final Map<String, String> BY_SETTER = Map.of(
            "setByte", "int2",
            "setShort", "int2",
            "setInt", "int4",
            "setLong", "int8",
            "setFloat", "float4",
            "setDouble", "float8",
            "setBigDecimal", "numeric",
            "setBoolean", "bool",
            "setBytes", "bytea",
            "setString", "varchar");

    private static final Map<Class<?>, String> BY_CLASS = Map.ofEntries(
            Map.entry(Byte.class, "int2"),
            Map.entry(Short.class, "int2"),
            Map.entry(Integer.class, "int4"),
            Map.entry(Long.class, "int8"),
            Map.entry(Float.class, "float4"),
            Map.entry(Double.class, "float8"),
            Map.entry(BigDecimal.class, "numeric"),
            Map.entry(Boolean.class, "bool"),
            Map.entry(LocalDate.class, "date"),
            Map.entry(LocalTime.class, "time"),
            Map.entry(OffsetTime.class, "timetz"),
            Map.entry(LocalDateTime.class, "timestamp"),
            Map.entry(OffsetDateTime.class, "timestamptz"),
            Map.entry(UUID.class, "uuid"),
            Map.entry(String.class, "varchar"));

    private static final Map<Integer, String> BY_NUMBER = Map.of(
            Types.SMALLINT, "int2",
            Types.TINYINT, "int2",
            Types.INTEGER, "int4",
            Types.BIGINT, "int8",
            Types.REAL, "float4",
            Types.DOUBLE, "float8",
            Types.NUMERIC, "numeric",
            Types.DECIMAL, "numeric",
            Types.VARCHAR, "varchar",
            Types.BOOLEAN, "bool");

    private DeclaredTypes() {}

    /** Type names by parameter index; what is not known is not in it. */
    static Map<Integer, String> of(Bindings bindings) throws SQLException {
        Map<Integer, String> types = new TreeMap<>();
        for (Binding binding : bindings.all()) {
            String type = of(binding);
            if (type != null) {
                types.put(binding.index(), type);
            }
        }
        return types;
    }

    private static @Nullable String of(Binding binding) throws SQLException {
        Object second = binding.arguments()[1];
        return switch (binding.setter().getName()) {
            case "setNull" -> second instanceof Integer number ? BY_NUMBER.get(number) : null;
            case "setObject" -> {
                Object target = binding.arguments().length > 2 ? binding.arguments()[2] : null;
                boolean own = second instanceof UUID || second instanceof PGobject;
                yield target instanceof Integer number && !(own && number == Types.OTHER)
                        ? BY_NUMBER.get(number)
                        : ofValue(second);
            }
            case "setTime", "setTimestamp", "setArray" -> ofValue(second);
            default -> BY_SETTER.get(binding.setter().getName());
        };
    }

    private static @Nullable String ofValue(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case PGTime time -> time.getCalendar() == null ? "time" : "timetz";
            case PGTimestamp moment -> moment.getCalendar() == null ? "timestamp" : "timestamptz";
            case PGobject object -> object.getType();
            case Array array -> array.getBaseTypeName() + "[]";
            default -> BY_CLASS.get(value.getClass());
        };
    }
}
