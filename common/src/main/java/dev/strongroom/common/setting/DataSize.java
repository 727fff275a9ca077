package dev.strongroom.common.setting;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written as PostgreSQL's settings are: {@code 512MB}, {@code 4GB}, {@code 8192}. Units are powers of 1024. */
public record DataSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|kB|KB|MB|GB|TB)?");

    /** @throws IllegalArgumentException if the text is not a size */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a size such as 512MB, got \"" + text + "\"");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
        int shift = 10 * "BKMGT".indexOf(unit.charAt(0));
        return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
    }

    @Override
    public String toString() {
        long value = bytes;
        int unit = 0;
        while (value != 0 && value % 1024 == 0 && unit < 4) {
            value /= 1024;
            unit++;
        }
        return value + new String[] {"B", "kB", "MB", "GB", "TB"}[unit];
    }
}
