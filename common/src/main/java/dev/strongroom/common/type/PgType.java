package dev.strongroom.common.type;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A built-in PostgreSQL type: its OID and name as in {@code pg_type}, and how its values are held in a row. The comment of
 * each constant says what the slot holds. Every scalar with an array type has one, found by {@link #arrayType()}; arrays are
 * {@code PgArray} references.
 *
 * @param oid {@code pg_type.oid}
 * @param name {@code pg_type.typname}, internal name such as {@code int4}
 * @param storage slot kind
 * @param length {@code pg_type.typlen}: bytes, -1 varying, -2 zero-terminated
 * @param category {@code pg_type.typcategory}
 * @param preferred {@code pg_type.typispreferred}
 * @param elementOid element type of an array (and of the two vector types), else 0
 * @param arrayOid array type of this type, else 0
 */
public record PgType(
        int oid,
        String name,
        Storage storage,
        int length,
        char category,
        boolean preferred,
        int elementOid,
        int arrayOid) {

    private static final Map<Integer, PgType> BY_OID = new LinkedHashMap<>();
    private static final Map<String, PgType> BY_NAME = new HashMap<>();

    /** 0 or 1. */
    public static final PgType BOOL = scalar(16, "bool", Storage.LONG, 1, 'B', true, 1000);

    /** byte[]. */
    public static final PgType BYTEA = scalar(17, "bytea", Storage.REF, -1, 'U', false, 1001);

    /** String of one character. */
    public static final PgType CHAR = scalar(18, "char", Storage.REF, 1, 'Z', false, 1002);

    /** String. */
    public static final PgType NAME = scalar(19, "name", Storage.REF, 64, 'S', false, 1003);

    /** value. */
    public static final PgType INT8 = scalar(20, "int8", Storage.LONG, 8, 'N', false, 1016);

    /** value. */
    public static final PgType INT2 = scalar(21, "int2", Storage.LONG, 2, 'N', false, 1005);

    /** PgArray of int2, lower bound 0. */
    public static final PgType INT2VECTOR = scalar(22, "int2vector", Storage.REF, -1, 'A', false, 1006);

    /** value. */
    public static final PgType INT4 = scalar(23, "int4", Storage.LONG, 4, 'N', false, 1007);

    /** OID. */
    public static final PgType REGPROC = scalar(24, "regproc", Storage.LONG, 4, 'N', false, 1008);

    /** String. */
    public static final PgType TEXT = scalar(25, "text", Storage.REF, -1, 'S', true, 1009);

    /** unsigned 32 bit. */
    public static final PgType OID = scalar(26, "oid", Storage.LONG, 4, 'N', true, 1028);

    /** String. */
    public static final PgType TID = scalar(27, "tid", Storage.REF, 6, 'U', false, 1010);

    /** unsigned 32 bit. */
    public static final PgType XID = scalar(28, "xid", Storage.LONG, 4, 'U', false, 1011);

    /** unsigned 32 bit. */
    public static final PgType CID = scalar(29, "cid", Storage.LONG, 4, 'U', false, 1012);

    /** PgArray of oid, lower bound 0. */
    public static final PgType OIDVECTOR = scalar(30, "oidvector", Storage.REF, -1, 'A', false, 1013);

    /** String as given. */
    public static final PgType JSON = scalar(114, "json", Storage.REF, -1, 'U', false, 199);

    /** String. */
    public static final PgType XML = scalar(142, "xml", Storage.REF, -1, 'U', false, 143);

    /** String. */
    public static final PgType PG_NODE_TREE = scalar(194, "pg_node_tree", Storage.REF, -1, 'Z', false, 0);

    /** value widened to double. */
    public static final PgType FLOAT4 = scalar(700, "float4", Storage.DOUBLE, 4, 'N', false, 1021);

    /** value. */
    public static final PgType FLOAT8 = scalar(701, "float8", Storage.DOUBLE, 8, 'N', true, 1022);

    /** String. */
    public static final PgType UNKNOWN = scalar(705, "unknown", Storage.REF, -2, 'X', false, 0);

    /** cents. */
    public static final PgType MONEY = scalar(790, "money", Storage.LONG, 8, 'N', false, 791);

    /** String. */
    public static final PgType ACLITEM = scalar(1033, "aclitem", Storage.REF, 12, 'U', false, 1034);

    /** String, padded with blanks to its length. */
    public static final PgType BPCHAR = scalar(1042, "bpchar", Storage.REF, -1, 'S', false, 1014);

    /** String. */
    public static final PgType VARCHAR = scalar(1043, "varchar", Storage.REF, -1, 'S', false, 1015);

    /** days since 2000-01-01; Integer.MIN_VALUE and MAX_VALUE are -infinity and infinity. */
    public static final PgType DATE = scalar(1082, "date", Storage.LONG, 4, 'D', false, 1182);

    /** microseconds since midnight. */
    public static final PgType TIME = scalar(1083, "time", Storage.LONG, 8, 'D', false, 1183);

    /** microseconds since 2000-01-01; Long.MIN_VALUE and MAX_VALUE are -infinity and infinity. */
    public static final PgType TIMESTAMP = scalar(1114, "timestamp", Storage.LONG, 8, 'D', false, 1115);

    /** microseconds since 2000-01-01 UTC; infinities as timestamp. */
    public static final PgType TIMESTAMPTZ = scalar(1184, "timestamptz", Storage.LONG, 8, 'D', true, 1185);

    /** Interval. */
    public static final PgType INTERVAL = scalar(1186, "interval", Storage.REF, 16, 'T', true, 1187);

    /** TimeTz. */
    public static final PgType TIMETZ = scalar(1266, "timetz", Storage.REF, 12, 'D', false, 1270);

    /** Numeric. */
    public static final PgType NUMERIC = scalar(1700, "numeric", Storage.REF, -1, 'N', false, 1231);

    /** OID. */
    public static final PgType REGPROCEDURE = scalar(2202, "regprocedure", Storage.LONG, 4, 'N', false, 2207);

    /** OID. */
    public static final PgType REGOPER = scalar(2203, "regoper", Storage.LONG, 4, 'N', false, 2208);

    /** OID. */
    public static final PgType REGOPERATOR = scalar(2204, "regoperator", Storage.LONG, 4, 'N', false, 2209);

    /** OID. */
    public static final PgType REGCLASS = scalar(2205, "regclass", Storage.LONG, 4, 'N', false, 2210);

    /** OID. */
    public static final PgType REGTYPE = scalar(2206, "regtype", Storage.LONG, 4, 'N', false, 2211);

    /** OID. */
    public static final PgType REGROLE = scalar(4096, "regrole", Storage.LONG, 4, 'N', false, 4097);

    /** OID. */
    public static final PgType REGNAMESPACE = scalar(4089, "regnamespace", Storage.LONG, 4, 'N', false, 4090);

    /** OID. */
    public static final PgType REGCOLLATION = scalar(4191, "regcollation", Storage.LONG, 4, 'N', false, 4192);

    /** RecordValue. */
    public static final PgType RECORD = scalar(2249, "record", Storage.REF, -1, 'P', false, 2287);

    /** String. */
    public static final PgType CSTRING = scalar(2275, "cstring", Storage.REF, -2, 'P', false, 1263);

    /** never stored. */
    public static final PgType ANY = scalar(2276, "any", Storage.REF, 4, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYARRAY = scalar(2277, "anyarray", Storage.REF, -1, 'P', false, 0);

    /** empty String. */
    public static final PgType VOID = scalar(2278, "void", Storage.REF, 4, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYELEMENT = scalar(2283, "anyelement", Storage.REF, 4, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYNONARRAY = scalar(2776, "anynonarray", Storage.REF, 4, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYCOMPATIBLE = scalar(5077, "anycompatible", Storage.REF, 4, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYCOMPATIBLEARRAY = scalar(5078, "anycompatiblearray", Storage.REF, -1, 'P', false, 0);

    /** never stored. */
    public static final PgType ANYCOMPATIBLENONARRAY =
            scalar(5079, "anycompatiblenonarray", Storage.REF, 4, 'P', false, 0);

    /** java.util.UUID. */
    public static final PgType UUID = scalar(2950, "uuid", Storage.REF, 16, 'U', false, 2951);

    /** String in jsonb's canonical text form. */
    public static final PgType JSONB = scalar(3802, "jsonb", Storage.REF, -1, 'U', false, 3807);

    /** byte[] cell (decision P-4). */
    public static final PgType ENCRYPTED_DET = scalar(15801, "sr_encrypted_det", Storage.REF, -1, 'U', false, 15803);

    /** byte[] cell (decision P-4). */
    public static final PgType ENCRYPTED_RND = scalar(15802, "sr_encrypted_rnd", Storage.REF, -1, 'U', false, 15804);

    /** The built-in type with this OID. */
    public static Optional<PgType> byOid(int oid) {
        return Optional.ofNullable(BY_OID.get(oid));
    }

    /** The built-in type with this internal name; arrays are named {@code _int4}. */
    public static Optional<PgType> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** All built-in types. */
    public static Collection<PgType> all() {
        return Collections.unmodifiableCollection(BY_OID.values());
    }

    public boolean isArray() {
        return elementOid != 0;
    }

    /** Element type of an array type. */
    public Optional<PgType> elementType() {
        return byOid(elementOid);
    }

    /** Array type over this type. */
    public Optional<PgType> arrayType() {
        return byOid(arrayOid);
    }

    @Override
    public String toString() {
        return name;
    }

    private static PgType scalar(
            int oid, String name, Storage storage, int length, char category, boolean preferred, int arrayOid) {
        int elementOid = switch (name) {
            case "int2vector" -> 21;
            case "oidvector" -> 26;
            default -> 0;
        };
        PgType type = register(new PgType(oid, name, storage, length, category, preferred, elementOid, arrayOid));
        if (arrayOid != 0) {
            register(new PgType(arrayOid, "_" + name, Storage.REF, -1, 'A', false, oid, 0));
        }
        return type;
    }

    private static PgType register(PgType type) {
        BY_OID.put(type.oid, type);
        BY_NAME.put(type.name, type);
        return type;
    }
}
