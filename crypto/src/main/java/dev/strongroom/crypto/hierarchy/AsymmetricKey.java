package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The public half of an asymmetric RSA key, as a value. Immutable. */
public final class AsymmetricKey {
    private static final String PROVIDER = "SunRsaSign";

    private final RSAPublicKey publicKey;
    private final Thumbprint thumbprint;

    private AsymmetricKey(RSAPublicKey publicKey) {
        this.publicKey = publicKey;
        thumbprint = Thumbprint.ofCertificate(publicKey.getEncoded());
    }

    public static AsymmetricKey of(RSAPublicKey publicKey) {
        return new AsymmetricKey(publicKey);
    }

    /** Reads a SubjectPublicKeyInfo in DER, or PEM; 15464 if it is none of RSA. */
    public static AsymmetricKey parse(byte[] bytes) {
        try {
            X509EncodedKeySpec spec = new X509EncodedKeySpec(unpackPem(bytes));
            return new AsymmetricKey(
                    (RSAPublicKey) KeyFactory.getInstance("RSA", PROVIDER).generatePublic(spec));
        } catch (GeneralSecurityException | ClassCastException | IOException e) {
            throw NumberedError.KEY_FORMAT
                    .report("the key has an unsupported format")
                    .withHint("Use an RSA key in DER or PEM form.")
                    .exception(e);
        }
    }

    private static byte[] unpackPem(byte[] bytes) throws IOException {
        if (bytes.length == 0 || bytes[0] == 0x30) {
            return bytes;
        }
        try (PemReader reader = new PemReader(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)))) {
            PemObject object = reader.readPemObject();
            return object == null ? bytes : object.getContent();
        }
    }

    /** A private key of this server's own, PKCS#8; {@link #ofPrivate} gives its public half. */
    public static KeyBuffer generate(int bits, Randomness randomness) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", PROVIDER);
            generator.initialize(bits, new InjectedSecureRandom(randomness));
            return KeyBuffer.takeOver(generator.generateKeyPair().getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw NumberedError.KEY_GENERATION_FAILED
                    .report("could not generate the asymmetric key")
                    .exception(e);
        }
    }

    /** The public half of a PKCS#8 RSA key. */
    public static AsymmetricKey ofPrivate(KeyBuffer privateKey) {
        return privateKey.use(pkcs8 -> {
            try {
                KeyFactory factory = KeyFactory.getInstance("RSA", PROVIDER);
                RSAPrivateCrtKey key = (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
                RSAPublicKeySpec spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
                return new AsymmetricKey((RSAPublicKey) factory.generatePublic(spec));
            } catch (GeneralSecurityException | ClassCastException e) {
                throw NumberedError.KEY_FORMAT
                        .report("the private key has an unsupported format")
                        .exception(e);
            }
        });
    }

    public RSAPublicKey publicKey() {
        return publicKey;
    }

    /** SubjectPublicKeyInfo, DER. */
    public byte[] encoded() {
        return publicKey.getEncoded();
    }

    /** SHA-1 of the encoding: what a boot record names. */
    public Thumbprint thumbprint() {
        return thumbprint;
    }

    /** Bound into the wrap of the private key. */
    public byte[] sha256() {
        return Jca.digest("SHA-256").digest(publicKey.getEncoded());
    }

    public int keyBits() {
        return publicKey.getModulus().bitLength();
    }
}
