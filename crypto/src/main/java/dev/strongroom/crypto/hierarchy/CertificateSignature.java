package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.Jca;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Signatures by certificates: RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. */
public final class CertificateSignature {
    private static final int SALT_BYTES = 32;

    /** What a device is told to sign with. */
    public static final PSSParameterSpec PARAMETERS = new PSSParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT_BYTES, PSSParameterSpec.TRAILER_FIELD_BC);

    private CertificateSignature() {}

    private static Signature algorithm() throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
        signature.setParameter(PARAMETERS);
        return signature;
    }

    /** Signs; 15506 if the key cannot. */
    public static byte[] sign(KeyPair pair, byte[] content) {
        try {
            Signature signature = algorithm();
            signature.initSign(pair.rsaPrivateKey());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw NumberedError.SIGNING_FAILED
                    .report("an error occurred during the generation of the signature")
                    .exception(e);
        }
    }

    /** Whether this certificate's key signed this content. */
    public static boolean verify(Certificate certificate, byte[] content, byte[] signed) {
        return verify(certificate.publicKey(), content, signed);
    }

    /** Whether the private half of this key signed this content. */
    public static boolean verify(RSAPublicKey key, byte[] content, byte[] signed) {
        try {
            Signature signature = algorithm();
            signature.initVerify(key);
            signature.update(content);
            return signature.verify(signed);
        } catch (java.security.SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }
}
