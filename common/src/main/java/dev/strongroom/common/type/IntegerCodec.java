package dev.strongroom.common.type;

import dev.strongroom.common.value.Row;

/** {@code int2}, {@code int4}, {@code int8}. */
final class IntegerCodec extends LongCodec {
    private final int bytes;
    private final String name;
    private final long min;
    private final long max;

    IntegerCodec(PgType type, int bytes, String name) {
        super(type);
        this.bytes = bytes;
        this.name = name;
        this.max = -1L >>> (65 - bytes * 8);
        this.min = -max - 1;
    }

    @Override
    public long parseLong(String text, TypeContext context) {
        int i = 0;
        int end = text.length();
        while (i < end && Texts.isSpace(text.charAt(i))) {
            i++;
        }
        boolean negative = false;
        if (i < end && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
            negative = text.charAt(i) == '-';
            i++;
        }
        int start = i;
        long value = 0;
        boolean overflow = false;
        for (; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            overflow |= value < (Long.MIN_VALUE + digit) / 10;
            value = value * 10 - digit;
        }
        if (i == start) {
            throw Texts.invalidSyntax(name, text);
        }
        while (i < end && Texts.isSpace(text.charAt(i))) {
            i++;
        }
        if (i < end) {
            throw Texts.invalidSyntax(name, text);
        }
        if (overflow || negative && value < min || !negative && value < -max) {
            throw Texts.outOfRange(name, text);
        }
        return negative ? value : -value;
    }

    /** Short numbers straight from the bytes; everything else the long way. */
    @Override
    public void parseUtf8(byte[] data, int offset, int length, Row row, int slot, TypeContext context) {
        int i = offset;
        int end = offset + length;
        boolean negative = length > 0 && data[i] == '-';
        if (negative) {
            i++;
        }
        int digits = end - i;
        if (digits > 0 && digits <= 18) {
            long value = 0;
            for (; i < end; i++) {
                int digit = data[i] - '0';
                if (digit < 0 || digit > 9) {
                    break;
                }
                value = value * 10 + digit;
            }
            if (i == end && value <= max) {
                row.setLong(slot, negative ? -value : value);
                return;
            }
        }
        parse(Utf8.decode(data, offset, length), row, slot, context);
    }

    @Override
    public void writeText(long value, TypeContext context, ByteSink sink) {
        sink.writeDecimal(value);
    }

    @Override
    public long readBinary(BinaryInput input, TypeContext context) {
        return switch (bytes) {
            case 2 -> input.readShort();
            case 4 -> input.readInt();
            default -> input.readLong();
        };
    }

    @Override
    public void writeBinary(long value, TypeContext context, ByteSink sink) {
        switch (bytes) {
            case 2 -> sink.writeShort((int) value);
            case 4 -> sink.writeInt((int) value);
            default -> sink.writeLong(value);
        }
    }
}
