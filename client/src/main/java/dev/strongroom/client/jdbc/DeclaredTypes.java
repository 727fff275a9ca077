package dev.strongroom.client.jdbc;

import java.math.BigDecimal;
import java.sql.Types;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    private static final Map<Class<?>, String> BY_CLASS = Map.of(
            Byte.class, "int2",
            Short.class, "int2",
            Integer.class, "int4",
            Long.class, "int8",
            Float.class, "float4",
            Double.class, "float8",
            BigDecimal.class, "numeric",
            Boolean.class, "bool",
            UUID.class, "uuid",
            String.class, "varchar");

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
    static Map<Integer, String> of(Bindings bindings) {
        Map<Integer, String> types = new TreeMap<>();
        for (Binding binding : bindings.all()) {
            String type = of(binding);
            if (type != null) {
                types.put(binding.index(), type);
            }
        }
        return types;
    }

    private static @Nullable String of(Binding binding) {
        Object second = binding.arguments()[1];
        return switch (binding.setter().getName()) {
            case "setNull" -> second instanceof Integer number ? BY_NUMBER.get(number) : null;
            case "setObject" -> {
                if (binding.arguments().length > 2) {
                    yield binding.arguments()[2] instanceof Integer number ? BY_NUMBER.get(number) : null;
                }
                yield second == null ? null : BY_CLASS.get(second.getClass());
            }
            default -> BY_SETTER.get(binding.setter().getName());
        };
    }
}
