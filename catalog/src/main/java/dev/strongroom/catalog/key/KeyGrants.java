package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** GRANT and REVOKE on certificates and asymmetric keys (TDE-108). Stateless. */
public final class KeyGrants {
    private final KeyServices services;

    KeyGrants(KeyServices services) {
        this.services = services;
    }

    public KeyHolder certificate(KeyRequest request, String name) {
        return services.certificates().require(request, name);
    }

    public KeyHolder asymmetricKey(KeyRequest request, String name) {
        return services.asymmetricKeys().require(request, name);
    }

    /** @param roles grantees, 0 = everybody */
    public void change(
            KeyRequest request,
            KeyHolder holder,
            Set<CertificatePermission> permissions,
            List<Integer> roles,
            boolean grant) {
        if (!request.has(CertificatePermission.CONTROL, holder)) {
            throw KeyRequest.denied();
        }
        int bits = permissions.stream().mapToInt(CertificatePermission::bit).sum();
        services.catalog().change(head -> {
            KeyHolder newest = head.holders(holder.databaseOid()).stream()
                    .filter(found -> found.id() == holder.id() && found.guid().equals(holder.guid()))
                    .findFirst()
                    .orElseThrow(() -> CryptographicProviders.notFound("key", holder.name()));
            Map<Integer, Integer> grants = new HashMap<>(newest.grants());
            for (int role : roles) {
                int before = grants.getOrDefault(role, 0);
                grants.put(role, grant ? before | bits : before & ~bits);
            }
            grants.values().removeIf(held -> held == 0);
            return Change.put(newest.withGrants(grants));
        });
    }
}
