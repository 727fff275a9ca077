package dev.strongroom.sql.function;

/** {@code pg_proc.provolatile}. */
public enum Volatility {
    IMMUTABLE,
    STABLE,
    VOLATILE;

    static Volatility of(char code) {
        return switch (code) {
            case 'i' -> IMMUTABLE;
            case 's' -> STABLE;
            case 'v' -> VOLATILE;
            default -> throw new IllegalArgumentException("volatility " + code);
        };
    }
}
