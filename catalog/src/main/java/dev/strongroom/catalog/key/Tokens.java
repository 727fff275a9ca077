package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.DekEncryptor;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.RemoteKey;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.TokenKey;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.provider.CommandDevice;
import dev.strongroom.crypto.provider.KeyDevice;
import dev.strongroom.crypto.provider.KmipDevice;
import dev.strongroom.crypto.provider.Pkcs11Token;
import dev.strongroom.crypto.provider.ServiceSecrets;
import dev.strongroom.crypto.provider.TokenFailure;
import dev.strongroom.crypto.provider.VaultDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The tokens and key services behind the cryptographic providers (TDE-142 to 149). A library is loaded when it is first
 * needed, after its hash was compared with the pinned one. Thread-safe.
 */
@SystemAccess
public final class Tokens {
    private static final String PIN_PURPOSE = "token-pin";

    private final Supplier<List<ServiceMasterKey>> openers;
    private final Map<ProviderDescriptor, KeyDevice> loaded = new HashMap<>();
    private volatile boolean enabledBySetting;
    private volatile ServiceSecrets serviceSecrets = ServiceSecrets.NONE;

    Tokens(Supplier<List<ServiceMasterKey>> openers) {
        this.openers = openers;
    }

    /** {@code ekm_provider_enabled}, beside the option of {@code sp_configure} (TDE-142). */
    public void enabledBySetting(boolean enabled) {
        enabledBySetting = enabled;
    }

    /** {@code ekm_service_secrets}: what the server itself opens providers with (TDE-145). */
    public void serviceSecrets(ServiceSecrets secrets) {
        secrets.check();
        serviceSecrets = secrets;
    }

    public boolean enabled(KeySnapshot head) {
        return enabledBySetting || ServerOptions.set(head, ServerOptions.EKM).orElse(0) != 0;
    }

    /** 33053 while extensible key management is off. */
    void requireEnabled(KeySnapshot head) {
        if (!enabled(head)) {
            throw NumberedError.EKM_DISABLED
                    .report("operation cannot be performed because the extensible key management feature is disabled")
                    .withHint("Use EXEC sp_configure 'EKM provider enabled', 1; RECONFIGURE.")
                    .exception();
        }
    }

    /** The key in the token, opened as the login that was made from it (TDE-147); 33121 without one. */
    DekEncryptor key(KeySnapshot head, AsymmetricKeyEntry entry) {
        Opening opening = opening(head, entry);
        UnaryOperator<byte[]> decryption = block -> opening.use(this, (device, key) -> device.decrypt(key, block));
        return device(opening.provider).undoesPadding()
                ? new RemoteKey(entry.key(), decryption)
                : new TokenKey(entry.key(), decryption);
    }

    /** Signs with a key (TDE-518), as {@link #key} opens it. */
    byte[] sign(KeySnapshot head, AsymmetricKeyEntry entry, byte[] content) {
        return opening(head, entry).use(this, (device, key) -> device.sign(key, content));
    }

    /** Asks for the public half of a key, to see that its provider answers and still has it (TDE-149). */
    void reach(KeySnapshot head, AsymmetricKeyEntry entry) {
        Opening opening = opening(head, entry);
        AsymmetricKey _ = find(opening.provider, opening.credential, entry.providerKeyName());
    }

    /** What is needed to use the private half of a key. */
    private record Opening(ProviderEntry provider, Credential credential, AsymmetricKeyEntry entry) {
        byte[] use(Tokens tokens, BiFunction<KeyDevice, KeyDevice.Used, byte[]> user) {
            String label = entry.providerKeyName();
            return tokens.use(
                    provider,
                    credential,
                    label,
                    session -> user.apply(
                            session.device(),
                            new KeyDevice.Used(label, entry.key().publicKey(), session.secret())));
        }
    }

    private Opening opening(KeySnapshot head, AsymmetricKeyEntry entry) {
        requireEnabled(head);
        if (entry.loginOid() == 0) {
            throw NumberedError.ASYMMETRIC_KEY_WITHOUT_LOGIN
                    .report(entry.described() + " has no login associated with it")
                    .withHint("Use CREATE LOGIN … FROM ASYMMETRIC KEY and map a credential of the provider to it.")
                    .exception();
        }
        ProviderEntry provider = head.provider(entry.providerId()).orElseThrow(Tokens::notAvailable);
        requireUsable(provider);
        return new Opening(provider, credential(head, provider, entry.loginOid()), entry);
    }

    private static void requireUsable(ProviderEntry provider) {
        if (!provider.enabled()) {
            throw NumberedError.PROVIDER_DISABLED.exception(provider.described() + " is disabled");
        }
    }

    /** What opens a provider. */
    @FunctionalInterface
    interface Credential {
        /** The secret; the caller closes it. */
        KeyBuffer secret();
    }

    /** The credential this login carries for a provider, or else the server's own (TDE-145); 33046 without either. */
    Credential credential(KeySnapshot head, ProviderEntry provider, int loginOid) {
        Optional<CredentialEntry> mapped = head.credential(provider.id(), loginOid);
        if (mapped.isPresent()) {
            return () -> secret(mapped.get());
        }
        serviceSecret(provider).close();
        return () -> serviceSecret(provider);
    }

    private KeyBuffer serviceSecret(ProviderEntry provider) {
        return serviceSecrets
                .secret(provider.guid())
                .orElseThrow(() -> NumberedError.LOGIN_WITHOUT_CREDENTIAL
                        .report("the login has no credential associated with cryptographic provider \""
                                + provider.name() + "\", and the server has no secret of its own for it")
                        .withHint("Use CREATE CREDENTIAL … FOR CRYPTOGRAPHIC PROVIDER and ALTER LOGIN … ADD CREDENTIAL,"
                                + " or name the provider's guid in the file of ekm_service_secrets.")
                        .exception());
    }

    AsymmetricKey find(ProviderEntry provider, Credential credential, String label) {
        return use(
                provider,
                credential,
                label,
                session -> AsymmetricKey.of(session.device().find(label, session.secret())));
    }

    AsymmetricKey create(ProviderEntry provider, Credential credential, String label, int bits, KeyServices services) {
        return use(
                provider,
                credential,
                label,
                session -> AsymmetricKey.of(session.device()
                        .create(
                                label,
                                bits,
                                session.secret(),
                                services.randomness(),
                                services.clock().epochMicros())));
    }

    void remove(ProviderEntry provider, Credential credential, String label) {
        use(provider, credential, label, session -> {
            session.device().remove(label, session.secret());
            return label;
        });
    }

    /** A token and the secret that opens it. */
    private record Session(KeyDevice device, KeyBuffer secret) {}

    private <T> T use(ProviderEntry provider, Credential credential, String label, Function<Session, T> user) {
        requireUsable(provider);
        try (KeyBuffer secret = credential.secret()) {
            return user.apply(new Session(device(provider), secret));
        } catch (TokenFailure e) {
            throw translated(e, provider, label);
        }
    }

    private KeyBuffer secret(CredentialEntry credential) {
        byte[] wrapped = credential.secret();
        if (wrapped != null) {
            Optional<KeyBuffer> opened = open(credential);
            if (opened.isPresent()) {
                return opened.get();
            }
        }
        throw NumberedError.CREDENTIAL_SECRET.exception(
                "the secret of credential \"" + credential.name() + "\" is not there or cannot be decrypted");
    }

    /** The secret of a credential; empty without one, or if no service master key opens it. */
    Optional<KeyBuffer> open(CredentialEntry credential) {
        byte[] wrapped = credential.secret();
        return wrapped == null
                ? Optional.empty()
                : openers.get().stream()
                        .map(key -> key.wrapping()
                                .unwrap(wrapped, KeyObject.CREDENTIAL, credential.guid(), context(credential)))
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /** What the wrap of a secret is bound to: it cannot be moved to another identity. */
    static byte[] context(CredentialEntry credential) {
        return credential.identity().getBytes(StandardCharsets.UTF_8);
    }

    /** Loads the library of a provider to see that it works: 33027, 33081. */
    void probe(ProviderEntry provider) {
        try {
            KeyDevice _ = device(provider);
        } catch (TokenFailure e) {
            throw translated(e, provider, "");
        }
    }

    private synchronized KeyDevice device(ProviderEntry provider) {
        ProviderDescriptor descriptor = provider.descriptor();
        KeyDevice known = loaded.get(descriptor);
        if (known != null && descriptor.kind() != ProviderDescriptor.Kind.COMMAND) {
            return known;
        }
        // A program is looked at before each run: another may have come in its place.
        byte[] pinned = descriptor.pinned().isEmpty() ? null : pinnedFile(provider);
        if (known == null) {
            known = switch (descriptor.kind()) {
                case PKCS11 -> {
                    KeyBuffer pinKey = openers.get().get(0).derive(PIN_PURPOSE, MacKey.MAC_BYTES);
                    yield Pkcs11Token.load(descriptor.target(), descriptor.slotIndex(), pinKey);
                }
                case COMMAND -> new CommandDevice(descriptor.target());
                case VAULT_TRANSIT ->
                    new VaultDevice(
                            new VaultDevice.Place(descriptor.url(), descriptor.mount(), descriptor.namespace()),
                            pinned);
                case KMIP -> new KmipDevice(descriptor.kmip(), Objects.requireNonNull(pinned));
            };
            loaded.put(descriptor, known);
        }
        return known;
    }

    /** The file whose hash the descriptor pins; 33081 if it is another one. */
    private static byte[] pinnedFile(ProviderEntry provider) {
        ProviderDescriptor descriptor = provider.descriptor();
        try {
            byte[] content = Files.readAllBytes(Path.of(descriptor.pinned()));
            if (!MessageDigest.isEqual(Jca.digest("SHA-256").digest(content), descriptor.sha256())) {
                throw NumberedError.PROVIDER_SIGNATURE.exception("the library of cryptographic provider \""
                        + provider.name() + "\" is not the one its provider file names: the SHA-256 differs");
            }
            return content;
        } catch (IOException | InvalidPathException e) {
            throw NumberedError.PROVIDER_LOAD
                    .report("cannot load the library of " + provider.described())
                    .exception(e);
        }
    }

    static DatabaseException translated(TokenFailure failure, ProviderEntry provider, String label) {
        String named = provider.described();
        NumberedError error = switch (failure.reason()) {
            case LIBRARY -> NumberedError.PROVIDER_LOAD;
            case SESSION -> NumberedError.PROVIDER_SESSION;
            case KEY_MISSING -> NumberedError.PROVIDER_KEY_MISSING;
            case KEY_EXISTS, CREATE -> NumberedError.PROVIDER_CREATE;
            case OPERATION -> NumberedError.PROVIDER_EXCEPTION;
        };
        String message = switch (failure.reason()) {
            case LIBRARY -> "cannot load the library of " + named;
            case SESSION -> "cannot open a session with " + named + ": the token is not there or refuses the secret";
            case KEY_MISSING -> "key \"" + label + "\" does not exist in " + named + " or access is denied";
            case KEY_EXISTS -> "cannot create key \"" + label + "\" in " + named + ": it is already there";
            case CREATE -> "cannot create key \"" + label + "\" in " + named;
            case OPERATION -> named + " failed to use key \"" + label + "\"";
        };
        ErrorReport report = error.report(message);
        return report.withDetail(report.detail() + ": " + failure.getMessage()).exception(failure);
    }

    private static DatabaseException notAvailable() {
        return NumberedError.PROVIDER_NOT_AVAILABLE.exception("the cryptographic provider is not available");
    }
}
