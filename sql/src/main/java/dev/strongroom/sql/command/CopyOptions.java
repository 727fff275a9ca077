package dev.strongroom.sql.command;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.Copy.CopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The options of one COPY, checked against one another as PostgreSQL does.
 *
 * @param matchHeader HEADER MATCH: the header must name the columns
 * @param forceQuote names, {@code *} for all
 */
record CopyOptions(
        Format format,
        char delimiter,
        String nullText,
        boolean header,
        boolean matchHeader,
        char quote,
        char escape,
        List<String> forceQuote,
        List<String> forceNotNull,
        List<String> forceNull) {
    /** Forms of data. */
    enum Format {
        TEXT,
        CSV,
        BINARY
    }

    static CopyOptions of(Copy copy) {
        Reader reader = new Reader();
        Set<String> seen = new HashSet<>();
        for (CopyOption option : copy.options()) {
            if (!seen.add(option.name())) {
                throw syntax("conflicting or redundant options", option);
            }
            reader.take(option);
        }
        return reader.finish(copy.from());
    }

    private static DatabaseException syntax(String message, CopyOption option) {
        return ErrorReport.error(ErrorCode.SYNTAX_ERROR, message)
                .withPosition(option.position())
                .exception();
    }

    private static DatabaseException unsupported(String message) {
        return new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, message);
    }

    private static final class Reader {
        private Format format = Format.TEXT;
        private String delimiter = "";
        private String nullText = "";
        private boolean nullGiven;
        private boolean header;
        private boolean matchHeader;
        private String quote = "";
        private String escape = "";
        private List<String> forceQuote = List.of();
        private List<String> forceNotNull = List.of();
        private List<String> forceNull = List.of();

        void take(CopyOption option) {
            switch (option.name()) {
                case "format" -> format = format(option);
                case "freeze" -> bool(option);
                case "delimiter" -> delimiter = value(option);
                case "null" -> {
                    nullText = value(option);
                    nullGiven = true;
                }
                case "header" -> {
                    matchHeader =
                            !option.values().isEmpty() && option.values().get(0).equalsIgnoreCase("match");
                    header = matchHeader || bool(option);
                }
                case "quote" -> quote = value(option);
                case "escape" -> escape = value(option);
                case "force_quote" -> forceQuote = option.values();
                case "force_not_null" -> forceNotNull = option.values();
                case "force_null" -> forceNull = option.values();
                case "encoding" -> {
                    String name = value(option).replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
                    if (!name.equals("utf8") && !name.equals("unicode") && !name.equals("sqlascii")) {
                        throw ErrorReport.error(
                                        ErrorCode.INVALID_PARAMETER_VALUE,
                                        "argument to option \"encoding\" must be a valid encoding name")
                                .withPosition(option.position())
                                .exception();
                    }
                }
                default -> throw syntax("option \"" + option.name() + "\" not recognized", option);
            }
        }

        private static String value(CopyOption option) {
            if (option.values().isEmpty()) {
                throw syntax(option.name() + " requires a parameter", option);
            }
            return option.values().get(0);
        }

        private static boolean bool(CopyOption option) {
            if (option.values().isEmpty()) {
                return true;
            }
            return switch (option.values().get(0).toLowerCase(Locale.ROOT)) {
                case "true", "on", "1", "yes", "t" -> true;
                case "false", "off", "0", "no", "f" -> false;
                default -> throw syntax(option.name() + " requires a Boolean value", option);
            };
        }

        private static Format format(CopyOption option) {
            return switch (value(option)) {
                case "text" -> Format.TEXT;
                case "csv" -> Format.CSV;
                case "binary" -> Format.BINARY;
                default ->
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "COPY format \"" + value(option) + "\" not recognized")
                            .withPosition(option.position())
                            .exception();
            };
        }

        CopyOptions finish(boolean from) {
            boolean csv = format == Format.CSV;
            if (format == Format.BINARY) {
                if (!delimiter.isEmpty()) {
                    throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "cannot specify DELIMITER in BINARY mode");
                }
                if (nullGiven) {
                    throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "cannot specify NULL in BINARY mode");
                }
                if (header) {
                    throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "cannot specify HEADER in BINARY mode");
                }
            }
            String separator = delimiter.isEmpty() ? (csv ? "," : "\t") : delimiter;
            oneByte(separator, "COPY delimiter must be a single one-byte character");
            if (separator.equals("\n") || separator.equals("\r")) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "COPY delimiter cannot be newline or carriage return");
            }
            if (!csv && "\\.abcdefghijklmnopqrstuvwxyz0123456789".contains(separator)) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "COPY delimiter cannot be \"" + separator + "\"");
            }
            if (!csv && !quote.isEmpty()) {
                throw unsupported("COPY quote available only in CSV mode");
            }
            if (!csv && !escape.isEmpty()) {
                throw unsupported("COPY escape available only in CSV mode");
            }
            if (!forceQuote.isEmpty() && (!csv || from)) {
                throw unsupported(
                        csv
                                ? "COPY force quote only available using COPY TO"
                                : "COPY force quote available only in CSV mode");
            }
            if ((!forceNotNull.isEmpty() || !forceNull.isEmpty()) && (!csv || !from)) {
                throw unsupported(
                        csv
                                ? "COPY force not null only available using COPY FROM"
                                : "COPY force not null available only in CSV mode");
            }
            if (matchHeader && !from) {
                throw unsupported("cannot use \"match\" with HEADER in COPY TO");
            }
            String quoteText = quote.isEmpty() ? "\"" : quote;
            String escapeText = escape.isEmpty() ? quoteText : escape;
            oneByte(quoteText, "COPY quote must be a single one-byte character");
            oneByte(escapeText, "COPY escape must be a single one-byte character");
            if (csv && separator.equals(quoteText)) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "COPY delimiter and quote must be different");
            }
            return new CopyOptions(
                    format,
                    separator.charAt(0),
                    nullGiven ? nullText : csv ? "" : "\\N",
                    header,
                    matchHeader,
                    quoteText.charAt(0),
                    escapeText.charAt(0),
                    forceQuote,
                    forceNotNull,
                    forceNull);
        }

        private static void oneByte(String text, String message) {
            if (text.length() != 1 || text.charAt(0) > 127) {
                throw unsupported(message);
            }
        }
    }
}
