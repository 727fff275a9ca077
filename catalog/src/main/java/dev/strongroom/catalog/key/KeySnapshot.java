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
        return certificates(databaseOid).stream()
                        .mapToInt(CertificateEntry::id)
                        .max()
                        .orElse(CertificateEntry.FIRST_ID - 1)
                + 1;
    }
}
