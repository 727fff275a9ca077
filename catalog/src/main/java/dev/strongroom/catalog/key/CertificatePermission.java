package dev.strongroom.catalog.key;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What can be granted on a certificate, key, provider or database (TDE-108). CONTROL includes the others, any of the first
 * five makes a key visible; on a database they hold for all keys in it.
 */
public enum CertificatePermission {
    CONTROL(1),
    ALTER(2),
    VIEW_DEFINITION(4),
    REFERENCES(8),
    TAKE_OWNERSHIP(16),
    /** On a database only, as the next (TDE-133, TDE-144); ALTER on the database includes both. */
    CREATE_CERTIFICATE(1 << 10),
    CREATE_ASYMMETRIC_KEY(1 << 11);

    /** Those that there are on keys. */
    public static final Set<CertificatePermission> OF_KEYS = EnumSet.range(CONTROL, TAKE_OWNERSHIP);

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

    /** The bits of the permissions that include this one, and its own. */
    int included() {
        int above = this == CREATE_CERTIFICATE || this == CREATE_ASYMMETRIC_KEY ? ALTER.bit : 0;
        return bit | CONTROL.bit | above;
    }

    static int bits(Collection<CertificatePermission> permissions) {
        return permissions.stream().mapToInt(CertificatePermission::bit).sum();
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
