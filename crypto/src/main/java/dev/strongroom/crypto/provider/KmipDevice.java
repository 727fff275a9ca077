package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.kmip.KmipConnection;
import dev.strongroom.crypto.kmip.KmipFailure;
import dev.strongroom.crypto.kmip.KmipKeys;
import dev.strongroom.crypto.kmip.KmipKeys.Pair;
import dev.strongroom.crypto.kmip.KmipVersion;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * RSA keys of a key manager that speaks KMIP, over mutual TLS (TDE-143). The client's certificate and key are a PKCS#12 file
 * that the credential's secret opens, so another file in its place is refused; with a user name, the secret is its password
 * as well. Each use has a connection of its own: keys are used when a database opens, not while it runs. Thread-safe.
 */
@SystemAccess
public final class KmipDevice implements KeyDevice {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_IDENTITY_BYTES = 1 << 20;
    /** How often a key may have been replaced in the server since this server learned to know it. */
    private static final int MAX_REPLACED = 32;

    private final Place place;
    private final byte[] trustAnchors;
    private final Duration timeout;
    private volatile @Nullable KmipVersion spoken;

    /**
     * Where the server is, and who we are there.
     *
     * @param identity PKCS#12 file
     * @param user empty for none
     * @param version null for the highest both sides know
     */
    public record Place(
            String host,
            int port,
            String identity,
            String user,
            @Nullable KmipVersion version) {}

    /** @param trustAnchors PEM certificates */
    public KmipDevice(Place place, byte[] trustAnchors) {
        this(place, trustAnchors, TIMEOUT);
    }

    KmipDevice(Place place, byte[] trustAnchors, Duration timeout) {
        this.place = place;
        this.trustAnchors = trustAnchors.clone();
        this.timeout = timeout;
        spoken = place.version;
        // Anchors that are none are told from a server that is away.
        SSLContext _ = DeviceTls.trusting(trustAnchors, null);
    }

    @Override
    public RSAPublicKey find(String label, KeyBuffer secret) {
        return use(secret, keys -> keys.publicKey(pair(keys, label)));
    }

    @Override
    public RSAPublicKey create(String label, int bits, KeyBuffer secret, Randomness randomness, long nowMicros) {
        return use(secret, keys -> {
            if (keys.find(label).isPresent()) {
                throw new TokenFailure(Reason.KEY_EXISTS, "the KMIP server already has a key \"" + label + "\"");
            }
            try {
                return keys.publicKey(activated(keys, keys.create(label, bits)));
            } catch (KmipFailure e) {
                if (e.reason() == KmipFailure.Reason.REFUSED) {
                    throw new TokenFailure(Reason.CREATE, String.valueOf(e.getMessage()), e);
                }
                throw e;
            }
        });
    }

    private static Pair activated(KmipKeys keys, Pair pair) {
        try {
            keys.activate(pair);
            return pair;
        } catch (KmipFailure e) {
            try {
                keys.destroy(pair);
            } catch (KmipFailure again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    @Override
    public void remove(String label, KeyBuffer secret) {
        use(secret, keys -> {
            Optional<Pair> found = keys.find(label);
            found.ifPresent(keys::destroy);
            return found;
        });
    }

    @Override
    public boolean undoesPadding() {
        return true;
    }

    @Override
    public byte[] decrypt(Used key, byte[] block) {
        return use(key.secret(), keys -> keys.decrypt(version(keys, key), block));
    }

    @Override
    public byte[] sign(Used key, byte[] content) {
        return use(key.secret(), keys -> {
            byte[] signature = keys.sign(version(keys, key), content);
            // Before version 1.4 nothing in the request says how long the salt is.
            if (!CertificateSignature.verify(key.publicKey(), content, signature)) {
                throw new TokenFailure(
                        Reason.OPERATION,
                        "the KMIP server does not sign with RSASSA-PSS, SHA-256 and a salt of 32 bytes");
            }
            return signature;
        });
    }

    private static Pair pair(KmipKeys keys, String label) {
        return keys.find(label)
                .orElseThrow(() ->
                        new TokenFailure(Reason.KEY_MISSING, "the KMIP server has no active key \"" + label + "\""));
    }

    /** The pair whose public half is the one we know: Re-key gave its name to another. */
    private static Pair version(KmipKeys keys, Used key) {
        Pair pair = pair(keys, key.label());
        for (int i = 0; i < MAX_REPLACED; i++) {
            if (keys.publicKey(pair).equals(key.publicKey())) {
                return pair;
            }
            Optional<Pair> older = keys.replaced(pair, key.label());
            if (older.isEmpty()) {
                break;
            }
            pair = older.get();
        }
        throw new TokenFailure(
                Reason.KEY_MISSING, "the KMIP server has no version of the key with the public key known here");
    }

    private <T> T use(KeyBuffer secret, Function<KmipKeys, T> user) {
        KeyManager[] identity = identity(secret);
        SSLContext context = DeviceTls.trusting(trustAnchors, identity);
        KmipConnection.@Nullable Login login =
                place.user.isEmpty() ? null : new KmipConnection.Login(place.user, text(secret));
        try (KmipConnection connection = KmipConnection.open(context, place.host, place.port, login, timeout)) {
            KmipVersion version = spoken;
            if (version == null) {
                version = KmipKeys.discover(connection);
                spoken = version;
            }
            return user.apply(new KmipKeys(connection, version));
        } catch (KmipFailure e) {
            throw translated(e);
        }
    }

    private TokenFailure translated(KmipFailure failure) {
        Reason reason = switch (failure.reason()) {
            case UNREACHABLE -> null;
            case DENIED -> Reason.SESSION;
            case MISSING -> Reason.KEY_MISSING;
            case REFUSED, MALFORMED -> Reason.OPERATION;
        };
        return reason == null
                ? DeviceTls.unreachable("the KMIP server at " + place.host + ":" + place.port, failure)
                : new TokenFailure(reason, String.valueOf(failure.getMessage()), failure);
    }

    private KeyManager[] identity(KeyBuffer secret) {
        byte[] content = identityFile();
        char[] password = text(secret).toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, password);
            return managers.getKeyManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new TokenFailure(Reason.SESSION, "the secret does not open the client's identity", e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private byte[] identityFile() {
        try {
            Path path = Path.of(place.identity);
            if (Files.size(path) > MAX_IDENTITY_BYTES) {
                throw new TokenFailure(Reason.LIBRARY, "the client's identity is no PKCS#12 file");
            }
            return Files.readAllBytes(path);
        } catch (IOException | InvalidPathException e) {
            throw new TokenFailure(Reason.LIBRARY, "the client's identity cannot be read", e);
        }
    }

    private static String text(KeyBuffer secret) {
        return secret.use(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
