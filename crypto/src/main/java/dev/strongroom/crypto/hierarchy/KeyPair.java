package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Date;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate with its private key (PKCS#8, outside the heap). Whoever receives one closes it.
 *
 * @param privateKey the PKCS#8 encoding
 */
public record KeyPair(Certificate certificate, KeyBuffer privateKey) implements DekEncryptor {
    /** SQL Server 2022 makes the same length. */
    public static final int GENERATED_BITS = 3072;

    private static final int SERIAL_BITS = 127;

    /**
     * Makes an RSA-3072 key and signs a certificate for it with itself, SHA-256.
     *
     * @param subject becomes the common name, whatever it contains
     */
    public static KeyPair generate(String subject, long startMicros, long expiryMicros, Randomness randomness) {
        InjectedSecureRandom random = new InjectedSecureRandom(randomness);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
            generator.initialize(GENERATED_BITS, random);
            java.security.KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.CN, subject)
                    .build();
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                    new Date(Math.floorDiv(startMicros, 1000)),
                    new Date(Math.floorDiv(expiryMicros, 1000)),
                    name,
                    pair.getPublic());
            var signer = new JcaContentSignerBuilder("SHA256withRSA")
                    .setProvider("SunRsaSign")
                    .setSecureRandom(random)
                    .build(pair.getPrivate());
            Certificate certificate = Certificate.parse(builder.build(signer).getEncoded());
            return new KeyPair(certificate, KeyBuffer.takeOver(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw NumberedError.KEY_GENERATION_FAILED
                    .report("could not generate the certificate")
                    .exception(e);
        }
    }

    /** Joins a certificate and a private key from elsewhere; 15474 if they do not belong together. */
    public static KeyPair join(Certificate certificate, KeyBuffer privateKey) {
        RSAPrivateKey key = privateKeyOf(privateKey);
        boolean fits = key.getModulus().equals(certificate.publicKey().getModulus())
                && (!(key instanceof RSAPrivateCrtKey crt)
                        || crt.getPublicExponent()
                                .equals(certificate.publicKey().getPublicExponent()));
        if (!fits) {
            throw NumberedError.KEY_MISMATCH.exception("the private key does not match the certificate's public key");
        }
        return new KeyPair(certificate, privateKey);
    }

    @Override
    public WrappedDek.Encryptor kind() {
        return WrappedDek.Encryptor.CERTIFICATE;
    }

    @Override
    public Thumbprint thumbprint() {
        return certificate.thumbprint();
    }

    @Override
    public RSAPublicKey publicKey() {
        return certificate.publicKey();
    }

    @Override
    public Optional<KeyBuffer> open(byte[] wrapped, byte[] label) {
        try {
            Cipher cipher = Jca.cipher("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, rsaPrivateKey(), DekWraps.parameters(label));
            return Optional.of(KeyBuffer.takeOver(cipher.doFinal(wrapped)));
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /** The private key as the JDK's object; it holds the key on the heap (S-24), so keep it briefly. */
    public RSAPrivateKey rsaPrivateKey() {
        return privateKeyOf(privateKey);
    }

    private static RSAPrivateKey privateKeyOf(KeyBuffer privateKey) {
        return privateKey.use(pkcs8 -> {
            try {
                return (RSAPrivateKey)
                        KeyFactory.getInstance("RSA", "SunRsaSign").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException | ClassCastException e) {
                throw NumberedError.KEY_FORMAT
                        .report("the private key has an unsupported format")
                        .exception(e);
            }
        });
    }

    @Override
    public void close() {
        privateKey.close();
    }

    /** Names the context of the wrap of this private key (S-2). */
    public byte[] wrapContext() {
        return certificate.sha256();
    }

    /** Named for stack traces of a broken JDK only; never prints key material. */
    @Override
    public String toString() {
        return "KeyPair[" + certificate.thumbprint() + "]";
    }

    static java.security.KeyStore emptyPkcs12() {
        try {
            java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12", Jca.DIGESTS);
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JDK refused a PKCS#12 store", e);
        }
    }
}
