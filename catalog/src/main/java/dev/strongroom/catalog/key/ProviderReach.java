package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which databases live under keys of cryptographic providers, and whether these answer (TDE-149). Stateless. */
public final class ProviderReach {
    private final KeyServices services;

    public ProviderReach(KeyServices services) {
        this.services = services;
    }

    /** OIDs of databases under a provider's key, closed ones included. */
    public Collection<Integer> databases() {
        return keys(services.catalog().head()).keySet();
    }

    private Map<Integer, AsymmetricKeyEntry> keys(KeySnapshot head) {
        Map<Integer, AsymmetricKeyEntry> keys = new HashMap<>();
        for (Commitment commitment : head.liveCommitments()) {
            if (!services.databases().needs(commitment)) {
                continue;
            }
            head.asymmetricKey(DatabaseDefinition.MASTER, commitment.thumbprint())
                    .filter(AsymmetricKeyEntry::inProvider)
                    .ifPresent(key -> keys.put(commitment.databaseOid(), key));
        }
        return keys;
    }

    /**
     * Why the provider of a database's key cannot open it. Empty if it can; also where an administrator disabled the provider
     * or the whole feature: what runs goes on then until the next start (33057).
     */
    public Optional<DatabaseException> failure(int databaseOid) {
        KeySnapshot head = services.catalog().head();
        AsymmetricKeyEntry key = keys(head).get(databaseOid);
        if (key == null) {
            return Optional.empty();
        }
        try {
            services.encryptors().tokens().reach(head, key);
            return Optional.empty();
        } catch (DatabaseException failure) {
            int number = NumberedError.numberOf(failure.report()).orElse(0);
            boolean wanted =
                    number == NumberedError.PROVIDER_DISABLED.number() || number == NumberedError.EKM_DISABLED.number();
            return wanted ? Optional.empty() : Optional.of(failure);
        }
    }
}
