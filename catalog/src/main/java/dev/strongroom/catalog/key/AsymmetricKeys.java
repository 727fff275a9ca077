package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.PasswordPolicy;
import dev.strongroom.crypto.hierarchy.PasswordWrap;
import dev.strongroom.crypto.hierarchy.PrivateKeyFile;
import dev.strongroom.crypto.hierarchy.WrapLabel;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** CREATE and DROP ASYMMETRIC KEY, CREATE LOGIN FROM ASYMMETRIC KEY (TDE-146 to 148). Stateless. */
public final class AsymmetricKeys {
    private static final int MAX_NAME = 128;

    private final KeyServices services;

    AsymmetricKeys(KeyServices services) {
        this.services = services;
    }

    /**
     * FROM PROVIDER … WITH.
     *
     * @param keyName label in the token; the name of the key where none is given
     * @param disposition CREATE_NEW, which is the default, or OPEN_EXISTING
     */
    public record InProvider(
            String provider,
            @Nullable String algorithm,
            @Nullable String keyName,
            @Nullable String disposition,
            @Nullable String password) {}

    /** A key in a token. */
    public void createInProvider(KeyRequest request, String name, @Nullable String owner, InProvider options) {
        int ownerOid = prepare(request, name, owner);
        if (options.password() != null) {
            throw NumberedError.PROVIDER_KEY_PASSWORD.exception(
                    "a cryptographic provider key cannot be encrypted by a password or another key");
        }
        KeySnapshot head = services.catalog().head();
        Tokens tokens = services.encryptors().tokens();
        tokens.requireEnabled(head);
        ProviderEntry provider = CryptographicProviders.require(head, options.provider());
        String given = options.keyName();
        String label = given == null ? name : given;
        if (label.isEmpty() || label.length() > MAX_NAME) {
            throw NumberedError.PROVIDER_KEY_NAME.exception(
                    "the key name in the provider must have 1 to " + MAX_NAME + " characters");
        }
        boolean existing = opensExisting(options.disposition());
        String algorithm = options.algorithm();
        if (existing && algorithm != null) {
            throw NumberedError.ALGORITHM_OF_EXISTING_KEY.exception("cannot specify an algorithm for an existing key");
        }
        int bits = existing ? 0 : providerBits(algorithm);
        Tokens.Credential credential = tokens.credential(head, provider, request.userOid());
        AsymmetricKey key = existing
                ? tokens.find(provider, credential, label)
                : tokens.create(provider, credential, label, bits, services);
        store(new AsymmetricKeyEntry(
                request.databaseOid(),
                0,
                name,
                ownerOid,
                key,
                KeyObject.newGuid(services.randomness()),
                Protection.NONE,
                null,
                provider.id(),
                label,
                0,
                services.clock().epochMicros(),
                Map.of()));
    }

    private static boolean opensExisting(@Nullable String disposition) {
        return switch (disposition == null ? "CREATE_NEW" : disposition) {
            case "CREATE_NEW" -> false;
            case "OPEN_EXISTING" -> true;
            default ->
                throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "unknown creation disposition \"" + disposition + "\"")
                        .withHint("Use CREATE_NEW or OPEN_EXISTING.")
                        .exception();
        };
    }

    private static int providerBits(@Nullable String algorithm) {
        if (algorithm == null) {
            throw NumberedError.PROVIDER_ALGORITHM.exception("an algorithm is needed to create a key in the provider");
        }
        return bits(algorithm);
    }

    private static int bits(String algorithm) {
        return switch (algorithm.toUpperCase(Locale.ROOT)) {
            case "RSA_2048" -> 2048;
            case "RSA_3072" -> 3072;
            case "RSA_4096" -> 4096;
            case "RSA_512", "RSA_1024" ->
                throw NumberedError.DEPRECATED_ALGORITHM.exception(
                        "encryption algorithm \"" + algorithm + "\" is deprecated and not supported");
            default ->
                throw NumberedError.PROVIDER_ALGORITHM.exception(
                        "invalid algorithm \"" + algorithm + "\" for an asymmetric key");
        };
    }

    /** A key of this server's own, under the master key of the database or a password. */
    public void generate(
            KeyRequest request, String name, @Nullable String owner, String algorithm, @Nullable String password) {
        int ownerOid = prepare(request, name, owner);
        int bits = bits(algorithm);
        checkPassword(request, password);
        try (KeyBuffer privateKey = AsymmetricKey.generate(bits, services.randomness())) {
            storeOwn(request, name, ownerOid, privateKey, password);
        }
    }

    /** A key from a file: PKCS#8 of a private key, or a public key; DER or PEM. */
    public void importFile(
            KeyRequest request, String name, @Nullable String owner, String file, @Nullable String password) {
        int ownerOid = prepare(request, name, owner);
        byte[] content = services.files().read(file, NumberedError.KEY_FILE_UNREADABLE);
        KeyBuffer found;
        try {
            found = PrivateKeyFile.read(content, null);
        } catch (DatabaseException e) {
            AsymmetricKey key = AsymmetricKey.parse(content);
            store(own(request, name, ownerOid, key, Protection.NONE));
            return;
        }
        try (KeyBuffer privateKey = found) {
            checkPassword(request, password);
            storeOwn(request, name, ownerOid, privateKey, password);
        }
    }

    private void checkPassword(KeyRequest request, @Nullable String password) {
        if (password == null) {
            services.masterKeys().withOpen(request, key -> key.guid());
        } else {
            PasswordPolicy.check(password);
        }
    }

    private void storeOwn(
            KeyRequest request, String name, int ownerOid, KeyBuffer privateKey, @Nullable String password) {
        AsymmetricKeyEntry entry =
                own(request, name, ownerOid, AsymmetricKey.ofPrivate(privateKey), Protection.MASTER_KEY);
        if (password == null) {
            byte[] wrapped = services.masterKeys()
                    .withOpen(
                            request,
                            key -> key.wrapping()
                                    .wrap(
                                            privateKey,
                                            KeyObject.PRIVATE_KEY,
                                            entry.guid(),
                                            entry.wrapContext(),
                                            services.randomness()));
            store(entry.withPrivateKey(Protection.MASTER_KEY, wrapped));
        } else {
            byte[] label = new WrapLabel(KeyObject.PRIVATE_KEY, entry.guid(), WrapLabel.NO_PARENT, entry.wrapContext())
                    .bytes();
            byte[] wrapped = PasswordWrap.wrap(privateKey, password, label, services.randomness())
                    .encode();
            store(entry.withPrivateKey(Protection.PASSWORD, wrapped));
        }
    }

    private AsymmetricKeyEntry own(
            KeyRequest request, String name, int ownerOid, AsymmetricKey key, Protection protection) {
        UUID guid = KeyObject.newGuid(services.randomness());
        return new AsymmetricKeyEntry(
                request.databaseOid(),
                0,
                name,
                ownerOid,
                key,
                guid,
                protection,
                null,
                0,
                "",
                0,
                services.clock().epochMicros(),
                Map.of());
    }

    private int prepare(KeyRequest request, String name, @Nullable String owner) {
        request.require(CertificatePermission.CREATE_ASYMMETRIC_KEY);
        if (name.length() > MAX_NAME) {
            throw NumberedError.KEY_DATA_INVALID.exception("the key's name is longer than 128 characters");
        }
        requireNewName(services.catalog().head(), request.databaseOid(), name);
        return request.ownerNamed(owner);
    }

    private static void requireNewName(KeySnapshot head, int databaseOid, String name) {
        if (head.asymmetricKey(databaseOid, name).isPresent()) {
            throw NumberedError.ASYMMETRIC_KEY_EXISTS.exception("a key with name \"" + name + "\" already exists");
        }
    }

    private void store(AsymmetricKeyEntry entry) {
        int database = entry.databaseOid();
        services.catalog().change(head -> {
            requireNewName(head, database, entry.name());
            if (head.asymmetricKey(database, entry.key().thumbprint()).isPresent()) {
                throw NumberedError.ASYMMETRIC_KEY_EXISTS.exception("this key has already been added to the database");
            }
            return Change.put(new AsymmetricKeyEntry(
                    database,
                    head.nextId(AsymmetricKeyEntry.class, database, AsymmetricKeyEntry.FIRST_ID),
                    entry.name(),
                    entry.ownerOid(),
                    entry.key(),
                    entry.guid(),
                    entry.protection(),
                    entry.wrappedKey(),
                    entry.providerId(),
                    entry.providerKeyName(),
                    0,
                    entry.createdMicros(),
                    Map.of()));
        });
    }

    /** The key of the request's database by name; 15151 where it is missing or invisible. */
    AsymmetricKeyEntry require(KeyRequest request, String name) {
        return services.catalog()
                .head()
                .asymmetricKey(request.databaseOid(), name)
                .filter(request::sees)
                .orElseThrow(() -> CryptographicProviders.notFound("asymmetric key", name));
    }

    /**
     * DROP ASYMMETRIC KEY [REMOVE PROVIDER KEY] [FORCE] (TDE-148, TDE-121).
     *
     * @param force even if backups need it
     */
    public void drop(KeyRequest request, String name, boolean removeProviderKey, boolean force) {
        AsymmetricKeyEntry entry = require(request, name);
        if (!request.has(CertificatePermission.CONTROL, entry)) {
            throw KeyRequest.denied();
        }
        services.catalog().change(head -> {
            if (head.asymmetricKey(request.databaseOid(), name)
                    .filter(found -> found == entry)
                    .isEmpty()) {
                throw CryptographicProviders.notFound("asymmetric key", name);
            }
            if (new EncryptorUse(services.databases(), head).uses(entry)) {
                throw NumberedError.ENCRYPTOR_IN_USE.exception("the asymmetric key \"" + name
                        + "\" cannot be dropped because it encrypts a database encryption key");
            }
            if (!force
                    && request.databaseOid() == DatabaseDefinition.MASTER
                    && services.keptForBackups().test(entry.key().thumbprint())) {
                throw NumberedError.ENCRYPTOR_IN_USE
                        .report("the asymmetric key \"" + name
                                + "\" cannot be dropped because backups of the history need it")
                        .withHint(Certificates.KEPT_HINT)
                        .exception();
            }
            if (request.shared().role(entry.loginOid()).isPresent()) {
                throw NumberedError.PRINCIPAL_MAPPED.exception(
                        "the asymmetric key \"" + name + "\" cannot be dropped because a login is mapped to it");
            }
            return Change.remove(entry);
        });
        if (entry.inProvider()) {
            forgetInProvider(request, entry, removeProviderKey);
        }
    }

    private void forgetInProvider(KeyRequest request, AsymmetricKeyEntry entry, boolean remove) {
        KeySnapshot head = services.catalog().head();
        if (remove) {
            ProviderEntry provider = head.provider(entry.providerId())
                    .orElseThrow(() -> CryptographicProviders.notFound("cryptographic provider", "of the key"));
            Tokens tokens = services.encryptors().tokens();
            tokens.remove(provider, tokens.credential(head, provider, request.userOid()), entry.providerKeyName());
            return;
        }
        request.notices()
                .accept(NumberedError.DEVICE_KEY_LEFT
                        .report("key \"" + entry.providerKeyName() + "\" was left in the cryptographic provider")
                        .withHint("Use DROP ASYMMETRIC KEY … REMOVE PROVIDER KEY to remove it there as well."));
    }

    /** CREATE LOGIN … FROM ASYMMETRIC KEY, once the role is there. */
    public void attachLogin(KeyRequest request, String loginName, String keyName) {
        request.requireControlServer();
        KeyRequest inMaster = request.in(DatabaseDefinition.MASTER);
        int login = request.shared().requireRole(loginName).oid();
        services.catalog()
                .change(head -> Change.put(requireForLogin(inMaster, keyName).withLogin(login)));
    }

    /** The key a login is to be made from: in {@code master}, and without a login so far. */
    public AsymmetricKeyEntry requireForLogin(KeyRequest request, String keyName) {
        request.requireControlServer();
        AsymmetricKeyEntry entry = require(request.in(DatabaseDefinition.MASTER), keyName);
        if (request.shared().role(entry.loginOid()).isPresent()) {
            throw NumberedError.PRINCIPAL_MAPPED.exception(
                    "asymmetric key \"" + keyName + "\" already has a login associated with it");
        }
        return entry;
    }

    /** Refuses to drop a login by which the server opens a key (TDE-147); 15559. */
    public void refuseDropOfLogin(int roleOid) {
        KeySnapshot head = services.catalog().head();
        EncryptorUse use = new EncryptorUse(services.databases(), head);
        for (AsymmetricKeyEntry entry : head.asymmetricKeys(DatabaseDefinition.MASTER)) {
            if (entry.loginOid() == roleOid && use.uses(entry)) {
                throw NumberedError.PRINCIPAL_MAPPED.exception("the login cannot be dropped because the server opens "
                        + entry.described() + " by it, which encrypts a database encryption key");
            }
        }
    }
}
