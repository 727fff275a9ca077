package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** bytea, digests, encodings and uuid. */
final class ByteaFunctions {
    /** Names of encodings there are, without separators. */
    private static final Set<String> ENCODINGS = Set.of(
            "utf8",
            "unicode",
            "sqlascii",
            "latin1",
            "latin2",
            "latin3",
            "latin4",
            "latin5",
            "latin9",
            "win1250",
            "win1251",
            "win1252",
            "win1253",
            "win1254",
            "win1257",
            "iso88591",
            "iso885915",
            "koi8r",
            "eucjp",
            "sjis");

    private ByteaFunctions() {}

    static void define(Definitions to) {
        to.refLong("byteaoctetlen", (byte[] a) -> a.length);
        to.refLong("bit_length(bytea)", (byte[] a) -> a.length * 8L);
        to.refsRef("byteacat", (byte[] a, byte[] b) -> concat(a, b));
        to.general("bytea_substr", (call, a) -> slice(bytes(a, 0), Arguments.number(a, 1), Arguments.number(a, 2)));
        to.general("bytea_substr_no_len", (call, a) -> slice(bytes(a, 0), Arguments.number(a, 1), Integer.MAX_VALUE));
        to.refsLong("byteapos", (byte[] a, byte[] piece) -> position(a, piece));
        to.general("byteaGetByte", (call, a) -> (long) (bytes(a, 0)[index(a)] & 0xFF));
        to.general("byteaSetByte", (call, a) -> {
            int index = index(a);
            byte[] copy = bytes(a, 0).clone();
            copy[index] = (byte) Arguments.number(a, 2);
            return copy;
        });
        to.refsRef("byteatrim", (byte[] a, byte[] set) -> trim(a, set, true, true));
        to.refsRef("bytealtrim", (byte[] a, byte[] set) -> trim(a, set, true, false));
        to.refsRef("byteartrim", (byte[] a, byte[] set) -> trim(a, set, false, true));
        to.refRef(
                "md5_text", (String a) -> HexFormat.of().formatHex(digest("MD5", a.getBytes(StandardCharsets.UTF_8))));
        to.refRef("md5_bytea", (byte[] a) -> HexFormat.of().formatHex(digest("MD5", a)));
        to.refRef("sha224_bytea", (byte[] a) -> digest("SHA-224", a));
        to.refRef("sha256_bytea", (byte[] a) -> digest("SHA-256", a));
        to.refRef("sha384_bytea", (byte[] a) -> digest("SHA-384", a));
        to.refRef("sha512_bytea", (byte[] a) -> digest("SHA-512", a));
        to.refsRef("binary_encode", (byte[] a, String format) -> encode(a, format));
        to.refsRef("binary_decode", (String a, String format) -> decode(a, format));
        to.general("pg_convert_to", (call, a) -> {
            checkUtf8(Arguments.text(a, 1));
            return Arguments.text(a, 0).getBytes(StandardCharsets.UTF_8);
        });
        to.general("pg_convert_from", (call, a) -> {
            checkUtf8(Arguments.text(a, 1));
            return new String(bytes(a, 0), StandardCharsets.UTF_8);
        });
        to.general("gen_random_uuid", (call, a) -> {
            long high = call.session().randomness().nextLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x4000L;
            long low = call.session().randomness().nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
            return new UUID(high, low);
        });
    }

    private static void checkUtf8(String encoding) {
        if (!ENCODINGS.contains(encoding.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT))) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "invalid encoding name \"" + encoding + "\"");
        }
        if (!encoding.equalsIgnoreCase("utf8") && !encoding.equalsIgnoreCase("utf-8")) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "conversion to encoding \"" + encoding + "\" is not supported yet");
        }
    }

    private static byte[] bytes(@Nullable Object[] a, int index) {
        return (byte[]) Arguments.ref(a, index);
    }

    private static int index(@Nullable Object[] a) {
        long index = Arguments.number(a, 1);
        int length = bytes(a, 0).length;
        if (index < 0 || index >= length) {
            throw new DatabaseException(
                    ErrorCode.ARRAY_SUBSCRIPT_ERROR, "index " + index + " out of valid range, 0.." + (length - 1));
        }
        return (int) index;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static byte[] slice(byte[] bytes, long start, long count) {
        if (count < 0) {
            throw new DatabaseException(ErrorCode.SUBSTRING_ERROR, "negative substring length not allowed");
        }
        long from = Math.max(start, 1) - 1;
        long to = Math.min(start + count - 1, bytes.length);
        return to <= from ? new byte[0] : Arrays.copyOfRange(bytes, (int) from, (int) to);
    }

    private static long position(byte[] bytes, byte[] piece) {
        for (int i = 0; i + piece.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + piece.length, piece, 0, piece.length)) {
                return i + 1L;
            }
        }
        return 0;
    }

    private static byte[] trim(byte[] bytes, byte[] set, boolean start, boolean end) {
        int from = 0;
        int to = bytes.length;
        while (start && from < to && position(set, new byte[] {bytes[from]}) > 0) {
            from++;
        }
        while (end && to > from && position(set, new byte[] {bytes[to - 1]}) > 0) {
            to--;
        }
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DatabaseException unknownEncoding(String format) {
        return new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "unrecognized encoding: \"" + format + "\"");
    }

    private static String encode(byte[] bytes, String format) {
        return switch (format.toLowerCase(java.util.Locale.ROOT)) {
            case "hex" -> HexFormat.of().formatHex(bytes);
            case "base64" -> Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes);
            case "escape" -> {
                StringBuilder text = new StringBuilder();
                for (byte value : bytes) {
                    int octet = value & 0xFF;
                    if (octet == '\\') {
                        text.append("\\\\");
                    } else if (octet == 0 || octet >= 0x80) {
                        text.append('\\').append((char) ('0' + (octet >> 6)));
                        text.append((char) ('0' + (octet >> 3 & 7))).append((char) ('0' + (octet & 7)));
                    } else {
                        text.append((char) octet);
                    }
                }
                yield text.toString();
            }
            default -> throw unknownEncoding(format);
        };
    }

    private static byte[] decode(String text, String format) {
        try {
            return switch (format.toLowerCase(java.util.Locale.ROOT)) {
                case "hex" -> HexFormat.of().parseHex(text.replaceAll("\\s", ""));
                case "base64" -> Base64.getMimeDecoder().decode(text);
                case "escape" -> unescape(text);
                default -> throw unknownEncoding(format);
            };
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "invalid " + format + " data");
        }
    }

    private static byte[] unescape(String text) {
        byte[] source = text.getBytes(StandardCharsets.UTF_8);
        byte[] result = new byte[source.length];
        int length = 0;
        for (int i = 0; i < source.length; i++) {
            if (source[i] != '\\') {
                result[length++] = source[i];
            } else if (i + 1 < source.length && source[i + 1] == '\\') {
                result[length++] = source[++i];
            } else if (i + 3 < source.length) {
                result[length++] =
                        (byte) ((source[i + 1] - '0' << 6) + (source[i + 2] - '0' << 3) + source[i + 3] - '0');
                i += 3;
            } else {
                throw new DatabaseException(
                        ErrorCode.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type bytea");
            }
        }
        return Arrays.copyOf(result, length);
    }
}
