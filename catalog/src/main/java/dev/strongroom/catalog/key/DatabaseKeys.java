package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.DekEncryptor;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The database encryption key statements and SET ENCRYPTION (tde.md 1.6, 1.7). A key is committed to in {@code master}
 * before the database's boot record carries it; a crash between the two leaves a commitment nobody uses and whose number
 * stays taken. Stateless.
 */
public final class DatabaseKeys {
    private final KeyServices services;

    DatabaseKeys(KeyServices services) {
        this.services = services;
    }

    /** What SET ENCRYPTION does. */
    public enum Switch {
        ON,
        OFF,
        SUSPEND,
        RESUME
    }

    /** {@code SERVER CERTIFICATE name}, or {@code SERVER ASYMMETRIC KEY name}. */
    public record Encryptor(boolean asymmetricKey, String name) {}

    /** CREATE DATABASE ENCRYPTION KEY for the request's database (TDE-140). */
    public void create(KeyRequest request, String algorithmName, Encryptor encryptor) {
        EncryptionControl control = control(request);
        if (control.status().state() != EncryptionStatus.NO_KEY) {
            throw NumberedError.DATABASE_KEY_EXISTS.exception(
                    "a database encryption key already exists for this database");
        }
        DekAlgorithm algorithm = algorithm(request, algorithmName);
        byte[] encryptionId = KeyObject.guidBytes(KeyObject.newGuid(services.randomness()));
        KeyHolder holder = holder(request, encryptor);
        make(request, control, holder, algorithm, encryptionId, control::createKey);
        warnIfNotBackedUp(request, holder);
    }

    /** ALTER DATABASE ENCRYPTION KEY REGENERATE (TDE-150). */
    public void regenerate(KeyRequest request, String algorithmName, @Nullable Encryptor encryptor) {
        EncryptionControl control = control(request);
        EncryptionStatus status = control.status();
        EncryptionStates.requireKeyChange(status);
        control.requireKeyChange();
        DekAlgorithm algorithm = algorithm(request, algorithmName);
        WrappedDek newest = newest(status);
        KeyHolder holder = encryptor == null ? current(newest) : holder(request, encryptor);
        if (!request.sees(holder)) {
            throw CryptographicProviders.notFound(
                    newest.encryptor().viewName().toLowerCase(Locale.ROOT), holder.name());
        }
        make(request, control, holder, algorithm, newest.encryptionId(), control::regenerate);
        if (encryptor != null) {
            warnIfNotBackedUp(request, holder);
        }
    }

    /** The encryptor a key has now. */
    private KeyHolder current(WrappedDek newest) {
        KeySnapshot head = services.catalog().head();
        Thumbprint thumbprint = newest.thumbprint();
        Optional<? extends KeyHolder> found = newest.encryptor() == WrappedDek.Encryptor.ASYMMETRIC_KEY
                ? head.asymmetricKey(DatabaseDefinition.MASTER, thumbprint)
                : head.certificate(DatabaseDefinition.MASTER, thumbprint);
        return found.orElseThrow(() -> NumberedError.ENCRYPTOR_NOT_FOUND.exception("cannot find server "
                + newest.encryptor().viewName().toLowerCase(Locale.ROOT) + " with thumbprint \"" + thumbprint
                + "\""));
    }

    /** Where a new key version goes. */
    @FunctionalInterface
    private interface Receiver {
        void accept(WrappedDek wrapped, KeyVersion version);
    }

    private void make(
            KeyRequest request,
            EncryptionControl control,
            KeyHolder holder,
            DekAlgorithm algorithm,
            byte[] encryptionId,
            Receiver receiver) {
        int database = request.databaseOid();
        int number = nextVersion(control.status(), database);
        try (KeyBuffer dek = KeyBuffer.random(services.randomness(), algorithm.keyBytes());
                DekEncryptor encryptor = openEncryptor(request, holder)) {
            WrappedDek wrapped = DekWraps.wrap(dek, algorithm, number, encryptionId, encryptor);
            KeyVersion version = KeyVersion.derive(number, encryptionId, algorithm, dek);
            Commitment commitment = new Commitment(
                    database, number, algorithm, encryptionId, version.commitment(), wrapped.thumbprint(), true);
            services.catalog().change(head -> Change.put(commitment));
            receiver.accept(wrapped, version);
        }
    }

    private int nextVersion(EncryptionStatus status, int database) {
        int committed = services.catalog().head().commitments(database).stream()
                .mapToInt(Commitment::id)
                .max()
                .orElse(0);
        return Math.max(committed, status.lastKeyVersion()) + 1;
    }

    DekEncryptor openEncryptor(KeyRequest request, KeyHolder holder) {
        return switch (holder) {
            case CertificateEntry certificate ->
                services.masterKeys()
                        .withOpen(
                                request.in(DatabaseDefinition.MASTER),
                                key -> Encryptors.openPrivateKey(certificate, key));
            case AsymmetricKeyEntry key ->
                services.encryptors().tokens().key(services.catalog().head(), key);
        };
    }

    /** ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER (TDE-151, TDE-324): every version kept is wrapped anew. */
    public void rewrap(KeyRequest request, Encryptor encryptor) {
        EncryptionControl control = control(request);
        EncryptionStatus status = control.status();
        EncryptionStates.requireProtectionChange(status);
        KeyHolder holder = holder(request, encryptor);
        control.rewrap(keys -> wrapAnew(request, holder, keys));
        Thumbprint thumbprint = thumbprint(holder);
        services.catalog()
                .change(head -> new Change(
                        head.commitments(request.databaseOid()).stream()
                                .filter(Commitment::live)
                                .map(commitment -> commitment.wrappedBy(thumbprint))
                                .toList(),
                        List.of()));
        warnIfNotBackedUp(request, holder);
    }

    private static Thumbprint thumbprint(KeyHolder holder) {
        return switch (holder) {
            case CertificateEntry certificate -> certificate.certificate().thumbprint();
            case AsymmetricKeyEntry key -> key.key().thumbprint();
        };
    }

    private List<WrappedDek> wrapAnew(KeyRequest request, KeyHolder holder, List<WrappedDek> keys) {
        List<WrappedDek> rewrapped = new ArrayList<>();
        try (DekEncryptor pair = openEncryptor(request, holder)) {
            for (WrappedDek key : keys) {
                try (KeyBuffer dek = services.encryptors().openDek(key)) {
                    rewrapped.add(DekWraps.wrap(dek, key.algorithm(), key.keyVersion(), key.encryptionId(), pair));
                }
            }
        }
        return rewrapped;
    }

    /** DROP DATABASE ENCRYPTION KEY (TDE-152). */
    public void drop(KeyRequest request) {
        EncryptionControl control = control(request);
        EncryptionStates.requireDrop(control.status());
        control.dropKey();
        services.catalog()
                .change(head -> new Change(
                        head.commitments(request.databaseOid()).stream()
                                .filter(Commitment::live)
                                .map(Commitment::dropped)
                                .toList(),
                        List.of()));
        request.notices()
                .accept(
                        ErrorReport.notice("the database encryption key was dropped")
                                .withHint(
                                        "Take a log backup and then a new full backup; older backups still need the certificate."));
    }

    /** ALTER DATABASE … SET ENCRYPTION (TDE-153, TDE-154). */
    public void set(KeyRequest request, Switch action) {
        request.require(action == Switch.ON ? CertificatePermission.CONTROL : CertificatePermission.ALTER);
        EncryptionControl control = openControl(request);
        EncryptionStatus status = control.status();
        switch (action) {
            case ON -> {
                if (status.state() == EncryptionStatus.NO_KEY
                        && services.settings().autoProvision()) {
                    provision(request, control);
                    status = control.status();
                }
                if (EncryptionStates.resumesByOn(status)) {
                    control.resume();
                } else {
                    EncryptionStates.requireOn(status);
                    control.switchOn();
                }
                request.notices()
                        .accept(NumberedError.SCAN_BEGINS.report(
                                "beginning database encryption scan for database \"" + request.databaseName() + "\""));
                control.settle();
            }
            case OFF -> {
                if (EncryptionStates.resumesByOff(status)) {
                    control.resume();
                } else {
                    EncryptionStates.requireOff(status);
                    control.switchOff();
                }
            }
            case SUSPEND -> {
                EncryptionStates.requireSuspend(status);
                control.suspend();
            }
            case RESUME -> {
                EncryptionStates.requireResume(status);
                control.resume();
            }
        }
    }

    /** What SET ENCRYPTION ON lacks, in the server's own right (TDE-14, TDE-26). */
    private void provision(KeyRequest request, EncryptionControl control) {
        services.masterKeys().provision();
        CertificateEntry certificate = services.certificates().provision(request);
        byte[] encryptionId = KeyObject.guidBytes(KeyObject.newGuid(services.randomness()));
        make(request, control, certificate, DekAlgorithm.AES_256, encryptionId, control::createKey);
        warnIfNotBackedUp(request, certificate);
    }

    private EncryptionControl control(KeyRequest request) {
        request.requireControl();
        return openControl(request);
    }

    private EncryptionControl openControl(KeyRequest request) {
        if (request.databaseOid() <= DatabaseDefinition.MSDB) {
            throw NumberedError.SYSTEM_DATABASE.exception(
                    "cannot encrypt a system database, database encryption operations"
                            + " cannot be performed for \"master\", \"model\", \"tempdb\" and \"msdb\"");
        }
        EncryptionControl control = services.databases()
                .find(request.databaseOid())
                .orElseThrow(() -> NumberedError.DATABASE_READ_ONLY.exception("database encryption operation cannot be"
                        + " performed because database \"" + request.databaseName() + "\" is not open"));
        boolean readOnly = request.shared()
                .database(request.databaseOid())
                .filter(database -> database.availability().readOnly())
                .isPresent();
        if (readOnly) {
            throw NumberedError.DATABASE_READ_ONLY.exception("database encryption operation cannot be performed because"
                    + " database \"" + request.databaseName() + "\" is read-only");
        }
        if (control.dataBackupRuns()) {
            throw NumberedError.DATABASE_LOCK.exception(
                    "the database encryption statement failed because a lock could not" + " be placed on database \""
                            + request.databaseName() + "\": a backup of it is running");
        }
        if (control.status().regenerationDue()) {
            request.notices()
                    .accept(ErrorReport.warning(
                                    ErrorCode.WARNING,
                                    "the TRIPLE_DES_3KEY key of database \"" + request.databaseName()
                                            + "\" has sealed more than 4194304 pages")
                            .withHint("Use ALTER DATABASE ENCRYPTION KEY REGENERATE, best WITH ALGORITHM = AES_256."));
        }
        return control;
    }

    private DekAlgorithm algorithm(KeyRequest request, String name) {
        DekAlgorithm algorithm;
        try {
            algorithm = DekAlgorithm.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "unknown algorithm \"" + name + "\"")
                    .withHint("Use AES_128, AES_192, AES_256 or TRIPLE_DES_3KEY.")
                    .exception(e);
        }
        if (algorithm.deprecated()) {
            if (!services.settings().deprecatedAlgorithms()) {
                throw NumberedError.DEPRECATED_ALGORITHM.exception(
                        "encryption algorithm \"" + name + "\" is deprecated and tde_deprecated_algorithms is off");
            }
            request.notices()
                    .accept(ErrorReport.warning(
                                    ErrorCode.WARNING, "encryption algorithm \"" + name + "\" is deprecated")
                            .withHint("Use AES_256."));
        }
        return algorithm;
    }

    /**
     * The encryptor: a certificate in {@code master} that its master key protects, or an asymmetric key there that is in a
     * cryptographic provider and has a login (TDE-24, 31, 48, 147).
     */
    KeyHolder holder(KeyRequest request, Encryptor encryptor) {
        KeyRequest inMaster = request.in(DatabaseDefinition.MASTER);
        if (encryptor.asymmetricKey()) {
            AsymmetricKeyEntry key = services.asymmetricKeys().require(inMaster, encryptor.name());
            if (!key.inProvider()) {
                throw NumberedError.ASYMMETRIC_KEY_NOT_IN_EKM.exception("cannot use asymmetric key \""
                        + encryptor.name() + "\", because it is not in a cryptographic provider");
            }
            requireLength(key, key.key().keyBits());
            return key;
        }
        CertificateEntry entry = services.certificates().require(inMaster, encryptor.name());
        requireLength(entry, entry.certificate().keyBits());
        if (entry.protection() != Protection.MASTER_KEY) {
            throw NumberedError.ENCRYPTOR_NOT_MASTER_KEY_PROTECTED.exception("cannot use certificate \""
                    + encryptor.name() + "\", because its private key is not present or it is not protected by the"
                    + " database master key");
        }
        return entry;
    }

    private static void requireLength(KeyHolder holder, int bits) {
        if (bits < Certificate.MIN_TDE_BITS) {
            throw NumberedError.KEY_FORMAT.exception("the key of " + holder.described() + " has " + bits
                    + " bits, at least " + Certificate.MIN_TDE_BITS + " are needed");
        }
        if (bits > Certificate.MAX_TDE_BITS) {
            throw NumberedError.KEY_TOO_LONG.exception("the key of " + holder.described() + " has " + bits
                    + " bits, more than the supported " + Certificate.MAX_TDE_BITS);
        }
    }

    private static WrappedDek newest(EncryptionStatus status) {
        return status.keys().stream()
                .max(Comparator.comparingInt(WrappedDek::keyVersion))
                .orElseThrow(() ->
                        NumberedError.DATABASE_KEY_DAMAGED.exception("the boot record of the database names no key"));
    }

    private static void warnIfNotBackedUp(KeyRequest request, KeyHolder holder) {
        if (holder instanceof CertificateEntry certificate && certificate.backedUpMicros() == 0) {
            request.notices()
                    .accept(NumberedError.ENCRYPTOR_NOT_BACKED_UP
                            .report(
                                    "the certificate used for encrypting the database encryption key has not been backed"
                                            + " up")
                            .withHint(
                                    "Immediately back up the certificate and the private key associated with it. If the"
                                            + " certificate ever becomes unavailable, or if the database must be restored or attached"
                                            + " on another server, both backups are needed to open the database."));
        }
    }
}
