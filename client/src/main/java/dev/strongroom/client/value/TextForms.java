package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.sql.Array;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Locale;
import org.postgresql.util.PGInterval;

/** Rule 2: the server's own text form of types that SQL Server has no twin of. */
final class TextForms {
    private TextForms() {}

    static String canonical(ColumnType type, Object value, ZoneId zone) throws ColumnEncryptionException {
        String text = Texts.of(value, zone);
        return switch (type.oid()) {
            case ColumnType.JSON -> {
                json(text);
                yield text;
            }
            case ColumnType.JSONB -> Json.canonical(json(text));
            case ColumnType.INTERVAL -> interval(value, text);
            default -> value instanceof Array || isArrayText(text) ? ArrayText.canonical(text) : text.strip();
        };
    }

    private static boolean isArrayText(String text) {
        String bare = text.strip();
        return bare.startsWith("{") && bare.endsWith("}");
    }

    private static @org.jspecify.annotations.Nullable Object json(String text) throws ColumnEncryptionException {
        try {
            return Json.parse(text);
        } catch (IllegalArgumentException e) {
            throw Fit.unreadable("json");
        }
    }

    private static String interval(Object value, String text) throws ColumnEncryptionException {
        PGInterval interval;
        try {
            interval = value instanceof PGInterval given ? given : new PGInterval(text);
        } catch (SQLException | NumberFormatException e) {
            throw Fit.unreadable("interval");
        }
        long micros = Math.round(interval.getSeconds() * 1e6)
                + (interval.getHours() * 3600L + interval.getMinutes() * 60L) * 1_000_000L;
        StringBuilder out = new StringBuilder();
        long months = interval.getYears() * 12L + interval.getMonths();
        boolean negative = unit(out, months / 12, "year", false);
        negative = unit(out, months % 12, "mon", negative);
        negative = unit(out, interval.getDays(), "day", negative);
        if (micros != 0 || out.isEmpty()) {
            long rest = Math.abs(micros);
            out.append(out.isEmpty() ? "" : " ").append(micros < 0 ? "-" : negative ? "+" : "");
            long seconds = rest / 1_000_000;
            out.append(String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60));
            if (rest % 1_000_000 != 0) {
                out.append('.')
                        .append(Long.toString(1_000_000 + rest % 1_000_000)
                                .substring(1)
                                .replaceFirst("0+$", ""));
            }
        }
        return out.toString();
    }

    /** One field of PostgreSQL's interval style; a positive field after a negative one says so. */
    private static boolean unit(StringBuilder out, long count, String name, boolean negativeBefore) {
        if (count == 0) {
            return negativeBefore;
        }
        out.append(out.isEmpty() ? "" : " ")
                .append(count > 0 && negativeBefore ? "+" : "")
                .append(count)
                .append(' ')
                .append(name)
                .append(count == 1 ? "" : "s");
        return count < 0;
    }
}
