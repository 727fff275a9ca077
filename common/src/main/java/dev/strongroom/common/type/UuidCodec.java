package dev.strongroom.common.type;

import java.util.UUID;

/** {@code uuid}: 32 hex digits, a hyphen allowed after any group of four, braces allowed around. */
final class UuidCodec extends RefCodec<UUID> {
    private static final String HEX = "0123456789abcdef";

    UuidCodec() {
        super(PgType.UUID, UUID.class);
    }

    @Override
    public UUID parseRef(String text, TypeContext context) {
        int i = 0;
        int end = text.length();
        if (text.startsWith("{")) {
            if (!text.endsWith("}")) {
                throw Texts.invalidSyntax("uuid", text);
            }
            i++;
            end--;
        }
        long high = 0;
        long low = 0;
        for (int digits = 0; digits < 32; digits++) {
            if (i < end && text.charAt(i) == '-' && digits > 0 && digits % 4 == 0) {
                i++;
            }
            int digit = i < end && text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw Texts.invalidSyntax("uuid", text);
            }
            i++;
            if (digits < 16) {
                high = high << 4 | digit;
            } else {
                low = low << 4 | digit;
            }
        }
        if (i != end) {
            throw Texts.invalidSyntax("uuid", text);
        }
        return new UUID(high, low);
    }

    @Override
    public void writeTextRef(UUID value, TypeContext context, ByteSink sink) {
        hex(value.getMostSignificantBits(), 60, 8, sink);
        sink.writeByte('-');
        hex(value.getMostSignificantBits(), 28, 4, sink);
        sink.writeByte('-');
        hex(value.getMostSignificantBits(), 12, 4, sink);
        sink.writeByte('-');
        hex(value.getLeastSignificantBits(), 60, 4, sink);
        sink.writeByte('-');
        hex(value.getLeastSignificantBits(), 44, 12, sink);
    }

    private static void hex(long bits, int firstShift, int digits, ByteSink sink) {
        for (int i = 0; i < digits; i++) {
            sink.writeByte(HEX.charAt((int) (bits >>> (firstShift - 4 * i)) & 15));
        }
    }

    @Override
    public UUID readBinaryRef(BinaryInput input, TypeContext context) {
        long high = input.readLong();
        return new UUID(high, input.readLong());
    }

    @Override
    public void writeBinaryRef(UUID value, TypeContext context, ByteSink sink) {
        sink.writeLong(value.getMostSignificantBits());
        sink.writeLong(value.getLeastSignificantBits());
    }
}
