package dev.strongroom.crypto.password;

import java.text.Normalizer;

/**
 * SASLprep (RFC 4013) as PostgreSQL applies it: a password the profile forbids is used as it is. Code points unassigned in
 * Unicode 3.2 are not refused; they only matter where normalisation would change them.
 */
final class SaslPrep {
    /** Ranges of the prohibited tables C.1.2, C.2.1, C.2.2, C.3 to C.9 of RFC 3454, first and last code point. */
    private static final int[] PROHIBITED = {
        0x0000, 0x001F, 0x007F, 0x00A0, 0x0340, 0x0341, 0x06DD, 0x06DD, 0x070F, 0x070F, 0x1680, 0x1680, 0x180E, 0x180E,
        0x2000, 0x200F, 0x2028, 0x202F, 0x205F, 0x2063, 0x206A, 0x206F, 0x2FF0, 0x2FFB, 0x3000, 0x3000, 0xD800, 0xF8FF,
        0xFDD0, 0xFDEF, 0xFEFF, 0xFEFF, 0xFFF9, 0xFFFF, 0x1D173, 0x1D17A, 0x1FFFE, 0x1FFFF, 0x2FFFE, 0x2FFFF, 0x3FFFE,
        0x3FFFF, 0x4FFFE, 0x4FFFF, 0x5FFFE, 0x5FFFF, 0x6FFFE, 0x6FFFF, 0x7FFFE, 0x7FFFF, 0x8FFFE, 0x8FFFF, 0x9FFFE,
        0x9FFFF, 0xAFFFE, 0xAFFFF, 0xBFFFE, 0xBFFFF, 0xCFFFE, 0xCFFFF, 0xDFFFE, 0xDFFFF, 0xE0001, 0xE0001, 0xE0020,
        0xE007F, 0xEFFFE, 0x10FFFF
    };

    private SaslPrep() {}

    static String prepare(String password) {
        if (password.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
            return password;
        }
        StringBuilder mapped = new StringBuilder(password.length());
        password.codePoints().forEach(point -> {
            if (isNonAsciiSpace(point)) {
                mapped.append(' ');
            } else if (!isMappedToNothing(point)) {
                mapped.appendCodePoint(point);
            }
        });
        String normalized = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        boolean allowed = !normalized.isEmpty() && normalized.codePoints().noneMatch(SaslPrep::isProhibited);
        return allowed && directionsFit(normalized) ? normalized : password;
    }

    private static boolean isNonAsciiSpace(int point) {
        return point == 0xA0
                || point == 0x1680
                || (point >= 0x2000 && point <= 0x200B)
                || point == 0x202F
                || point == 0x205F
                || point == 0x3000;
    }

    private static boolean isMappedToNothing(int point) {
        return point == 0xAD
                || point == 0x34F
                || point == 0x1806
                || (point >= 0x180B && point <= 0x180D)
                || (point >= 0x200C && point <= 0x200D)
                || point == 0x2060
                || (point >= 0xFE00 && point <= 0xFE0F)
                || point == 0xFEFF;
    }

    private static boolean isProhibited(int point) {
        for (int i = 0; i < PROHIBITED.length; i += 2) {
            if (point >= PROHIBITED[i] && point <= PROHIBITED[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** RFC 3454 section 6: text with a right-to-left letter has no left-to-right one, and begins and ends with its own kind. */
    private static boolean directionsFit(String text) {
        boolean rightToLeft = text.codePoints().anyMatch(SaslPrep::isRightToLeft);
        if (!rightToLeft) {
            return true;
        }
        boolean leftToRight = text.codePoints()
                .anyMatch(point -> Character.getDirectionality(point) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
        return !leftToRight && isRightToLeft(text.codePointAt(0)) && isRightToLeft(text.codePointBefore(text.length()));
    }

    private static boolean isRightToLeft(int point) {
        byte direction = Character.getDirectionality(point);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
