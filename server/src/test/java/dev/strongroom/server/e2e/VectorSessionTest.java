package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.Vectors;
import dev.strongroom.client.Vectors.Vector;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/**
 * Every known-answer vector through a real session: keys as DDL makes them known, cells as a server stores and returns
 * them, and the refused ones refused with one clear error and a connection that goes on (AE-180).
 */
final class VectorSessionTest {
    private static final String MASTER_KEY_ONE = "strongroom-cmk-1";

    private static ServerProcess server;
    private static KeyHolder keys;
    private static Connection plain;
    private static Connection encrypted;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder);
        plain = server.connect("postgres");
        encrypted = application();
        run("ALTER USER postgres WITH ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON");
        run("SET strongroom.allow_encrypted_value_modifications = on");
        for (Vector signature : Vectors.of("cmk_metadata_signatures").toList()) {
            if (signature.text("expect").equals("verifies")) {
                run(createMasterKey(masterKey(signature), signature));
            }
        }
        for (Vector key : Vectors.of("keys").toList()) {
            String name = key.text("name");
            byte[] value = Vectors.of("encrypted_ceks")
                    .filter(entry -> entry.text("cek").equals(name))
                    .findFirst()
                    .map(entry -> entry.bytes("encrypted_value_hex"))
                    .orElse(null);
            run(createColumnKey(
                    name,
                    "cmk1",
                    "RSA_OAEP",
                    value != null
                            ? value
                            : Vectors.provider()
                                    .encryptColumnEncryptionKey(MASTER_KEY_ONE, "RSA_OAEP", Vectors.columnKey(name))));
        }
    }

    @AfterAll
    static void stop() throws SQLException {
        encrypted.close();
        plain.close();
        server.close();
    }

    static Stream<Vector> cells() {
        return Vectors.of("cells");
    }

    static Stream<Vector> refusedCells() {
        return Vectors.of("cells_refused");
    }

    static Stream<Vector> sealedKeys() {
        return Vectors.of("encrypted_ceks");
    }

    static Stream<Vector> refusedKeys() {
        return Vectors.of("encrypted_ceks_refused");
    }

    static Stream<Vector> signatures() {
        return Vectors.of("cmk_metadata_signatures");
    }

    private static Connection application() throws SQLException {
        return keys.connect(
                "jdbc:strongroom://127.0.0.1:" + server.port() + "/postgres?columnEncryption=enabled&sslmode=disable",
                "keyStoreLocation",
                Vectors.keyStore().toString(),
                "keyStoreSecret",
                Vectors.password());
    }

    private static void run(String sql) throws SQLException {
        try (Statement statement = plain.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String masterKey(Vector vector) {
        return vector.text("cmk_alias").equals(MASTER_KEY_ONE) ? "cmk1" : "cmk2";
    }

    private static String createMasterKey(String name, Vector signature) {
        return "CREATE COLUMN MASTER KEY " + name + " WITH (KEY_STORE_PROVIDER_NAME = '"
                + signature.text("provider_name") + "', KEY_PATH = '" + signature.text("key_path")
                + "', ENCLAVE_COMPUTATIONS (SIGNATURE = 0x" + signature.text("signature_hex") + "))";
    }

    private static String createColumnKey(String name, String masterKey, String algorithm, byte[] value) {
        return "CREATE COLUMN ENCRYPTION KEY " + name + " WITH VALUES (COLUMN_MASTER_KEY = " + masterKey
                + ", ALGORITHM = '" + algorithm + "', ENCRYPTED_VALUE = 0x"
                + HexFormat.of().formatHex(value) + ")";
    }

    private static String table(Vector vector) {
        return vector.text("id").toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Puts a bare cell into the table's column {@code c}, as someone with the right to do so. */
    private static void store(String table, int id, byte[] cell) throws Exception {
        plain.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                        "COPY " + table + " (id, c) FROM STDIN",
                        new StringReader(id + "\t\\\\x" + HexFormat.of().formatHex(cell) + "\n"));
    }

    private static byte[] stored(String table, int id) throws SQLException {
        try (Statement statement = plain.createStatement();
                ResultSet row = statement.executeQuery("SELECT c FROM " + table + " WHERE id = " + id)) {
            assertThat(row.next()).isTrue();
            return row.getBytes(1);
        }
    }

    private static String read(Connection connection, String column, String table, int id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + column + " FROM " + table + " WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getString(1);
            }
        }
    }

    private static void insert(Connection connection, String table, int id, String value) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " (id, c) VALUES (?, ?)")) {
            insert.setInt(1, id);
            insert.setObject(2, value, Types.OTHER);
            insert.executeUpdate();
        }
    }

    /** The same value in a plain column is what an encrypted one has to show. */
    private static String shown(Vector vector, String value) throws SQLException {
        try (Statement statement = plain.createStatement();
                ResultSet row = statement.executeQuery("SELECT '" + value + "'::" + vector.text("pg_type"))) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void aValueBecomesTheCellAndTheCellTheValue(Vector vector) throws Exception {
        String table = table(vector);
        boolean exact = vector.text("check").equals("exact");
        String key = vector.text("cek");
        run("CREATE TABLE " + table + " (id int PRIMARY KEY, c " + vector.text("pg_type") + " "
                + (exact ? KeyHolder.deterministic(key) : KeyHolder.randomized(key)) + ")");
        String value =
                vector.text("pg_type").equals("bytea") ? "\\x" + vector.text("plaintext_hex") : vector.text("pg_value");
        byte[] cell = vector.bytes("ciphertext_hex");

        insert(encrypted, table, 1, value);
        if (exact) {
            assertThat(stored(table, 1)).isEqualTo(cell);
        } else {
            insert(encrypted, table, 3, value);
            assertThat(stored(table, 1)).isNotEqualTo(stored(table, 3)).isNotEqualTo(cell);
        }
        try (ColumnKey opened = ColumnKey.of(Vectors.columnKey(key))) {
            assertThat(opened.decrypt(stored(table, 1))).isEqualTo(vector.bytes("plaintext_hex"));
        }

        store(table, 2, cell);
        // Zero has one cell, with or without a sign, so that equal values have equal cells.
        String wanted = value.equals("-0") ? "0" : shown(vector, value);
        assertThat(read(encrypted, "c", table, 1)).isEqualTo(wanted);
        assertThat(read(encrypted, "c", table, 2)).isEqualTo(wanted);
        if (exact) {
            assertThat(found(vector, table, value)).isEqualTo(2);
        }
    }

    private static int found(Vector vector, String table, String value) throws SQLException {
        try (PreparedStatement select = encrypted.prepareStatement("SELECT count(*) FROM " + table + " WHERE c = ?")) {
            select.setObject(1, value, Types.OTHER);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).as("%s", vector).isTrue();
                return row.getInt(1);
            }
        }
    }

    /** Where the server can tell by the bytes alone, it takes no such cell; what it takes, the driver refuses to open. */
    @ParameterizedTest
    @MethodSource("refusedCells")
    void aChangedCellIsNeverShown(Vector vector) throws Exception {
        String table = table(vector);
        run("CREATE TABLE " + table + " (id int PRIMARY KEY, c bytea " + KeyHolder.deterministic(vector.text("cek"))
                + ")");
        byte[] cell = vector.bytes("ciphertext_hex");
        Reason reason =
                Reason.valueOf("CELL_" + vector.text("error").replace('-', '_').toUpperCase(Locale.ROOT));
        switch (reason) {
            case CELL_TOO_SHORT, CELL_BAD_LENGTH, CELL_BAD_VERSION ->
                assertThatThrownBy(() -> store(table, 1, cell))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SR206"));
            default -> {
                store(table, 1, cell);
                assertThatThrownBy(() -> read(encrypted, "c", table, 1))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo(reason.sqlState()))
                        .hasMessageNotContaining(HexFormat.of().formatHex(cell).substring(2, 40))
                        .satisfies(e -> assertThat(reason(e)).isEqualTo(reason));
            }
        }
        insert(encrypted, table, 2, "\\x4711");
        assertThat(read(encrypted, "c", table, 2)).isEqualTo("\\x4711");
    }

    private static Reason reason(Throwable failure) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ColumnEncryptionException refused) {
                return refused.reason();
            }
        }
        throw new AssertionError("not refused by the driver", failure);
    }

    @ParameterizedTest
    @MethodSource("sealedKeys")
    void aSealedColumnKeyWorksAsTheKeyInside(Vector vector) throws Exception {
        String table = table(vector);
        String key = "key_" + table;
        run(createColumnKey(key, masterKey(vector), vector.text("algorithm"), vector.bytes("encrypted_value_hex")));
        run("CREATE TABLE " + table + " (id int PRIMARY KEY, c text " + KeyHolder.deterministic(key) + ")");
        insert(encrypted, table, 1, "795-73-9838");
        assertThat(read(encrypted, "c", table, 1)).isEqualTo("795-73-9838");
        try (ColumnKey inside = ColumnKey.of(Vectors.columnKey(vector.text("cek")))) {
            assertThat(inside.decrypt(stored(table, 1))).asString().isEqualTo("795-73-9838");
        }
    }

    /** Shapes no key can have stay out of the catalog (AE-52); the rest fails in the client, before any value leaves it. */
    @ParameterizedTest
    @MethodSource("refusedKeys")
    void aBadColumnKeyEncryptsNothing(Vector vector) throws Exception {
        String table = table(vector);
        String key = "key_" + table;
        String create =
                createColumnKey(key, masterKey(vector), vector.text("algorithm"), vector.bytes("encrypted_value_hex"));
        try {
            run(create);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isIn("22023", "SR292");
            return;
        }
        run("CREATE TABLE " + table + " (id int PRIMARY KEY, c text " + KeyHolder.deterministic(key) + ")");
        assertThatThrownBy(() -> insert(encrypted, table, 1, "795-73-9838"))
                .isInstanceOf(SQLException.class)
                .satisfies(e -> assertThat(reason(e)).isIn(Reason.KEY_INVALID, Reason.ALGORITHM_UNKNOWN));
        assertThat(encrypted.isValid(5)).isTrue();
        assertThat(read(plain, "count(*)", "(SELECT 1 AS id FROM " + table + ") AS rows", 1))
                .isEqualTo("0");
    }

    /** What a master key's properties were signed with is kept as it came, and tells the true from the false. */
    @ParameterizedTest
    @MethodSource("signatures")
    void aMasterKeysSignatureIsKeptByteForByte(Vector vector) throws Exception {
        run(createMasterKey(table(vector), vector));
        try (PreparedStatement select = encrypted.prepareStatement(
                "SELECT key_path, allow_enclave_computations, signature FROM sys.column_master_keys WHERE name = ?")) {
            select.setString(1, table(vector));
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                byte[] signature = row.getBytes(3);
                assertThat(signature).isEqualTo(vector.bytes("signature_hex"));
                assertThat(Vectors.provider()
                                .verifyColumnMasterKeyMetadata(row.getString(1), row.getBoolean(2), signature))
                        .isEqualTo(vector.text("expect").equals("verifies"));
            }
        }
    }
}
