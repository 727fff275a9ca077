package dev.strongroom.testkit.token;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What the server uses of Vault's documented transit API: create, read, configure and delete RSA keys, decrypt, sign. Paths,
 * fields, prefixes and status codes are those of the documentation ("Transit secrets engine (API)").
 */
public final class TransitStub implements AutoCloseable {
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC);
    private static final String NOTHING = "{\"errors\":[]}";

    private final HttpServer http;
    private final String token;
    private final boolean secure;
    private final Map<String, List<KeyPair>> keys = new ConcurrentHashMap<>();

    /** @param token the only one that is accepted */
    public TransitStub(String token) {
        this(token, null);
    }

    /** @param tls what HTTPS is spoken with; null for HTTP */
    public TransitStub(String token, @Nullable SSLContext tls) {
        this.token = token;
        secure = tls != null;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls == null) {
                http = HttpServer.create(address, 0);
            } else {
                HttpsServer https = HttpsServer.create(address, 0);
                https.setHttpsConfigurator(new HttpsConfigurator(tls));
                http = https;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/v1/transit/", this::serve);
        http.start();
    }

    /** Where it listens, on this machine. */
    public String address() {
        return (secure ? "https" : "http") + "://127.0.0.1:" + http.getAddress().getPort();
    }

    /** A new version of a key. */
    public void rotate(String name, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        keys.computeIfAbsent(name, any -> new ArrayList<>()).add(generator.generateKeyPair());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            serveOpen(exchange);
        }
    }

    private void serveOpen(HttpExchange exchange) throws IOException {
        try {
            String path = exchange.getRequestURI().getPath().substring("/v1/transit/".length());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (!token.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
                answer(exchange, 403, "{\"errors\":[\"permission denied\"]}");
                return;
            }
            String[] parts = path.split("/");
            String method = exchange.getRequestMethod();
            if (method.equals("POST") && parts[0].equals("keys") && parts.length == 2) {
                if (!keys.containsKey(parts[1])) {
                    rotate(parts[1], Integer.parseInt(text(body, "type").substring("rsa-".length())));
                }
                answer(exchange, 204, "");
                return;
            }
            List<KeyPair> versions = keys.get(parts[1]);
            if (versions == null) {
                answer(exchange, 404, NOTHING);
            } else if (method.equals("DELETE")) {
                keys.remove(parts[1]);
                answer(exchange, 204, "");
            } else if (parts[parts.length - 1].equals("config")) {
                answer(exchange, 204, "");
            } else {
                answer(exchange, 200, "{\"request_id\":\"0\",\"data\":" + data(parts, body, versions) + "}");
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            answer(exchange, 400, NOTHING);
        }
    }

    private static String data(String[] path, String body, List<KeyPair> versions) throws GeneralSecurityException {
        return switch (path[0]) {
            case "keys" -> described(path[1], versions);
            case "decrypt" -> {
                String[] wrapped = text(body, "ciphertext").split(":");
                KeyPair pair = versions.get(Integer.parseInt(wrapped[1].substring(1)) - 1);
                Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
                cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate(), OAEP);
                yield "{\"plaintext\":\"" + base64(cipher.doFinal(bytes(wrapped[2]))) + "\"}";
            }
            case "sign" -> {
                if (!text(body, "signature_algorithm").equals("pss") || !path[2].equals("sha2-256")) {
                    throw new IllegalArgumentException("unsupported");
                }
                int version = Integer.parseInt(match(body, "\"key_version\":(\\d+)"));
                Signature signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(PSS);
                signature.initSign(versions.get(version - 1).getPrivate());
                signature.update(bytes(text(body, "input")));
                yield "{\"signature\":\"vault:v" + version + ":" + base64(signature.sign()) + "\"}";
            }
            default -> throw new IllegalArgumentException("unsupported path");
        };
    }

    private static String described(String name, List<KeyPair> versions) {
        StringBuilder described = new StringBuilder();
        for (int i = 0; i < versions.size(); i++) {
            String pem = "-----BEGIN PUBLIC KEY-----\\n"
                    + base64(versions.get(i).getPublic().getEncoded()).replaceAll("(.{64})", "$1\\\\n")
                    + "\\n-----END PUBLIC KEY-----\\n";
            described.append(i == 0 ? "" : ",").append("\"" + (i + 1) + "\":{\"public_key\":\"" + pem + "\"}");
        }
        return "{\"name\":\"" + name + "\",\"type\":\"rsa-2048\",\"latest_version\":" + versions.size() + ",\"keys\":{"
                + described + "}}";
    }

    private static String text(String body, String field) {
        return match(body, "\"" + field + "\":\"([^\"]*)\"");
    }

    private static String match(String body, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(body);
        if (!matcher.find()) {
            throw new IllegalArgumentException("missing " + pattern);
        }
        return matcher.group(1);
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Goes out of service; nobody is listening any more. */
    public void stop() {
        http.stop(0);
    }

    @Override
    public void close() {
        stop();
    }
}
