package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.StrongroomDriver;
import dev.strongroom.client.cell.CellEnvelope;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.provider.PemDirectoryProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ten steps of a query with encrypted columns, each looked at where it happens: at the socket, at the key store and in
 * the server's answers. Every test begins with empty caches and a capture of its own.
 */
final class TenStepsTest {
    private static final String CANARY = "795-73-9838";
    private static final String INSERT = "INSERT INTO people (id, name, ssn, pay) VALUES (?, ?, ?, ?)";

    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static KeyHolder keys;
    private static RecordingKeyStore store;

    private WireTap tap;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder.resolve("keys"));
        keys.makeMasterKey("cmk1");
        store = new RecordingKeyStore("RECORDING", keys.folder());
        StrongroomDriver.registerColumnKeyProvider(store);
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute(
                    "CREATE COLUMN MASTER KEY cmk1 WITH (KEY_STORE_PROVIDER_NAME = 'RECORDING', KEY_PATH = 'cmk1.pem')");
            statement.execute(KeyHolder.createMasterKey("local").replace("local.pem", "cmk1.pem"));
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek1 WITH VALUES " + keys.newColumnKey("cmk1"));
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek2 WITH VALUES " + keys.newColumnKey("cmk1"));
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek3 WITH VALUES "
                    + keys.newColumnKey("cmk1").replace("KEY = cmk1", "KEY = local"));
            statement.execute("CREATE TABLE people (id int PRIMARY KEY, name text, ssn varchar(11) "
                    + KeyHolder.deterministic("cek1") + ", pay numeric(12,2) " + KeyHolder.randomized("cek2") + ")");
            statement.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, note text " + KeyHolder.deterministic("cek3") + ")");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forgetEverything() throws Exception {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("DELETE FROM people");
            statement.execute("DELETE FROM notes");
        }
        StrongroomDriver.clearCaches();
        store.forget();
        tap = WireTap.before(server);
    }

    @AfterEach
    void hangUp() throws Exception {
        tap.close();
    }

    private Connection connect() throws SQLException {
        return keys.connect(tap.port(), "postgres");
    }

    private static void insert(Connection connection, int id, String ssn) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, id);
            insert.setString(2, "name of " + id);
            insert.setString(3, ssn);
            insert.setInt(4, 1000 + id);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
    }

    private static List<String> rows(Connection connection, String sql, Object... values) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                query.setObject(i + 1, values[i]);
            }
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    rows.add(result.getString(1));
                }
            }
        }
        return rows;
    }

    /** What the server says to somebody without keys. */
    private static List<String> plainly(String sql) throws SQLException {
        try (Connection plain = server.connect("postgres")) {
            return rows(plain, sql);
        }
    }

    private static byte[] storedCell(String column) throws SQLException {
        return HexFormat.of()
                .parseHex(
                        plainly("SELECT " + column + " FROM people").getFirst().substring(2));
    }

    private String captured() {
        return new String(tap.captured(), StandardCharsets.ISO_8859_1);
    }

    private long questions() {
        return tap.statements().stream()
                .filter(text ->
                        text.contains("describe_parameter_encryption") || text.contains("column_encryption_key_info"))
                .count();
    }

    /** AE-2: encryption is chosen for a column; the one beside it is as plain as before, on the wire and in the table. */
    @Test
    void encryptionIsChosenForEachColumn() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        assertThat(captured()).contains("name of 1").doesNotContain(CANARY);
        assertThat(plainly("SELECT name FROM people WHERE name LIKE 'name%'")).containsExactly("name of 1");
        assertThat(storedCell("ssn")).hasSize(65);
        assertThat(plainly("SELECT name FROM sys.columns WHERE object_id = 'people'::regclass AND encryption_type IS"
                        + " NOT NULL ORDER BY name"))
                .containsExactly("pay", "ssn");
    }

    /** AE-10: all of this needs nothing of an enclave: the keys are not made for one, and no session asks for one. */
    @Test
    void theBasicProfileNeedsNoEnclave() throws Exception {
        assertThat(plainly("SELECT count(*) FROM sys.column_master_keys WHERE allow_enclave_computations::int <> 0 OR"
                        + " signature IS NOT NULL"))
                .containsExactly("0");
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
            assertThat(rows(connection, "SELECT pay FROM people WHERE ssn = ?", CANARY))
                    .containsExactly("1001.00");
        }
        assertThat(tap.statements()).isNotEmpty().noneMatch(text -> text.contains("enclave"));
    }

    /** AE-11: what is in the table was made on the application's side: the key the store gave out opens it, here. */
    @Test
    void cellsAreMadeAndOpenedWhereTheKeyIs() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        byte[] key = store.calls().stream()
                .filter(call -> opens(call.key()))
                .findFirst()
                .orElseThrow()
                .key();
        assertThat(captured()).doesNotContain(new String(key, StandardCharsets.ISO_8859_1));
    }

    private static boolean opens(byte[] columnKey) {
        try (ColumnKey key = ColumnKey.of(columnKey.clone())) {
            return new String(key.decrypt(storedCell("ssn")), StandardCharsets.UTF_8).equals(CANARY);
        } catch (SQLException other) {
            return false;
        }
    }

    /** AE-12: the server answers what cells decide, equality and NULL, and refuses the rest instead of answering wrongly. */
    @Test
    void onlyWhatCellsDecideIsAnswered() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
            assertThat(rows(connection, "SELECT id FROM people WHERE ssn = ?", CANARY))
                    .containsExactly("1");
            assertThat(rows(connection, "SELECT id FROM people WHERE ssn <> ?", CANARY))
                    .isEmpty();
            assertThat(rows(connection, "SELECT id FROM people WHERE pay IS NOT NULL AND ssn IS NOT NULL"))
                    .containsExactly("1");
            for (String beyond : List.of("ssn < ?", "ssn LIKE ?", "upper(ssn) = ?", "pay = ?", "pay > ?")) {
                assertThatThrownBy(() -> rows(connection, "SELECT id FROM people WHERE " + beyond, "7"))
                        .as(beyond)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).startsWith("SR2"));
            }
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    /** AE-20, connect: one property of the URL, under either name, is all that differs. */
    @Test
    void theConnectionStatesThatItEncrypts() throws Exception {
        String url = keys.url(tap.port(), "postgres");
        for (String with : List.of(url, url.replace("columnEncryption=enabled", "columnEncryptionSetting=Enabled"))) {
            try (Connection connection = keys.connect(with)) {
                insert(connection, with.length(), CANARY);
                assertThat(rows(connection, "SELECT ssn FROM people WHERE ssn = ?", CANARY))
                        .contains(CANARY);
            }
        }
        try (Connection connection = keys.connect(url.replace("columnEncryption=enabled&", ""))) {
            assertThatThrownBy(() -> insert(connection, 9, "other"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("SR206"));
            assertThat(rows(connection, "SELECT ssn FROM people").getFirst()).startsWith("\\x01");
        }
    }

    /** AE-21, step 1: the application's text is the text the server runs. */
    @Test
    void queriesAreIssuedInTheOrdinaryWay() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        assertThat(tap.statements()).contains("INSERT INTO people (id, name, ssn, pay) VALUES ($1, $2, $3, $4)");
    }

    /** AE-22, AE-34, steps 1 and 7: the parameter leaves as an envelope with a cell of the right key, and only so. */
    @Test
    void parametersLeaveAsCells() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        WireTap.Bound sent = tap.bound().getLast();
        assertThat(sent.values()).hasSize(4);
        assertThat(sent.values().get(1)).isEqualTo("name of 1".getBytes(StandardCharsets.UTF_8));
        byte[] ssn = sent.values().get(2);
        assertThat(ByteBuffer.wrap(ssn).getInt()).isEqualTo(0x53524145);
        assertThat(CellEnvelope.cell(ssn)).hasSize(65).isEqualTo(storedCell("ssn"));
        byte[] pay = sent.values().get(3);
        assertThat(CellEnvelope.read(pay).keyId())
                .isNotEqualTo(CellEnvelope.read(ssn).keyId());
        assertThat(CellEnvelope.cell(pay)).isEqualTo(storedCell("pay"));
        assertThat(captured()).doesNotContain(CANARY);
    }

    /** AE-23, step 2: the question goes out before any value, and holds the text alone. */
    @Test
    void metadataIsAskedForBeforeValuesGoOut() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        List<String> before = tap.statements().subList(0, tap.bound().getFirst().textsBefore());
        assertThat(before)
                .anySatisfy(text -> assertThat(text)
                        .contains("sys.describe_parameter_encryption", "INSERT INTO people")
                        .doesNotContain(CANARY)
                        .doesNotContain("name of 1"));
    }

    /** AE-24, step 3: the server parses the text and finds the parameters that meet encrypted columns. */
    @Test
    void theServerFindsWhatMeetsEncryptedColumns() throws Exception {
        assertThat(plainly(
                        "SELECT parameter_name || ' ' || column_encryption_type || ' ' || coalesce(target_column, '')"
                                + " FROM sys.describe_parameter_encryption('INSERT INTO people (pay, name, ssn) SELECT $1, $2, $3"
                                + " FROM people WHERE ssn = $4', NULL)"))
                .containsExactly("$1 2 public.people.pay", "$2 0 ", "$3 1 public.people.ssn", "$4 1 ");
    }

    /** AE-25, step 3: the answer holds the encrypted column key and says where its master key is; both pass the socket. */
    @Test
    void theAnswerHoldsEncryptedKeysAndWhereTheirMasterKeyIs() throws Exception {
        String value = plainly("SELECT encode(v.encrypted_value, 'hex') FROM sys.column_encryption_key_values v JOIN"
                        + " sys.column_encryption_keys k USING (column_encryption_key_id) WHERE k.name = 'cek1'")
                .getFirst();
        assertThat(plainly("SELECT encode(column_encryption_key_encrypted_value, 'hex') || ' ' ||"
                        + " column_master_key_store_provider_name || ' ' || column_master_key_path"
                        + " FROM sys.describe_parameter_encryption('SELECT 1 FROM people WHERE ssn = $1', NULL)"))
                .containsExactly(value + " RECORDING cmk1.pem");
        try (Connection connection = connect()) {
            rows(connection, "SELECT 1 FROM people WHERE ssn = ? /* its answer */", CANARY);
        }
        assertThat(captured()).contains("RECORDING", "cmk1.pem");
        assertThat(captured().contains(value)
                        || captured().contains(new String(HexFormat.of().parseHex(value), StandardCharsets.ISO_8859_1)))
                .isTrue();
        assertThat(store.calls()).hasSize(1);
        assertThat(HexFormat.of().formatHex(store.calls().getFirst().encryptedValue()))
                .isEqualTo(value);
    }

    /** AE-26, AE-40: the second statement of a text asks nothing more, on this connection or another. */
    @Test
    void metadataIsKept() throws Exception {
        try (Connection first = connect();
                Connection second = connect()) {
            insert(first, 1, CANARY);
            assertThat(questions()).isEqualTo(1);
            int before = tap.roundTrips();
            insert(first, 2, CANARY);
            insert(second, 3, CANARY);
            assertThat(questions()).isEqualTo(1);
            assertThat(tap.roundTrips() - before).isEqualTo(2);
        }
    }

    /** AE-27, step 4: with the metadata the driver, and nobody else, calls the key store, not before a key is needed. */
    @Test
    void theKeyStoreIsCalledWithWhatTheServerSaid() throws Exception {
        try (Connection connection = connect()) {
            assertThat(rows(connection, "SELECT id FROM people WHERE id = ?", 1))
                    .isEmpty();
            assertThat(store.calls()).isEmpty();
            assertThat(rows(connection, "SELECT id FROM people WHERE ssn = ?", CANARY))
                    .isEmpty();
        }
        assertThat(store.calls()).singleElement().satisfies(call -> {
            assertThat(call.path()).isEqualTo("cmk1.pem");
            assertThat(call.algorithm()).isEqualTo("RSA_OAEP");
        });
    }

    /** AE-28: application servers with a copy of the local store each work at once and read what the others wrote. */
    @Test
    void severalApplicationServersHoldACopyEach() throws Exception {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        Files.copy(keys.folder().resolve("cmk1.pem"), copy.resolve("cmk1.pem"));
        try (Connection one = connect();
                Connection other = new KeyHolder(copy).connect(tap.port(), "postgres")) {
            List<Connection> both = List.of(one, other);
            for (int i = 0; i < 4; i++) {
                StrongroomDriver.clearCaches();
                try (PreparedStatement insert =
                        both.get(i % 2).prepareStatement("INSERT INTO notes (id, note) VALUES (?, ?)")) {
                    insert.setInt(1, i);
                    insert.setString(2, "note " + i);
                    insert.executeUpdate();
                }
                StrongroomDriver.clearCaches();
                assertThat(rows(both.get(1 - i % 2), "SELECT id FROM notes WHERE note = ?", "note " + i))
                        .containsExactly(Integer.toString(i));
            }
            assertThat(rows(one, "SELECT note FROM notes ORDER BY id"))
                    .isEqualTo(rows(other, "SELECT note FROM notes ORDER BY id"))
                    .hasSize(4);
        }
    }

    /**
     * AE-15, AE-30, step 5: the opened key reaches the driver only: it passes no socket in any form and is in no log and no
     * file of the server, which has the encrypted one.
     */
    @Test
    void theOpenedKeyReachesTheDriverOnly() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
        }
        assertThat(store.calls()).hasSize(2);
        String wire = captured();
        for (RecordingKeyStore.Call call : store.calls()) {
            String hex = HexFormat.of().formatHex(call.key());
            assertThat(wire)
                    .doesNotContain(new String(call.key(), StandardCharsets.ISO_8859_1))
                    .doesNotContainIgnoringCase(hex);
            assertThat(server.logText()).doesNotContainIgnoringCase(hex);
            assertThat(onDisk(call.encryptedValue())).isNotEmpty();
            assertThat(onDisk(call.key())).isEmpty();
            assertThat(onDisk(hex.getBytes(StandardCharsets.US_ASCII))).isEmpty();
        }
    }

    private static List<String> onDisk(byte[] bytes) throws IOException {
        return new PlaintextHunt(Stream.of(bytes)).findings(folder.resolve("data"));
    }

    /**
     * AE-14, AE-16: a column key hangs from the client's master key alone. The server's own keys change, and not a byte of
     * what is stored of column keys does, nor of what they opened.
     */
    @Test
    void noKeyOfTheServersOwnIsAboveAColumnKey() throws Exception {
        String values = "SELECT encode(encrypted_value, 'hex') FROM sys.column_encryption_key_values ORDER BY 1";
        List<String> before = plainly(values);
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        byte[] cell = storedCell("ssn");
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("ALTER SERVICE MASTER KEY REGENERATE");
        }
        StrongroomDriver.clearCaches();
        try (Connection connection = connect()) {
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
        }
        assertThat(plainly(values)).isEqualTo(before).isNotEmpty();
        assertThat(storedCell("ssn")).isEqualTo(cell);
        PemDirectoryProvider client = new PemDirectoryProvider(keys.folder(), false, null);
        for (String value : before) {
            assertThat(client.decryptColumnEncryptionKey(
                            "cmk1.pem", "RSA_OAEP", HexFormat.of().parseHex(value)))
                    .hasSize(32);
        }
    }

    /** AE-29, AE-31, steps 5 and 6: a store plugged in by its name opens the key, and that key makes the parameter's cell. */
    @Test
    void theParameterIsEncryptedWithTheKeyTheStoreOpened() throws Exception {
        try (Connection connection = connect()) {
            rows(connection, "SELECT id FROM people WHERE ssn = ?", CANARY);
        }
        byte[] sent = tap.bound().getLast().values().getFirst();
        try (ColumnKey key = ColumnKey.of(store.calls().getFirst().key())) {
            assertThat(CellEnvelope.cell(sent))
                    .isEqualTo(key.encrypt(EncryptionType.DETERMINISTIC, CANARY.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** AE-32, AE-33, step 6: in INSERT and UPDATE a literal is refused and nothing is written; a parameter is accepted. */
    @Test
    void onlyParametersAreEncrypted() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            insert(connection, 1, CANARY);
            for (String sql : List.of(
                    "INSERT INTO people (id, ssn) VALUES (2, 'literal')",
                    "UPDATE people SET ssn = 'literal'",
                    "UPDATE people SET pay = 1")) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SR206"));
            }
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
            try (PreparedStatement update = connection.prepareStatement("UPDATE people SET ssn = ?")) {
                update.setString(1, "changed");
                assertThat(update.executeUpdate()).isEqualTo(1);
            }
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly("changed");
        }
    }

    /** AE-35, step 8: the rows the server sends hold cells. */
    @Test
    void resultsComeBackAsCells() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
            List<byte[]> answers = new CopyOnWriteArrayList<>();
            tap.lie(message -> {
                if (message.type() == 'D') {
                    answers.add(message.body());
                }
                return message;
            });
            // Twice: the driver below may read text at first and bytes later.
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
            byte[] cell = storedCell("ssn");
            assertThat(answers).anySatisfy(row -> {
                String text = new String(row, StandardCharsets.ISO_8859_1);
                assertThat(text.contains(HexFormat.of().formatHex(cell))
                                || text.contains(new String(cell, StandardCharsets.ISO_8859_1)))
                        .isTrue();
            });
            assertThat(answers)
                    .noneSatisfy(row -> assertThat(new String(row, StandardCharsets.ISO_8859_1))
                            .contains(CANARY));
        }
    }

    /** AE-36, AE-104, step 8: who knows no key asks once for those of a result; a key of another version is asked for again. */
    @Test
    void keysOfAResultAreAskedForOnceForEachVersion() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, CANARY);
        }
        StrongroomDriver.clearCaches();
        long before = questions();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
            assertThat(rows(connection, "SELECT ssn, id FROM people")).containsExactly(CANARY);
            assertThat(questions() - before).isEqualTo(1);
            statement.execute("CREATE COLUMN MASTER KEY next WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH ="
                    + " 'cmk1.pem')");
            byte[] key = store.calls().getFirst().key();
            statement.execute("ALTER COLUMN ENCRYPTION KEY cek1 ADD VALUE "
                    + keys.value("cmk1", key).replace("KEY = cmk1", "KEY = next"));
            assertThat(rows(connection, "SELECT ssn FROM people")).containsExactly(CANARY);
            assertThat(rows(connection, "SELECT ssn, id FROM people")).containsExactly(CANARY);
            assertThat(questions() - before).isEqualTo(2);
            statement.execute("ALTER COLUMN ENCRYPTION KEY cek1 DROP VALUE (COLUMN_MASTER_KEY = next)");
            statement.execute("DROP COLUMN MASTER KEY next");
        }
    }

    /** AE-37, AE-41, step 9: the driver decrypts before it hands over; below it the same row is a cell. */
    @Test
    void theDriverDecryptsBeforeHandingOver() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            insert(connection, 1, CANARY);
            try (ResultSet row = statement.executeQuery("SELECT ssn, pay FROM people")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo(CANARY);
                assertThat(row.getBigDecimal(2)).isEqualTo("1001.00");
            }
            assertThat(rows(connection, "SELECT /*+ae(off)*/ ssn FROM people"))
                    .containsExactly("\\x" + HexFormat.of().formatHex(storedCell("ssn")));
        }
        assertThat(captured()).doesNotContain(CANARY);
    }

    /** AE-38, AE-40: one call of the key store for a key, however many statements and connections; none after that. */
    @Test
    void openedKeysAreKept() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Connection connection = connect()) {
                insert(connection, i, CANARY);
                assertThat(rows(connection, "SELECT pay FROM people WHERE ssn = ?", CANARY))
                        .hasSize(i + 1);
            }
        }
        assertThat(store.calls()).as("one for each of two keys").hasSize(2);
        StrongroomDriver.clearCaches();
        try (Connection connection = connect()) {
            assertThat(rows(connection, "SELECT pay FROM people WHERE ssn = ?", CANARY))
                    .hasSize(3);
        }
        assertThat(store.calls()).as("nothing was kept elsewhere").hasSize(4);
    }

    /** AE-39, step 10: what comes out has the value and the type of the plain column. */
    @Test
    void theApplicationSeesPlainValuesOfTheDeclaredType() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            insert(connection, 1, CANARY);
            try (ResultSet row = statement.executeQuery("SELECT ssn, pay FROM people")) {
                row.next();
                assertThat(row.getObject(1)).isEqualTo(CANARY);
                assertThat(row.getObject(2)).isEqualTo(new BigDecimal("1001.00"));
                assertThat(row.getMetaData().getColumnTypeName(1)).isEqualTo("varchar");
                assertThat(row.getMetaData().getColumnTypeName(2)).isEqualTo("numeric");
                assertThat(row.getMetaData().getPrecision(2)).isEqualTo(12);
            }
        }
    }

    private static void refused(String sqlState, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, e -> {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(sqlState);
            assertThat(e.getMessage()).contains(message).doesNotContain(CANARY);
        });
    }

    /** A changed cell is one clear error; what lies beside it is read, and the connection goes on (AE-75, AE-132). */
    @Test
    void aTamperedCellIsOneError() throws Exception {
        try (Connection connection = connect();
                Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            insert(connection, 1, CANARY);
            insert(connection, 2, "whole");
            byte[] cell = storedCell("ssn");
            cell[40] ^= 1;
            statement.execute("SET strongroom.allow_encrypted_value_modifications = on");
            statement.execute("UPDATE people SET ssn = '\\x" + HexFormat.of().formatHex(cell) + "' WHERE id = 1");
            try (PreparedStatement query = connection.prepareStatement("SELECT ssn, name FROM people ORDER BY id");
                    ResultSet row = query.executeQuery()) {
                row.next();
                refused("SR901", "cannot decrypt", () -> row.getString(1));
                assertThat(row.getString(2)).isEqualTo("name of 1");
                row.next();
                assertThat(row.getString(1)).isEqualTo("whole");
            }
            assertThat(rows(connection, "SELECT id FROM people WHERE ssn = ?", CANARY))
                    .isEmpty();
        }
    }

    /**
     * Wrong key store, wrong password, missing key: one clear error each, nothing of a batch or transaction is written, and
     * the connection goes on (AE-8, AE-80, AE-132).
     */
    @Test
    void aStoreThatDoesNotOpenIsOneErrorAndWritesNothing(@TempDir Path other) throws Exception {
        KeyHolder foreign = new KeyHolder(other.resolve("foreign"));
        foreign.makeMasterKey("cmk1");
        notWritten(foreign.connect(tap.port(), "postgres"), "SR902", "its signature is not by column master key");
        notWritten(new KeyHolder(other).connect(tap.port(), "postgres"), "SR906", "cannot read column master key");
        Path file = other.resolve("keys.p12");
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        try (OutputStream out = Files.newOutputStream(file)) {
            empty.store(out, "right".toCharArray());
        }
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("DROP TABLE notes");
            statement.execute("CREATE COLUMN MASTER KEY filed WITH (KEY_STORE_PROVIDER_NAME = 'MSSQL_JAVA_KEYSTORE',"
                    + " KEY_PATH = 'alias')");
            statement.execute("CREATE COLUMN ENCRYPTION KEY cek4 WITH VALUES "
                    + keys.newColumnKey("cmk1").replace("KEY = cmk1", "KEY = filed"));
            statement.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, note text " + KeyHolder.deterministic("cek4") + ")");
            String[] store = {"keyStoreLocation", file.toString(), "keyStoreSecret", "wrong"};
            notWritten(keys.connect(keys.url(tap.port(), "postgres"), store), "SR906", "wrong password");
            store[3] = "right";
            notWritten(keys.connect(keys.url(tap.port(), "postgres"), store), "SR906", "alias");
            notWritten(keys.connect(tap.port(), "postgres"), "SR904", "MSSQL_JAVA_KEYSTORE");
            statement.execute("DROP TABLE notes");
            statement.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, note text " + KeyHolder.deterministic("cek3") + ")");
        }
    }

    private static void notWritten(Connection opened, String sqlState, String message) throws SQLException {
        StrongroomDriver.clearCaches();
        try (Connection connection = opened;
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO notes VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO notes (id) VALUES (100)");
            refused(sqlState, message, () -> {
                for (int id = 0; id < 3; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, id == 0 ? null : CANARY);
                    insert.addBatch();
                }
                insert.executeBatch();
            });
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(rows(connection, "SELECT count(*) FROM notes")).containsExactly("0");
        }
    }
}
