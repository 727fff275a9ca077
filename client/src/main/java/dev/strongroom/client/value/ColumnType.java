package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;

/**
 * The declared type of an encrypted column, as the server's metadata tells it (AE-93), and the rule that turns its values
 * into bytes (reference section 5.2).
 *
 * @param oid PostgreSQL's number of the type
 * @param modifier PostgreSQL's type modifier, -1 for none
 */
public record ColumnType(int oid, int modifier) {
    static final int BOOL = 16;
    static final int BYTEA = 17;
    static final int INT8 = 20;
    static final int INT2 = 21;
    static final int INT4 = 23;
    static final int TEXT = 25;
    static final int JSON = 114;
    static final int FLOAT4 = 700;
    static final int FLOAT8 = 701;
    static final int BPCHAR = 1042;
    static final int VARCHAR = 1043;
    static final int DATE = 1082;
    static final int TIME = 1083;
    static final int TIMESTAMP = 1114;
    static final int TIMESTAMPTZ = 1184;
    static final int INTERVAL = 1186;
    static final int TIMETZ = 1266;
    static final int NUMERIC = 1700;
    static final int UUID = 2950;
    static final int JSONB = 3802;

    /** Byte-compatible with a type of SQL Server. */
    public static final int RULE_BINARY = 1;

    /** The server's text form. */
    public static final int RULE_TEXT = 2;

    private static final int HEADER_BYTES = 4;
    private static final int RULE_BINARY_PRECISION_MAX = 38;

    /** The rule of this type. */
    public int rule() {
        return switch (oid) {
            case BOOL,
                    BYTEA,
                    INT8,
                    INT2,
                    INT4,
                    TEXT,
                    FLOAT4,
                    FLOAT8,
                    BPCHAR,
                    VARCHAR,
                    DATE,
                    TIME,
                    TIMESTAMP,
                    TIMESTAMPTZ,
                    UUID -> RULE_BINARY;
            case NUMERIC ->
                modifier >= HEADER_BYTES
                                && precision() <= RULE_BINARY_PRECISION_MAX
                                && scale() >= 0
                                && scale() <= precision()
                        ? RULE_BINARY
                        : RULE_TEXT;
            default -> RULE_TEXT;
        };
    }

    /** Refuses metadata made by a rule this driver does not know or would not use (AE-91). */
    public void requireRule(int announced) throws ColumnEncryptionException {
        if (announced != rule()) {
            throw new ColumnEncryptionException(
                    Reason.ALGORITHM_UNKNOWN,
                    "unknown normalization rule version " + announced + " for type " + oid
                            + ": a newer driver is needed");
        }
    }

    /** Characters of varchar(n) and char(n), or -1. */
    int characters() {
        return modifier < HEADER_BYTES ? -1 : modifier - HEADER_BYTES;
    }

    int precision() {
        return ((modifier - HEADER_BYTES) >> 16) & 0xffff;
    }

    int scale() {
        return (((modifier - HEADER_BYTES) & 0x7ff) ^ 1024) - 1024;
    }

    /** Whether numeric is declared with precision and scale. */
    boolean hasPrecision() {
        return modifier >= HEADER_BYTES;
    }

    /** Fraction digits of time and timestamp, at most 6. */
    int fractionDigits() {
        return modifier < 0 || modifier > 6 ? 6 : modifier;
    }
}
