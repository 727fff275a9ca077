package dev.strongroom.sql.type;

import dev.strongroom.common.type.PgType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.BasicSqlType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Any PostgreSQL type as Calcite sees it. Two are the same type where OID, typmod, collation and nullability agree; the typmod of
 * an encrypted type is its scheme. The {@link SqlTypeName} is only what Calcite needs for its own questions. Immutable.
 */
public final class PgRelType extends BasicSqlType {
    private static final long serialVersionUID = 1L;

    /** PostgreSQL's default collation; ours compares by code point (decision P-8). */
    public static final String DEFAULT_COLLATION = "default";

    private static final PgTypeSystem SYSTEM = new PgTypeSystem();

    private final transient PgType pgType;
    private final int typmod;
    private final String collation;

    private PgRelType(PgType pgType, int typmod, String collation, boolean nullable) {
        super(SYSTEM, sqlTypeName(pgType), nullable);
        this.pgType = pgType;
        this.typmod = typmod;
        this.collation = collation;
        computeDigest();
    }

    /** The nullable type without a typmod. */
    public static PgRelType of(PgType type) {
        return of(type, -1);
    }

    /** The nullable type with a typmod as in {@code pg_attribute.atttypmod}, -1 for none. */
    public static PgRelType of(PgType type, int typmod) {
        return new PgRelType(type, typmod, DEFAULT_COLLATION, true);
    }

    /** The PostgreSQL type behind a type of a rel or rex node. */
    public static PgRelType of(RelDataType type) {
        if (type instanceof PgRelType pg) {
            return pg;
        }
        if (type.isStruct()) {
            return of(PgType.RECORD);
        }
        return of(
                switch (type.getSqlTypeName()) {
                    case BOOLEAN -> PgType.BOOL;
                    case TINYINT, SMALLINT -> PgType.INT2;
                    case INTEGER -> PgType.INT4;
                    case BIGINT -> PgType.INT8;
                    case DECIMAL -> PgType.NUMERIC;
                    case REAL -> PgType.FLOAT4;
                    case FLOAT, DOUBLE -> PgType.FLOAT8;
                    case CHAR, VARCHAR -> PgType.TEXT;
                    case NULL, UNKNOWN -> PgType.UNKNOWN;
                    default -> throw new IllegalArgumentException("not a PostgreSQL type: " + type);
                });
    }

    public PgType pgType() {
        return pgType;
    }

    /** {@code atttypmod}, -1 for none. */
    public int typmod() {
        return typmod;
    }

    /** Name of the collation, {@link #DEFAULT_COLLATION} unless said otherwise. */
    public String collation() {
        return collation;
    }

    public boolean is(PgType type) {
        return pgType.oid() == type.oid();
    }

    public PgRelType withTypmod(int newTypmod) {
        return newTypmod == typmod ? this : new PgRelType(pgType, newTypmod, collation, isNullable);
    }

    public PgRelType withCollation(String newCollation) {
        return new PgRelType(pgType, typmod, newCollation, isNullable);
    }

    @Override
    public PgRelType createWithNullability(boolean nullable) {
        return nullable == isNullable ? this : new PgRelType(pgType, typmod, collation, nullable);
    }

    @Override
    public @Nullable Charset getCharset() {
        return getSqlTypeName() == SqlTypeName.VARCHAR ? StandardCharsets.UTF_8 : null;
    }

    @Override
    public @Nullable SqlCollation getCollation() {
        return getSqlTypeName() == SqlTypeName.VARCHAR ? SqlCollation.IMPLICIT : null;
    }

    /** {@code int4}, {@code varchar(#14)}: for digests and plans, not for users. */
    @Override
    protected void generateTypeString(StringBuilder sb, boolean withDetail) {
        if (Objects.isNull(pgType)) { // called once by the super constructor
            return;
        }
        sb.append(pgType.name());
        if (typmod != -1) {
            sb.append("(#").append(typmod).append(')');
        }
        if (!DEFAULT_COLLATION.equals(collation)) {
            sb.append(" collate ").append(collation);
        }
    }

    private static SqlTypeName sqlTypeName(PgType type) {
        return switch (type.name()) {
            case "bool" -> SqlTypeName.BOOLEAN;
            case "int2" -> SqlTypeName.SMALLINT;
            case "int4" -> SqlTypeName.INTEGER;
            case "int8" -> SqlTypeName.BIGINT;
            case "numeric" -> SqlTypeName.DECIMAL;
            case "float4" -> SqlTypeName.REAL;
            case "float8" -> SqlTypeName.DOUBLE;
            case "text", "varchar", "name" -> SqlTypeName.VARCHAR;
            default -> SqlTypeName.OTHER;
        };
    }
}
