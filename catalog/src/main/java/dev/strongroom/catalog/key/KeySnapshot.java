package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every key object as one moment saw it. Immutable. */
public final class KeySnapshot {
    static final KeySnapshot EMPTY = new KeySnapshot(Map.of(), Map.of());

    private final Map<Long, KeyEntry> objects;
    private final Map<Long, Commitment> commitments;

    private KeySnapshot(Map<Long, KeyEntry> objects, Map<Long, Commitment> commitments) {
        this.objects = objects;
        this.commitments = commitments;
    }

    private static long key(int databaseOid, int id) {
        return (long) databaseOid << 32 | id;
    }

    KeySnapshot apply(Collection<KeyEntry> put, Collection<KeyEntry> removed) {
        Map<Long, KeyEntry> changed = new TreeMap<>(objects);
        Map<Long, Commitment> changedCommitments = new TreeMap<>(commitments);
        for (KeyEntry entry : removed) {
            if (entry instanceof Commitment) {
                changedCommitments.remove(key(entry.databaseOid(), entry.id()));
            } else {
                changed.remove(key(entry.databaseOid(), entry.id()));
            }
        }
        for (KeyEntry entry : put) {
            if (entry instanceof Commitment commitment) {
                changedCommitments.put(key(entry.databaseOid(), entry.id()), commitment);
            } else {
                changed.put(key(entry.databaseOid(), entry.id()), entry);
            }
        }
        return new KeySnapshot(changed, changedCommitments);
    }

    public Optional<MasterKeyEntry> masterKey(int databaseOid) {
        return objects.get(key(databaseOid, MasterKeyEntry.ID)) instanceof MasterKeyEntry entry
                ? Optional.of(entry)
                : Optional.empty();
    }

    public List<MasterKeyEntry> masterKeys() {
        return objects.values().stream()
                .filter(MasterKeyEntry.class::isInstance)
                .map(MasterKeyEntry.class::cast)
                .toList();
    }

    /** Certificates of one database, by number. */
    public List<CertificateEntry> certificates(int databaseOid) {
        return objects.values().stream()
                .filter(CertificateEntry.class::isInstance)
                .map(CertificateEntry.class::cast)
                .filter(certificate -> certificate.databaseOid() == databaseOid)
                .toList();
    }

    /** Names keep their spelling but are one without regard to case, as under SQL Server's default collation. */
    public Optional<CertificateEntry> certificate(int databaseOid, String name) {
        return certificates(databaseOid).stream()
                .filter(certificate -> certificate.name().equalsIgnoreCase(name))
                .findFirst();
    }

    public Optional<CertificateEntry> certificate(int databaseOid, Thumbprint thumbprint) {
        return certificates(databaseOid).stream()
                .filter(certificate -> certificate.certificate().thumbprint().equals(thumbprint))
                .findFirst();
    }

    /** Entries of one kind, by number. */
    private <T extends KeyEntry> Stream<T> all(Class<T> kind) {
        return objects.values().stream().filter(kind::isInstance).map(kind::cast);
    }

    /** Whatever permissions can be about, in all databases. */
    List<Grantable> grantables() {
        return all(Grantable.class).toList();
    }

    /** Certificates and asymmetric keys of one database. */
    List<Grantable> grantables(int databaseOid) {
        return grantables().stream()
                .filter(entry -> entry.databaseOid() == databaseOid)
                .toList();
    }

    List<KeyHolder> holders(int databaseOid) {
        return all(KeyHolder.class)
                .filter(holder -> holder.databaseOid() == databaseOid)
                .toList();
    }

    public List<AsymmetricKeyEntry> asymmetricKeys(int databaseOid) {
        return all(AsymmetricKeyEntry.class)
                .filter(key -> key.databaseOid() == databaseOid)
                .toList();
    }

    public Optional<AsymmetricKeyEntry> asymmetricKey(int databaseOid, String name) {
        return asymmetricKeys(databaseOid).stream()
                .filter(key -> key.name().equalsIgnoreCase(name))
                .findFirst();
    }

    public Optional<AsymmetricKeyEntry> asymmetricKey(int databaseOid, Thumbprint thumbprint) {
        return asymmetricKeys(databaseOid).stream()
                .filter(key -> key.key().thumbprint().equals(thumbprint))
                .findFirst();
    }

    public List<AsymmetricKeyEntry> asymmetricKeys() {
        return all(AsymmetricKeyEntry.class).toList();
    }

    public List<ProviderEntry> providers() {
        return all(ProviderEntry.class).toList();
    }

    public Optional<ProviderEntry> provider(String name) {
        return providers().stream()
                .filter(provider -> provider.name().equalsIgnoreCase(name))
                .findFirst();
    }

    public Optional<ProviderEntry> provider(int id) {
        return providers().stream().filter(provider -> provider.id() == id).findFirst();
    }

    public List<CredentialEntry> credentials() {
        return all(CredentialEntry.class).toList();
    }

    public Optional<CredentialEntry> credential(String name) {
        return credentials().stream()
                .filter(credential -> credential.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** The credential a login carries for a provider. */
    Optional<CredentialEntry> credential(int providerId, int loginOid) {
        return credentials().stream()
                .filter(credential -> credential.providerId() == providerId)
                .filter(credential -> credential.logins().contains(loginOid))
                .findFirst();
    }

    Optional<OptionEntry> option(int id) {
        return all(OptionEntry.class).filter(option -> option.id() == id).findFirst();
    }

    public List<AuditEntry> audits() {
        return all(AuditEntry.class).toList();
    }

    public Optional<AuditEntry> audit(String name) {
        return audits().stream()
                .filter(audit -> audit.name().equalsIgnoreCase(name))
                .findFirst();
    }

    public List<AuditSpecificationEntry> auditSpecifications() {
        return all(AuditSpecificationEntry.class).toList();
    }

    /** The number after the highest of a kind. */
    public <T extends KeyEntry> int nextId(Class<T> kind, int databaseOid, int first) {
        return all(kind)
                        .filter(entry -> entry.databaseOid() == databaseOid)
                        .mapToInt(KeyEntry::id)
                        .max()
                        .orElse(first - 1)
                + 1;
    }

    public Optional<Commitment> commitment(int databaseOid, int keyVersion) {
        return Optional.ofNullable(commitments.get(key(databaseOid, keyVersion)));
    }

    /** Commitments of one database, oldest version first. */
    public List<Commitment> commitments(int databaseOid) {
        return commitments.values().stream()
                .filter(commitment -> commitment.databaseOid() == databaseOid)
                .toList();
    }

    /** Databases for which a key was committed and not dropped. */
    public List<Commitment> liveCommitments() {
        return commitments.values().stream().filter(Commitment::live).toList();
    }

    /** Everything that belongs to a database, for DROP DATABASE. */
    List<KeyEntry> entriesOf(int databaseOid) {
        List<KeyEntry> entries = new ArrayList<>(commitments(databaseOid));
        objects.values().stream()
                .filter(entry -> entry.databaseOid() == databaseOid)
                .forEach(entries::add);
        return entries;
    }

    int nextCertificateId(int databaseOid) {
        return nextId(CertificateEntry.class, databaseOid, CertificateEntry.FIRST_ID);
    }
}
