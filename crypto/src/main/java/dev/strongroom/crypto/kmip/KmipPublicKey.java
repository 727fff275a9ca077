package dev.strongroom.crypto.kmip;

import dev.strongroom.crypto.kmip.KmipFailure.Reason;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads a public key in each of the forms servers keep one of RSA in (Specification 1.4, 2.1.3 and 9.1.3.2.3). */
final class KmipPublicKey {
    private static final String PROVIDER = "SunRsaSign";
    private static final int PKCS_1 = 3;
    private static final int X_509 = 5;
    private static final int TRANSPARENT_RSA = 0x0B;

    private KmipPublicKey() {}

    /** @param answer to Get */
    static RSAPublicKey read(Ttlv.Structure answer) {
        Ttlv.Structure block = answer.structure(KmipTag.PUBLIC_KEY).structure(KmipTag.KEY_BLOCK);
        Ttlv.Structure value = block.structure(KmipTag.KEY_VALUE);
        try {
            return switch (block.code(KmipTag.KEY_FORMAT_TYPE)) {
                case PKCS_1 -> pkcs1(value.bytes(KmipTag.KEY_MATERIAL));
                case X_509 ->
                    (RSAPublicKey) KeyFactory.getInstance("RSA", PROVIDER)
                            .generatePublic(new X509EncodedKeySpec(value.bytes(KmipTag.KEY_MATERIAL)));
                case TRANSPARENT_RSA -> {
                    Ttlv.Structure material = value.structure(KmipTag.KEY_MATERIAL);
                    yield rsa(material.big(KmipTag.MODULUS), material.big(KmipTag.PUBLIC_EXPONENT));
                }
                default -> throw unreadable(null);
            };
        } catch (GeneralSecurityException | ClassCastException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    private static RSAPublicKey pkcs1(byte[] der) throws GeneralSecurityException {
        var key = org.bouncycastle.asn1.pkcs.RSAPublicKey.getInstance(der);
        return rsa(key.getModulus(), key.getPublicExponent());
    }

    private static RSAPublicKey rsa(BigInteger modulus, BigInteger exponent) throws GeneralSecurityException {
        return (RSAPublicKey)
                KeyFactory.getInstance("RSA", PROVIDER).generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    private static KmipFailure unreadable(@Nullable Throwable cause) {
        return new KmipFailure(Reason.MALFORMED, "the answer has no RSA public key", cause);
    }
}
