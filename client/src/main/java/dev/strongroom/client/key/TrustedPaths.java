package dev.strongroom.client.key;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which key paths a connection follows when the server names them (AE-127).
 *
 * @param patterns paths, or prefixes that end in {@code *}; empty = whatever the configured providers hold
 * @param anywhere whether providers may leave their configured roots: only where written out
 */
public record TrustedPaths(List<String> patterns, boolean anywhere) {
    /** The default: a path is trusted when a configured provider holds the key. */
    public static final TrustedPaths REGISTERED_ONLY = new TrustedPaths(List.of(), false);

    public TrustedPaths {
        patterns = List.copyOf(patterns);
    }

    /** Reads the connection property: {@code registered-only}, {@code any}, or paths between commas. */
    public static TrustedPaths of(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "", "registered-only" -> REGISTERED_ONLY;
            case "any" -> new TrustedPaths(List.of(), true);
            default ->
                new TrustedPaths(
                        Arrays.stream(text.split(",")).map(String::strip).toList(), false);
        };
    }

    /** Whether a path has a segment {@code ..}. */
    public static boolean climbs(String path) {
        return Arrays.asList(path.split("[/\\\\]", -1)).contains("..");
    }

    boolean allow(String path) {
        if (patterns.isEmpty()) {
            return true;
        }
        // What begins like a trusted path and climbs out of it again is none.
        for (String pattern : climbs(path) ? List.<String>of() : patterns) {
            boolean fits = pattern.endsWith("*")
                    ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                    : path.equalsIgnoreCase(pattern);
            if (fits) {
                return true;
            }
        }
        return false;
    }
}
