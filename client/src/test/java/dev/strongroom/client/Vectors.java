package dev.strongroom.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strongroom.client.provider.JavaKeyStoreProvider;
import dev.strongroom.client.provider.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The known-answer vectors and their key store. */
public final class Vectors {
    private static final JsonNode ALL = read();
    private static final Path KEY_STORE = copyOfKeyStore();

    private Vectors() {}

    private static JsonNode read() {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/always-encrypted.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One vector; prints as its number. */
    public record Vector(JsonNode json) {
        public String text(String field) {
            return json.path(field).asText();
        }

        public byte[] bytes(String field) {
            return HexFormat.of().parseHex(text(field));
        }

        @Override
        public String toString() {
            return text("id") + " " + text("why") + text("pg_type");
        }
    }

    public static Stream<Vector> of(String section) {
        return StreamSupport.stream(ALL.path(section).spliterator(), false).map(Vector::new);
    }

    /** The bytes of a named column key. */
    public static byte[] columnKey(String name) {
        return of("keys")
                .filter(key -> key.text("name").equals(name))
                .findFirst()
                .orElseThrow()
                .bytes("cek_hex");
    }

    /** The key store as a file of its own, wherever these classes come from. */
    public static Path keyStore() {
        return KEY_STORE;
    }

    private static Path copyOfKeyStore() {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/cmk.p12"))) {
            Path file = Files.createTempFile("cmk", ".p12");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String password() {
        return ALL.path("keystore").path("password").asText();
    }

    public static JavaKeyStoreProvider provider() {
        return new JavaKeyStoreProvider(keyStore(), Secret.of(password()), Secret.of(password()));
    }
}
