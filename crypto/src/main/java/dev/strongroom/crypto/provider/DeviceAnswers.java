package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.Map;

/** Reads what key services answer; no error quotes the answer. */
final class DeviceAnswers {
    private DeviceAnswers() {}

    static Map<?, ?> object(String json) {
        try {
            if (JsonText.tree(json) instanceof Map<?, ?> object) {
                return object;
            }
        } catch (DatabaseException e) {
            // Said below.
        }
        throw new TokenFailure(Reason.OPERATION, "the answer is no JSON object");
    }

    static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new TokenFailure(Reason.OPERATION, "the answer is not in base64");
        }
    }

    static RSAPublicKey publicKey(String pem) {
        try {
            return AsymmetricKey.parse(pem.getBytes(StandardCharsets.US_ASCII)).publicKey();
        } catch (DatabaseException e) {
            throw new TokenFailure(Reason.OPERATION, "the answer has no RSA public key");
        }
    }
}
