package dev.strongroom.catalog.key;

import java.util.Map;

/** What GRANT, DENY and REVOKE with {@code class::name} are about (TDE-108). */
public sealed interface Grantable extends KeyEntry permits KeyHolder, ProviderEntry, KeyEntry.MasterKeyEntry {
    String name();

    int ownerOid();

    /** As messages name it: {@code certificate "c"}. */
    String described();

    /** Permission bits by role, 0 = everybody; what is denied stands {@link CertificatePermission#DENIED} higher. */
    Map<Integer, Integer> grants();

    Grantable withGrants(Map<Integer, Integer> grants);
}
