package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.StrongroomDriver;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that lies to get at plaintext gets none, and neither do its memory and files. */
final class LyingServerTest {
    private static final String CANARY = "canary-4711-secret";
    private static final String CONTROL = "whoever looks finds this one";
    private static final String INSERT = "INSERT INTO vault (id, secret) VALUES (?, ?)";

    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static int httpPort;
    private static KeyHolder keys;

    private WireTap tap;

    @BeforeAll
    static void start() throws Exception {
        httpPort = ServerProcess.freePort();
        server = ServerProcess.start(folder.resolve("data"), "--http-port", Integer.toString(httpPort));
        keys = new KeyHolder(folder.resolve("keys"));
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            keys.prepare(plain);
            statement.execute(
                    "CREATE TABLE vault (id int PRIMARY KEY, secret text " + KeyHolder.deterministic("cek1") + ")");
        }
    }

    @BeforeEach
    void listen() throws IOException {
        StrongroomDriver.clearCaches();
        tap = WireTap.before(server);
    }

    @AfterEach
    void hangUp() throws IOException {
        tap.close();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Changes named columns of every answer that has them all. */
    private static UnaryOperator<WireTap.Message> saying(Map<String, byte[]> lies) {
        List<String> names = new ArrayList<>();
        return message -> {
            if (message.type() == 'T') {
                names.clear();
                names.addAll(fieldNames(message.body()));
            }
            return message.type() == 'D' && names.containsAll(lies.keySet())
                    ? new WireTap.Message('D', changed(message.body(), names, lies))
                    : message;
        };
    }

    private static List<String> fieldNames(byte[] body) {
        ByteBuffer buffer = ByteBuffer.wrap(body);
        List<String> names = new ArrayList<>();
        for (int count = buffer.getShort(); count > 0; count--) {
            int from = buffer.position();
            while (buffer.get() != 0) {
                // To the end of the name.
            }
            names.add(new String(body, from, buffer.position() - from - 1, StandardCharsets.UTF_8));
            buffer.position(buffer.position() + 18);
        }
        return names;
    }

    private static byte[] changed(byte[] body, List<String> names, Map<String, byte[]> lies) {
        ByteBuffer buffer = ByteBuffer.wrap(body);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            int count = buffer.getShort();
            out.writeShort(count);
            for (int i = 0; i < count; i++) {
                int length = buffer.getInt();
                byte[] value = new byte[Math.max(length, 0)];
                buffer.get(value);
                byte[] lie = lies.get(names.get(i));
                out.writeInt(lie == null ? length : lie.length);
                out.write(lie == null ? value : lie);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void insertFails(String message, String... properties) throws SQLException {
        StrongroomDriver.clearCaches();
        try (Connection connection = keys.connect(tap.port(), "postgres", properties);
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            assertThatThrownBy(() -> {
                        insert.setInt(1, 1);
                        insert.setString(2, CANARY);
                        insert.executeUpdate();
                    })
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(message);
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
    }

    /** Lie one: the column is plain (B-7, AE-129). */
    @Test
    void callingAColumnPlainGetsNothing() throws Exception {
        tap.lie(saying(Map.of("column_encryption_type", text("0"), "usage", text("assign"))));
        insertFails("describes its parameter as plain", "requireEncrypted", "vault.secret");
    }

    /** Lie two: the column has another key (B-7, AE-129). */
    @Test
    void anotherColumnKeyThanThePinnedGetsNothing() throws Exception {
        tap.lie(saying(Map.of("column_encryption_key_name", text("cek2"), "usage", text("assign"))));
        insertFails("another key", "requireEncrypted", "vault.secret=deterministic:cek1");
    }

    /**
     * Lie three (B-7, AE-127), a master key of the attacker's own: its path is unknown, and under a known path its
     * signature is not ours.
     */
    @Test
    void aForeignMasterKeyGetsNothing() throws Exception {
        KeyHolder attacker = new KeyHolder(folder.resolve("attacker"));
        attacker.makeMasterKey("evil");
        attacker.makeMasterKey("cmk1");
        tap.lie(saying(Map.of("column_master_key_path", text("evil.pem"), "usage", text("assign"))));
        insertFails("cannot read column master key");
        tap.lie(saying(Map.of("column_master_key_path", text("../attacker/evil.pem"), "usage", text("assign"))));
        insertFails("does not trust");
        String value = attacker.value("cmk1", new byte[32]);
        String hex = value.substring(value.indexOf("0x") + 2, value.length() - 1);
        tap.lie(saying(Map.of("column_encryption_key_encrypted_value", text("\\x" + hex), "usage", text("assign"))));
        insertFails("its signature is not by column master key");
    }

    /** Lie two in earnest (B-7): the whole key is another one of the same master key; it gets cells of that key, no more. */
    @Test
    void anotherKeysMetadataGetsOnlyCiphertext() throws Exception {
        Map<String, byte[]> lies = new HashMap<>(Map.of("usage", text("assign")));
        try (Connection plain = server.connect("postgres");
                ResultSet other = plain.createStatement()
                        .executeQuery("SELECT * FROM sys.column_encryption_key_info(NULL)"
                                + " WHERE column_encryption_key_name = 'cek2'")) {
            assertThat(other.next()).isTrue();
            for (String column : List.of(
                    "column_encryption_key_id",
                    "column_encryption_key_metadata_version",
                    "column_encryption_key_encrypted_value")) {
                lies.put(column, text(other.getString(column)));
            }
        }
        tap.lie(saying(lies));
        insertFails("encryption metadata");
        insertFails("encryption metadata", "requireEncrypted", "vault.secret=deterministic:cek1");
    }

    /**
     * AE-125: what a text means depends on database, user, role and search path; a description made for one does not
     * let the same text out in plain for another, and none is sent a cell where it wants a plain value.
     */
    @Test
    void aDescriptionIsForNobodyElse() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE DATABASE elsewhere");
            statement.execute("CREATE USER bob PASSWORD '" + ServerProcess.PASSWORD + "'");
            statement.execute("CREATE SCHEMA bob");
            statement.execute("CREATE TABLE bob.vault (id int PRIMARY KEY, secret text)");
            statement.execute("GRANT USAGE ON SCHEMA bob TO bob; GRANT SELECT, INSERT ON bob.vault TO bob");
        }
        try (Connection other = server.connect("elsewhere");
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE vault (id int PRIMARY KEY, secret text)");
        }
        try (Connection postgres = keys.connect(tap.port(), "postgres");
                Connection bob = keys.connect(tap.port(), "postgres", "user", "bob");
                Connection elsewhere = keys.connect(tap.port(), "elsewhere");
                Statement statement = postgres.createStatement();
                PreparedStatement kept = postgres.prepareStatement(INSERT)) {
            insert(bob, 1, "open to everybody");
            insert(elsewhere, 1, "open to everybody");
            insert(postgres, 1001, CANARY);
            insert(bob, 2, "open to everybody");
            statement.execute("SET search_path = bob");
            insert(postgres, 3, "open to everybody");
            statement.execute("RESET search_path");
            insert(postgres, 1002, CANARY);
            statement.execute("SET ROLE bob");
            insert(postgres, 4, "open to everybody");
            kept.setInt(1, 5);
            kept.setString(2, "open to everybody");
            kept.executeUpdate();
            statement.execute("RESET ROLE");
            insert(postgres, 1003, CANARY);
            kept.setInt(1, 1004);
            kept.setString(2, CANARY);
            kept.executeUpdate();
            insert(elsewhere, 2, "open to everybody");
            statement.execute("CREATE TEMP TABLE vault (id int, secret text)");
            kept.setInt(1, 6);
            kept.setString(2, "open to everybody");
            kept.executeUpdate();
            statement.execute("DROP TABLE vault");
            kept.setInt(1, 1005);
            kept.setString(2, CANARY);
            kept.executeUpdate();
            postgres.setAutoCommit(false);
            statement.execute("ALTER TABLE vault RENAME TO hidden; CREATE TABLE vault (id int, secret text)");
            kept.setInt(1, 7);
            kept.setString(2, "open to everybody");
            kept.executeUpdate();
            postgres.rollback();
            kept.setInt(1, 1006);
            kept.setString(2, CANARY);
            kept.addBatch();
            statement.execute("SET search_path = bob");
            assertThatThrownBy(kept::executeBatch).hasMessageContaining("add the rows again");
            postgres.rollback();
            kept.addBatch();
            kept.executeBatch();
            postgres.commit();
            statement.execute("SET search_path = bob");
            kept.setInt(1, 8);
            kept.addBatch();
            statement.execute("RESET search_path");
            kept.setInt(1, 1007);
            kept.addBatch();
            assertThatThrownBy(kept::executeBatch).hasMessageContaining("add the rows again");
            postgres.rollback();
            postgres.setAutoCommit(true);
            try (ResultSet all = statement.executeQuery("SELECT count(*) FROM bob.vault WHERE secret LIKE 'open%'")) {
                all.next();
                assertThat(all.getInt(1)).isEqualTo(5);
            }
            try (ResultSet all = statement.executeQuery("SELECT id, secret FROM vault WHERE id > 1000 ORDER BY id")) {
                for (int id = 1001; id <= 1006; id++) {
                    all.next();
                    assertThat(all.getInt(1) + all.getString(2)).isEqualTo(id + CANARY);
                }
            }
        }
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1))
                .contains("open to everybody")
                .doesNotContain(CANARY);
    }

    private static void insert(Connection connection, int id, String secret) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, id);
            insert.setString(2, secret);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
    }

    /**
     * Lie four (B-7): an old version of a key opens the same key: the value is encrypted all the same, and the server
     * heals the version.
     */
    @Test
    void anOldKeyVersionGetsOnlyCiphertext() throws Exception {
        byte[] version = text("\\x" + HexFormat.of().toHexDigits(1L));
        tap.lie(saying(Map.of("column_encryption_key_metadata_version", version, "usage", text("assign"))));
        try (Connection connection = keys.connect(tap.port(), "postgres");
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, 1);
            insert.setString(2, CANARY);
            assertThatThrownBy(insert::executeUpdate)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("SR514"));
        }
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
    }

    /** A missing or contradictory description is an error, never permission to send plaintext (AE-91). */
    @Test
    void anUnusableDescriptionSendsNothing() throws Exception {
        tap.lie(saying(Map.of("kind", text("R"), "usage", text("assign"))));
        insertFails("does not say whether parameter");
        tap.lie(saying(Map.of("column_encryption_algorithm", text("0"), "usage", text("assign"))));
        insertFails("unknown cell algorithm");
        tap.lie(saying(Map.of("column_encryption_normalization_rule_version", text("9"), "usage", text("assign"))));
        insertFails("unknown normalization rule version");
    }

    /**
     * Wire, log, metrics, heap, memory, every file of the server, and a superuser's own look: no plaintext below the client
     * (AE-3, AE-7, AE-41, B-10). A plain value beside it is found in all of them that could hold it, so the search searches.
     */
    @Test
    void nothingReadableIsBelowTheClient() throws Exception {
        try (Connection connection = keys.connect(tap.port(), "postgres");
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < 200; i++) {
                insert.setInt(1, i);
                insert.setString(2, CANARY + i);
                insert.addBatch();
            }
            insert.executeBatch();
            try (PreparedStatement query = connection.prepareStatement("SELECT id FROM vault WHERE secret = ?")) {
                query.setString(1, CANARY + 7);
                ResultSet row = query.executeQuery();
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(7);
            }
        }
        try (Connection plain = keys.connect(tap.port(), "postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("CREATE TABLE open (id int PRIMARY KEY, word text)");
            try (PreparedStatement insert = plain.prepareStatement("INSERT INTO open VALUES (1, ?)")) {
                insert.setString(1, CONTROL);
                insert.executeUpdate();
            }
        }
        String superuser = server.psql("postgres", "select * from vault; explain select * from vault;", "-A")
                .output();
        assertThat(superuser).doesNotContain(CANARY).doesNotContain(hex(CANARY));
        Path heap = folder.resolve("heap.hprof");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ClientRun dump =
                ClientRun.of(List.of(jcmd, Long.toString(server.pid()), "GC.heap_dump", heap.toString()), "", "", null);
        assertThat(dump.output()).contains("Heap dump file created");
        PlaintextHunt canary = new PlaintextHunt(List.of(CANARY));
        PlaintextHunt control = new PlaintextHunt(List.of(CONTROL));
        assertThat(canary.memory(server.pid())).isEmpty();
        assertThat(control.memory(server.pid())).isNotEmpty();
        assertThat(canary.findings(folder.resolve("data"))).isEmpty();
        assertThat(control.findings(folder.resolve("data"))).isNotEmpty();
        assertThat(canary.findings(heap)).isEmpty();
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).contains(CONTROL);
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
        assertThat(server.logText()).doesNotContain(CANARY);
        for (String page : List.of("/metrics", "/")) {
            try (InputStream in =
                    URI.create("http://127.0.0.1:" + httpPort + page).toURL().openStream()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .containsIgnoringCase("strongroom")
                        .doesNotContain(CANARY)
                        .doesNotContain(hex(CANARY));
            }
        }
        Files.delete(heap);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
