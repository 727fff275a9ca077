package dev.strongroom.server.e2e;

import dev.strongroom.client.StrongroomDriver;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.provider.PemDirectoryProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Properties;

/** The application's side: a folder of master keys the server never sees, and connections that use them. */
final class KeyHolder {
    static final String ALGORITHM = "ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA_256'";

    private final Path keys;

    KeyHolder(Path keys) {
        this.keys = keys;
    }

    Path folder() {
        return keys;
    }

    /** Makes a master key in the folder, and nothing in any database. */
    void makeMasterKey(String name) throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        Files.createDirectories(keys);
        Files.writeString(
                keys.resolve(name + ".pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        generator.generateKeyPair().getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    static String createMasterKey(String name) {
        return "CREATE COLUMN MASTER KEY " + name + " WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH = '" + name
                + ".pem')";
    }

    /** The value of a new random column key under a master key, as DDL writes it. */
    String newColumnKey(String masterKey) throws ColumnEncryptionException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return value(masterKey, key);
    }

    String value(String masterKey, byte[] key) throws ColumnEncryptionException {
        byte[] value = new PemDirectoryProvider(keys, false, null)
                .encryptColumnEncryptionKey(masterKey + ".pem", "RSA_OAEP", key);
        return "(COLUMN_MASTER_KEY = " + masterKey + ", ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = 0x"
                + HexFormat.of().formatHex(value) + ")";
    }

    /** Master key {@code cmk1} and column keys {@code cek1}, {@code cek2}, made and registered. */
    void prepare(Connection plain) throws GeneralSecurityException, IOException, SQLException {
        makeMasterKey("cmk1");
        try (Statement statement = plain.createStatement()) {
            statement.execute(createMasterKey("cmk1"));
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek1 WITH VALUES " + newColumnKey("cmk1"));
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek2 WITH VALUES " + newColumnKey("cmk1"));
        }
    }

    static String deterministic(String key) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + key + ", ENCRYPTION_TYPE = DETERMINISTIC, " + ALGORITHM
                + ")";
    }

    static String randomized(String key) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + key + ", ENCRYPTION_TYPE = RANDOMIZED, " + ALGORITHM + ")";
    }

    String url(int port, String database) {
        return "jdbc:strongroom://127.0.0.1:" + port + "/" + database
                + "?columnEncryption=enabled&sslmode=disable&pemDirectory=" + keys;
    }

    /** A connection with column encryption. */
    Connection connect(int port, String database, String... properties) throws SQLException {
        return connect(url(port, database), properties);
    }

    Connection connect(String url, String... properties) throws SQLException {
        Properties info = new Properties();
        info.put("user", "postgres");
        info.put("password", ServerProcess.PASSWORD);
        for (int i = 0; i < properties.length; i += 2) {
            info.put(properties[i], properties[i + 1]);
        }
        return Objects.requireNonNull(new StrongroomDriver().connect(url, info));
    }
}
