package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * Private keys in files (TDE-139). Reads PVK, PKCS#8 plain or encrypted, DER or PEM, and PKCS#12; writes PKCS#8 encrypted
 * with PBES2 and AES-256, or PKCS#12 with AES-256 and a SHA-256 MAC.
 */
public final class PrivateKeyFile {
    private static final String PBES2 = "PBEWithHmacSHA512AndAES_256";
    private static final int SALT_BYTES = 16;
    private static final int BLOCK_BYTES = 16;
    private static final String ALIAS = "strongroom";

    private PrivateKeyFile() {}

    /**
     * The key in PKCS#8 form from a PVK or PKCS#8 file. 15465 if the password is missing or wrong, 15297 if the bytes are
     * no key.
     */
    public static KeyBuffer read(byte[] content, @Nullable String password) {
        if (PvkFile.looksLikePvk(content)) {
            return PvkFile.read(content, password);
        }
        byte[] der = unpackPem(content);
        if (isEncrypted(der)) {
            return decrypt(der, password);
        }
        try {
            return KeyBuffer.takeOver(PrivateKeyInfo.getInstance(der).getEncoded());
        } catch (IOException | RuntimeException e) {
            throw NumberedError.KEY_DATA_INVALID
                    .report("the private key's data is not valid")
                    .exception(e);
        }
    }

    private static byte[] unpackPem(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] == 0x30) {
            return bytes;
        }
        try (PemReader reader = new PemReader(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)))) {
            PemObject object = reader.readPemObject();
            return object == null ? bytes : object.getContent();
        } catch (IOException | RuntimeException e) {
            return bytes;
        }
    }

    private static boolean isEncrypted(byte[] der) {
        try {
            PrivateKeyInfo.getInstance(der);
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static KeyBuffer decrypt(byte[] der, @Nullable String password) {
        PKCS8EncryptedPrivateKeyInfo encrypted;
        try {
            encrypted = new PKCS8EncryptedPrivateKeyInfo(der);
        } catch (IOException | RuntimeException e) {
            throw NumberedError.KEY_DATA_INVALID
                    .report("the private key's data is not valid")
                    .exception(e);
        }
        if (password == null) {
            throw wrongPassword();
        }
        char[] characters = password.toCharArray();
        try {
            var decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(characters);
            return KeyBuffer.takeOver(encrypted.decryptPrivateKeyInfo(decryptor).getEncoded());
        } catch (OperatorCreationException | PKCSException | IOException | RuntimeException e) {
            throw wrongPassword();
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    static RuntimeException wrongPassword() {
        return NumberedError.PRIVATE_KEY_PASSWORD.exception("the private key password is not valid");
    }

    /** Encrypted PKCS#8, DER. */
    public static byte[] writePkcs8(KeyBuffer privateKey, String password, Randomness randomness) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] initial = new byte[BLOCK_BYTES];
        randomness.fill(salt);
        randomness.fill(initial);
        char[] characters = password.toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters);
        try {
            var key = SecretKeyFactory.getInstance(PBES2, Jca.CIPHERS).generateSecret(spec);
            Cipher cipher = Jca.cipher(PBES2);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    key,
                    new PBEParameterSpec(salt, PasswordWrap.DEFAULT_ITERATIONS, new IvParameterSpec(initial)));
            ASN1Primitive parameters =
                    ASN1Primitive.fromByteArray(cipher.getParameters().getEncoded());
            byte[] plain = privateKey.copy();
            try {
                return new EncryptedPrivateKeyInfo(
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters),
                                cipher.doFinal(plain))
                        .getEncoded();
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        } catch (GeneralSecurityException | IOException e) {
            throw NumberedError.ENCRYPTION_FAILED
                    .report("could not encrypt the private key")
                    .exception(e);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }

    /** Certificate and key of the only key entry in a PKCS#12 file. */
    public static KeyPair readPkcs12(byte[] content, @Nullable String password) {
        char[] characters = password == null ? new char[0] : password.toCharArray();
        try {
            KeyStore store = KeyPair.emptyPkcs12();
            store.load(new ByteArrayInputStream(content), characters);
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, characters);
                if (key instanceof PrivateKey privateKey
                        && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    return KeyPair.join(
                            Certificate.parse(certificate.getEncoded()), KeyBuffer.takeOver(privateKey.getEncoded()));
                }
            }
            throw NumberedError.KEY_DATA_INVALID.exception("the PFX file holds no private key with a certificate");
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword();
            }
            throw NumberedError.KEY_DATA_INVALID
                    .report("the PFX file's data is not valid")
                    .exception(e);
        } catch (GeneralSecurityException e) {
            throw NumberedError.KEY_DATA_INVALID
                    .report("the PFX file's data is not valid")
                    .exception(e);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    /** PKCS#12 with AES-256 and a SHA-256 MAC, the JDK's defaults. */
    public static byte[] writePkcs12(KeyPair pair, String password) {
        char[] characters = password.toCharArray();
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            KeyStore store = KeyPair.emptyPkcs12();
            store.setKeyEntry(ALIAS, pair.rsaPrivateKey(), characters, new X509Certificate[] {
                pair.certificate().x509()
            });
            store.store(out, characters);
            return out.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw NumberedError.ENCRYPTION_FAILED
                    .report("could not write the PFX file")
                    .exception(e);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }
}
