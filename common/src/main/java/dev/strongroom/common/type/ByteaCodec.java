package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** {@code bytea} in hex and escape form, and the cells of Always Encrypted, which are always hex. */
final class ByteaCodec extends RefCodec<byte[]> {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    ByteaCodec(PgType type) {
        super(type, byte[].class);
    }

    @Override
    public byte[] parseRef(String text, TypeContext context) {
        return text.startsWith("\\x") ? parseHex(text) : parseEscape(text);
    }

    private static byte[] parseHex(String text) {
        byte[] out = new byte[(text.length() - 2) / 2];
        int size = 0;
        int i = 2;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Texts.isSpace(c)) {
                i++;
                continue;
            }
            int high = digit(c, text, i);
            i++;
            if (i >= text.length() || Texts.isSpace(text.charAt(i))) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "invalid hexadecimal data: odd number of digits");
            }
            out[size++] = (byte) (high << 4 | digit(text.charAt(i), text, i));
            i++;
        }
        return size == out.length ? out : Arrays.copyOf(out, size);
    }

    private static int digit(char c, String text, int at) {
        int digit = Character.digit(c, 16);
        if (digit < 0 || c > 'f') {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "invalid hexadecimal digit: \"" + text.substring(at, text.offsetByCodePoints(at, 1)) + "\"");
        }
        return digit;
    }

    private byte[] parseEscape(String text) {
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int size = 0;
        for (int i = 0; i < in.length; ) {
            if (in[i] != '\\') {
                out[size++] = in[i++];
            } else if (i + 3 < in.length
                    && isOctal(in[i + 1], '3')
                    && isOctal(in[i + 2], '7')
                    && isOctal(in[i + 3], '7')) {
                out[size++] = (byte) ((in[i + 1] - '0') << 6 | (in[i + 2] - '0') << 3 | in[i + 3] - '0');
                i += 4;
            } else if (i + 1 < in.length && in[i + 1] == '\\') {
                out[size++] = '\\';
                i += 2;
            } else {
                throw new DatabaseException(
                        ErrorCode.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type " + type().name());
            }
        }
        return Arrays.copyOf(out, size);
    }

    private static boolean isOctal(byte b, char last) {
        return b >= '0' && b <= last;
    }

    @Override
    public void writeTextRef(byte[] value, TypeContext context, ByteSink sink) {
        if (context.byteaHex() || type() != PgType.BYTEA) {
            sink.writeByte('\\');
            sink.writeByte('x');
            for (byte b : value) {
                sink.writeByte(HEX[b >> 4 & 15]);
                sink.writeByte(HEX[b & 15]);
            }
            return;
        }
        for (byte b : value) {
            if (b == '\\') {
                sink.writeByte('\\');
                sink.writeByte('\\');
            } else if (b >= 0x20 && b <= 0x7e) {
                sink.writeByte(b);
            } else {
                sink.writeByte('\\');
                sink.writeByte('0' + (b >> 6 & 3));
                sink.writeByte('0' + (b >> 3 & 7));
                sink.writeByte('0' + (b & 7));
            }
        }
    }

    @Override
    public byte[] readBinaryRef(BinaryInput input, TypeContext context) {
        return input.readRest();
    }

    @Override
    public void writeBinaryRef(byte[] value, TypeContext context, ByteSink sink) {
        sink.writeBytes(value);
    }
}
