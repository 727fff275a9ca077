package dev.strongroom.client.key;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import javax.crypto.Cipher;

/** A column master key whose two halves are at hand as JCA keys. */
public final class RsaMasterKey implements MasterKey {
    private static final String OAEP_SHA1 = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";

    private final RSAPublicKey publicKey;
    private final PrivateKey privateKey;

    public RsaMasterKey(PublicKey publicKey, PrivateKey privateKey) throws GeneralSecurityException {
        if (!(publicKey instanceof RSAPublicKey rsa)) {
            throw new GeneralSecurityException("a column master key is an RSA key, got " + publicKey.getAlgorithm());
        }
        this.publicKey = rsa;
        this.privateKey = privateKey;
    }

    @Override
    public int modulusBytes() {
        return (publicKey.getModulus().bitLength() + 7) / 8;
    }

    @Override
    public byte[] encrypt(byte[] plain) throws GeneralSecurityException {
        return encrypt(publicKey, plain);
    }

    @Override
    public byte[] decrypt(byte[] encrypted) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(OAEP_SHA1, "SunJCE");
        cipher.init(Cipher.DECRYPT_MODE, privateKey);
        return cipher.doFinal(encrypted);
    }

    @Override
    public byte[] sign(byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(privateKey);
        signature.update(message);
        return signature.sign();
    }

    @Override
    public boolean verify(byte[] message, byte[] signed) throws GeneralSecurityException {
        return verify(publicKey, message, signed);
    }

    /** Whether a signature over a message is by the owner of a public key. */
    public static boolean verify(RSAPublicKey publicKey, byte[] message, byte[] signed)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withRSA", "SunRsaSign");
        signature.initVerify(publicKey);
        signature.update(message);
        return signature.verify(signed);
    }

    /** Encrypts with RSA-OAEP under a public key alone. */
    public static byte[] encrypt(RSAPublicKey publicKey, byte[] plain) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(OAEP_SHA1, "SunJCE");
        cipher.init(Cipher.ENCRYPT_MODE, publicKey);
        return cipher.doFinal(plain);
    }
}
