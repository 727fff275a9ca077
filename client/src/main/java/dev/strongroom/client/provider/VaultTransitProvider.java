package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyEnvelope;
import dev.strongroom.client.key.MasterKey;
import dev.strongroom.client.key.MasterKeyMetadata;
import dev.strongroom.client.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RSA keys of HashiCorp Vault's transit engine. The key path is the key's name, {@code payroll}, or with the version it
 * is pinned to, {@code payroll#2}; without one, new values are made with Vault's newest version, which is noted in the
 * path inside the envelope so that a rotation in Vault does not lose them. The private key stays in Vault.
 *
 * <p>Vault's OAEP uses SHA-256, so these envelopes have the common layout (reference section 4.1) with that one
 * difference inside; only this provider opens them.
 */
public final class VaultTransitProvider implements ColumnKeyProvider {
    public static final String NAME = "VAULT_TRANSIT";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern KEY_NAME = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]*)(?:#([1-9][0-9]{0,8}))?");

    private final URI address;
    private final String mount;
    private final Secret token;
    private final String namePrefix;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /**
     * @param address of Vault, without a path
     * @param mount where the transit engine is mounted, usually {@code transit}
     * @param namePrefix only keys whose names begin with it are used; empty = all of the mount
     */
    public VaultTransitProvider(URI address, String mount, Secret token, String namePrefix) {
        this.address = address;
        this.mount = mount;
        this.token = token;
        this.namePrefix = namePrefix;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object store() {
        return List.of(NAME, address, mount, token.identity());
    }

    @Override
    public boolean trusts(String masterKeyPath) {
        return masterKeyPath.startsWith(namePrefix)
                && KEY_NAME.matcher(masterKeyPath).matches();
    }

    @Override
    public byte[] decryptColumnEncryptionKey(String path, String algorithm, byte[] encryptedKey)
            throws ColumnEncryptionException {
        String inside = KeyEnvelope.path(encryptedKey);
        int mark = inside.lastIndexOf('#');
        if (mark < 0) {
            throw new ColumnEncryptionException(
                    Reason.KEY_INVALID, "invalid encrypted column encryption key: it names no Vault key version");
        }
        return KeyEnvelope.open(key(name(path) + inside.substring(mark)), path, algorithm, encryptedKey);
    }

    @Override
    public byte[] encryptColumnEncryptionKey(String path, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException {
        VaultKey key = key(path);
        return KeyEnvelope.seal(key, key.name + "#" + key.version, algorithm, columnKey);
    }

    @Override
    public byte[] signColumnMasterKeyMetadata(String path, boolean allowEnclave) throws ColumnEncryptionException {
        try {
            return MasterKeyMetadata.sign(key(path), NAME, path, allowEnclave);
        } catch (GeneralSecurityException e) {
            throw KeyStoreFault.of("Vault key \"" + path + "\" cannot sign", e);
        }
    }

    @Override
    public boolean verifyColumnMasterKeyMetadata(String path, boolean allowEnclave, byte[] signature)
            throws ColumnEncryptionException {
        try {
            return MasterKeyMetadata.verify(key(path), NAME, path, allowEnclave, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private String name(String path) throws ColumnEncryptionException {
        return match(path).group(1);
    }

    private Matcher match(String path) throws ColumnEncryptionException {
        Matcher matcher = KEY_NAME.matcher(path);
        if (!trusts(path) || !matcher.matches()) {
            throw new ColumnEncryptionException(
                    Reason.PATH_NOT_TRUSTED, "\"" + path + "\" is no Vault key this client trusts");
        }
        return matcher;
    }

    /** Asks Vault about a key: type, size, and the version to use. */
    private VaultKey key(String path) throws ColumnEncryptionException {
        Matcher matcher = match(path);
        String name = matcher.group(1);
        Map<?, ?> data = call("GET", "keys/" + name, Map.of());
        String type = String.valueOf(data.get("type"));
        if (!type.startsWith("rsa-")) {
            throw KeyStoreFault.of("Vault key \"" + name + "\" is not an RSA key");
        }
        String version = matcher.group(2) != null ? matcher.group(2) : String.valueOf(data.get("latest_version"));
        return new VaultKey(name, version, Integer.parseInt(type.substring("rsa-".length())) / Byte.SIZE);
    }

    private Map<?, ?> call(String method, String operation, Map<String, Object> body) throws ColumnEncryptionException {
        char[] secret = token.reveal();
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/" + mount + "/" + operation))
                .timeout(TIMEOUT)
                .header("X-Vault-Token", new String(secret))
                .header("X-Vault-Request", "true")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.canonical(new TreeMap<>(body))))
                .build();
        Arrays.fill(secret, '\0');
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw KeyStoreFault.of("Vault answered " + response.statusCode() + " to " + mount + "/" + operation);
            }
            if (Json.parse(response.body()) instanceof Map<?, ?> answer
                    && answer.get("data") instanceof Map<?, ?> data) {
                return data;
            }
            throw KeyStoreFault.of("Vault's answer has no data");
        } catch (IOException | IllegalArgumentException e) {
            throw KeyStoreFault.of("cannot reach Vault at " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KeyStoreFault.of("interrupted while Vault was asked", e);
        }
    }

    private final class VaultKey implements MasterKey {
        private final String name;
        private final String version;
        private final int modulusBytes;

        VaultKey(String name, String version, int modulusBytes) {
            this.name = name;
            this.version = version;
            this.modulusBytes = modulusBytes;
        }

        @Override
        public int modulusBytes() {
            return modulusBytes;
        }

        @Override
        public byte[] encrypt(byte[] plain) throws GeneralSecurityException {
            return unwrapped("encrypt/", "ciphertext", Map.of("plaintext", base64(plain), "key_version", version()));
        }

        @Override
        public byte[] decrypt(byte[] encrypted) throws GeneralSecurityException {
            Object plain = ask("decrypt/" + name, Map.of("ciphertext", wrapped(encrypted)))
                    .get("plaintext");
            return decoded(String.valueOf(plain));
        }

        @Override
        public byte[] sign(byte[] message) throws GeneralSecurityException {
            return unwrapped(
                    "sign/",
                    "signature",
                    Map.of("input", base64(message), "signature_algorithm", "pkcs1v15", "key_version", version()));
        }

        @Override
        public boolean verify(byte[] message, byte[] signature) throws GeneralSecurityException {
            Object valid = ask(
                            "verify/" + name + "/sha2-256",
                            Map.of(
                                    "input",
                                    base64(message),
                                    "signature",
                                    wrapped(signature),
                                    "signature_algorithm",
                                    "pkcs1v15"))
                    .get("valid");
            return Boolean.TRUE.equals(valid);
        }

        private java.math.BigDecimal version() {
            return new java.math.BigDecimal(version);
        }

        private byte[] unwrapped(String operation, String field, Map<String, Object> body)
                throws GeneralSecurityException {
            String path = operation + name + (operation.equals("sign/") ? "/sha2-256" : "");
            String text = String.valueOf(ask(path, body).get(field));
            String prefix = "vault:v" + version + ":";
            if (!text.startsWith(prefix)) {
                throw new GeneralSecurityException("Vault used another key version than " + version);
            }
            return decoded(text.substring(prefix.length()));
        }

        private String wrapped(byte[] bytes) {
            return "vault:v" + version + ":" + base64(bytes);
        }

        private Map<?, ?> ask(String operation, Map<String, Object> body) throws GeneralSecurityException {
            try {
                return call("POST", operation, body);
            } catch (ColumnEncryptionException e) {
                throw new GeneralSecurityException(e.getMessage(), e);
            }
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decoded(String text) throws GeneralSecurityException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("Vault did not answer in base64", e);
        }
    }
}
