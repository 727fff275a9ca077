package dev.strongroom.common.type;

import java.util.HashMap;
import java.util.Map;

/** The codec of every built-in type. */
public final class TypeCodecs {
    private static final Map<Integer, TypeCodec> BY_OID = new HashMap<>();

    static {
        for (PgType type : PgType.all()) {
            BY_OID.put(type.oid(), make(type));
        }
    }

    private TypeCodecs() {}

    /** The codec of a type. */
    public static TypeCodec of(PgType type) {
        TypeCodec codec = BY_OID.get(type.oid());
        if (codec == null) {
            throw new IllegalArgumentException("no codec for type " + type.name());
        }
        return codec;
    }

    private static TypeCodec make(PgType type) {
        if (type == PgType.INT2VECTOR || type == PgType.OIDVECTOR) {
            return new VectorCodec(type);
        }
        if (type.isArray()) {
            return new ArrayCodec(type);
        }
        return switch (type.name()) {
            case "bool" -> new BoolCodec();
            case "int2" -> new IntegerCodec(type, 2, "smallint");
            case "int4" -> new IntegerCodec(type, 4, "integer");
            case "int8" -> new IntegerCodec(type, 8, "bigint");
            case "float4", "float8" -> new DoubleCodec(type);
            case "money" -> new MoneyCodec();
            case "numeric" -> new NumericCodec();
            case "bytea", "sr_encrypted_det", "sr_encrypted_rnd" -> new ByteaCodec(type);
            case "uuid" -> new UuidCodec();
            case "json", "jsonb" -> new JsonCodec(type);
            case "date", "time", "timestamp", "timestamptz" -> new DateTimeCodec(type);
            case "timetz" -> new TimeTzCodec();
            case "interval" -> new IntervalCodec();
            case "record" -> new RecordCodec();
            default -> type.storage() == Storage.LONG ? new OidCodec(type) : new TextCodec(type);
        };
    }
}
