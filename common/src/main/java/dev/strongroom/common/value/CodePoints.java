package dev.strongroom.common.value;

/**
 * Text order by code point, the order of PostgreSQL's {@code C} collation over UTF-8. {@link String#compareTo} differs from
 * it where a surrogate pair meets a character above U+DFFF.
 */
public final class CodePoints {
    private CodePoints() {}

    /** Compares by code point: negative, zero or positive. */
    public static int compare(String left, String right) {
        int limit = Math.min(left.length(), right.length());
        for (int i = 0; i < limit; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean aPair = Character.isSurrogate(a);
                boolean bPair = Character.isSurrogate(b);
                if (aPair != bPair) {
                    return aPair ? 1 : -1;
                }
                return a < b ? -1 : 1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Number of characters as PostgreSQL counts them. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Length without trailing blanks, which do not count in {@code bpchar}. */
    public static int trimmedEnd(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return end;
    }

    /** Compares two {@code bpchar} values: trailing blanks do not count. */
    public static int compareBlankPadded(String left, String right) {
        return compare(left.substring(0, trimmedEnd(left)), right.substring(0, trimmedEnd(right)));
    }
}
