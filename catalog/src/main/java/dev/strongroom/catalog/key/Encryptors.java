package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.DekEncryptor;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.KeyPair;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.boot.EncryptorLookup;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens database encryption keys for storage (decision S-22): those of the system databases with the service master key,
 * before {@code master} can be read; those of user databases with certificates of {@code master}. A key that {@code master}
 * did not commit to is refused, whoever wrapped it (S-2). Thread-safe.
 */
public final class Encryptors implements EncryptorLookup {
    private final Supplier<List<ServiceMasterKey>> openers;
    private final Tokens tokens;
    private volatile @Nullable KeyCatalog keys;

    /** @param openers the service master key, and the one before while it is being replaced */
    public Encryptors(Supplier<List<ServiceMasterKey>> openers) {
        this.openers = openers;
        tokens = new Tokens(openers);
    }

    /** Called once {@code master} is open; before, only the keys of system databases can be opened. */
    public void attach(KeyCatalog catalog) {
        keys = catalog;
    }

    /**
     * Opens a key that a database's boot record names.
     *
     * @throws DatabaseException 33111 (57P03) if the encryptor is missing or cannot be opened, 91001 if the key is not the
     *     one {@code master} committed to
     */
    @Override
    public KeyVersion unwrap(int databaseOid, WrappedDek wrapped) {
        return switch (wrapped.encryptor()) {
            case SERVICE_MASTER_KEY -> unwrapSystem(databaseOid, wrapped);
            case CERTIFICATE, ASYMMETRIC_KEY -> unwrapCommitted(databaseOid, wrapped);
        };
    }

    private KeyVersion unwrapSystem(int databaseOid, WrappedDek wrapped) {
        if (databaseOid > DatabaseDefinition.MSDB) {
            throw notCommitted(databaseOid, wrapped);
        }
        try (KeyBuffer dek = openSystem(databaseOid, wrapped)) {
            return KeyVersion.derive(wrapped.keyVersion(), wrapped.encryptionId(), wrapped.algorithm(), dek);
        }
    }

    /** The key of a system database itself, for wrapping it anew. */
    KeyBuffer openSystem(int databaseOid, WrappedDek wrapped) {
        return openers.get().stream()
                .map(key -> DekWraps.open(wrapped, key))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> NumberedError.PAGE_AUTHENTICATION.exception(
                        "the key of system database " + databaseOid + " was not wrapped by this instance"));
    }

    private KeyVersion unwrapCommitted(int databaseOid, WrappedDek wrapped) {
        Commitment commitment = catalog()
                .head()
                .commitment(databaseOid, wrapped.keyVersion())
                .orElseThrow(() -> notCommitted(databaseOid, wrapped));
        try (KeyBuffer dek = openDek(wrapped)) {
            KeyVersion version =
                    KeyVersion.derive(wrapped.keyVersion(), wrapped.encryptionId(), wrapped.algorithm(), dek);
            boolean fits = commitment.algorithm() == wrapped.algorithm()
                    && Arrays.equals(commitment.encryptionId(), wrapped.encryptionId())
                    && MessageDigest.isEqual(commitment.commitment(), version.commitment());
            if (!fits) {
                version.close();
                throw notCommitted(databaseOid, wrapped);
            }
            return version;
        }
    }

    /** The MAC of the service master key of this thumbprint over a backup of a system database; empty if it is not here. */
    public Optional<byte[]> serviceKeyMac(Thumbprint thumbprint, byte[] content) {
        return serviceKey(thumbprint).map(key -> {
            try (MacKey mac = new MacKey(key.derive("backup-manifest", MacKey.MAC_BYTES))) {
                return mac.mac(content);
            }
        });
    }

    /**
     * Opens the keys of a backup of a system database; the caller closes them.
     *
     * @throws DatabaseException 33111 if they are under the service master key of another instance
     */
    public DatabaseKeys openSystem(List<WrappedDek> wrapped) {
        return DatabaseKeys.open(wrapped, this::openVersion);
    }

    /** Opens one key of a backup; the caller closes it. */
    KeyVersion openVersion(WrappedDek wrapped) {
        try (KeyBuffer dek = openDek(wrapped)) {
            return KeyVersion.derive(wrapped.keyVersion(), wrapped.encryptionId(), wrapped.algorithm(), dek);
        }
    }

    /** Whether the service master key of this thumbprint is here. */
    boolean hasServiceKey(Thumbprint thumbprint) {
        return serviceKey(thumbprint).isPresent();
    }

    private Optional<ServiceMasterKey> serviceKey(Thumbprint thumbprint) {
        return openers.get().stream()
                .filter(key -> Thumbprint.ofServiceKey(key.guid()).equals(thumbprint))
                .findFirst();
    }

    private KeyBuffer openByServiceKey(WrappedDek wrapped) {
        return openers.get().stream()
                .map(key -> DekWraps.open(wrapped, key))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> NumberedError.ENCRYPTOR_NOT_FOUND
                        .report("the backup is encrypted by the service master key with thumbprint "
                                + wrapped.thumbprint() + ", which is not this server's")
                        .withHint("Start the server, RESTORE SERVICE MASTER KEY from the backup of that key, and try"
                                + " again.")
                        .exception());
    }

    /** The key itself, for wrapping it anew. */
    KeyBuffer openDek(WrappedDek wrapped) {
        if (wrapped.encryptor() == WrappedDek.Encryptor.SERVICE_MASTER_KEY) {
            return openByServiceKey(wrapped);
        }
        try (DekEncryptor encryptor = encryptorOf(wrapped)) {
            return DekWraps.open(wrapped, encryptor)
                    .orElseThrow(() ->
                            NumberedError.DATABASE_KEY_DAMAGED.exception("the database encryption key is damaged: "
                                    + viewName(wrapped) + " " + wrapped.thumbprint() + " does not open it"));
        }
    }

    /** What wrapped a key, opened. */
    DekEncryptor encryptorOf(WrappedDek wrapped) {
        return wrapped.encryptor() == WrappedDek.Encryptor.ASYMMETRIC_KEY
                ? tokenKey(wrapped.thumbprint())
                : encryptor(wrapped.thumbprint());
    }

    private static String viewName(WrappedDek wrapped) {
        return wrapped.encryptor().viewName().toLowerCase(Locale.ROOT);
    }

    private DekEncryptor tokenKey(Thumbprint thumbprint) {
        KeySnapshot head = catalog().head();
        return tokens.key(
                head,
                head.asymmetricKey(DatabaseDefinition.MASTER, thumbprint)
                        .orElseThrow(() -> notFound(thumbprint, "asymmetric key")));
    }

    /** The tokens of the cryptographic providers. */
    public Tokens tokens() {
        return tokens;
    }

    /** The certificate of {@code master} with this thumbprint and its private key, opened without any password. */
    KeyPair encryptor(Thumbprint thumbprint) {
        KeySnapshot head = catalog().head();
        CertificateEntry entry = head.certificate(DatabaseDefinition.MASTER, thumbprint)
                .filter(found -> found.protection() == Protection.MASTER_KEY)
                .orElseThrow(() -> notFound(thumbprint, "certificate"));
        MasterKeyEntry masterKey =
                head.masterKey(DatabaseDefinition.MASTER).orElseThrow(() -> notFound(thumbprint, "certificate"));
        try (DatabaseMasterKey opened = openByServiceKey(masterKey)
                .orElseThrow(() -> NumberedError.ENCRYPTOR_NOT_FOUND_AT_CONNECT
                        .report("cannot open the server certificate with thumbprint " + thumbprint)
                        .withHint(
                                "The master key of \"master\" is not encrypted by the service master key. Use OPEN MASTER"
                                        + " KEY and ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY in \"master\".")
                        .exception())) {
            return openPrivateKey(entry, opened);
        }
    }

    Optional<DatabaseMasterKey> openByServiceKey(MasterKeyEntry entry) {
        byte[] wrap = entry.serviceWrap();
        return wrap == null
                ? Optional.empty()
                : openers.get().stream()
                        .map(key -> DatabaseMasterKey.openByServiceKey(entry.guid(), wrap, key))
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /** The private key of a certificate that is protected by this master key; 15466 if it does not open. */
    static KeyPair openPrivateKey(CertificateEntry entry, DatabaseMasterKey masterKey) {
        return KeyPair.join(entry.certificate(), unwrap(entry, masterKey));
    }

    /** A private key that is protected by this master key; 15466 if it does not open. */
    static KeyBuffer unwrap(KeyHolder entry, DatabaseMasterKey masterKey) {
        byte[] wrapped = entry.wrappedKey();
        if (wrapped == null) {
            throw NumberedError.NO_PRIVATE_KEY.exception(entry.described() + " has no private key");
        }
        return masterKey
                .wrapping()
                .unwrap(wrapped, KeyObject.PRIVATE_KEY, entry.guid(), entry.wrapContext())
                .orElseThrow(() -> NumberedError.DECRYPTION_FAILED.exception(
                        "an error occurred during decryption of the private key of " + entry.described()));
    }

    private KeyCatalog catalog() {
        KeyCatalog attached = keys;
        if (attached == null) {
            throw new IllegalStateException("the key catalog is not open yet");
        }
        return attached;
    }

    private static DatabaseException notFound(Thumbprint thumbprint, String kind) {
        return NumberedError.ENCRYPTOR_NOT_FOUND_AT_CONNECT
                .report("cannot find server " + kind + " with thumbprint \"" + thumbprint + "\"")
                .exception();
    }

    private static DatabaseException notCommitted(int databaseOid, WrappedDek wrapped) {
        return NumberedError.PAGE_AUTHENTICATION.exception("key version " + wrapped.keyVersion() + " of database "
                + databaseOid + " is not one that \"master\" knows");
    }
}
