package dev.strongroom.client.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * The part of Vault's documented transit API that a key store needs: read a key, encrypt, decrypt, sign, verify. Answers,
 * prefixes and status codes are those of the documentation (Vault 1.18, "Transit secrets engine (API)").
 */
final class VaultStub implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private final HttpServer http;
    private final String token;
    private final Map<String, List<KeyPair>> keys = new HashMap<>();

    private VaultStub(String token) throws IOException {
        this.token = token;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/transit/", this::serve);
        http.start();
    }

    static VaultStub start(String token) throws IOException {
        return new VaultStub(token);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    void createKey(String name, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        keys.computeIfAbsent(name, any -> new ArrayList<>()).add(generator.generateKeyPair());
    }

    void rotate(String name) throws GeneralSecurityException {
        createKey(name, 2048);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String[] path = exchange.getRequestURI()
                    .getPath()
                    .substring("/v1/transit/".length())
                    .split("/");
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            if (!token.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
                answer(exchange, 403, Map.of("errors", List.of("permission denied")));
                return;
            }
            List<KeyPair> versions = keys.get(path[1]);
            if (versions == null) {
                answer(exchange, 404, Map.of("errors", List.of()));
                return;
            }
            answer(exchange, 200, Map.of("request_id", "0", "data", data(path, body, versions)));
        } catch (GeneralSecurityException | RuntimeException e) {
            answer(exchange, 400, Map.of("errors", List.of(String.valueOf(e.getMessage()))));
        }
    }

    private static Map<String, Object> data(String[] path, JsonNode body, List<KeyPair> versions)
            throws GeneralSecurityException {
        int version = body.path("key_version").asInt(versions.size());
        KeyPair pair = versions.get(version - 1);
        String prefix = "vault:v" + version + ":";
        return switch (path[0]) {
            case "keys" -> Map.of("type", "rsa-2048", "latest_version", versions.size(), "name", path[1]);
            case "encrypt" -> {
                Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
                cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic(), OAEP);
                yield Map.of("ciphertext", prefix + base64(cipher.doFinal(bytes(body, "plaintext"))));
            }
            case "decrypt" -> {
                Wrapped wrapped = Wrapped.of(body.path("ciphertext").asText());
                Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
                cipher.init(
                        Cipher.DECRYPT_MODE, versions.get(wrapped.version - 1).getPrivate(), OAEP);
                yield Map.of("plaintext", base64(cipher.doFinal(wrapped.bytes)));
            }
            case "sign" -> {
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(pair.getPrivate());
                signature.update(bytes(body, "input"));
                yield Map.of("signature", prefix + base64(signature.sign()));
            }
            case "verify" -> {
                Wrapped wrapped = Wrapped.of(body.path("signature").asText());
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initVerify(versions.get(wrapped.version - 1).getPublic());
                signature.update(bytes(body, "input"));
                yield Map.of("valid", signature.verify(wrapped.bytes));
            }
            default -> throw new IllegalArgumentException("unsupported path");
        };
    }

    private record Wrapped(int version, byte[] bytes) {
        static Wrapped of(String text) {
            String[] parts = text.split(":");
            return new Wrapped(
                    Integer.parseInt(parts[1].substring(1)), Base64.getDecoder().decode(parts[2]));
        }
    }

    private static byte[] bytes(JsonNode body, String field) {
        return Base64.getDecoder().decode(body.path(field).asText());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
