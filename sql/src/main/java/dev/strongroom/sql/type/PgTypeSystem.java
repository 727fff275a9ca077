package dev.strongroom.sql.type;

import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** Limits of PostgreSQL's types; results are typed by PostgreSQL's functions, never derived here. */
public final class PgTypeSystem extends RelDataTypeSystemImpl {
    private static final int MAX_NUMERIC_PRECISION = 1000;
    private static final int MAX_CHARACTERS = 10_485_760;

    @Override
    public int getMaxPrecision(SqlTypeName typeName) {
        return switch (typeName) {
            case DECIMAL -> MAX_NUMERIC_PRECISION;
            case VARCHAR, CHAR -> MAX_CHARACTERS;
            default -> super.getMaxPrecision(typeName);
        };
    }

    @Override
    public int getMaxScale(SqlTypeName typeName) {
        return typeName == SqlTypeName.DECIMAL ? MAX_NUMERIC_PRECISION : super.getMaxScale(typeName);
    }

    @Override
    public int getDefaultPrecision(SqlTypeName typeName) {
        return typeName == SqlTypeName.DECIMAL ? MAX_NUMERIC_PRECISION : super.getDefaultPrecision(typeName);
    }

    @Override
    public RoundingMode roundingMode() {
        return RoundingMode.HALF_UP;
    }

    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }
}
