package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Templates of {@code to_char} and {@code to_number} for numbers: 9 0 . D , G S MI PL PR FM $ L and text in quotes. */
final class NumberFormat {
    private final String template;
    private final boolean bare;
    private final int fraction;
    private final int whole;

    NumberFormat(String template) {
        this.bare = template.toUpperCase(Locale.ROOT).contains("FM");
        this.template = template.replaceAll("(?i)FM", "");
        int point = point(this.template);
        this.fraction = digits(this.template.substring(point));
        this.whole = digits(this.template.substring(0, point));
    }

    private static int point(String template) {
        for (int i = 0; i < template.length(); i++) {
            char c = Character.toUpperCase(template.charAt(i));
            if (c == '.' || c == 'D') {
                return i;
            }
            if (c == 'V' || c == 'E' || c == 'R') {
                boolean pr = c == 'R' && i > 0 && Character.toUpperCase(template.charAt(i - 1)) == 'P';
                if (!pr) {
                    throw new DatabaseException(
                            ErrorCode.FEATURE_NOT_SUPPORTED, "number format \"" + template + "\" is not supported yet");
                }
            }
        }
        return template.length();
    }

    private static int digits(String part) {
        return (int) part.chars().filter(c -> c == '9' || c == '0').count();
    }

    String format(Numeric value) {
        if (!value.isFinite()) {
            return value.isNaN() ? "NaN" : value.toString();
        }
        BigDecimal rounded = value.toBigDecimal().setScale(fraction, RoundingMode.HALF_UP);
        boolean negative = rounded.signum() < 0;
        String digits = rounded.abs().unscaledValue().toString();
        String padded = "0".repeat(Math.max(0, fraction + 1 - digits.length())) + digits;
        String integral = padded.substring(0, padded.length() - fraction);
        String decimals = padded.substring(padded.length() - fraction);
        if (integral.equals("0") && whole > 0 && fraction > 0) {
            integral = "";
        }
        boolean overflow = integral.length() > whole && !(integral.equals("0") && whole == 0);
        String body = fill(integral, decimals, overflow);
        return sign(body, negative);
    }

    /** Puts digits into the template; leading places without digits are blanks, or zeros from the first 0 on. */
    private String fill(String integral, String decimals, boolean overflow) {
        StringBuilder result = new StringBuilder();
        int skipped = whole - integral.length();
        int place = 0;
        int decimal = 0;
        boolean started = false;
        boolean fractional = false;
        int lastNeeded = bare ? lastDecimal(decimals) : decimals.length();
        for (int i = 0; i < template.length(); i++) {
            char c = Character.toUpperCase(template.charAt(i));
            switch (c) {
                case '9', '0' -> {
                    if (fractional) {
                        boolean wanted = decimal < lastNeeded || c == '0';
                        result.append(overflow ? "#" : wanted ? decimals.substring(decimal, decimal + 1) : "");
                        decimal++;
                    } else {
                        started |= c == '0' || place >= skipped;
                        boolean there = place >= skipped;
                        result.append(
                                overflow
                                        ? "#"
                                        : there
                                                ? integral.substring(place - skipped, place - skipped + 1)
                                                : started ? "0" : bare ? "" : " ");
                        place++;
                    }
                }
                case '.', 'D' -> {
                    fractional = true;
                    result.append('.');
                }
                case ',', 'G' -> result.append(started || overflow ? "," : bare ? "" : " ");
                case 'S', 'M', 'I', 'P', 'L', 'R' -> {}
                case '"' -> {
                    int end = template.indexOf('"', i + 1);
                    int stop = end < 0 ? template.length() : end;
                    result.append(template, i + 1, stop);
                    i = stop;
                }
                default -> result.append(template.charAt(i));
            }
        }
        return result.toString();
    }

    private int lastDecimal(String decimals) {
        int last = decimals.length();
        while (last > 0 && decimals.charAt(last - 1) == '0') {
            last--;
        }
        return last;
    }

    private String sign(String body, boolean negative) {
        String upper = template.toUpperCase(Locale.ROOT);
        if (upper.endsWith("MI")) {
            return body + (negative ? "-" : bare ? "" : " ");
        }
        if (upper.endsWith("PR")) {
            return negative ? withSign(body, "<") + ">" : bare ? body : " " + body + " ";
        }
        if (upper.endsWith("S")) {
            return body + (negative ? "-" : "+");
        }
        if (upper.startsWith("S") || upper.startsWith("PL") || upper.startsWith("SG")) {
            return withSign(body, negative ? "-" : "+");
        }
        return negative ? withSign(body, "-") : bare ? body : " " + body;
    }

    /** The sign stands directly before the number, after the blanks. */
    private static String withSign(String body, String sign) {
        int at = 0;
        while (at < body.length() && body.charAt(at) == ' ') {
            at++;
        }
        return body.substring(0, at) + sign + body.substring(at);
    }

    /** The number in a text: its digits, point and sign; everything else is passed over. */
    static Numeric parse(String text) {
        StringBuilder number = new StringBuilder();
        boolean negative = text.contains("-") || text.contains("<");
        for (char c : text.toCharArray()) {
            if (c >= '0' && c <= '9' || c == '.') {
                number.append(c);
            }
        }
        try {
            BigDecimal value = new BigDecimal(number.toString());
            return Numeric.of(negative ? value.negate() : value);
        } catch (NumberFormatException e) {
            throw new DatabaseException(
                    ErrorCode.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type numeric: \"" + text + "\"");
        }
    }
}
