package dev.strongroom.common.type;

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
        return single ? singleByte(text) : text;
    }

    @Override
    public void parseUtf8(byte[] bytes, int offset, int length, Row row, int slot, TypeContext context) {
        row.setRef(slot, parseRef(Utf8.decode(bytes, offset, length), context));
    }

    /** The one byte of {@code "char"}, kept as a character of the same number: an octal escape or the first byte. */
    private static String singleByte(String text) {
        if (text.isEmpty()) {
            return text;
        }
        if (text.length() == 4 && text.matches("\\\\[0-3][0-7][0-7]")) {
            return ofByte(Integer.parseInt(text, 1, 4, 8));
        }
        return ofByte(text.substring(0, text.offsetByCodePoints(0, 1)).getBytes(StandardCharsets.UTF_8)[0]);
    }

    private static String ofByte(int value) {
        return (value & 0xff) == 0 ? "" : String.valueOf((char) (value & 0xff));
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
        if (single && !value.isEmpty() && value.charAt(0) > 127) {
            sink.writeByte('\\');
            sink.writeByte('0' + (value.charAt(0) >> 6));
            sink.writeByte('0' + (value.charAt(0) >> 3 & 7));
            sink.writeByte('0' + (value.charAt(0) & 7));
            return;
        }
        sink.writeUtf8(value);
    }

    @Override
    public String readBinaryRef(BinaryInput input, TypeContext context) {
        return single ? ofByte(input.readByte()) : parseRef(input.readRestAsText(), context);
    }

    @Override
    public void writeBinaryRef(String value, TypeContext context, ByteSink sink) {
        if (single) {
            sink.writeByte(value.isEmpty() ? 0 : value.charAt(0));
        } else {
            sink.writeUtf8(value);
        }
    }
}
