package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.sql.parse.statement.TypeName;
import dev.strongroom.sql.type.PgRelType;
import java.util.List;
import java.util.Optional;

/** Types as written to types as they are. */
public final class TypeResolver {
    private TypeResolver() {}

    /** The type a name stands for, or 42704. */
    public static PgRelType resolve(TypeName name) {
        PgType base = named(name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT, "type \"" + shown(name) + "\" does not exist")
                        .withPosition(name.position())
                        .exception());
        int typmod = typmod(base, name.modifiers(), name);
        if (name.arrayDimensions() > 0) {
            PgType array = base.arrayType()
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_OBJECT, "type \"" + shown(name) + "[]\" does not exist")
                            .withPosition(name.position())
                            .exception());
            return PgRelType.of(array, typmod);
        }
        return PgRelType.of(base, typmod);
    }

    /** As a column has it. */
    public static ColumnType columnType(TypeName name) {
        PgRelType type = resolve(name);
        return ColumnType.of(type.pgType(), type.typmod());
    }

    static Optional<PgType> named(TypeName name) {
        String schema = name.schema();
        if (schema != null && !schema.equals("pg_catalog")) {
            return schema.equals("information_schema") ? informationSchema(name.name()) : Optional.empty();
        }
        return byName(name.name(), schema == null);
    }

    /** A built-in type by the name PostgreSQL or the standard gives it. */
    static Optional<PgType> byName(String name, boolean aliases) {
        Optional<PgType> type = PgType.byName(name);
        if (type.isPresent() || !aliases) {
            return type;
        }
        return switch (name) {
            case "decimal", "dec" -> Optional.of(PgType.NUMERIC);
            case "sr_encrypted_det" -> Optional.of(PgType.ENCRYPTED_DET);
            default -> informationSchema(name);
        };
    }

    private static Optional<PgType> informationSchema(String name) {
        return switch (name) {
            case "sql_identifier" -> Optional.of(PgType.NAME);
            case "character_data", "yes_or_no" -> Optional.of(PgType.VARCHAR);
            case "cardinal_number" -> Optional.of(PgType.INT4);
            case "time_stamp" -> Optional.of(PgType.TIMESTAMPTZ);
            default -> Optional.empty();
        };
    }

    private static String shown(TypeName name) {
        return String.join(".", name.parts());
    }

    private static int typmod(PgType type, List<Integer> modifiers, TypeName name) {
        if (modifiers.isEmpty()) {
            return -1;
        }
        int first = modifiers.getFirst();
        return switch (type.name()) {
            case "varchar", "bpchar" -> Typmods.characters(type, first);
            case "numeric" -> Typmods.numeric(first, modifiers.size() > 1 ? modifiers.get(1) : 0);
            case "time", "timetz", "timestamp", "timestamptz" -> Typmods.time(first);
            case "interval" -> {
                int precision = modifiers.size() > 1 ? modifiers.get(1) : Typmods.FULL_PRECISION;
                yield first == TypeName.FULL_RANGE && precision == Typmods.FULL_PRECISION
                        ? -1
                        : Typmods.interval(first, precision);
            }
            case "bit", "varbit" -> first;
            default ->
                throw ErrorReport.error(
                                ErrorCode.SYNTAX_ERROR, "type modifier is not allowed for type \"" + shown(name) + "\"")
                        .withPosition(name.position())
                        .exception();
        };
    }
}
