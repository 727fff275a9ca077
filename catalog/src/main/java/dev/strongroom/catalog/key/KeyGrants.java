package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.RoleUse;
import dev.strongroom.catalog.store.SharedSnapshot;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** GRANT, DENY and REVOKE on certificates, keys and cryptographic providers (TDE-108). Stateless. */
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

    /** A key of {@code sys.symmetric_keys}: the database master key is the only one that permissions can be about. */
    public Grantable symmetricKey(KeyRequest request, String name) {
        Optional<MasterKeyEntry> key = services.catalog().head().masterKey(request.databaseOid());
        return key.filter(found -> found.name().equalsIgnoreCase(name))
                .filter(request::sees)
                .orElseThrow(() -> CryptographicProviders.notFound("symmetric key", name));
    }

    public Grantable provider(String name) {
        return CryptographicProviders.require(services.catalog().head(), name);
    }

    /** What a statement does to the permissions it names. */
    public enum Verb {
        GRANT,
        DENY,
        REVOKE;

        private int apply(int before, int bits) {
            int denied = bits << CertificatePermission.DENIED;
            return switch (this) {
                case GRANT -> (before | bits) & ~denied;
                case DENY -> (before | denied) & ~bits;
                case REVOKE -> before & ~bits & ~denied;
            };
        }

        /**
         * What becomes of permission bits by role.
         *
         * @param roles grantees, 0 = everybody
         */
        public Map<Integer, Integer> apply(
                Map<Integer, Integer> before, Collection<CertificatePermission> permissions, List<Integer> roles) {
            int bits = CertificatePermission.bits(permissions);
            Map<Integer, Integer> grants = new HashMap<>(before);
            for (int role : roles) {
                grants.put(role, apply(grants.getOrDefault(role, 0), bits));
            }
            grants.values().removeIf(held -> held == 0);
            return grants;
        }
    }

    /** @param roles grantees, 0 = everybody */
    public void change(
            KeyRequest request,
            Grantable holder,
            Set<CertificatePermission> permissions,
            List<Integer> roles,
            Verb verb) {
        if (!request.has(CertificatePermission.CONTROL, holder)) {
            throw KeyRequest.denied();
        }
        services.catalog().change(head -> {
            Grantable newest = head.grantables(holder.databaseOid()).stream()
                    .filter(found -> found.id() == holder.id() && found.name().equals(holder.name()))
                    .findFirst()
                    .orElseThrow(() -> CryptographicProviders.notFound("key", holder.name()));
            return Change.put(newest.withGrants(verb.apply(newest.grants(), permissions, roles)));
        });
    }

    /** Refuses to drop a role that keys belong to, or that permissions on keys are granted to or denied. */
    public void refuseIfUsed(Role role, SharedSnapshot shared) {
        List<String> lines = services.catalog().head().grantables().stream()
                .filter(entry ->
                        entry.ownerOid() == role.oid() || entry.grants().containsKey(role.oid()))
                .map(entry -> (entry.ownerOid() == role.oid() ? "owner of " : "privileges for ")
                        + entry.described()
                        + shared.database(entry.databaseOid())
                                .map(database -> " in database " + database.name())
                                .orElse(""))
                .toList();
        RoleUse.refuseIfAny(lines, role);
    }
}
