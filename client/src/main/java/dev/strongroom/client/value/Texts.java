package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;

/** Texts to bytes, always UTF-8 whatever the machine's default is (B-5), and other values to PostgreSQL's text form. */
final class Texts {
    private Texts() {}

    static byte[] utf8(String text) throws ColumnEncryptionException {
        if (text.indexOf('\0') >= 0) {
            throw new ColumnEncryptionException(Reason.INVALID_VALUE, "a text cannot hold the character U+0000");
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
            Arrays.fill(encoded.array(), (byte) 0);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new ColumnEncryptionException(Reason.INVALID_VALUE, "a text holds half of a surrogate pair");
        }
    }

    /** text and varchar(n): too many characters are an error unless the surplus is spaces, which PostgreSQL cuts off. */
    static byte[] variable(Object value, ColumnType type, ZoneId zone, Fit fit) throws ColumnEncryptionException {
        String text = of(value, zone);
        int limit = type.oid() == ColumnType.VARCHAR ? type.characters() : -1;
        if (limit >= 0 && text.length() > limit && text.codePointCount(0, text.length()) > limit) {
            int end = text.offsetByCodePoints(0, limit);
            if (!withoutTrailingSpaces(text.substring(end)).isEmpty()) {
                tooLong("character varying(" + limit + ")", fit);
            } else if (fit.assigns()) {
                text = text.substring(0, end);
            }
        }
        return utf8(text);
    }

    /** char(n): without trailing spaces. */
    static byte[] padded(Object value, ColumnType type, ZoneId zone, Fit fit) throws ColumnEncryptionException {
        String text = withoutTrailingSpaces(of(value, zone));
        int limit = type.characters();
        if (limit >= 0 && text.codePointCount(0, text.length()) > limit) {
            tooLong("character(" + limit + ")", fit);
        }
        return utf8(text);
    }

    /** Only storing has a length: a longer text is compared as it is (decision A-1). */
    private static void tooLong(String type, Fit fit) throws ColumnEncryptionException {
        if (fit.assigns()) {
            throw new ColumnEncryptionException(Reason.TOO_LONG, "value too long for type " + type);
        }
    }

    private static String withoutTrailingSpaces(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    /** PostgreSQL's text form of a value, which is what its assignment casts to text give. */
    static String of(Object value, ZoneId zone) {
        return switch (value) {
            case String text -> text;
            case BigDecimal decimal -> (decimal.scale() < 0 ? decimal.setScale(0) : decimal).toPlainString();
            case Double number -> Numbers.realText(number, Double.toString(number), 15);
            case Float number -> Numbers.realText(number, Float.toString(number), 6);
            case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
            case LocalTime time -> Times.timeText(time);
            case LocalDateTime local -> Times.text(local);
            case ZonedDateTime zoned -> Times.text(zoned.toOffsetDateTime());
            case OffsetDateTime offset ->
                Times.text(offset.atZoneSameInstant(zone).toOffsetDateTime());
            case Instant instant -> Times.text(instant.atZone(zone).toOffsetDateTime());
            default -> value.toString();
        };
    }
}
