package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * RSA keys of the transit engine of HashiCorp Vault or OpenBao, over its HTTP API (TDE-143). The credential's secret is the
 * Vault token. A key that is rotated in Vault goes on in the version this server knows: the one with its public key.
 * Thread-safe.
 */
@SystemAccess
public final class VaultDevice implements KeyDevice {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final Place place;
    private final HttpClient http;

    /**
     * Where the engine is.
     *
     * @param address of Vault, without a path
     * @param mount where the engine is mounted, usually {@code transit}
     * @param namespace empty for none
     */
    public record Place(URI address, String mount, String namespace) {}

    /** @param trustAnchors PEM certificates; null for those of the Java runtime */
    public VaultDevice(Place place, byte @Nullable [] trustAnchors) {
        this.place = place;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1);
        if (trustAnchors != null) {
            builder.sslContext(DeviceTls.trusting(trustAnchors, null));
        }
        http = builder.build();
    }

    @Override
    public RSAPublicKey find(String label, KeyBuffer secret) {
        Map<?, ?> key = read(label, secret);
        return version(key, String.valueOf(key.get("latest_version")));
    }

    @Override
    public RSAPublicKey create(String label, int bits, KeyBuffer secret, Randomness randomness, long nowMicros) {
        // Vault does nothing, and says nothing, if there is one.
        if (send("GET", "keys/" + name(label), null, secret).statusCode() != NOT_FOUND) {
            throw new TokenFailure(Reason.KEY_EXISTS, "Vault already has a key \"" + label + "\"");
        }
        call("POST", "keys/" + label, "{\"type\":\"rsa-" + bits + "\"}", secret);
        return find(label, secret);
    }

    @Override
    public void remove(String label, KeyBuffer secret) {
        if (send("GET", "keys/" + name(label), null, secret).statusCode() == NOT_FOUND) {
            return;
        }
        call("POST", "keys/" + label + "/config", "{\"deletion_allowed\":true}", secret);
        call("DELETE", "keys/" + label, null, secret);
    }

    @Override
    public boolean undoesPadding() {
        return true;
    }

    @Override
    public byte[] decrypt(Used key, byte[] block) {
        String body = "{\"ciphertext\":\"vault:v" + number(key) + ":" + base64(block) + "\"}";
        return DeviceAnswers.bytes(text(call("POST", "decrypt/" + key.label(), body, key.secret()), "plaintext"));
    }

    @Override
    public byte[] sign(Used key, byte[] content) {
        String number = number(key);
        String body = "{\"input\":\"" + base64(content) + "\",\"signature_algorithm\":\"pss\",\"salt_length\":\"hash\","
                + "\"key_version\":" + number + "}";
        String signature = text(call("POST", "sign/" + key.label() + "/sha2-256", body, key.secret()), "signature");
        String prefix = "vault:v" + number + ":";
        if (!signature.startsWith(prefix)) {
            throw new TokenFailure(Reason.OPERATION, "Vault signed with another version of the key");
        }
        return DeviceAnswers.bytes(signature.substring(prefix.length()));
    }

    /** The version whose public key is the one we know. */
    private String number(Used key) {
        Map<?, ?> found = read(key.label(), key.secret());
        if (found.get("keys") instanceof Map<?, ?> versions) {
            for (Object number : versions.keySet()) {
                if (version(found, String.valueOf(number)).equals(key.publicKey())) {
                    return String.valueOf(number);
                }
            }
        }
        throw new TokenFailure(Reason.KEY_MISSING, "Vault has no version of the key with the public key known here");
    }

    private Map<?, ?> read(String label, KeyBuffer secret) {
        Map<?, ?> key = call("GET", "keys/" + name(label), null, secret);
        if (!String.valueOf(key.get("type")).startsWith("rsa-")) {
            throw new TokenFailure(Reason.KEY_MISSING, "the key is not one of RSA");
        }
        return key;
    }

    private static RSAPublicKey version(Map<?, ?> key, String number) {
        if (key.get("keys") instanceof Map<?, ?> versions
                && versions.get(number) instanceof Map<?, ?> version
                && version.get("public_key") instanceof String pem) {
            return DeviceAnswers.publicKey(pem);
        }
        throw new TokenFailure(Reason.OPERATION, "Vault's answer has no public key");
    }

    private static String name(String label) {
        if (!NAME.matcher(label).matches()) {
            throw new TokenFailure(Reason.KEY_MISSING, "\"" + label + "\" is no name of a key in Vault");
        }
        return label;
    }

    private static String text(Map<?, ?> data, String field) {
        if (data.get(field) instanceof String text) {
            return text;
        }
        throw new TokenFailure(Reason.OPERATION, "Vault's answer has no " + field);
    }

    /** The field {@code data} of the answer. */
    private Map<?, ?> call(String method, String operation, @Nullable String body, KeyBuffer secret) {
        HttpResponse<String> response = send(method, operation, body, secret);
        switch (response.statusCode()) {
            case OK -> {
                Map<?, ?> answer = DeviceAnswers.object(response.body());
                return answer.get("data") instanceof Map<?, ?> data ? data : Map.of();
            }
            case NO_CONTENT -> {
                return Map.of();
            }
            case FORBIDDEN -> throw new TokenFailure(Reason.SESSION, "Vault refuses the token");
            case NOT_FOUND -> throw new TokenFailure(Reason.KEY_MISSING, "Vault has no such key");
            case BAD_REQUEST -> throw new TokenFailure(Reason.OPERATION, "Vault refused the operation");
            default -> throw new TokenFailure(Reason.SESSION, "Vault answered " + response.statusCode());
        }
    }

    private HttpResponse<String> send(String method, String operation, @Nullable String body, KeyBuffer secret) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        place.address.resolve("/v1/" + place.mount + "/" + operation))
                .timeout(TIMEOUT)
                .header("X-Vault-Request", "true")
                .header("X-Vault-Token", secret.use(bytes -> new String(bytes, StandardCharsets.UTF_8)));
        if (!place.namespace.isEmpty()) {
            request.header("X-Vault-Namespace", place.namespace);
        }
        request.method(
                method,
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(JsonText.check(body)));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw DeviceTls.unreachable("Vault at " + place.address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenFailure(Reason.SESSION, "interrupted while Vault was asked", e);
        } catch (IllegalArgumentException e) {
            // A token with characters no header may have; the message would quote it.
            throw new TokenFailure(Reason.SESSION, "the secret cannot be a Vault token");
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
