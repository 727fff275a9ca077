package dev.strongroom.common.type;

import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Row;
import java.nio.charset.StandardCharsets;

/** Types whose value is their text: {@code text}, {@code varchar}, {@code bpchar}, {@code name}, {@code "char"}, … */
final class TextCodec extends RefCodec<String> {
    private static final int NAME_BYTES = 63;
    private final boolean name;
    private final boolean single;

    TextCodec(PgType type) {
        super(type, String.class);
        name = type == PgType.NAME;
        single = type == PgType.CHAR;
    }

    @Override
    public String parseRef(String text, TypeContext context) {
        if (name) {
            return truncateName(text);
        }
        if (single && text.length() > 1) {
            return text.substring(0, 1);
        }
        return text;
    }

    @Override
    public void parseUtf8(byte[] bytes, int offset, int length, Row row, int slot, TypeContext context) {
        row.setRef(slot, parseRef(Utf8.decode(bytes, offset, length), context));
    }

    /** Cuts an identifier to 63 bytes without splitting a character. */
    static String truncateName(String text) {
        if (text.length() * 3 <= NAME_BYTES) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= NAME_BYTES) {
            return text;
        }
        int end = NAME_BYTES;
        while ((bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    @Override
    public void writeTextRef(String value, TypeContext context, ByteSink sink) {
        sink.writeUtf8(value);
    }

    @Override
    public String readBinaryRef(BinaryInput input, TypeContext context) {
        return parseRef(input.readRestAsText(), context);
    }

    @Override
    public void writeBinaryRef(String value, TypeContext context, ByteSink sink) {
        if (single && value.isEmpty()) {
            sink.writeByte(0);
        } else {
            sink.writeUtf8(value);
        }
    }

    /** Characters of a value as length checks count them. */
    static int characters(String value) {
        return CodePoints.length(value);
    }
}
