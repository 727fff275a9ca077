package dev.strongroom.common.type;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** {@code money} with dollars and cents, as in the C locale. */
final class MoneyCodec extends LongCodec {
    MoneyCodec() {
        super(PgType.MONEY);
    }

    @Override
    public long parseLong(String text, TypeContext context) {
        String rest = Texts.trim(text);
        boolean negative = false;
        if (rest.startsWith("(") && rest.endsWith(")")) {
            negative = true;
            rest = rest.substring(1, rest.length() - 1).trim();
        }
        while (rest.startsWith("$") || rest.startsWith("-") || rest.startsWith("+")) {
            negative |= rest.startsWith("-");
            rest = rest.substring(1).trim();
        }
        if (rest.endsWith("-")) {
            negative = true;
            rest = rest.substring(0, rest.length() - 1).trim();
        }
        rest = rest.replace(",", "");
        if (rest.isEmpty()) {
            return 0;
        }
        if (!rest.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9')) {
            throw Texts.invalidSyntax("money", text);
        }
        try {
            BigDecimal cents = new BigDecimal(rest).movePointRight(2).setScale(0, RoundingMode.HALF_UP);
            return (negative ? cents.negate() : cents).longValueExact();
        } catch (NumberFormatException malformed) {
            throw Texts.invalidSyntax("money", text);
        } catch (ArithmeticException tooLarge) {
            throw Texts.outOfRange("money", text);
        }
    }

    @Override
    public void writeText(long value, TypeContext context, ByteSink sink) {
        String digits = BigDecimal.valueOf(value, 2).abs().toPlainString();
        int point = digits.length() - 3;
        StringBuilder out = new StringBuilder(digits.length() + 10);
        if (value < 0) {
            out.append('-');
        }
        out.append('$');
        for (int i = 0; i < point; i++) {
            if (i > 0 && (point - i) % 3 == 0) {
                out.append(',');
            }
            out.append(digits.charAt(i));
        }
        out.append(digits, point, digits.length());
        sink.writeAscii(out);
    }

    @Override
    public long readBinary(BinaryInput input, TypeContext context) {
        return input.readLong();
    }

    @Override
    public void writeBinary(long value, TypeContext context, ByteSink sink) {
        sink.writeLong(value);
    }
}
