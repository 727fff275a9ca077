package dev.strongroom.client;

import java.util.Locale;
import java.util.Optional;

/** What a connection or a statement does about encrypted columns (AE-128). */
public enum ColumnEncryptionSetting {
    /** A statement does what its connection does. */
    USE_CONNECTION_SETTING,
    /** Parameters are encrypted and results decrypted. */
    ENABLED,
    /** Results are decrypted; no parameter is, and none is asked about. */
    RESULTSET_ONLY,
    /** Encrypted columns are read as the bytes of their cells. */
    DISABLED;

    /** Reads {@code on}, {@code results}, {@code off} and the spellings of the property. */
    static Optional<ColumnEncryptionSetting> of(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "on", "enabled", "true" -> Optional.of(ENABLED);
            case "results", "resultset_only", "resultsetonly" -> Optional.of(RESULTSET_ONLY);
            case "off", "disabled", "false", "" -> Optional.of(DISABLED);
            default -> Optional.empty();
        };
    }
}
