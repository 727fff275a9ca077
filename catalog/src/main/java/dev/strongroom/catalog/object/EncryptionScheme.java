package dev.strongroom.catalog.object;

import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;

/**
 * How the cells of a column are encrypted, and of what. The type modifier of a column of type {@code sr_encrypted_det} or
 * {@code sr_encrypted_rnd} is the OID of its scheme (decision A-8); columns encrypted alike share one.
 *
 * @param keyOid column encryption key
 * @param baseType type of the plain values
 * @param baseTypmod its modifier, -1 for none
 * @param collationOid collation of the plain values, 0 where the type has none
 */
public record EncryptionScheme(
        int oid, int keyOid, boolean deterministic, PgType baseType, int baseTypmod, int collationOid)
        implements ColumnKeyObject {
    public static final String ALGORITHM = "AEAD_AES_256_CBC_HMAC_SHA_256";

    @Override
    public String name() {
        return "scheme_" + Integer.toUnsignedString(oid);
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.ENCRYPTION_SCHEME;
    }

    @Override
    public EncryptionScheme withName(String name) {
        return this;
    }

    /** The type a column of this scheme has. */
    public PgType cellType() {
        return deterministic ? PgType.ENCRYPTED_DET : PgType.ENCRYPTED_RND;
    }

    /** The column type with this scheme. */
    public ColumnType columnType() {
        return new ColumnType(cellType(), oid, 0);
    }

    /** Whether a column's type is one of cells. */
    public static boolean encrypts(PgType type) {
        return type == PgType.ENCRYPTED_DET || type == PgType.ENCRYPTED_RND;
    }

    /** {@code sys.columns.encryption_type}. */
    public byte encryptionType() {
        return deterministic ? CellEnvelope.DETERMINISTIC : CellEnvelope.RANDOMIZED;
    }

    public String encryptionTypeName() {
        return deterministic ? "DETERMINISTIC" : "RANDOMIZED";
    }

    /** 1 where the plain bytes are those of a SQL Server type, 2 where they are the text form (AE-90, AE-91). */
    public byte normalizationRule() {
        return normalizationRule(baseType, baseTypmod);
    }

    /** The rule for a type; 0 where its values cannot be encrypted. */
    public static byte normalizationRule(PgType type, int typmod) {
        if (type.isArray()) {
            return (byte) (type == PgType.INT2VECTOR || type == PgType.OIDVECTOR ? 0 : elementRule(type));
        }
        return switch (type.name()) {
            case "bool", "int2", "int4", "int8", "text", "varchar", "bpchar", "bytea" -> 1;
            case "date", "time", "timestamp", "timestamptz", "uuid", "float4", "float8" -> 1;
            case "numeric" -> (byte) (fixedNumeric(typmod) ? 1 : 2);
            case "json", "jsonb", "interval", "timetz", "inet", "cidr", "macaddr", "xml" -> 2;
            default -> 0;
        };
    }

    private static int elementRule(PgType array) {
        return array.elementType()
                        .filter(element -> normalizationRule(element, -1) != 0)
                        .isPresent()
                ? 2
                : 0;
    }

    private static boolean fixedNumeric(int typmod) {
        return typmod >= 0
                && Typmods.numericPrecision(typmod) <= 38
                && Typmods.numericScale(typmod) >= 0
                && Typmods.numericScale(typmod) <= Typmods.numericPrecision(typmod);
    }

    /** Whether equal values of the type have equal bytes, which deterministic encryption needs (5.2). */
    public static boolean allowsDeterministic(PgType type, int typmod) {
        return normalizationRule(type, typmod) == 1;
    }

    /** Whether cells of both are encrypted alike in every respect. */
    public boolean same(EncryptionScheme other) {
        return keyOid == other.keyOid
                && deterministic == other.deterministic
                && baseType == other.baseType
                && baseTypmod == other.baseTypmod
                && collationOid == other.collationOid;
    }

    /** Whether equal plain values have equal cells in both: lengths and precisions do not count (decision A-1). */
    public boolean comparable(EncryptionScheme other) {
        return keyOid == other.keyOid
                && deterministic == other.deterministic
                && baseType == other.baseType
                && scale() == other.scale();
    }

    private int scale() {
        return baseType == PgType.NUMERIC && baseTypmod >= 0 ? Typmods.numericScale(baseTypmod) : -1;
    }

    /** What cells of the column wear on the wire. */
    public CellEnvelope envelope(long keyVersion) {
        return new CellEnvelope(
                encryptionType(),
                CellEnvelope.ALGORITHM,
                normalizationRule(),
                keyOid,
                keyVersion,
                baseType.oid(),
                baseTypmod);
    }
}
