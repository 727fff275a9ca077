package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.List;

/** Types as definitions write them to types as columns have them. */
final class ColumnTypes {
    private ColumnTypes() {}

    static ColumnType of(TypeName name) {
        String schema = name.schema();
        boolean system = schema == null || schema.equals("pg_catalog");
        PgType base = system ? PgType.byName(name.name()).orElse(null) : null;
        if (base == null
                && schema == null
                && (name.name().equals("decimal") || name.name().equals("dec"))) {
            base = PgType.NUMERIC;
        }
        if (base == null) {
            throw undefined(name, "");
        }
        if (base.category() == 'P') {
            throw ErrorReport.error(ErrorCode.INVALID_TABLE_DEFINITION, "column has pseudo-type " + base.name())
                    .withPosition(name.position())
                    .exception();
        }
        int typmod = typmod(base, name);
        if (name.arrayDimensions() == 0) {
            return ColumnType.of(base, typmod);
        }
        PgType array = base.arrayType().orElseThrow(() -> undefined(name, "[]"));
        return ColumnType.of(array, typmod);
    }

    private static DatabaseException undefined(TypeName name, String suffix) {
        return ErrorReport.error(
                        ErrorCode.UNDEFINED_OBJECT,
                        "type \"" + String.join(".", name.parts()) + suffix + "\" does not exist")
                .withPosition(name.position())
                .exception();
    }

    private static int typmod(PgType type, TypeName name) {
        List<Integer> modifiers = name.modifiers();
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
                boolean none = first == TypeName.FULL_RANGE && precision == Typmods.FULL_PRECISION;
                yield none ? -1 : Typmods.interval(first, precision);
            }
            default ->
                throw ErrorReport.error(
                                ErrorCode.SYNTAX_ERROR,
                                "type modifier is not allowed for type \"" + String.join(".", name.parts()) + "\"")
                        .withPosition(name.position())
                        .exception();
        };
    }
}
