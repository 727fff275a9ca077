package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Text from outside: refuses what PostgreSQL refuses in a UTF8 database (invalid sequences and the zero byte). */
public final class Utf8 {
    private Utf8() {}

    /**
     * Decodes text.
     *
     * @throws DatabaseException 22021 naming the offending bytes
     */
    public static String decode(byte[] bytes, int offset, int length) {
        int end = offset + length;
        boolean ascii = true;
        for (int i = offset; i < end; i++) {
            if (bytes[i] <= 0) {
                if (bytes[i] == 0) {
                    throw invalid(bytes, i, 1);
                }
                ascii = false;
                break;
            }
        }
        if (ascii) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        check(bytes, offset, end);
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    private static void check(byte[] bytes, int offset, int end) {
        int i = offset;
        while (i < end) {
            int first = bytes[i] & 0xff;
            int size = first == 0 ? 0 : sequenceLength(first);
            if (size == 0) {
                throw invalid(bytes, i, 1);
            }
            if (i + size > end) {
                throw invalid(bytes, i, end - i);
            }
            if (size > 1 && !isLegal(bytes, i, size)) {
                throw invalid(bytes, i, size);
            }
            i += size;
        }
    }

    private static int sequenceLength(int first) {
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xc2) {
            return 0;
        }
        if (first < 0xe0) {
            return 2;
        }
        if (first < 0xf0) {
            return 3;
        }
        return first < 0xf5 ? 4 : 0;
    }

    private static boolean isLegal(byte[] bytes, int at, int size) {
        for (int i = 1; i < size; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
        int first = bytes[at] & 0xff;
        int second = bytes[at + 1] & 0xff;
        return switch (first) {
            case 0xe0 -> second >= 0xa0;
            case 0xed -> second <= 0x9f;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second <= 0x8f;
            default -> true;
        };
    }

    private static DatabaseException invalid(byte[] bytes, int at, int count) {
        StringBuilder message = new StringBuilder("invalid byte sequence for encoding \"UTF8\":");
        for (int i = 0; i < count; i++) {
            message.append(String.format(Locale.ROOT, " 0x%02x", bytes[at + i] & 0xff));
        }
        return new DatabaseException(ErrorCode.CHARACTER_NOT_IN_REPERTOIRE, message.toString());
    }
}
