package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.math.BigInteger;
import java.util.OptionalLong;

/** {@code oid}, {@code xid}, {@code cid} and the {@code reg*} types: unsigned 32 bits, the last with names. */
final class OidCodec extends LongCodec {
    private static final long MASK = 0xffff_ffffL;
    private final boolean named;

    OidCodec(PgType type) {
        super(type);
        named = type.name().startsWith("reg");
    }

    @Override
    public long parseLong(String text, TypeContext context) {
        String trimmed = Texts.trim(text);
        if (!named) {
            return number(trimmed, text);
        }
        if (trimmed.equals("-")) {
            return 0;
        }
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return number(trimmed, text);
        }
        OptionalLong found = context.regNames().oid(type(), trimmed);
        if (found.isEmpty()) {
            throw missing(trimmed);
        }
        return found.getAsLong();
    }

    private long number(String trimmed, String text) {
        int start = trimmed.startsWith("-") || trimmed.startsWith("+") ? 1 : 0;
        if (start == trimmed.length()) {
            throw Texts.invalidSyntax(type().name(), text);
        }
        for (int i = start; i < trimmed.length(); i++) {
            if (trimmed.charAt(i) < '0' || trimmed.charAt(i) > '9') {
                throw Texts.invalidSyntax(type().name(), text);
            }
        }
        BigInteger value = new BigInteger(trimmed);
        if (value.bitLength() > 32 || value.signum() < 0 && value.bitLength() > 31) {
            throw Texts.outOfRange(type().name(), text);
        }
        return value.longValue() & MASK;
    }

    private DatabaseException missing(String name) {
        return switch (type().name()) {
            case "regclass" ->
                new DatabaseException(ErrorCode.UNDEFINED_TABLE, "relation \"" + name + "\" does not exist");
            case "regtype" -> new DatabaseException(ErrorCode.UNDEFINED_OBJECT, "type \"" + name + "\" does not exist");
            case "regrole" -> new DatabaseException(ErrorCode.UNDEFINED_OBJECT, "role \"" + name + "\" does not exist");
            case "regnamespace" ->
                new DatabaseException(ErrorCode.INVALID_SCHEMA_NAME, "schema \"" + name + "\" does not exist");
            case "regcollation" ->
                new DatabaseException(
                        ErrorCode.UNDEFINED_OBJECT, "collation \"" + name + "\" for encoding \"UTF8\" does not exist");
            case "regoper", "regoperator" ->
                new DatabaseException(ErrorCode.UNDEFINED_FUNCTION, "operator does not exist: " + name);
            default -> new DatabaseException(ErrorCode.UNDEFINED_FUNCTION, "function \"" + name + "\" does not exist");
        };
    }

    @Override
    public void writeText(long value, TypeContext context, ByteSink sink) {
        if (named) {
            String name = value == 0 ? "-" : context.regNames().name(type(), value);
            if (name != null) {
                sink.writeUtf8(name);
                return;
            }
        }
        sink.writeDecimal(value & MASK);
    }

    @Override
    public long readBinary(BinaryInput input, TypeContext context) {
        return input.readInt() & MASK;
    }

    @Override
    public void writeBinary(long value, TypeContext context, ByteSink sink) {
        sink.writeInt((int) value);
    }
}
