package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.ComputedRelation;
import dev.strongroom.catalog.pgview.SystemRelation;
import java.util.ArrayList;
import java.util.List;

/** All views of this package. */
public final class KeyViews {
    private final KeyServices services;
    private final AuditTrail trail;
    private final BackupHistory history;

    public KeyViews(KeyServices services, AuditTrail trail, BackupHistory history) {
        this.services = services;
        this.trail = trail;
        this.history = history;
    }

    public List<SystemRelation> all() {
        List<SystemRelation> views = new ArrayList<>();
        CertificateViews certificates = new CertificateViews(services);
        views.add(live(CertificateViews.CERTIFICATES, certificates::certificates));
        views.add(live(CertificateViews.STRONG_CERTIFICATES, certificates::strongCertificates));
        ProviderViews providers = new ProviderViews(services);
        views.add(live(ProviderViews.ASYMMETRIC_KEYS, providers::asymmetricKeys));
        views.add(live(ProviderViews.CRYPTOGRAPHIC_PROVIDERS, providers::providers));
        views.add(live(ProviderViews.CREDENTIALS, providers::credentials));
        views.add(live(ProviderViews.CONFIGURATIONS, providers::configurations));
        views.add(live(ProviderViews.PROVIDER_PROPERTIES, providers::properties));
        views.add(live(ProviderViews.PROVIDER_ALGORITHMS, providers::algorithms));
        views.add(live(ProviderViews.PROVIDER_KEYS, providers::keys));
        SymmetricKeyViews keys = new SymmetricKeyViews(services);
        views.add(live(SymmetricKeyViews.SYMMETRIC_KEYS, keys::symmetricKeys));
        views.add(live(SymmetricKeyViews.KEY_ENCRYPTIONS, keys::keyEncryptions));
        EncryptionViews encryption = new EncryptionViews(services);
        views.add(live(EncryptionViews.DATABASE_ENCRYPTION_KEYS, encryption::databaseEncryptionKeys));
        views.add(live(EncryptionViews.LOG_SEGMENTS, encryption::logSegments));
        views.add(live(UnbackedEncryptors.TABLE, new UnbackedEncryptors(services, history)::rows));
        views.add(live(EncryptionViews.MANIFEST_HEAD, encryption::manifestHead));
        views.add(live(EncryptionViews.VERIFY, encryption::verify));
        views.add(live(EncryptionViews.VERIFY_PROGRESS, encryption::verifyProgress));
        DatabaseViews databases = new DatabaseViews(services);
        views.add(live(DatabaseViews.DATABASES, databases::databases));
        views.addAll(ColumnKeyViews.all());
        new AuditViews(services, trail).addTo(views);
        return List.copyOf(views);
    }

    private static SystemRelation live(SystemTable table, ComputedRelation.Source source) {
        return new ComputedRelation(table, false, source);
    }
}
