package dev.strongroom.catalog.key;

import java.util.Locale;
import java.util.Optional;

/** What can be granted on a certificate (TDE-108); CONTROL includes the others, any of them makes it visible. */
public enum CertificatePermission {
    CONTROL(1),
    ALTER(2),
    VIEW_DEFINITION(4),
    REFERENCES(8),
    TAKE_OWNERSHIP(16);

    static final int ALL = 31;

    /** How many bits higher a denied permission stands than a granted one. */
    static final int DENIED = 5;

    private final int bit;

    CertificatePermission(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }

    /** The permission as GRANT names it, in any case. */
    public static Optional<CertificatePermission> ofName(String name) {
        for (CertificatePermission permission : values()) {
            if (permission.name().replace('_', ' ').equals(name.toUpperCase(Locale.ROOT))) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }
}
