package dev.strongroom.sql.session;

import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeContext;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and prints the values of settings. */
final class SettingValues {
    private static final int NAME_LENGTH = 63;
    private static final Map<String, Long> TIME_UNITS_MICROS = Map.of(
            "us", 1L, "ms", 1_000L, "s", 1_000_000L, "min", 60_000_000L, "h", 3_600_000_000L, "d", 86_400_000_000L);
    private static final Map<String, Long> MEMORY_UNITS =
            Map.of("B", 1L, "kB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);
    private static final Set<String> UTF8_NAMES = Set.of("utf8", "unicode");

    private SettingValues() {}

    /** Checks a value and gives it the form SHOW prints. */
    static String check(SettingDefinition definition, String value, TypeContext types, @Nullable String current) {
        switch (definition.kind()) {
            case BOOLEAN -> {
                Boolean read = bool(value);
                if (read == null) {
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "parameter \"" + definition.name() + "\" requires a Boolean value")
                            .exception();
                }
                if (!read && definition.name().equals("standard_conforming_strings")) {
                    throw onlyOffered(definition, value, "on");
                }
                return read ? "on" : "off";
            }
            case INTEGER -> {
                return integer(definition, value);
            }
            case REAL -> {
                try {
                    return new BigDecimal(value.strip()).stripTrailingZeros().toPlainString();
                } catch (NumberFormatException e) {
                    throw invalid(definition, value);
                }
            }
            case ENUMERATION -> {
                return choice(definition, value);
            }
            case TEXT -> {
                return text(definition, value, types, current);
            }
        }
        throw invalid(definition, value);
    }

    /** PostgreSQL's parse_bool: unique prefixes too. */
    static @Nullable Boolean bool(String value) {
        String text = value.strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            return null;
        }
        if ("true".startsWith(text) || "yes".startsWith(text) || text.equals("on") || text.equals("1")) {
            return true;
        }
        boolean off = "false".startsWith(text)
                || "no".startsWith(text)
                || text.equals("of")
                || text.equals("off")
                || text.equals("0");
        return off ? Boolean.FALSE : null;
    }

    private static String choice(SettingDefinition definition, String value) {
        for (String choice : definition.choices()) {
            if (choice.equalsIgnoreCase(value)) {
                return choice;
            }
        }
        Boolean flag = bool(value);
        if (flag != null && definition.choices().contains(flag ? "on" : "off")) {
            return flag ? "on" : "off";
        }
        throw ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "invalid value for parameter \"" + definition.name() + "\": \"" + value + "\"")
                .withHint("Available values: " + String.join(", ", definition.choices()) + ".")
                .exception();
    }

    private static String integer(SettingDefinition definition, String value) {
        String text = value.strip();
        int end = 0;
        while (end < text.length() && "+-0123456789.eE".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        BigDecimal number;
        try {
            number = new BigDecimal(text.substring(0, end));
        } catch (NumberFormatException e) {
            throw invalid(definition, value);
        }
        String suffix = text.substring(end).strip();
        if (!suffix.isEmpty()) {
            number = convert(definition, number, suffix, value);
        }
        long result = number.setScale(0, RoundingMode.HALF_EVEN).longValue();
        if (result < definition.minimum() || result > definition.maximum()) {
            String unit = definition.unit().isEmpty() ? "" : " " + definition.unit();
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            result + unit + " is outside the valid range for parameter \"" + definition.name() + "\" ("
                                    + definition.minimum() + " .. " + definition.maximum() + ")")
                    .exception();
        }
        return show(definition.unit(), result);
    }

    private static BigDecimal convert(SettingDefinition definition, BigDecimal number, String suffix, String value) {
        boolean time = definition.unit().equals("ms") || definition.unit().equals("s");
        Map<String, Long> units = time ? TIME_UNITS_MICROS : MEMORY_UNITS;
        Long factor = definition.unit().isEmpty() ? null : units.get(suffix);
        if (factor == null) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "invalid value for parameter \"" + definition.name() + "\": \"" + value + "\"")
                    .withHint(
                            time
                                    ? "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\"."
                                    : "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".")
                    .exception();
        }
        long base = switch (definition.unit()) {
            case "ms" -> 1_000L;
            case "s" -> 1_000_000L;
            case "kB" -> 1L << 10;
            default -> 8L << 10;
        };
        return number.multiply(BigDecimal.valueOf(factor)).divide(BigDecimal.valueOf(base), 3, RoundingMode.HALF_EVEN);
    }

    /** The largest unit that divides the value, as SHOW chooses it. */
    static String show(String unit, long value) {
        if (value <= 0) {
            return Long.toString(value);
        }
        return switch (unit) {
            case "ms" ->
                scaled(value, new long[] {86_400_000, 3_600_000, 60_000, 1_000, 1}, "d", "h", "min", "s", "ms");
            case "s" -> scaled(value, new long[] {86_400, 3_600, 60, 1}, "d", "h", "min", "s");
            case "kB" -> scaled(value, new long[] {1L << 30, 1L << 20, 1L << 10, 1}, "TB", "GB", "MB", "kB");
            case "8kB" -> scaled(value * 8, new long[] {1L << 30, 1L << 20, 1L << 10, 1}, "TB", "GB", "MB", "kB");
            default -> Long.toString(value);
        };
    }

    private static String scaled(long value, long[] factors, String... units) {
        for (int i = 0; i < factors.length; i++) {
            if (value % factors[i] == 0) {
                return value / factors[i] + units[i];
            }
        }
        return Long.toString(value);
    }

    /** Reads a time as SHOW prints it. */
    static long millis(String shown) {
        int end = 0;
        while (end < shown.length() && (Character.isDigit(shown.charAt(end)) || shown.charAt(end) == '-')) {
            end++;
        }
        long number = Long.parseLong(shown.substring(0, end));
        String unit = shown.substring(end);
        return unit.isEmpty() ? number : number * TIME_UNITS_MICROS.getOrDefault(unit, 1_000L) / 1_000;
    }

    private static String text(
            SettingDefinition definition, String value, TypeContext types, @Nullable String current) {
        return switch (definition.name()) {
            case "TimeZone" -> timeZone(definition, value);
            case "DateStyle" -> dateStyle(definition, value, current);
            case "client_encoding" -> {
                String plain = value.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
                if (!UTF8_NAMES.contains(plain)) {
                    throw onlyOffered(definition, value, "UTF8");
                }
                yield "UTF8";
            }
            case "application_name" -> applicationName(value);
            default -> value;
        };
    }

    /** Printable ASCII, cut to the length of a name, as PostgreSQL does. */
    private static DatabaseException onlyOffered(SettingDefinition definition, String value, String what) {
        return ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "invalid value for parameter \"" + definition.name() + "\": \"" + value + "\"")
                .withDetail("Only " + what + " is offered.")
                .exception();
    }

    private static String applicationName(String value) {
        String printable = value.replaceAll("[^\\x20-\\x7E]", "?");
        return printable.length() <= NAME_LENGTH ? printable : printable.substring(0, NAME_LENGTH);
    }

    private static String timeZone(SettingDefinition definition, String value) {
        String text = value;
        if (value.startsWith("INTERVAL ")) {
            text = value.substring(9).strip();
            return intervalZone(definition, text);
        }
        try {
            BigDecimal hours = new BigDecimal(text.strip());
            return PgTimeZone.ofOffset(hours.multiply(BigDecimal.valueOf(3600)).intValue())
                    .name();
        } catch (NumberFormatException e) {
            // not a number of hours
        }
        return PgTimeZone.of(text).map(PgTimeZone::name).orElseThrow(() -> invalid(definition, value));
    }

    private static String intervalZone(SettingDefinition definition, String text) {
        String[] parts = text.replaceAll("^[+-]", "").split(":");
        try {
            int seconds = Integer.parseInt(parts[0]) * 3600 + (parts.length > 1 ? Integer.parseInt(parts[1]) * 60 : 0);
            return PgTimeZone.ofOffset(text.startsWith("-") ? -seconds : seconds)
                    .name();
        } catch (NumberFormatException e) {
            throw invalid(definition, text);
        }
    }

    private static String dateStyle(SettingDefinition definition, String value, @Nullable String current) {
        String[] now = (current == null ? "ISO, MDY" : current).split(", ");
        String style = now[0];
        String order = now[1];
        for (String part : value.split(",")) {
            String word = part.strip().toUpperCase(Locale.ROOT);
            switch (word) {
                case "ISO" -> style = "ISO";
                case "SQL" -> style = "SQL";
                case "GERMAN" -> {
                    style = "German";
                    order = "DMY";
                }
                case "YMD" -> order = "YMD";
                case "DMY", "EURO", "EUROPEAN" -> order = "DMY";
                case "MDY", "US", "NONEURO", "NONEUROPEAN" -> order = "MDY";
                case "DEFAULT" -> {
                    style = "ISO";
                    order = "MDY";
                }
                default -> {
                    if (!word.startsWith("POSTGRES")) {
                        throw invalid(definition, value);
                    }
                    style = "Postgres";
                }
            }
        }
        return style + ", " + order;
    }

    /** Elements of a comma-separated list of identifiers, such as search_path. */
    static List<String> identifiers(String value) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < value.length()) {
            char c = value.charAt(at);
            if (c == ',' || Character.isWhitespace(c)) {
                at++;
            } else if (c == '"') {
                StringBuilder name = new StringBuilder();
                at++;
                while (at < value.length()) {
                    if (value.charAt(at) == '"') {
                        if (at + 1 < value.length() && value.charAt(at + 1) == '"') {
                            at++;
                        } else {
                            break;
                        }
                    }
                    name.append(value.charAt(at++));
                }
                at++;
                if (!name.isEmpty()) {
                    names.add(name.toString());
                }
            } else {
                int end = value.indexOf(',', at);
                end = end < 0 ? value.length() : end;
                names.add(value.substring(at, end).strip().toLowerCase(Locale.ROOT));
                at = end;
            }
        }
        return names;
    }

    /** Quotes a name where it would not read back as itself. */
    static String quoteIdentifier(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static DatabaseException invalid(SettingDefinition definition, String value) {
        return ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "invalid value for parameter \"" + definition.name() + "\": \"" + value + "\"")
                .exception();
    }
}
