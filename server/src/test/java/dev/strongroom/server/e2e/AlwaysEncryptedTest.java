package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.SrStatement;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGTimestamp;
import org.postgresql.util.PSQLException;

/** Always Encrypted as an application meets it: what lies beside the ten steps of a query, which {@link TenStepsTest} has. */
final class AlwaysEncryptedTest {
    private static final String INSERT = "INSERT INTO people (id, name, ssn, salary, born) VALUES (?, ?, ?, ?, ?)";

    private static ServerProcess server;
    private static KeyHolder keys;
    private static WireTap tap;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder.resolve("keys"));
        try (Connection plain = server.connect("postgres")) {
            keys.prepare(plain);
        }
        tap = WireTap.before(server);
    }

    @AfterAll
    static void stop() throws Exception {
        tap.close();
        server.close();
    }

    @BeforeEach
    void table() throws SQLException {
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS people");
            statement.execute("CREATE TABLE people (id int PRIMARY KEY, name text, ssn varchar(11) "
                    + KeyHolder.deterministic("cek1") + " NOT NULL, salary numeric(12,2) "
                    + KeyHolder.randomized("cek2")
                    + ", born date " + KeyHolder.randomized("cek2") + ")");
        }
    }

    private static Connection connect(String... properties) throws SQLException {
        return keys.connect(tap.port(), "postgres", properties);
    }

    private static void insert(Connection connection, int id, String ssn, @Nullable String salary) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, id);
            insert.setString(2, "name " + id);
            insert.setString(3, ssn);
            insert.setBigDecimal(4, salary == null ? null : new BigDecimal(salary));
            insert.setDate(5, Date.valueOf("1996-09-10"));
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
    }

    /** A stream goes to pgjdbc unread where it is not encrypted (B-3, B-4); an error does not quote the value (AE-132). */
    @Test
    void streamsArriveAndErrorsAreSilent() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE streamed (t text)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO streamed VALUES (?)")) {
                insert.unwrap(SrStatement.class).setColumnEncryption(ColumnEncryptionSetting.DISABLED);
                insert.setCharacterStream(1, new StringReader("read once"));
                insert.executeUpdate();
            }
            try (ResultSet rows = statement.executeQuery("SELECT t FROM streamed")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("read once");
            }
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO people (id, ssn) SELECT length(?), ?")) {
                insert.setCharacterStream(1, new StringReader("x".repeat(76)));
                assertThat(insert.toString()).doesNotContain("x");
                insert.setCharacterStream(2, new StringReader("333-33-3333"));
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
            try (PreparedStatement faulty = connection.prepareStatement("INSERT INTO nowhere VALUES (?)")) {
                assertThatThrownBy(() -> faulty.setObject(1, "neither", Types.BOOLEAN))
                        .hasMessage("Cannot cast to boolean: \"neither\"");
            }
            insert(connection, 77, "222-22-2222", "1");
            try (ResultSet rows = statement.executeQuery("SELECT ssn FROM people WHERE id = 76")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("333-33-3333");
            }
            try (ResultSet rows = statement.executeQuery("SELECT ssn FROM people WHERE id = 77")) {
                rows.next();
                assertThatThrownBy(() -> rows.getInt(1))
                        .hasMessage("cannot read encrypted column 1 with getInt")
                        .hasNoCause();
            }
        }
    }

    /** Steps 1 and 10: the URL is the only change (AE-20, AE-21, AE-39). */
    @Test
    void anApplicationWritesAndReadsInTheOrdinaryWay() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "795-73-9838", "10.005");
            insert(connection, 2, "111-11-1111", null);
            try (PreparedStatement query = connection.prepareStatement("SELECT * FROM people WHERE ssn = ?")) {
                query.setString(1, "795-73-9838");
                try (ResultSet row = query.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getInt("id")).isEqualTo(1);
                    assertThat(row.getString("SSN")).isEqualTo("795-73-9838");
                    assertThat(row.getBigDecimal("salary")).isEqualTo("10.01");
                    assertThat(row.getObject("born", LocalDate.class)).isEqualTo(LocalDate.of(1996, 9, 10));
                    assertThat(row.getObject(5)).isEqualTo(Date.valueOf("1996-09-10"));
                    assertThat(row.getStatement()).isEqualTo(query);
                    assertThat(row.next()).isFalse();
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT salary, id FROM people ORDER BY id DESC")) {
                rows.next();
                assertThat(rows.getBigDecimal(1)).isNull();
                assertThat(rows.wasNull()).isTrue();
                assertThat(rows.getInt(2)).isEqualTo(2);
                assertThat(rows.wasNull()).isFalse();
                rows.next();
                assertThat(rows.getDouble(1)).isEqualTo(10.01);
            }
        }
    }

    /** Steps 2 to 4: the server is asked once, then never again, from any connection (AE-23 to AE-26, AE-40, AE-125, B-1). */
    @Test
    void aStatementIsDescribedOnceForTheWholeProcess() throws Exception {
        String sql = "SELECT id FROM people WHERE ssn = ? /* described once */";
        try (Connection first = connect()) {
            insert(first, 1, "795-73-9838", "1");
            assertThat(ids(first, sql, "795-73-9838")).containsExactly(1);
            try (Connection second = connect()) {
                second.createStatement().execute("SELECT 1");
                int before = tap.roundTrips();
                int described = describes();
                for (int i = 0; i < 20; i++) {
                    assertThat(ids(second, sql, "795-73-9838")).containsExactly(1);
                    assertThat(ids(first, sql, "other")).isEmpty();
                }
                assertThat(tap.roundTrips() - before).isEqualTo(40);
                assertThat(describes()).isEqualTo(described);
            }
        }
    }

    private static int describes() {
        return (int) tap.statements().stream()
                .filter(text ->
                        text.contains("describe_parameter_encryption") || text.contains("column_encryption_key_info"))
                .count();
    }

    private static List<Integer> ids(Connection connection, String sql, Object value) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setObject(1, value);
            List<Integer> ids = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getInt(1));
                }
            }
            return ids;
        }
    }

    /** Steps 6 to 8: ciphertext in place of the parameters and of the results (AE-3, AE-31, AE-34 to AE-37, AE-41, AE-104, AE-110). */
    @Test
    void onlyCiphertextPasses() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "canary-4711", "1");
            ids(connection, "SELECT id FROM people WHERE ssn = ?", "canary-4711");
            try (ResultSet row = connection.createStatement().executeQuery("SELECT ssn FROM people")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("canary-4711");
            }
        }
        String captured = new String(tap.captured(), StandardCharsets.ISO_8859_1);
        assertThat(captured).contains("SRAE").doesNotContain("canary-4711");
        assertThat(server.logText()).doesNotContain("canary-4711");
    }

    /** Literals aimed at an encrypted column are refused, not written in plain (AE-32, AE-33). */
    @Test
    void literalsAreRefused() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    "INSERT INTO people (id, ssn) VALUES (1, 'x')",
                    "UPDATE people SET ssn = 'x'",
                    "SELECT 1 FROM people WHERE ssn = 'x'")) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SR206"));
            }
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    /** NULL stays NULL, the empty text does not (AE-76). */
    @Test
    void nullAndEmptyDiffer() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "", null);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT ssn, salary IS NULL, salary FROM people")) {
                row.next();
                assertThat(row.getString(1)).isEmpty();
                assertThat(row.getBoolean(2)).isTrue();
                assertThat(row.getObject(3)).isNull();
            }
            assertThat(ids(connection, "SELECT id FROM people WHERE ssn = ?", ""))
                    .containsExactly(1);
        }
    }

    /** One description for a batch of any length; several statements in one text; generated keys (AE-130, B-4). */
    @Test
    void batchesAndStatementListsWork() throws Exception {
        try (Connection connection = connect()) {
            int described = describes();
            try (PreparedStatement insert = connection.prepareStatement(INSERT + " /* batch */")) {
                for (int i = 0; i < 500; i++) {
                    insert.setInt(1, i);
                    insert.setNull(2, Types.VARCHAR);
                    insert.setString(3, "ssn " + i % 10);
                    insert.setObject(4, i, Types.NUMERIC);
                    insert.setObject(5, LocalDate.of(2000, 1, 1).plusDays(i));
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(500).containsOnly(1);
            }
            assertThat(describes() - described).isEqualTo(1);
            assertThat(ids(connection, "SELECT id FROM people WHERE ssn = ? ORDER BY id", "ssn 3"))
                    .hasSize(50)
                    .startsWith(3, 13);
            try (PreparedStatement two = connection.prepareStatement(
                    "UPDATE people SET ssn = ? WHERE id = ?; SELECT id, ssn FROM people WHERE ssn = ?")) {
                two.setString(1, "changed");
                two.setInt(2, 7);
                two.setString(3, "changed");
                assertThat(two.execute()).isFalse();
                assertThat(two.getMoreResults()).isTrue();
                ResultSet rows = two.getResultSet();
                rows.next();
                assertThat(rows.getString(2)).isEqualTo("changed");
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO people (id, ssn) VALUES (?, ?)", new String[] {"id", "ssn"})) {
                insert.setInt(1, 9001);
                insert.setString(2, "returned");
                insert.executeUpdate();
                ResultSet generated = insert.getGeneratedKeys();
                generated.next();
                assertThat(generated.getString("ssn")).isEqualTo("returned");
            }
        }
    }

    /** A text the server refuses fails as through pgjdbc: its exception, its position, its effect on a transaction (AE-130, B-4). */
    @Test
    void aRefusedTextFailsAsThroughPgjdbc() throws Exception {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SELECT 1");
            try (PreparedStatement query = connection.prepareStatement("SELECT nothing FROM people WHERE ssn = ?")) {
                query.setString(1, "canary-8822");
                assertThatThrownBy(query::executeQuery).isInstanceOfSatisfying(PSQLException.class, e -> {
                    assertThat(e.getSQLState()).isEqualTo("42703");
                    assertThat(Objects.requireNonNull(e.getServerErrorMessage()).getPosition())
                            .isEqualTo(8);
                });
            }
            assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
                    .hasMessageContaining("current transaction is aborted");
            connection.rollback();
            // pgjdbc's own code and what builds on it casts.
            assertThat(connection).isInstanceOf(BaseConnection.class);
        }
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).doesNotContain("canary-8822");
    }

    /** Where only the setters tell the types of plain parameters, the driver tells the server (AE-102, AE-130, AE-125). */
    @Test
    void typesThatOnlySettersTellAreDeclared() throws Exception {
        String sql = "UPDATE people SET born = ?, id = coalesce(?, ?) WHERE ssn = ?";
        try (Connection connection = connect()) {
            insert(connection, 1, "795-73-9838", "1");
            int described = describes();
            for (int i = 2; i < 5; i++) {
                try (PreparedStatement update = connection.prepareStatement(sql)) {
                    update.setObject(1, LocalDate.of(2000, 1, i));
                    update.setInt(2, i);
                    update.setInt(3, 0);
                    update.setString(4, "795-73-9838");
                    assertThat(update.executeUpdate()).isEqualTo(1);
                }
            }
            // The first asks without types, at a setter and before it runs, and then with them; the others ask nothing.
            assertThat(describes() - described).isEqualTo(3);
            assertThat(ids(connection, "SELECT id FROM people WHERE ssn = ?", "795-73-9838"))
                    .containsExactly(4);
            try (PreparedStatement sum = connection.prepareStatement("SELECT ? + ?, ? || ?")) {
                sum.setTimestamp(1, new PGTimestamp(0));
                sum.setObject(2, new PGInterval("1 day"));
                sum.setArray(3, connection.createArrayOf("uuid", new UUID[] {new UUID(1, 2)}));
                sum.setObject(4, new UUID(3, 4), Types.OTHER);
                try (ResultSet row = sum.executeQuery()) {
                    row.next();
                    assertThat(row.getTimestamp(1)).isEqualTo(new Timestamp(86_400_000));
                    assertThat((Object[]) row.getArray(2).getArray()).containsExactly(new UUID(1, 2), new UUID(3, 4));
                }
            }
        }
    }

    /** A batch of encrypted rows costs the round trips of the same batch of plain rows, and no more (B-9, B-1). */
    @Test
    void aBatchCostsTheRoundTripsOfAPlainOne() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE plain_people (id int PRIMARY KEY, name text, ssn varchar(11) NOT NULL, salary numeric(12,2), born date)");
            int encrypted = batchRoundTrips(connection, INSERT);
            int plain = batchRoundTrips(connection, INSERT.replace("people", "plain_people"));
            assertThat(encrypted).isEqualTo(plain);
            statement.execute("DROP TABLE plain_people");
        }
    }

    private static int batchRoundTrips(Connection connection, String sql) throws SQLException {
        int described = 0;
        int before = 0;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = 0; i < 700; i++) {
                if (i == 100) {
                    insert.executeBatch();
                    before = tap.roundTrips();
                    described = describes();
                }
                insert.setInt(1, 20_000 + i);
                insert.setNull(2, Types.VARCHAR);
                insert.setString(3, "ssn " + i);
                insert.setObject(4, i, Types.NUMERIC);
                insert.setObject(5, LocalDate.of(2000, 1, 1));
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(600).containsOnly(1);
        }
        assertThat(describes()).isEqualTo(described);
        return tap.roundTrips() - before;
    }

    /** Comparing follows PostgreSQL though the server sees only cells (decision A-1, B-13). */
    @Test
    void comparisonsAnswerAsForPlainColumns() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "a", "1");
            insert(connection, 2, "b", "2");
            assertThat(ids(connection, "SELECT id FROM people WHERE ssn <> ?", "a"))
                    .containsExactly(2);
            assertThat(ids(connection, "SELECT id FROM people WHERE ssn = ?", "far longer than the column"))
                    .isEmpty();
            assertThat(ids(
                            connection,
                            "SELECT id FROM people WHERE ssn <> ? ORDER BY id",
                            "far longer than the column"))
                    .containsExactly(1, 2);
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT id FROM people WHERE ssn IN (?, ?) ORDER BY 1")) {
                query.setString(1, "b");
                query.setString(2, "a");
                ResultSet rows = query.executeQuery();
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(1);
            }
            assertThatThrownBy(() -> insert(connection, 3, "too long for it", "1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22001"));
            assertThatThrownBy(() -> insert(connection, 3, "x", "99999999999"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22003"));
        }
    }

    /** A statement may switch encryption off or down for itself; a plain driver reads cells (AE-128, AE-131). */
    @Test
    void aStatementMayReadCells() throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "x", "1");
            byte[] cell;
            try (Statement statement = connection.createStatement()) {
                statement.unwrap(SrStatement.class).setColumnEncryption(ColumnEncryptionSetting.DISABLED);
                ResultSet row = statement.executeQuery("SELECT ssn FROM people");
                row.next();
                cell = row.getBytes(1);
                assertThat(cell).hasSize(65).startsWith(1);
                assertThat(row.getMetaData().getColumnType(1)).isEqualTo(Types.BINARY);
            }
            try (ResultSet row = connection.createStatement().executeQuery("SELECT /*+ae(off)*/ ssn FROM people")) {
                row.next();
                assertThat(row.getBytes(1)).isEqualTo(cell);
            }
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT /*+ae(results)*/ ssn FROM people WHERE id = ?")) {
                query.setInt(1, 1);
                ResultSet row = query.executeQuery();
                row.next();
                assertThat(row.getString(1)).isEqualTo("x");
            }
            try (Connection plain = server.connect("postgres");
                    ResultSet row = plain.createStatement().executeQuery("SELECT ssn FROM people")) {
                row.next();
                assertThat(row.getBytes(1)).isEqualTo(cell);
            }
        }
    }

    /** What a call answers, or how it fails: its result, the type asked for and whether it was NULL. */
    private static String called(Connection connection, String text, int type, Object... arguments) {
        try (CallableStatement call = connection.prepareCall(text)) {
            int first = text.contains("? =") ? 2 : 1;
            if (first == 2) {
                call.registerOutParameter(1, type);
            }
            for (int i = 0; i < arguments.length; i++) {
                call.setObject(first + i, arguments[i]);
            }
            boolean rows = call.execute();
            if (first == 2) {
                return rows + " " + call.getObject(1) + " " + call.wasNull() + " " + call.getString(1);
            }
            ResultSet row = call.getResultSet();
            return row.getMetaData().getColumnLabel(1) + " " + row.next() + " " + row.getString(1);
        } catch (SQLException e) {
            // CALL takes no parameters; each driver notices in its own way.
            return (e.getSQLState() + " " + e.getMessage()).replaceAll("(?s)^(08P01|SR908) .*", "no parameters");
        }
    }

    /**
     * The server has no routines of users; every kind of call of those it has answers through the driver as through pgjdbc,
     * the failing ones included, and none can take a cell (AE-4, AE-5, AE-145).
     */
    @Test
    void callsAnswerAsThroughPgjdbc() throws Exception {
        for (String mode : new String[] {"select", "callIfNoReturn", "call"}) {
            try (Connection encrypting = connect("escapeSyntaxCallMode", mode);
                    Connection plain = server.connect("postgres", "escapeSyntaxCallMode", mode)) {
                List<Object[]> calls = List.of(
                        new Object[] {"{? = call upper(?)}", Types.VARCHAR, "text"},
                        new Object[] {"{? = call length(?)}", Types.INTEGER, "four"},
                        new Object[] {"{? = call pg_catalog.abs(?)}", Types.INTEGER, -5},
                        new Object[] {"{? = call abs(?)}", Types.BIGINT, -5L},
                        new Object[] {"{? = call round(?, ?)}", Types.NUMERIC, new BigDecimal("2.345"), 2},
                        new Object[] {"{? = call sqrt(?)}", Types.DOUBLE, 16.0},
                        new Object[] {"{? = call starts_with(?, ?)}", Types.BIT, "abc", "ab"},
                        new Object[] {"{? = call to_date(?, ?)}", Types.DATE, "2001-02-03", "YYYY-MM-DD"},
                        new Object[] {"{? = call convert_to(?, ?)}", Types.BINARY, "abc", "UTF8"},
                        new Object[] {"{? = call pi()}", Types.DOUBLE},
                        new Object[] {"{? = call current_database()}", Types.VARCHAR},
                        new Object[] {"{? = call upper(?)}", Types.INTEGER, "the wrong type"},
                        new Object[] {"{? = call repeat(?, ?)}", Types.VARCHAR, "x", "no number"},
                        new Object[] {"{? = call there_is_none(?)}", Types.VARCHAR, "x"},
                        new Object[] {"{call upper(?)}", 0, "text"},
                        new Object[] {"{call generate_series(?, ?)}", 0, 4, 6},
                        new Object[] {"{call there_is_none(?)}", 0, "x"},
                        new Object[] {"SELECT kind FROM sys.describe_parameter_encryption(?, NULL)", 0, "SELECT $1"});
                for (Object[] call : calls) {
                    Object[] arguments = Arrays.copyOfRange(call, 2, call.length);
                    String text = (String) call[0];
                    int type = (Integer) call[1];
                    assertThat(called(encrypting, text, type, arguments))
                            .as(mode + " " + text)
                            .isEqualTo(called(plain, text, type, arguments));
                }
                // A procedure with two results is for the simple protocol, so neither driver can call it.
                String procedure = "{call sys.sp_describe_parameter_encryption(?)}";
                assertThat(called(encrypting, procedure, 0, "SELECT 1")).matches("(?s)42883 .*|no parameters");
                assertThat(called(plain, procedure, 0, "SELECT 1")).matches("(?s)42883 .*|no parameters");
                insert(encrypting, mode.length(), "795-73-9838", "1");
                for (String cell : List.of("{? = call upper(ssn)}", "SELECT upper(ssn) FROM people WHERE ssn = ?")) {
                    try (CallableStatement call = encrypting.prepareCall(cell)) {
                        assertThatThrownBy(() -> {
                                    call.setString(call.getParameterMetaData().getParameterCount(), "795-73-9838");
                                    call.execute();
                                })
                                .isInstanceOf(SQLException.class);
                    }
                    assertThat(encrypting.isValid(5)).isTrue();
                }
            }
        }
    }

    /** Calls pass through to pgjdbc, which runs them as queries; what goes into an encrypted column is encrypted (AE-4). */
    @Test
    void callableStatementsEncryptAndDecrypt() throws Exception {
        try (Connection connection = connect()) {
            try (CallableStatement call = connection.prepareCall("{ ? = call upper(?) }")) {
                call.registerOutParameter(1, Types.VARCHAR);
                call.setString(2, "plain");
                call.execute();
                assertThat(call.getString(1)).isEqualTo("PLAIN");
            }
            try (CallableStatement insert = connection.prepareCall(INSERT)) {
                insert.setInt(1, 1);
                insert.setString(2, "somebody");
                insert.setString(3, "795-73-9838");
                insert.setBigDecimal(4, new BigDecimal("31692.00"));
                insert.setDate(5, Date.valueOf("1996-09-10"));
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
            try (CallableStatement query = connection.prepareCall("SELECT salary FROM people WHERE ssn = ?")) {
                query.setString(1, "795-73-9838");
                ResultSet row = query.executeQuery();
                assertThat(row.next()).isTrue();
                assertThat(row.getBigDecimal(1)).isEqualByComparingTo("31692.00");
            }
        }
        try (Connection plain = server.connect("postgres");
                ResultSet row = plain.createStatement().executeQuery("SELECT ssn FROM people")) {
            row.next();
            assertThat(row.getBytes(1)).hasSize(65).startsWith(1);
        }
    }

    /** The application sees the declared types (AE-39, A-8). */
    @Test
    void metadataShowsTheDeclaredTypes() throws Exception {
        try (Connection connection = connect()) {
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT ssn, salary, born FROM people WHERE ssn = ?")) {
                query.setString(1, "none");
                ResultSetMetaData shape = query.executeQuery().getMetaData();
                assertThat(shape.getColumnType(1)).isEqualTo(Types.VARCHAR);
                assertThat(shape.getPrecision(1)).isEqualTo(11);
                assertThat(shape.getColumnTypeName(2)).isEqualTo("numeric");
                assertThat(shape.getScale(2)).isEqualTo(2);
                assertThat(shape.getColumnClassName(3)).isEqualTo("java.sql.Date");
                assertThat(shape.getColumnName(3)).isEqualTo("born");
                assertThat(query.getParameterMetaData().getParameterType(1)).isEqualTo(Types.VARCHAR);
                assertThat(query.getMetaData().getColumnType(3)).isEqualTo(Types.DATE);
            }
            assertThat(connection.getMetaData().getURL())
                    .startsWith("jdbc:strongroom:")
                    .doesNotContain("pem");
            try (ResultSet columns = connection.getMetaData().getColumns(null, "public", "people", null)) {
                List<String> types = new ArrayList<>();
                while (columns.next()) {
                    types.add(columns.getString("TYPE_NAME") + "/" + columns.getInt("DATA_TYPE") + "/"
                            + columns.getInt("COLUMN_SIZE"));
                }
                assertThat(types)
                        .containsExactly(
                                "int4/4/10", "text/12/2147483647", "varchar/12/11", "numeric/2/12", "date/91/13");
            }
        }
    }

    /** What must be encrypted is, or nothing is sent (AE-129). */
    @Test
    void forcedEncryptionRefusesPlainParameters() throws Exception {
        try (Connection connection = connect()) {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO people (id, name, ssn) VALUES (?, ?, ?)")) {
                SrStatement own = insert.unwrap(SrStatement.class);
                own.setForceEncryption(3, true);
                insert.setInt(1, 1);
                insert.setString(3, "x");
                insert.setString(2, "n");
                insert.executeUpdate();
                own.setForceEncryption(2, true);
                assertThatThrownBy(() -> insert.setString(2, "n"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SR907"));
            }
        }
        try (Connection strict = connect("requireEncrypted", "public.people.name")) {
            assertThatThrownBy(() -> insert(strict, 2, "x", "1")).hasMessageContaining("nothing was sent");
        }
        try (Connection strict = connect("requireEncrypted", "people.ssn=deterministic:cek1")) {
            insert(strict, 3, "y", "1");
        }
        try (Connection strict = connect("requireEncrypted", "people.ssn=deterministic:cek2")) {
            assertThatThrownBy(() -> insert(strict, 4, "y", "1")).hasMessageContaining("another key");
        }
    }

    /**
     * What this client insists on holds with encryption off, for results only, and for values set before it was switched
     * on; a literal leaves not even in a question (AE-129).
     */
    @Test
    void requiredColumnsHoldWhateverTheSetting() throws Exception {
        String canary = "129-12-9129";
        for (String setting : new String[] {"disabled", "results"}) {
            try (Connection strict = keys.connect(
                            keys.url(tap.port(), "postgres").replace("=enabled", "=" + setting),
                            "requireEncrypted",
                            "people.ssn");
                    PreparedStatement other = strict.prepareStatement("SELECT ssn FROM people WHERE id = ?")) {
                assertThatThrownBy(() -> insert(strict, 1, canary, "1")).hasMessageContaining("nothing was sent");
                other.setInt(1, 1);
                assertThat(other.executeQuery().next()).isFalse();
            }
        }
        try (Connection strict = connect("requireEncrypted", "people.ssn");
                PreparedStatement insert = strict.prepareStatement("INSERT INTO people VALUES (?, ?, ?)");
                PreparedStatement find = strict.prepareStatement("SELECT id FROM people WHERE ssn = ?")) {
            SrStatement own = insert.unwrap(SrStatement.class);
            own.setColumnEncryption(ColumnEncryptionSetting.DISABLED);
            insert.setInt(1, 1);
            insert.setString(2, "n");
            insert.setString(3, canary);
            assertThatThrownBy(insert::executeUpdate).hasMessageContaining("setPlaintext");
            own.setColumnEncryption(ColumnEncryptionSetting.ENABLED);
            assertThatThrownBy(insert::executeUpdate).hasMessageContaining("must be encrypted");
            own.setPlaintext(1);
            own.setPlaintext(2);
            assertThatThrownBy(insert::executeUpdate).hasMessageContaining("set it again");
            insert.setString(3, canary);
            assertThat(insert.executeUpdate()).isEqualTo(1);
            find.setString(1, canary);
            assertThat(find.executeQuery().next()).isTrue();
            assertThatThrownBy(() -> strict.prepareStatement("UPDATE people SET ssn = '" + canary + "' WHERE id = ?"))
                    .hasMessageContaining("use a parameter");
        }
        assertThat(new String(tap.captured(), StandardCharsets.ISO_8859_1)).doesNotContain(canary);
    }

    /** Encrypted columns are written through updatable result sets as plain ones are (AE-4, decision A-9). */
    @Test
    void updatableResultsWriteCells() throws Exception {
        try (Connection connection = connect();
                Statement statement =
                        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            insert(connection, 1, "first", "10.00");
            try (ResultSet rows = statement.executeQuery("SELECT id, name, ssn, salary, born FROM people")) {
                assertThat(rows.next()).isTrue();
                rows.updateString("name", "plain");
                rows.updateString("ssn", "changed");
                rows.updateBigDecimal(4, new BigDecimal("12.345"));
                rows.updateNull("born");
                rows.updateRow();
                assertThat(rows.getString("ssn")).isEqualTo("changed");
                rows.moveToInsertRow();
                rows.updateInt(1, 2);
                rows.updateObject("ssn", "second");
                rows.updateObject(5, LocalDate.of(2001, 2, 3));
                rows.insertRow();
            }
            try (ResultSet rows = statement.executeQuery("SELECT name, ssn, salary, born FROM people ORDER BY id")) {
                rows.next();
                assertThat(rows.getString(1) + rows.getString(2) + rows.getBigDecimal(3) + rows.getDate(4))
                        .isEqualTo("plainchanged12.35null");
                rows.next();
                assertThat(rows.getString(2) + rows.getDate(4)).isEqualTo("second2001-02-03");
            }
        }
        try (Connection strict = connect("requireEncrypted", "people.name");
                Statement statement =
                        strict.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
                ResultSet rows = statement.executeQuery("SELECT id, name FROM people")) {
            rows.next();
            assertThatThrownBy(() -> rows.updateString("name", "x")).hasMessageContaining("nothing was sent");
        }
    }

    /** A row is found by its key's value, which no cell allows: such rows are changed by UPDATE (decision A-9). */
    @Test
    void rowsWithAnEncryptedKeyAreNotUpdatedThroughResults() throws Exception {
        try (Connection connection = connect();
                Statement statement =
                        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            statement.execute("CREATE TEMP TABLE keyed (code text " + KeyHolder.deterministic("cek1")
                    + " PRIMARY KEY, note text " + KeyHolder.randomized("cek2") + ", n int)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO keyed VALUES (?, ?, 1)")) {
                insert.setString(1, "a");
                insert.setString(2, "before");
                insert.executeUpdate();
            }
            try (ResultSet rows = statement.executeQuery("SELECT code, note, n FROM keyed")) {
                rows.next();
                assertThatThrownBy(() -> rows.updateString("note", "after")).hasMessageContaining("key is encrypted");
                assertThatThrownBy(() -> rows.updateString("code", "b")).hasMessageContaining("key is encrypted");
                assertThatThrownBy(() -> rows.updateInt("n", 2)).hasMessageContaining("key is encrypted");
            }
            try (ResultSet rows = statement.executeQuery("SELECT note, n FROM keyed")) {
                rows.next();
                assertThat(rows.getString(1) + rows.getInt(2)).isEqualTo("before1");
            }
        }
    }

    /** A description that became stale is fetched again and the statement runs (decision A-4). */
    @Test
    void aChangedColumnHealsOnce() throws Exception {
        try (Connection connection = connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO people (id, ssn) VALUES (?, ?) /* heals */")) {
            insert.setInt(1, 1);
            insert.setString(2, "before");
            insert.executeUpdate();
            try (Connection plain = server.connect("postgres");
                    Statement statement = plain.createStatement()) {
                statement.execute("DROP TABLE people");
                statement.execute("CREATE TABLE people (id int PRIMARY KEY, ssn varchar(20) "
                        + KeyHolder.randomized("cek2") + ")");
            }
            insert.setInt(1, 2);
            insert.setString(2, "after");
            insert.executeUpdate();
            insert.setInt(1, 3);
            insert.setString(2, "batched");
            insert.addBatch();
            insert.executeBatch();
            try (ResultSet row = connection.createStatement().executeQuery("SELECT ssn FROM people ORDER BY id")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("after");
                row.next();
                assertThat(row.getString(1)).isEqualTo("batched");
            }
        }
    }

    /** Without the keys there is no plaintext, with them and without the server no data (AE-8); one clear error each. */
    @Test
    void eachHalfAloneIsUseless(@TempDir Path empty) throws Exception {
        try (Connection connection = connect()) {
            insert(connection, 1, "x", "1");
        }
        dev.strongroom.client.StrongroomDriver.clearCaches();
        try (Connection keyless = new KeyHolder(empty).connect(tap.port(), "postgres")) {
            try (ResultSet row = keyless.createStatement().executeQuery("SELECT ssn, id FROM people")) {
                row.next();
                assertThatThrownBy(() -> row.getString(1))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SR906"));
                assertThat(row.getInt(2)).isEqualTo(1);
            }
            assertThatThrownBy(() -> insert(keyless, 2, "y", "1"))
                    .hasMessageContaining("cannot read column master key");
            assertThat(keyless.isValid(5)).isTrue();
        }
    }
}
