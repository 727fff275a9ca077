package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.hierarchy.DekEncryptor;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.KeyPair;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.database.NewKey;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The keys of backups (tde.md 3.5): who signs, what seals, what must be here to restore. Stateless. */
public final class BackupKeys {
    private static final Set<String> ALGORITHMS = Set.of("AES_128", "AES_192", "AES_256", "TRIPLE_DES_3KEY");

    private final KeyServices services;

    BackupKeys(KeyServices services) {
        this.services = services;
    }

    /** A key made for one backup; the caller closes it. */
    public record StreamKey(KeyVersion key, WrappedDek wrapped) implements AutoCloseable {
        @Override
        public void close() {
            key.close();
        }
    }

    /**
     * A key for {@code BACKUP … WITH ENCRYPTION}. 91008 if the certificate has expired (TDE-135), 15151 if there is none or it
     * may not be seen.
     */
    public StreamKey make(
            KeyRequest request, String algorithmName, dev.strongroom.catalog.key.DatabaseKeys.Encryptor by) {
        String name = algorithmName.toUpperCase(Locale.ROOT);
        if (!ALGORITHMS.contains(name)) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "unknown algorithm \"" + algorithmName + "\"")
                    .withHint("Use AES_128, AES_192, AES_256 or TRIPLE_DES_3KEY.")
                    .exception();
        }
        KeyRequest inMaster = request.in(DatabaseDefinition.MASTER);
        KeyHolder holder = services.databaseKeys().holder(inMaster, by);
        if (holder instanceof CertificateEntry entry
                && entry.certificate().expiryMicros() < services.clock().epochMicros()) {
            throw NumberedError.EXPIRED_FOR_BACKUP
                    .report("certificate \"" + entry.name() + "\" has expired and cannot encrypt a new backup")
                    .withHint("Backups it has encrypted can still be restored.")
                    .exception();
        }
        DekAlgorithm algorithm = DekAlgorithm.valueOf(name);
        byte[] id = KeyObject.guidBytes(KeyObject.newGuid(services.randomness()));
        try (KeyBuffer key = KeyBuffer.random(services.randomness(), algorithm.keyBytes());
                DekEncryptor pair = services.databaseKeys().openEncryptor(inMaster, holder)) {
            return new StreamKey(KeyVersion.derive(1, id, algorithm, key), DekWraps.wrap(key, algorithm, 1, id, pair));
        }
    }

    /** Who signs backups under this wrapped key; empty where its encryptor cannot sign. */
    public Optional<ManifestSigner> signer(WrappedDek wrapped) {
        Thumbprint thumbprint = wrapped.thumbprint();
        if (wrapped.encryptor() == WrappedDek.Encryptor.SERVICE_MASTER_KEY) {
            return Optional.of(new ServiceSigner(services.encryptors(), thumbprint));
        }
        if (wrapped.encryptor() == WrappedDek.Encryptor.ASYMMETRIC_KEY) {
            return services.catalog()
                    .head()
                    .asymmetricKey(DatabaseDefinition.MASTER, thumbprint)
                    .map(key -> new DeviceSigner(services, key));
        }
        return services.catalog()
                .head()
                .certificate(DatabaseDefinition.MASTER, thumbprint)
                .map(CertificateEntry::certificate)
                .map(certificate -> new Signer(certificate, thumbprint));
    }

    /** Backups of system databases: only this instance, or one with its service master key, has to believe them. */
    private record ServiceSigner(Encryptors encryptors, Thumbprint thumbprint) implements ManifestSigner {
        @Override
        public byte[] certificate() {
            return thumbprint.bytes();
        }

        @Override
        public byte[] sign(byte[] content) {
            return encryptors
                    .serviceKeyMac(thumbprint, content)
                    .orElseThrow(() -> NumberedError.SIGNING_FAILED.exception("the service master key is not here"));
        }
    }

    /** A key in a token: the device signs, and the public key stands where a certificate would. */
    private record DeviceSigner(KeyServices services, AsymmetricKeyEntry key) implements ManifestSigner {
        @Override
        public byte[] certificate() {
            return key.key().encoded();
        }

        @Override
        public byte[] sign(byte[] content) {
            return services.encryptors().tokens().sign(services.catalog().head(), key, content);
        }
    }

    private final class Signer implements ManifestSigner {
        private final Certificate certificate;
        private final Thumbprint thumbprint;

        Signer(Certificate certificate, Thumbprint thumbprint) {
            this.certificate = certificate;
            this.thumbprint = thumbprint;
        }

        @Override
        public byte[] certificate() {
            return certificate.encoded();
        }

        @Override
        public byte[] sign(byte[] content) {
            try (KeyPair pair = services.encryptors().encryptor(thumbprint)) {
                return CertificateSignature.sign(pair, content);
            }
        }
    }

    /** Why a backup's manifest proves nothing here; empty if it holds. See {@link BackupProof#doubt}. */
    public Optional<String> doubt(BackupManifest manifest, List<WrappedDek> known) {
        return BackupProof.doubt(
                manifest,
                known,
                thumbprint -> services.catalog()
                        .head()
                        .certificate(DatabaseDefinition.MASTER, thumbprint)
                        .map(CertificateEntry::certificate),
                services.encryptors()::serviceKeyMac);
    }

    /**
     * Opens keys of a backup; the caller closes them.
     *
     * @throws DatabaseException 33111 (42704) if an encryptor is not here
     */
    public DatabaseKeys open(List<WrappedDek> wrapped) {
        return DatabaseKeys.open(wrapped, this::openOne);
    }

    /** Opens one key of a backup; the caller closes it. */
    public KeyVersion openOne(WrappedDek wrapped) {
        try {
            return services.encryptors().openVersion(wrapped);
        } catch (DatabaseException failure) {
            boolean missing = NumberedError.numberOf(failure.report())
                    .filter(number -> number == NumberedError.ENCRYPTOR_NOT_FOUND.number())
                    .isPresent();
            throw missing
                    ? NumberedError.ENCRYPTOR_NOT_FOUND
                            .report(failure.report().message())
                            .withHint(
                                    "Create it in \"master\" from its backup: CREATE CERTIFICATE … FROM FILE … WITH PRIVATE"
                                            + " KEY.")
                            .exception(failure)
                    : failure;
        }
    }

    /** Whether all keys can be opened here: thumbprints of the encryptors that are missing. */
    public Set<String> missing(List<WrappedDek> wrapped) {
        Set<String> thumbprints = new TreeSet<>();
        for (WrappedDek key : wrapped) {
            boolean here = key.encryptor() == WrappedDek.Encryptor.SERVICE_MASTER_KEY
                    ? services.encryptors().hasServiceKey(key.thumbprint())
                    : find(key.thumbprint()).isPresent();
            if (!here) {
                thumbprints.add(key.thumbprint().toString());
            }
        }
        return thumbprints;
    }

    private Optional<KeyHolder> find(Thumbprint thumbprint) {
        KeySnapshot head = services.catalog().head();
        return head.certificate(DatabaseDefinition.MASTER, thumbprint)
                .<KeyHolder>map(entry -> entry)
                .or(() -> head.asymmetricKey(DatabaseDefinition.MASTER, thumbprint));
    }

    /** The user must be allowed to see the certificate that sealed a backup: 33111 otherwise. */
    public void requireVisible(KeyRequest request, Thumbprint thumbprint) {
        KeyRequest inMaster = request.in(DatabaseDefinition.MASTER);
        if (find(thumbprint).filter(inMaster::sees).isEmpty()) {
            throw NumberedError.ENCRYPTOR_NOT_FOUND.exception(
                    "cannot find server certificate with thumbprint \"" + thumbprint + "\"");
        }
    }

    /**
     * Commits {@code master} to the keys of a database that is being restored (S-2).
     *
     * @throws DatabaseException 4330 if {@code master} knows another key under the same version
     */
    public void commit(int databaseOid, DatabaseKeys opened, List<WrappedDek> wrapped) {
        List<Commitment> commitments = new ArrayList<>();
        for (WrappedDek key : wrapped) {
            commitments.add(commitment(databaseOid, key, opened.require(key.keyVersion())));
        }
        services.catalog().change(head -> {
            for (Commitment each : commitments) {
                head.commitment(databaseOid, each.id())
                        .filter(known -> !MessageDigest.isEqual(known.commitment(), each.commitment()))
                        .ifPresent(known -> {
                            throw NumberedError.LOG_OTHER_FORK.exception(
                                    "this backup set cannot be applied because it is on a recovery path that is"
                                            + " inconsistent with the database: key version " + each.id()
                                            + " is another key");
                        });
            }
            return new Change(commitments, List.of());
        });
    }

    private static Commitment commitment(int databaseOid, WrappedDek key, KeyVersion version) {
        return new Commitment(
                databaseOid,
                key.keyVersion(),
                key.algorithm(),
                key.encryptionId(),
                version.commitment(),
                key.thumbprint(),
                true);
    }

    /** Forgets what {@code master} knows of a database whose restore failed. */
    public void forget(int databaseOid) {
        services.catalog().forget(databaseOid);
    }

    /** A key of its own for a copy (TDE-516), by the certificate that protects the newest one of the source. */
    public NewKey own(int databaseOid, int number, WrappedDek like) {
        byte[] id = KeyObject.guidBytes(KeyObject.newGuid(services.randomness()));
        try (KeyBuffer dek =
                        KeyBuffer.random(services.randomness(), like.algorithm().keyBytes());
                DekEncryptor pair = services.encryptors().encryptorOf(like)) {
            WrappedDek wrapped = DekWraps.wrap(dek, like.algorithm(), number, id, pair);
            KeyVersion version = KeyVersion.derive(number, id, like.algorithm(), dek);
            Commitment commitment = commitment(databaseOid, wrapped, version);
            services.catalog().change(head -> Change.put(commitment));
            return new NewKey(version, wrapped);
        }
    }
}
