package dev.strongroom.sql.type;

import dev.strongroom.common.type.PgType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Makes {@link PgRelType}s wherever Calcite asks for a type, and joins types by PostgreSQL's rules. Thread-safe. */
public final class PgTypeFactory extends SqlTypeFactoryImpl {
    public static final PgTypeFactory INSTANCE = new PgTypeFactory();

    private PgTypeFactory() {
        super(new PgTypeSystem());
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName) {
        PgType type = switch (typeName) {
            case BOOLEAN -> PgType.BOOL;
            case TINYINT, SMALLINT -> PgType.INT2;
            case INTEGER -> PgType.INT4;
            case BIGINT -> PgType.INT8;
            case DECIMAL -> PgType.NUMERIC;
            case REAL -> PgType.FLOAT4;
            case FLOAT, DOUBLE -> PgType.FLOAT8;
            case CHAR, VARCHAR -> PgType.TEXT;
            case NULL, UNKNOWN -> PgType.UNKNOWN;
            default -> null;
        };
        return type == null ? super.createSqlType(typeName) : PgRelType.of(type).createWithNullability(false);
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName, int precision) {
        return createSqlType(typeName);
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName, int precision, int scale) {
        return createSqlType(typeName);
    }

    @Override
    public RelDataType createUnknownType() {
        return PgRelType.of(PgType.UNKNOWN);
    }

    @Override
    public RelDataType createTypeWithCharsetAndCollation(RelDataType type, Charset charset, SqlCollation collation) {
        return type;
    }

    @Override
    public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
        return type instanceof PgRelType pg
                ? pg.createWithNullability(nullable)
                : super.createTypeWithNullability(type, nullable);
    }

    @Override
    public RelDataType enforceTypeWithNullability(RelDataType type, boolean nullable) {
        return type instanceof PgRelType pg
                ? pg.createWithNullability(nullable)
                : super.enforceTypeWithNullability(type, nullable);
    }

    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule mappingRule) {
        if (types.getFirst().isStruct()) {
            return leastRestrictiveStructuredType(types);
        }
        List<PgRelType> all = new ArrayList<>(types.size());
        boolean nullable = false;
        for (RelDataType type : types) {
            all.add(PgRelType.of(type));
            nullable |= type.isNullable();
        }
        PgRelType common = CommonType.select(all);
        return common == null ? null : common.createWithNullability(nullable);
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }
}
