package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.MasterKey;
import dev.strongroom.client.key.MasterKeyProvider;
import dev.strongroom.client.key.RsaMasterKey;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 token; the key path is the label of a private key that has a certificate beside it. The private key never
 * leaves the token: it signs, and it does the bare RSA operation of a decryption, because the JDK's bridge offers no
 * OAEP (decision S-19). The padding is then taken off by the JDK's own OAEP decoder.
 */
public final class Pkcs11Provider extends MasterKeyProvider {
    public static final String NAME = "PKCS11";

    private final Path library;
    private final int slotIndex;
    private final Secret pin;
    private @Nullable Provider token;

    /** @param slotIndex position of the token's slot in the library's list, from 0 */
    public Pkcs11Provider(Path library, int slotIndex, Secret pin) {
        this.library = library;
        this.slotIndex = slotIndex;
        this.pin = pin;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object store() {
        return List.of(NAME, library.toAbsolutePath(), slotIndex, pin.identity());
    }

    /** Every label: nothing outside the token can be reached. */
    @Override
    public boolean trusts(String masterKeyPath) {
        return true;
    }

    @Override
    protected MasterKey find(String label) throws ColumnEncryptionException {
        char[] secret = pin.reveal();
        try {
            Provider bridge = bridge();
            KeyStore store = KeyStore.getInstance("PKCS11", bridge);
            store.load(null, secret);
            Key key = store.getKey(label, null);
            Certificate certificate = store.getCertificate(label);
            if (!(key instanceof PrivateKey privateKey)
                    || certificate == null
                    || !(certificate.getPublicKey() instanceof RSAPublicKey publicKey)) {
                throw KeyStoreFault.of("the token has no RSA key with certificate \"" + label + "\"");
            }
            return new TokenKey(bridge, publicKey, privateKey);
        } catch (IOException | GeneralSecurityException e) {
            throw KeyStoreFault.of("cannot use key \"" + label + "\" of the PKCS#11 token: wrong PIN?", e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private synchronized Provider bridge() throws ColumnEncryptionException {
        Provider configured = token;
        if (configured == null) {
            Provider base = Security.getProvider("SunPKCS11");
            if (base == null) {
                throw KeyStoreFault.of("this Java has no PKCS#11 bridge");
            }
            try {
                configured = base.configure("--name = strongroom" + Integer.toHexString(System.identityHashCode(this))
                        + "\nlibrary = " + library + "\nslotListIndex = " + slotIndex);
            } catch (RuntimeException e) {
                throw KeyStoreFault.of("cannot load PKCS#11 library " + library, e);
            }
            token = configured;
        }
        return configured;
    }

    private record TokenKey(Provider bridge, RSAPublicKey publicKey, PrivateKey privateKey) implements MasterKey {
        @Override
        public int modulusBytes() {
            return (publicKey.getModulus().bitLength() + 7) / 8;
        }

        @Override
        public byte[] encrypt(byte[] plain) throws GeneralSecurityException {
            return RsaMasterKey.encrypt(publicKey, plain);
        }

        @Override
        public byte[] decrypt(byte[] encrypted) throws GeneralSecurityException {
            Cipher bare = Cipher.getInstance("RSA/ECB/NoPadding", bridge);
            bare.init(Cipher.DECRYPT_MODE, privateKey);
            byte[] padded = bare.doFinal(encrypted);
            // A private exponent of one changes nothing, so all that is left of this decryption is its padding.
            PrivateKey identity = KeyFactory.getInstance("RSA", "SunRsaSign")
                    .generatePrivate(new RSAPrivateKeySpec(publicKey.getModulus(), BigInteger.ONE));
            try {
                return new RsaMasterKey(publicKey, identity).decrypt(leftPadded(padded));
            } finally {
                Arrays.fill(padded, (byte) 0);
            }
        }

        private byte[] leftPadded(byte[] number) {
            byte[] whole = new byte[modulusBytes()];
            System.arraycopy(number, 0, whole, whole.length - number.length, number.length);
            return whole;
        }

        @Override
        public byte[] sign(byte[] message) throws GeneralSecurityException {
            Signature signature = Signature.getInstance("SHA256withRSA", bridge);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        }

        @Override
        public boolean verify(byte[] message, byte[] signature) throws GeneralSecurityException {
            return RsaMasterKey.verify(publicKey, message, signature);
        }
    }
}
