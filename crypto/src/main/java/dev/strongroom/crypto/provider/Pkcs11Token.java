package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Date;
import javax.crypto.Cipher;
import javax.security.auth.login.LoginException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * RSA keys inside a PKCS#11 token, through the JDK's own provider (TDE-113, S-19). A key is found by the label it shares
 * with its certificate in the token, for that is how the JDK sees private keys. Keys made here are sensitive and not
 * extractable. A token knows one login per process, so every use logs in anew unless the PIN is the one of the last use.
 * Thread-safe; one operation at a time.
 */
public final class Pkcs11Token implements KeyDevice {
    private static final long VALIDITY_MILLIS = 100L * 365 * 24 * 3600 * 1000;
    private static final int SERIAL_BITS = 64;
    private static final String RAW = "RSA/ECB/NoPadding";
    private static final String PRIVATE_KEYS = """

            attributes(generate,CKO_PRIVATE_KEY,CKK_RSA) = {
              CKA_SENSITIVE = true
              CKA_EXTRACTABLE = false
              CKA_DECRYPT = true
              CKA_SIGN = true
            }
            """;

    private final Provider provider;
    private final MacKey pins;
    private byte @Nullable [] loggedIn;

    private Pkcs11Token(Provider provider, MacKey pins) {
        this.provider = provider;
        this.pins = pins;
    }

    /**
     * Loads the library.
     *
     * @param slotIndex which of the library's slots, from 0
     * @param pinKey what the PIN of the last login is remembered under; taken over
     */
    public static Pkcs11Token load(String library, int slotIndex, KeyBuffer pinKey) {
        Provider base = Security.getProvider("SunPKCS11");
        if (base == null) {
            throw new TokenFailure(Reason.LIBRARY, "this Java runtime has no PKCS#11 provider");
        }
        try {
            Provider provider = base.configure(
                    "--name = ekm\nlibrary = " + library + "\nslotListIndex = " + slotIndex + PRIVATE_KEYS);
            return new Pkcs11Token(provider, new MacKey(pinKey));
        } catch (RuntimeException e) {
            throw new TokenFailure(Reason.LIBRARY, "the PKCS#11 library \"" + library + "\" cannot be loaded", e);
        }
    }

    @Override
    public synchronized RSAPublicKey find(String label, KeyBuffer pin) {
        return publicKey(open(pin), label);
    }

    private static RSAPublicKey publicKey(KeyStore store, String label) {
        try {
            Certificate certificate = store.getCertificate(label);
            if (certificate == null || !store.isKeyEntry(label)) {
                throw missing(label);
            }
            return (RSAPublicKey) certificate.getPublicKey();
        } catch (GeneralSecurityException | ProviderException | ClassCastException e) {
            throw new TokenFailure(Reason.KEY_MISSING, "the key \"" + label + "\" cannot be read", e);
        }
    }

    private static TokenFailure missing(String label) {
        return new TokenFailure(
                Reason.KEY_MISSING, "the token has no key labelled \"" + label + "\" with a certificate of that label");
    }

    /** Makes the self-signed certificate as well, by which the key is found. */
    @Override
    public synchronized RSAPublicKey create(
            String label, int bits, KeyBuffer pin, Randomness randomness, long nowMicros) {
        KeyStore store = open(pin);
        try {
            if (store.containsAlias(label)) {
                throw new TokenFailure(Reason.KEY_EXISTS, "the token already has a key \"" + label + "\"");
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", provider);
            generator.initialize(bits);
            KeyPair pair = generator.generateKeyPair();
            Certificate certificate = certificate(label, pair, randomness, Math.floorDiv(nowMicros, 1000));
            store.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate});
            return publicKey(store, label);
        } catch (GeneralSecurityException | ProviderException | OperatorCreationException e) {
            throw new TokenFailure(Reason.CREATE, "the token cannot make the key \"" + label + "\"", e);
        }
    }

    private Certificate certificate(String label, KeyPair pair, Randomness randomness, long nowMillis)
            throws OperatorCreationException, CertificateException {
        X500Name name =
                new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, label).build();
        byte[] serial = new byte[SERIAL_BITS / Byte.SIZE];
        randomness.fill(serial);
        var builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(1, serial).setBit(SERIAL_BITS),
                new Date(nowMillis),
                new Date(nowMillis + VALIDITY_MILLIS),
                name,
                pair.getPublic());
        var signer = new JcaContentSignerBuilder("SHA256withRSA")
                .setProvider(provider)
                .build(pair.getPrivate());
        return new JcaX509CertificateConverter().setProvider(Jca.DIGESTS).getCertificate(builder.build(signer));
    }

    /** Removes the certificate as well. */
    @Override
    public synchronized void remove(String label, KeyBuffer pin) {
        try {
            KeyStore store = open(pin);
            if (store.containsAlias(label)) {
                store.deleteEntry(label);
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw new TokenFailure(Reason.OPERATION, "the token cannot remove the key \"" + label + "\"", e);
        }
    }

    @Override
    public boolean undoesPadding() {
        return false;
    }

    @Override
    public synchronized byte[] decrypt(Used key, byte[] block) {
        return privateKey(key, "decrypt", found -> {
            Cipher cipher = Cipher.getInstance(RAW, provider);
            cipher.init(Cipher.DECRYPT_MODE, found);
            return cipher.doFinal(block);
        });
    }

    @Override
    public synchronized byte[] sign(Used key, byte[] content) {
        return privateKey(key, "sign", found -> {
            Signature signature = Signature.getInstance("RSASSA-PSS", provider);
            signature.setParameter(CertificateSignature.PARAMETERS);
            signature.initSign(found);
            signature.update(content);
            return signature.sign();
        });
    }

    @FunctionalInterface
    private interface PrivateUse {
        byte[] use(PrivateKey key) throws GeneralSecurityException;
    }

    private byte[] privateKey(Used key, String what, PrivateUse use) {
        KeyStore store = open(key.secret());
        try {
            if (store.getKey(key.label(), null) instanceof PrivateKey found) {
                return use.use(found);
            }
            throw missing(key.label());
        } catch (GeneralSecurityException | ProviderException e) {
            throw new TokenFailure(
                    Reason.OPERATION, "the token refused to " + what + " with the key \"" + key.label() + "\"", e);
        }
    }

    private KeyStore open(KeyBuffer pin) {
        byte[] mac = pin.use(bytes -> pins.mac(bytes));
        byte[] known = loggedIn;
        if (known == null || !MessageDigest.isEqual(known, mac)) {
            logout();
        }
        char[] characters = pin.use(bytes -> new String(bytes, StandardCharsets.UTF_8).toCharArray());
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, characters);
            loggedIn = mac;
            return store;
        } catch (GeneralSecurityException | IOException | ProviderException e) {
            logout();
            throw new TokenFailure(Reason.SESSION, "the token cannot be opened: it is not there or refuses the PIN", e);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    private void logout() {
        loggedIn = null;
        if (provider instanceof AuthProvider login) {
            try {
                login.logout();
            } catch (LoginException | ProviderException e) {
                // Nobody was logged in, or the token is gone: the next login tells.
            }
        }
    }
}
