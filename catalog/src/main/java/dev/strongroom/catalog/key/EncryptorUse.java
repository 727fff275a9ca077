package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.log.LogSegmentInfo;
import java.util.HashSet;
import java.util.Set;

/**
 * Which encryptors something still needs: the live key versions {@code master} committed to (databases that are closed
 * included), and those that boot records and log segments of open databases name (TDE-121).
 */
final class EncryptorUse {
    private final Set<Thumbprint> used = new HashSet<>();

    EncryptorUse(DatabaseEncryptions databases, KeySnapshot head) {
        head.liveCommitments().stream()
                .filter(databases::needs)
                .map(Commitment::thumbprint)
                .forEach(used::add);
        for (int database : databases.open()) {
            databases.find(database).ifPresent(this::addAll);
        }
    }

    private void addAll(EncryptionControl control) {
        for (WrappedDek key : control.status().keys()) {
            if (key.encryptor() != WrappedDek.Encryptor.SERVICE_MASTER_KEY) {
                used.add(key.thumbprint());
            }
        }
        for (LogSegmentInfo segment : control.segments()) {
            if (segment.keyVersion() != 0) {
                used.add(Thumbprint.of(segment.thumbprint()));
            }
        }
    }

    boolean uses(CertificateEntry certificate) {
        return certificate.databaseOid() == DatabaseDefinition.MASTER
                && used.contains(certificate.certificate().thumbprint());
    }

    boolean uses(AsymmetricKeyEntry key) {
        return key.databaseOid() == DatabaseDefinition.MASTER
                && used.contains(key.key().thumbprint());
    }

    /** 91016 if the master key of {@code master} protects a certificate in use. */
    void refuseUnopenable(KeySnapshot head) {
        for (CertificateEntry certificate : head.certificates(DatabaseDefinition.MASTER)) {
            if (certificate.protection() == Protection.MASTER_KEY && uses(certificate)) {
                throw NumberedError.UNOPENABLE_AT_RESTART
                        .report("databases encrypted by certificate \"" + certificate.name()
                                + "\" could not be opened at the next start")
                        .withHint("Use FORCE to insist.")
                        .exception();
            }
        }
    }
}
