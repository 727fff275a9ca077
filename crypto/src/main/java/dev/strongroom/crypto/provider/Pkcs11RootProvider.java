package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code pkcs11:library=PATH;slot=INDEX;label=NAME;pin-file=PATH} (TDE-113, S-19): an AES-256 key that never leaves a token
 * wraps the service master key with AES-GCM. The wrap is a 12-byte random nonce, ciphertext and tag; a key wraps a handful
 * of times in its life, so random 96-bit nonces are safe.
 */
public final class Pkcs11RootProvider implements RootProvider {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final String specification;
    private final String library;
    private final String slot;
    private final String label;
    private final SecretFile pinFile;
    private @Nullable Provider provider;

    Pkcs11RootProvider(String specification, Map<String, String> options) {
        this.specification = specification;
        library = required(options, "library");
        slot = options.getOrDefault("slot", "0");
        label = required(options, "label");
        pinFile = SecretFile.ofRoot(specification, Path.of(required(options, "pin-file")), false);
    }

    private String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null || value.isEmpty()) {
            throw RootFailure.unavailable(specification, "option \"" + name + "\" is missing");
        }
        return value;
    }

    @Override
    public String specification() {
        return specification;
    }

    @Override
    public void prepareFirstStart(Randomness randomness) {
        tokenKey();
    }

    @Override
    public byte[] wrap(KeyBuffer serviceKey, byte[] wrapLabel, Randomness randomness) {
        byte[] nonce = new byte[NONCE_BYTES];
        randomness.fill(nonce);
        byte[] sealed = serviceKey.use(bytes -> {
            try {
                return cipher(Cipher.ENCRYPT_MODE, nonce, wrapLabel).doFinal(bytes);
            } catch (GeneralSecurityException | ProviderException e) {
                throw RootFailure.unavailable(specification, "the token refused to encrypt", e);
            }
        });
        return ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                .put(nonce)
                .put(sealed)
                .array();
    }

    @Override
    public KeyBuffer unwrap(byte[] wrapped, byte[] wrapLabel) {
        if (wrapped.length <= NONCE_BYTES) {
            throw RootFailure.unavailable(specification, "the wrap in the instance record is damaged");
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE_BYTES), wrapLabel);
            return KeyBuffer.takeOver(cipher.doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES));
        } catch (GeneralSecurityException | ProviderException e) {
            throw RootFailure.unavailable(
                    specification, "the token does not open the service master key of this data directory", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] wrapLabel) throws GeneralSecurityException {
        Key key = tokenKey();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider());
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(wrapLabel);
        return cipher;
    }

    private Key tokenKey() {
        byte[] pin = pinFile.read();
        char[] characters =
                SecretFile.trimLineEnds(new String(pin, StandardCharsets.UTF_8)).toCharArray();
        Arrays.fill(pin, (byte) 0);
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider());
            store.load(null, characters);
            Key key = store.getKey(label, null);
            if (key == null) {
                throw RootFailure.unavailable(specification, "the token has no key labelled \"" + label + "\"");
            }
            return key;
        } catch (GeneralSecurityException | IOException | ProviderException e) {
            throw RootFailure.unavailable(specification, "the token cannot be opened", e);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    private synchronized Provider provider() {
        Provider configured = provider;
        if (configured == null) {
            Provider base = Security.getProvider("SunPKCS11");
            if (base == null) {
                throw RootFailure.unavailable(specification, "this Java runtime has no PKCS#11 provider");
            }
            try {
                configured = base.configure("--name = strongroom\nlibrary = " + library + "\nslotListIndex = " + slot);
            } catch (RuntimeException e) {
                throw RootFailure.unavailable(specification, "the PKCS#11 library cannot be loaded", e);
            }
            provider = configured;
        }
        return configured;
    }
}
