package dev.strongroom.protocol.auth;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One SCRAM-SHA-256 exchange, the server's side. For a user without a secret it goes through the same steps with a made-up
 * one and fails at the end, so that nobody learns which users exist.
 *
 * ```
 * client-first   gs2-header n=,r=<client nonce>
 * server-first   r=<client nonce><server nonce>,s=<salt>,i=<iterations>
 * client-final   c=<gs2-header [binding]>,r=<nonce>,p=<proof>
 * server-final   v=<server signature>
 * ```
 */
public final class ScramExchange {
    public static final String MECHANISM = "SCRAM-SHA-256";
    public static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";
    private static final int KEY_BYTES = 32;

    private final ScramSecret secret;
    private final boolean genuine;
    private final byte @Nullable [] channelBinding;
    private final String serverNonce;
    private String gs2Header = "";
    private String clientFirstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private boolean bound;

    /**
     * @param genuine false where the secret is made up
     * @param channelBinding hash of the server's certificate where PLUS was offered, else null
     */
    public ScramExchange(ScramSecret secret, boolean genuine, byte @Nullable [] channelBinding, String serverNonce) {
        this.secret = secret;
        this.genuine = genuine;
        this.channelBinding = channelBinding;
        this.serverNonce = serverNonce;
    }

    /** Takes client-first, gives server-first. */
    public String first(String mechanism, String message) {
        bound = mechanism.equals(MECHANISM_PLUS);
        if (!bound && !mechanism.equals(MECHANISM) || bound && channelBinding == null) {
            throw violation("client selected an invalid SASL authentication mechanism", null);
        }
        int end = message.indexOf(',');
        int bare = end < 0 ? -1 : message.indexOf(',', end + 1);
        if (bare < 0) {
            throw malformed("Comma expected, but found something else.");
        }
        gs2Header = message.substring(0, bare + 1);
        clientFirstBare = message.substring(bare + 1);
        checkBindingFlag(message.substring(0, end));
        if (bare > end + 1) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED, "client uses authorization identity, but it is not supported");
        }
        if (clientFirstBare.startsWith("m=")) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension");
        }
        String clientNonce = attribute(clientFirstBare, 'r');
        if (clientNonce.isEmpty() || !clientNonce.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw violation("non-printable characters in SCRAM nonce", null);
        }
        nonce = clientNonce + serverNonce;
        serverFirst =
                "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(secret.salt()) + ",i=" + secret.iterations();
        return serverFirst;
    }

    private void checkBindingFlag(String flag) {
        if (flag.equals("n")) {
            if (bound) {
                throw malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                        + " channel binding data.");
            }
        } else if (flag.equals("y")) {
            if (bound) {
                throw malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                        + " channel binding data.");
            }
            if (channelBinding != null) {
                throw ErrorReport.error(
                                ErrorCode.INVALID_AUTHORIZATION_SPECIFICATION,
                                "SCRAM channel binding negotiation error")
                        .withDetail("The client supports SCRAM channel binding but thinks the server does not. "
                                + "However, this server does support channel binding.")
                        .exception();
            }
        } else if (flag.startsWith("p=")) {
            if (!bound) {
                throw malformed("The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message"
                        + " includes channel binding data.");
            }
            if (!flag.equals("p=tls-server-end-point")) {
                throw violation("unsupported SCRAM channel-binding type \"" + flag.substring(2) + "\"", null);
            }
        } else {
            throw malformed("Unexpected channel-binding flag \"" + flag + "\".");
        }
    }

    /**
     * Takes client-final, gives server-final.
     *
     * @return null where the proof is wrong
     */
    public @Nullable String last(String message) {
        int proofAt = message.lastIndexOf(",p=");
        if (proofAt < 0 || !message.startsWith("c=")) {
            throw malformed("Malformed client-final message.");
        }
        String withoutProof = message.substring(0, proofAt);
        byte[] binding = decode(attribute(message, 'c'));
        if (!MessageDigest.isEqual(binding, expectedBinding())) {
            throw violation("SCRAM channel binding check failed", null);
        }
        if (!MessageDigest.isEqual(ascii(attribute(withoutProof, 'r')), ascii(nonce))) {
            throw violation("invalid SCRAM response", "Nonce does not match.");
        }
        byte[] proof = decode(message.substring(proofAt + 3));
        if (proof.length != KEY_BYTES) {
            throw malformed("Malformed proof in client-final-message.");
        }
        byte[] authMessage =
                (clientFirstBare + "," + serverFirst + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
        byte[] clientKey = hmac(secret.storedKey(), authMessage);
        for (int i = 0; i < KEY_BYTES; i++) {
            clientKey[i] ^= proof[i];
        }
        boolean right = MessageDigest.isEqual(sha256(clientKey), secret.storedKey());
        if (!right || !genuine) {
            return null;
        }
        return "v=" + Base64.getEncoder().encodeToString(hmac(secret.serverKey(), authMessage));
    }

    private byte[] expectedBinding() {
        byte[] header = gs2Header.getBytes(StandardCharsets.UTF_8);
        byte[] data = channelBinding;
        if (!bound || data == null) {
            return header;
        }
        byte[] all = new byte[header.length + data.length];
        System.arraycopy(header, 0, all, 0, header.length);
        System.arraycopy(data, 0, all, header.length, data.length);
        return all;
    }

    /** Value of {@code name=…} in a comma-separated message. */
    private static String attribute(String message, char name) {
        for (String part : message.split(",", -1)) {
            if (part.length() >= 2 && part.charAt(0) == name && part.charAt(1) == '=') {
                return part.substring(2);
            }
        }
        throw malformed("Expected attribute \"" + name + "\" but found none.");
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw malformed("Malformed base64 in SCRAM message.");
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("HmacSHA256 is part of every Java", missing);
        }
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256", "SUN").digest(data);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("SHA-256 is part of every Java", missing);
        }
    }

    private static DatabaseException malformed(String detail) {
        return violation("malformed SCRAM message", detail);
    }

    private static DatabaseException violation(String message, @Nullable String detail) {
        ErrorReport report = ErrorReport.error(ErrorCode.PROTOCOL_VIOLATION, message);
        return (detail == null ? report : report.withDetail(detail)).exception();
    }
}
