package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** {@code json}, kept as given, and {@code jsonb}, kept in its canonical text; the latter's binary form starts with 1. */
final class JsonCodec extends RefCodec<String> {
    private final boolean canonical;

    JsonCodec(PgType type) {
        super(type, String.class);
        canonical = type == PgType.JSONB;
    }

    @Override
    public String parseRef(String text, TypeContext context) {
        return canonical ? JsonText.canonical(text) : JsonText.check(text);
    }

    @Override
    public void writeTextRef(String value, TypeContext context, ByteSink sink) {
        sink.writeUtf8(value);
    }

    @Override
    public String readBinaryRef(BinaryInput input, TypeContext context) {
        if (canonical) {
            int version = input.readByte();
            if (version != 1) {
                throw new DatabaseException(ErrorCode.INTERNAL_ERROR, "unsupported jsonb version number " + version);
            }
        }
        return parseRef(input.readRestAsText(), context);
    }

    @Override
    public void writeBinaryRef(String value, TypeContext context, ByteSink sink) {
        if (canonical) {
            sink.writeByte(1);
        }
        sink.writeUtf8(value);
    }
}
