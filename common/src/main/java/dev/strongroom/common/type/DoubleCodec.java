package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Row;
import java.util.Locale;

/** {@code float4} and {@code float8}, both held as a double. */
public final class DoubleCodec extends TypeCodec {
    private final boolean single;

    DoubleCodec(PgType type) {
        super(type);
        single = type == PgType.FLOAT4;
    }

    /** Reads a number, {@code NaN} or an infinity. */
    public double parseDouble(String text, TypeContext context) {
        String trimmed = Texts.trim(text);
        String name = single ? "real" : "double precision";
        if (!isNumber(trimmed)) {
            return special(trimmed, text, name);
        }
        double value = single ? Float.parseFloat(trimmed) : Double.parseDouble(trimmed);
        if (Double.isInfinite(value) || value == 0 && hasNonZeroDigit(trimmed)) {
            throw new DatabaseException(
                    ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "\"" + text + "\" is out of range for type " + name);
        }
        return value;
    }

    private static double special(String trimmed, String text, String name) {
        return switch (trimmed.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "infinity", "+infinity", "inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-infinity", "-inf" -> Double.NEGATIVE_INFINITY;
            default -> throw Texts.invalidSyntax(name, text);
        };
    }

    private static boolean isNumber(String text) {
        int i = 0;
        int length = text.length();
        if (i < length && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
            i++;
        }
        int digits = 0;
        boolean point = false;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (digits == 0) {
            return false;
        }
        if (i == length) {
            return true;
        }
        if (text.charAt(i) != 'e' && text.charAt(i) != 'E') {
            return false;
        }
        i++;
        if (i < length && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
            i++;
        }
        int start = i;
        while (i < length && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i == length && i > start;
    }

    private static boolean hasNonZeroDigit(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'e' || c == 'E') {
                return false;
            }
            if (c >= '1' && c <= '9') {
                return true;
            }
        }
        return false;
    }

    @Override
    public void parse(String text, Row row, int slot, TypeContext context) {
        row.setDouble(slot, parseDouble(text, context));
    }

    @Override
    public void writeText(Row row, int slot, TypeContext context, ByteSink sink) {
        writeText(row.getDouble(slot), context, sink);
    }

    public void writeText(double value, TypeContext context, ByteSink sink) {
        sink.writeAscii(
                single
                        ? FloatText.float4((float) value, context.extraFloatDigits())
                        : FloatText.float8(value, context.extraFloatDigits()));
    }

    @Override
    public void readBinary(BinaryInput input, Row row, int slot, TypeContext context) {
        row.setDouble(slot, readBinary(input));
    }

    private double readBinary(BinaryInput input) {
        return single ? Float.intBitsToFloat(input.readInt()) : Double.longBitsToDouble(input.readLong());
    }

    @Override
    public void writeBinary(Row row, int slot, TypeContext context, ByteSink sink) {
        writeBinary(row.getDouble(slot), sink);
    }

    private void writeBinary(double value, ByteSink sink) {
        if (single) {
            sink.writeInt(Float.floatToIntBits((float) value));
        } else {
            sink.writeLong(Double.doubleToLongBits(value));
        }
    }

    @Override
    public Object parseBoxed(String text, TypeContext context) {
        return parseDouble(text, context);
    }

    @Override
    public void writeTextBoxed(Object value, TypeContext context, ByteSink sink) {
        writeText((Double) value, context, sink);
    }

    @Override
    public Object readBinaryBoxed(BinaryInput input, TypeContext context) {
        return readBinary(input);
    }

    @Override
    public void writeBinaryBoxed(Object value, TypeContext context, ByteSink sink) {
        writeBinary((Double) value, sink);
    }
}
