package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.KeyPair;
import dev.strongroom.crypto.hierarchy.Opening;
import dev.strongroom.crypto.hierarchy.PasswordPolicy;
import dev.strongroom.crypto.hierarchy.PasswordWrap;
import dev.strongroom.crypto.hierarchy.PrivateKeyFile;
import dev.strongroom.crypto.hierarchy.WrapLabel;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The certificate statements (tde.md 1.4). Stateless. */
public final class Certificates {
    private static final String PROVISIONED = "##SR_TdeCertificate##";
    static final String KEPT_HINT =
            "Delete what is no longer needed from the history by sp_delete_backuphistory, or use FORCE to"
                    + " insist (keep_encryptors_for_backups is on).";
    private static final int MAX_SUBJECT = 64;
    private static final int MAX_NAME = 128;

    private final KeyServices services;

    Certificates(KeyServices services) {
        this.services = services;
    }

    /** Name, owner and BEGIN_DIALOG switch of a new certificate. */
    public record Naming(String name, @Nullable String owner, boolean beginDialog) {}

    /**
     * Bytes from FILE or BINARY; exactly one is given.
     *
     * @param file operand of FILE
     */
    public record Content(@Nullable String file, byte @Nullable [] binary) {}

    /** {@code WITH PRIVATE KEY (…)}; {@code content} is null where only passwords are given. */
    public record PrivateKeyClause(
            boolean pfx,
            @Nullable Content content,
            @Nullable String decryption,
            @Nullable String encryption) {}

    /** CREATE CERTIFICATE … WITH SUBJECT (TDE-134, 136 to 138). */
    public void generate(
            KeyRequest request, Naming naming, String subject, CertificateDates dates, @Nullable String password) {
        int owner = prepare(request, naming);
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT) {
            throw NumberedError.SUBJECT_LENGTH.exception(
                    "the certificate's subject must have 1 to " + MAX_SUBJECT + " characters");
        }
        checkPassword(password);
        if (password == null) {
            services.masterKeys().withOpen(request, key -> key.guid());
        }
        dates.warnings(services.clock().epochMicros()).forEach(request.notices());
        try (KeyPair pair =
                KeyPair.generate(subject, dates.startMicros(), dates.expiryMicros(), services.randomness())) {
            store(request, naming, owner, pair.certificate(), pair, password);
        }
    }

    /** CREATE CERTIFICATE … FROM FILE or BINARY (TDE-138, 139). */
    public void importExisting(
            KeyRequest request, Naming naming, Content source, @Nullable PrivateKeyClause privateKey) {
        int owner = prepare(request, naming);
        byte[] content = read(source);
        if (privateKey == null) {
            Certificate certificate = Certificate.parse(content);
            warnDates(request, certificate);
            store(request, naming, owner, certificate, null, null);
            return;
        }
        checkPassword(privateKey.encryption());
        try (KeyPair pair = privateKey.pfx()
                ? PrivateKeyFile.readPkcs12(content, privateKey.decryption())
                : join(Certificate.parse(content), source, privateKey)) {
            warnDates(request, pair.certificate());
            store(request, naming, owner, pair.certificate(), pair, privateKey.encryption());
        }
    }

    private KeyPair join(Certificate certificate, Content source, PrivateKeyClause privateKey) {
        Content content = privateKey.content();
        if (content == null) {
            throw NumberedError.KEY_FILE_INVALID.exception("the private key file is not given");
        }
        if ((content.file() == null) != (source.file() == null)) {
            throw NumberedError.FILE_AND_BINARY.exception("FILE and BINARY cannot be used in one statement");
        }
        return KeyPair.join(certificate, PrivateKeyFile.read(read(content), privateKey.decryption()));
    }

    private byte[] read(Content content) {
        byte[] binary = content.binary();
        String file = content.file();
        if (binary != null) {
            return binary;
        }
        if (file == null) {
            throw NumberedError.KEY_FILE_INVALID.exception("neither FILE nor BINARY is given");
        }
        return services.files().read(file, NumberedError.KEY_FILE_INVALID);
    }

    private void warnDates(KeyRequest request, Certificate certificate) {
        new CertificateDates(certificate.startMicros(), certificate.expiryMicros())
                .warnings(services.clock().epochMicros())
                .forEach(request.notices());
    }

    private int prepare(KeyRequest request, Naming naming) {
        request.require(CertificatePermission.CREATE_CERTIFICATE);
        if (naming.name().length() > MAX_NAME) {
            throw NumberedError.KEY_DATA_INVALID.exception("the certificate's name is longer than 128 characters");
        }
        requireNewName(services.catalog().head(), request, naming.name());
        return request.ownerNamed(naming.owner());
    }

    private static void requireNewName(KeySnapshot head, KeyRequest request, String name) {
        if (head.certificate(request.databaseOid(), name).isPresent()) {
            throw NumberedError.OBJECT_EXISTS.exception("a certificate with name \"" + name
                    + "\" already exists or this certificate already has been added");
        }
    }

    private void store(
            KeyRequest request,
            Naming naming,
            int owner,
            Certificate certificate,
            @Nullable KeyPair pair,
            @Nullable String password) {
        UUID guid = KeyObject.newGuid(services.randomness());
        Protection protection =
                pair == null ? Protection.NONE : password == null ? Protection.MASTER_KEY : Protection.PASSWORD;
        CertificateEntry unwrapped = new CertificateEntry(
                request.databaseOid(),
                0,
                naming.name(),
                owner,
                certificate,
                guid,
                protection,
                null,
                naming.beginDialog(),
                services.clock().epochMicros(),
                0,
                Map.of());
        byte[] wrapped = pair == null ? null : wrap(request, unwrapped, pair, password);
        services.catalog().change(head -> {
            requireNewName(head, request, naming.name());
            if (head.certificate(request.databaseOid(), certificate.thumbprint())
                    .isPresent()) {
                throw NumberedError.OBJECT_EXISTS.exception("this certificate already has been added to the database");
            }
            return Change.put(new CertificateEntry(
                    request.databaseOid(),
                    head.nextCertificateId(request.databaseOid()),
                    naming.name(),
                    owner,
                    certificate,
                    guid,
                    protection,
                    wrapped,
                    naming.beginDialog(),
                    unwrapped.createdMicros(),
                    0,
                    Map.of()));
        });
    }

    private byte[] wrap(KeyRequest request, CertificateEntry entry, KeyPair pair, @Nullable String password) {
        return password == null
                ? services.masterKeys()
                        .withOpen(request, key -> wrapByMasterKey(entry, pair, key, services.randomness()))
                : PasswordWrap.wrap(pair.privateKey(), password, passwordLabel(entry), services.randomness())
                        .encode();
    }

    static byte[] wrapByMasterKey(
            CertificateEntry entry, KeyPair pair, DatabaseMasterKey masterKey, Randomness randomness) {
        return masterKey
                .wrapping()
                .wrap(pair.privateKey(), KeyObject.PRIVATE_KEY, entry.guid(), pair.wrapContext(), randomness);
    }

    private static byte[] passwordLabel(CertificateEntry entry) {
        return new WrapLabel(
                        KeyObject.PRIVATE_KEY,
                        entry.guid(),
                        WrapLabel.NO_PARENT,
                        entry.certificate().sha256())
                .bytes();
    }

    private static void checkPassword(@Nullable String password) {
        if (password != null) {
            PasswordPolicy.check(password);
        }
    }

    /** The certificate of the request's database by name; 15151 where it is missing or invisible. */
    CertificateEntry require(KeyRequest request, String name) {
        return services.catalog()
                .head()
                .certificate(request.databaseOid(), name)
                .filter(request::sees)
                .orElseThrow(() -> notFound(name));
    }

    private static DatabaseException notFound(String name) {
        return NumberedError.NOT_FOUND_OR_DENIED.exception("cannot find the certificate \"" + name
                + "\", because it does not exist or you do not have permission");
    }

    private KeyPair open(KeyRequest request, CertificateEntry entry, @Nullable String password) {
        byte[] wrapped = entry.wrappedKey();
        return switch (entry.protection()) {
            case NONE ->
                throw NumberedError.NO_PRIVATE_KEY_TO_EXPORT.exception(
                        "certificate \"" + entry.name() + "\" has no private key");
            case MASTER_KEY -> {
                if (password != null) {
                    throw NumberedError.PASSWORD_NOT_NEEDED.exception(
                            "the private key is not protected by a password, a decryption password must not be given");
                }
                yield services.masterKeys().withOpen(request, key -> Encryptors.openPrivateKey(entry, key));
            }
            case PASSWORD -> {
                if (password == null) {
                    throw NumberedError.PASSWORD_NEEDED.exception(
                            "the private key is protected by a password, give it with DECRYPTION BY PASSWORD");
                }
                Opening opening = Optional.ofNullable(wrapped)
                        .flatMap(PasswordWrap::decode)
                        .<Opening>map(wrap -> wrap.open(password, passwordLabel(entry)))
                        .orElseGet(Opening.Damaged::new);
                yield switch (opening) {
                    case Opening.Opened(KeyBuffer key) -> KeyPair.join(entry.certificate(), key);
                    case Opening.WrongPassword ignored ->
                        throw NumberedError.PRIVATE_KEY_PASSWORD.exception("the private key password is not valid");
                    case Opening.Damaged ignored ->
                        throw NumberedError.KEY_DAMAGED.exception(
                                "the private key of certificate \"" + entry.name() + "\" is damaged");
                };
            }
        };
    }

    /** ALTER CERTIFICATE … WITH PRIVATE KEY: import a key, or change how it is protected (TDE-138, TDE-32). */
    public void alterPrivateKey(KeyRequest request, String name, PrivateKeyClause clause, boolean force) {
        CertificateEntry entry = require(request, name, CertificatePermission.ALTER);
        checkPassword(clause.encryption());
        if (clause.encryption() != null && !force && inUse(entry)) {
            throw NumberedError.UNOPENABLE_AT_RESTART
                    .report("certificate \"" + name
                            + "\" encrypts a database, which could not be opened at the next start"
                            + " if the private key needed a password")
                    .withHint("Use FORCE to insist.")
                    .exception();
        }
        try (KeyPair pair = newKeyOf(request, entry, clause)) {
            byte[] wrapped = wrap(request, entry, pair, clause.encryption());
            Protection protection = clause.encryption() == null ? Protection.MASTER_KEY : Protection.PASSWORD;
            replace(request, entry, entry.withKey(protection, wrapped, entry.backedUpMicros()));
        }
    }

    private KeyPair newKeyOf(KeyRequest request, CertificateEntry entry, PrivateKeyClause clause) {
        Content content = clause.content();
        if (content == null) {
            return open(request, entry, clause.decryption());
        }
        if (entry.protection() != Protection.NONE) {
            throw NumberedError.PRIVATE_KEY_EXISTS.exception(
                    "certificate \"" + entry.name() + "\" already has a private key");
        }
        return KeyPair.join(entry.certificate(), PrivateKeyFile.read(read(content), clause.decryption()));
    }

    /** ALTER CERTIFICATE … REMOVE PRIVATE KEY; 33011 while it is needed (TDE-121). */
    public void removePrivateKey(KeyRequest request, String name, boolean force) {
        CertificateEntry entry = require(request, name, CertificatePermission.ALTER);
        if (entry.protection() == Protection.NONE) {
            throw NumberedError.NO_PRIVATE_KEY.exception("certificate \"" + name + "\" has no private key");
        }
        if (inUse(entry)) {
            throw NumberedError.PRIVATE_KEY_PROTECTS.exception(
                    "the private key of certificate \"" + name + "\" cannot be removed because it protects a database");
        }
        if (!force && keptForBackups(entry)) {
            throw NumberedError.PRIVATE_KEY_PROTECTS
                    .report("the private key of certificate \"" + name
                            + "\" cannot be removed because backups of the history need it")
                    .withHint(KEPT_HINT)
                    .exception();
        }
        replace(request, entry, entry.withKey(Protection.NONE, null, entry.backedUpMicros()));
    }

    /** ALTER CERTIFICATE … WITH ACTIVE FOR BEGIN_DIALOG: stored, without effect. */
    public void beginDialog(KeyRequest request, String name, boolean on) {
        CertificateEntry entry = require(request, name, CertificatePermission.ALTER);
        replace(request, entry, entry.withBeginDialog(on));
    }

    private boolean keptForBackups(CertificateEntry entry) {
        return entry.databaseOid() == DatabaseDefinition.MASTER
                && services.keptForBackups().test(entry.certificate().thumbprint());
    }

    /**
     * DROP CERTIFICATE; 33127 while it encrypts a database key (TDE-79, TDE-121).
     *
     * @param force even if backups need it
     */
    public void drop(KeyRequest request, String name, boolean force) {
        CertificateEntry entry = require(request, name, CertificatePermission.CONTROL);
        services.catalog().change(head -> {
            if (new EncryptorUse(services.databases(), head).uses(entry)) {
                throw NumberedError.ENCRYPTOR_IN_USE.exception("the certificate \"" + name
                        + "\" cannot be dropped because it is used by one or more databases to encrypt a database"
                        + " encryption key");
            }
            if (!force && keptForBackups(entry)) {
                throw NumberedError.ENCRYPTOR_IN_USE
                        .report("the certificate \"" + name
                                + "\" cannot be dropped because backups of the history need it")
                        .withHint(KEPT_HINT)
                        .exception();
            }
            return Change.remove(current(head, request, entry));
        });
    }

    /** Where BACKUP CERTIFICATE writes the private key: its own file, or one PFX with the certificate. */
    public record BackupKey(
            boolean pfx, @Nullable String file, @Nullable String decryption, String encryption) {}

    /** BACKUP CERTIFICATE (TDE-139); with the private key it counts as backed up (TDE-82). */
    public void backup(KeyRequest request, String name, String file, @Nullable BackupKey key) {
        CertificateEntry entry = require(request, name);
        if (key == null) {
            services.files().create(file, entry.certificate().encoded());
            return;
        }
        require(request, name, CertificatePermission.CONTROL);
        PasswordPolicy.check(key.encryption());
        try (KeyPair pair = open(request, entry, key.decryption())) {
            if (key.pfx()) {
                services.files().create(file, PrivateKeyFile.writePkcs12(pair, key.encryption()));
            } else {
                String keyFile = key.file();
                if (keyFile == null) {
                    throw NumberedError.KEY_FILE_INVALID.exception("the file of the private key is not given");
                }
                byte[] sealed = PrivateKeyFile.writePkcs8(pair.privateKey(), key.encryption(), services.randomness());
                services.files().create(file, entry.certificate().encoded());
                try {
                    services.files().create(keyFile, sealed);
                } catch (DatabaseException e) {
                    services.files().discard(file);
                    throw e;
                }
            }
        }
        long now = services.clock().epochMicros();
        replace(request, entry, entry.withKey(entry.protection(), entry.wrappedKey(), now));
    }

    private CertificateEntry require(KeyRequest request, String name, CertificatePermission permission) {
        CertificateEntry entry = require(request, name);
        if (!request.has(permission, entry)) {
            throw KeyRequest.denied();
        }
        return entry;
    }

    /** The certificate of {@code tde_auto_provision}, made if there is none (TDE-14). */
    CertificateEntry provision(KeyRequest request) {
        KeyRequest inMaster = request.in(DatabaseDefinition.MASTER);
        Optional<CertificateEntry> known =
                services.catalog().head().certificate(DatabaseDefinition.MASTER, PROVISIONED);
        if (known.isEmpty()) {
            CertificateDates dates =
                    CertificateDates.of(null, null, services.clock().epochMicros());
            try (KeyPair pair = KeyPair.generate(
                    "TDE certificate of this server",
                    dates.startMicros(),
                    dates.expiryMicros(),
                    services.randomness())) {
                store(inMaster, new Naming(PROVISIONED, null, true), Role.POSTGRES, pair.certificate(), pair, null);
            }
        }
        return services.catalog()
                .head()
                .certificate(DatabaseDefinition.MASTER, PROVISIONED)
                .orElseThrow();
    }

    private boolean inUse(CertificateEntry entry) {
        return new EncryptorUse(services.databases(), services.catalog().head()).uses(entry);
    }

    private void replace(KeyRequest request, CertificateEntry before, CertificateEntry after) {
        services.catalog().change(head -> {
            current(head, request, before);
            return Change.put(after);
        });
    }

    /** The entry as it was read, or 15151 if it went or changed meanwhile. */
    private static CertificateEntry current(KeySnapshot head, KeyRequest request, CertificateEntry read) {
        return head.certificate(request.databaseOid(), read.name())
                .filter(entry -> entry == read)
                .orElseThrow(() -> notFound(read.name()));
    }
}
