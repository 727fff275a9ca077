package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an application does to a table with encrypted columns through the driver has the outcome it has through pgjdbc on a
 * plain table: values, counts, metadata, and SQLSTATE where it fails.
 */
final class PlainTwinTest {
    /** Column type to a value of it. */
    private static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put("boolean", "true");
        VALUES.put("smallint", "-7");
        VALUES.put("integer", "70000");
        VALUES.put("bigint", "-5000000000");
        VALUES.put("numeric(12,3)", "17.250");
        VALUES.put("text", "12");
        VALUES.put("varchar(30)", "Zürich €");
        VALUES.put("char(6)", "ab");
        VALUES.put("bytea", "\\x00ff41");
        VALUES.put("date", "2024-02-29");
        VALUES.put("time", "23:59:58.123456");
        VALUES.put("timestamp", "2024-02-29 12:34:56.789");
        VALUES.put("timestamptz", "1999-12-31 23:59:59+00");
        VALUES.put("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        VALUES.put("real", "0.1");
        VALUES.put("double precision", "-1.5e300");
        VALUES.put("jsonb", "{\"a\": 1}");
    }

    private static ServerProcess server;
    private static KeyHolder keys;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder.resolve("keys"));
        try (Connection plain = server.connect("postgres")) {
            keys.prepare(plain);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private interface Getter {
        Object get(ResultSet row, int column) throws Exception;
    }

    private static Map<String, Getter> getters() {
        Map<String, Getter> all = new LinkedHashMap<>();
        all.put("getString", ResultSet::getString);
        all.put("getNString", ResultSet::getNString);
        all.put("getBoolean", ResultSet::getBoolean);
        all.put("getByte", ResultSet::getByte);
        all.put("getShort", ResultSet::getShort);
        all.put("getInt", ResultSet::getInt);
        all.put("getLong", ResultSet::getLong);
        all.put("getFloat", ResultSet::getFloat);
        all.put("getDouble", ResultSet::getDouble);
        all.put("getBigDecimal", ResultSet::getBigDecimal);
        all.put("getBytes", ResultSet::getBytes);
        all.put("getDate", ResultSet::getDate);
        all.put("getTime", ResultSet::getTime);
        all.put("getTimestamp", ResultSet::getTimestamp);
        Calendar zone = Calendar.getInstance(TimeZone.getTimeZone("GMT+05:30"));
        all.put("getTimestamp with calendar", (row, i) -> row.getTimestamp(i, zone));
        all.put("getDate with calendar", (row, i) -> row.getDate(i, zone));
        all.put("getTime with calendar", (row, i) -> row.getTime(i, zone));
        all.put("getObject", ResultSet::getObject);
        all.put("getBinaryStream", ResultSet::getBinaryStream);
        all.put("getCharacterStream", ResultSet::getCharacterStream);
        for (Class<?> type : List.of(
                String.class,
                Boolean.class,
                Short.class,
                Integer.class,
                Long.class,
                BigInteger.class,
                BigDecimal.class,
                Float.class,
                Double.class,
                byte[].class,
                Date.class,
                Time.class,
                Timestamp.class,
                LocalDate.class,
                LocalTime.class,
                LocalDateTime.class,
                OffsetDateTime.class,
                Instant.class,
                UUID.class)) {
            all.put("getObject " + type.getSimpleName(), (row, i) -> row.getObject(i, type));
        }
        return all;
    }

    private static String got(Getter getter, ResultSet row, int column) {
        try {
            Object value = getter.get(row, column);
            String shown = switch (value) {
                case null -> "null";
                case byte[] bytes -> Arrays.toString(bytes);
                case InputStream stream -> Arrays.toString(stream.readAllBytes());
                case Reader reader -> reader.readAllAsString();
                default -> value + " " + value.getClass().getSimpleName();
            };
            return shown + (row.wasNull() ? " was null" : "");
        } catch (Exception e) {
            // pgjdbc has other exceptions than SQLException for some.
            return "refused";
        }
    }

    /**
     * Every getter and class on every type of 5.2, a value and NULL (B-3, AE-39, AE-93). What pgjdbc makes of a value
     * depends for a few getters on how it was transferred; as text is the one that does not change with the number of
     * executions.
     */
    @Test
    void everyGetterReadsWhatItReadsFromAPlainColumn() throws Exception {
        List<String> differences = new ArrayList<>();
        try (Connection connection = keys.connect(server.port(), "postgres", "binaryTransfer", "false");
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> type : VALUES.entrySet()) {
                statement.execute("DROP TABLE IF EXISTS got");
                statement.execute("CREATE TABLE got (id int, p " + type.getKey() + ", e " + type.getKey() + " "
                        + KeyHolder.randomized("cek1") + ")");
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO got VALUES (?, ?, ?)")) {
                    for (int id = 1; id <= 2; id++) {
                        insert.setInt(1, id);
                        insert.setObject(2, id == 1 ? type.getValue() : null, Types.OTHER);
                        insert.setObject(3, id == 1 ? type.getValue() : null, Types.OTHER);
                        insert.executeUpdate();
                    }
                }
                try (PreparedStatement query =
                        connection.prepareStatement("SELECT p, e FROM got WHERE id > ? ORDER BY id")) {
                    query.setInt(1, 0);
                    compareGetters(query, type.getKey(), differences);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void compareGetters(PreparedStatement query, String what, List<String> differences)
            throws SQLException {
        for (Map.Entry<String, Getter> getter : getters().entrySet()) {
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    String plain = got(getter.getValue(), row, 1);
                    String decrypted = got(getter.getValue(), row, 2);
                    if (!plain.equals(decrypted)) {
                        differences.add(what + " " + getter.getKey() + ": " + plain + " became " + decrypted);
                    }
                }
            }
        }
    }

    private interface Action {
        Object run(Connection connection) throws Exception;
    }

    private static String outcome(Connection connection, Action action) {
        try {
            return String.valueOf(action.run(connection));
        } catch (BatchUpdateException e) {
            return "batch " + Arrays.toString(e.getUpdateCounts()) + " " + e.getSQLState();
        } catch (SQLException e) {
            return "failed " + e.getSQLState();
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static String all(ResultSet rows) throws SQLException {
        StringBuilder shown = new StringBuilder();
        try (rows) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    shown.append(rows.getObject(i)).append(i < columns ? "," : ";");
                }
            }
        }
        return shown.toString();
    }

    private static PreparedStatement with(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static String query(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = with(connection.prepareStatement(sql), values)) {
            return statement.execute()
                    ? all(statement.getResultSet())
                    : statement.getUpdateCount() + " " + statement.getMoreResults();
        }
    }

    private static final String ALL = "SELECT id, s, n, w FROM t ORDER BY id";

    private static Map<String, Action> actions() {
        Map<String, Action> all = new LinkedHashMap<>();
        texts(all);
        batches(all);
        keysAndShapes(all);
        cursors(all);
        transactions(all);
        return all;
    }

    /** One text, its values. */
    private static void texts(Map<String, Action> all) {
        Map<String, Object[]> texts = new LinkedHashMap<>();
        texts.put("INSERT INTO t (id, s, n) VALUES (?, ?, ?)", new Object[] {10, "ten", new BigDecimal("10.5")});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?), (?, ?)", new Object[] {11, "a", 12, null});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) RETURNING s, id, n", new Object[] {13, "back"});
        texts.put(
                "INSERT INTO t (id, s) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET s = excluded.s RETURNING s",
                new Object[] {13, "again"});
        texts.put(
                "INSERT INTO t (id, s) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET s = ? WHERE t.s = ?",
                new Object[] {13, "x", "third", "again"});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) ON CONFLICT (s) DO NOTHING", new Object[] {14, "third"});
        texts.put("INSERT INTO t (id, s) SELECT id + 100, ? FROM t WHERE s = ?", new Object[] {"copied", "third"});
        texts.put("INSERT INTO t (id, n) SELECT id + 200, n FROM t WHERE n IS NOT NULL", new Object[] {});
        texts.put("UPDATE t SET s = ?, w = ? WHERE s IN (?, ?)", new Object[] {"upd", "w", "a", "third"});
        texts.put("UPDATE t SET n = ? WHERE id = ?", new Object[] {null, 10});
        texts.put("UPDATE t SET s = CASE WHEN id = ? THEN ? ELSE s END", new Object[] {10, "case"});
        texts.put("SELECT coalesce(s, ?), id FROM t WHERE id > ? ORDER BY id", new Object[] {"instead", 0});
        texts.put("SELECT id, nullif(s, ?) FROM t ORDER BY id", new Object[] {"case"});
        texts.put("UPDATE t SET n = q.n FROM t q WHERE q.s = ? AND t.id = ?", new Object[] {"case", 13});
        texts.put("SELECT id FROM t WHERE s = ? OR s IS NOT DISTINCT FROM ? ORDER BY id", new Object[] {"case", null});
        texts.put("SELECT id FROM t WHERE s = ?", new Object[] {null});
        texts.put("SELECT id, s FROM t WHERE s <> ? ORDER BY id LIMIT ?", new Object[] {"case", 2});
        texts.put("SELECT a.id, b.s FROM t a JOIN t b ON a.s = b.s AND a.id = ? ORDER BY 1", new Object[] {10});
        texts.put("SELECT count(*), s FROM t GROUP BY s HAVING count(*) > ? ORDER BY 1", new Object[] {2});
        texts.put("WITH w AS (SELECT * FROM t WHERE s = ?) SELECT id, s FROM w", new Object[] {"case"});
        texts.put(
                "WITH i AS (INSERT INTO t (id, s) VALUES (?, ?) RETURNING id, s) SELECT * FROM i",
                new Object[] {40, "forty"});
        texts.put("SELECT s FROM t WHERE id = ? UNION ALL SELECT s FROM t WHERE s = ?", new Object[] {40, "case"});
        texts.put(
                "INSERT INTO t (id, s) VALUES (?, ?); UPDATE t SET w = ? WHERE s = ?; SELECT 1",
                new Object[] {41, "two", "more", "two"});
        texts.put("DELETE FROM t WHERE s = ? RETURNING id", new Object[] {"copied"});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) /* too long */", new Object[] {50, "x".repeat(40)});
        texts.put("INSERT INTO t (id, n) VALUES (?, ?) /* too large */", new Object[] {51, new BigDecimal("1e12")});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) /* there already */", new Object[] {10, "x"});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) /* unique */", new Object[] {52, "case"});
        texts.put("INSERT INTO t (id, s) VALUES (?, ?) /* a value is missing */", new Object[] {53});
        texts.put("INSERT INTO t (id, n) VALUES (?, ?) /* no number */", new Object[] {54, LocalDate.EPOCH});
        texts.put("INSERT INTO nowhere (id, s) VALUES (?, ?)", new Object[] {53, "x"});
        texts.put("SELECT s FROM t WHERE none = ?", new Object[] {1});
        texts.forEach((text, values) -> all.put(text, connection -> {
            String answer;
            try {
                answer = query(connection, text, values);
            } catch (SQLException e) {
                answer = e.getSQLState();
            }
            return answer + " " + query(connection, ALL);
        }));
    }

    private static void batches(Map<String, Action> all) {
        all.put("a batch mixing NULLs and types of setters", connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO t (id, s, n, w) VALUES (?, ?, ?, ?)")) {
                for (int i = 0; i < 9; i++) {
                    insert.setInt(1, 300 + i);
                    if (i % 3 == 0) {
                        insert.setNull(2, Types.VARCHAR);
                        insert.setObject(3, null);
                    } else {
                        insert.setString(2, "b" + i);
                        insert.setObject(3, i % 2 == 0 ? (Object) i : (Object) (i + ".25"), Types.NUMERIC);
                    }
                    insert.setString(4, i % 2 == 0 ? null : "w");
                    insert.addBatch();
                }
                return Arrays.toString(insert.executeBatch()) + query(connection, ALL);
            }
        });
        all.put("a batch that fails in its middle", connection -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, s) VALUES (?, ?)")) {
                for (int id : new int[] {400, 401, 400, 402}) {
                    with(insert, id, "f" + id).addBatch();
                }
                return Arrays.toString(insert.executeBatch());
            }
        });
        all.put("what it left", connection -> query(connection, ALL));
        all.put("a batch that is cleared", connection -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, s) VALUES (?, ?)")) {
                with(insert, 410, "no").addBatch();
                insert.clearBatch();
                with(insert, 411, "yes").addBatch();
                return Arrays.toString(insert.executeLargeBatch()) + query(connection, ALL);
            }
        });
        all.put("cleared parameters are missed", connection -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, s) VALUES (?, ?)")) {
                with(insert, 412, "no").clearParameters();
                return insert.executeUpdate();
            }
        });
        all.put("values stay from one execution to the next", connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE t SET n = ? WHERE s = ?")) {
                with(update, new BigDecimal("3.125"), "b1").executeUpdate();
                update.setString(2, "b2");
                return update.executeUpdate() + query(connection, ALL);
            }
        });
    }

    private static void keysAndShapes(Map<String, Action> all) {
        all.put("generated keys, all columns", connection -> {
            try (PreparedStatement insert = with(
                    connection.prepareStatement("INSERT INTO t (id, s) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS),
                    500,
                    "generated")) {
                insert.executeUpdate();
                return all(insert.getGeneratedKeys());
            }
        });
        all.put("generated keys of a batch", connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO t (id, s) VALUES (?, ?)", new String[] {"s", "id"})) {
                with(insert, 501, "g1").addBatch();
                with(insert, 502, null).addBatch();
                insert.executeBatch();
                return all(insert.getGeneratedKeys());
            }
        });
        all.put("generated keys of a plain statement", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE t SET w = 'z' WHERE id = 500", new String[] {"s"});
                return all(statement.getGeneratedKeys());
            }
        });
        all.put("metadata of results and parameters", connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT s, n, w, id FROM t WHERE s = ? AND id = ?")) {
                StringBuilder shown = new StringBuilder();
                ResultSetMetaData shape = query.getMetaData();
                for (int i = 1; i <= shape.getColumnCount(); i++) {
                    shown.append(shape.getColumnLabel(i)).append(shape.getColumnType(i));
                    shown.append(shape.getColumnTypeName(i)).append(shape.getPrecision(i));
                    shown.append(shape.getScale(i)).append(shape.getColumnClassName(i));
                    shown.append(shape.getColumnDisplaySize(i)).append(shape.isNullable(i));
                    shown.append(shape.isCaseSensitive(i))
                            .append(shape.isSigned(i))
                            .append(shape.isSearchable(i));
                }
                ParameterMetaData parameters = query.getParameterMetaData();
                for (int i = 1; i <= parameters.getParameterCount(); i++) {
                    shown.append(parameters.getParameterType(i));
                    shown.append(parameters.getParameterClassName(i)).append(parameters.getParameterMode(i));
                }
                return shown;
            }
        });
        all.put("a cached statement after the table changed", connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT * FROM t WHERE s = ?");
                    Statement change = connection.createStatement()) {
                StringBuilder shown = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    shown.append(all(with(query, "case").executeQuery()));
                }
                change.execute("ALTER TABLE t ADD COLUMN late int DEFAULT 7");
                shown.append(all(with(query, "case").executeQuery()));
                change.execute("ALTER TABLE t DROP COLUMN late");
                shown.append(all(with(query, "case").executeQuery()));
                change.execute("ALTER TABLE t RENAME COLUMN s TO r");
                shown.append(outcome(connection, c -> all(with(query, "case").executeQuery())));
                change.execute("ALTER TABLE t RENAME COLUMN r TO s");
                return shown.append(all(with(query, "case").executeQuery()));
            }
        });
    }

    private static void cursors(Map<String, Action> all) {
        all.put("rows fetched by threes", connection -> {
            connection.setAutoCommit(false);
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT id, s, n FROM t WHERE id > ? AND s IS NOT NULL ORDER BY id")) {
                query.setFetchSize(3);
                return all(with(query, 0).executeQuery());
            } finally {
                connection.commit();
                connection.setAutoCommit(true);
            }
        });
        all.put("a scrollable result", connection -> {
            try (PreparedStatement query = with(
                            connection.prepareStatement(
                                    "SELECT s FROM t WHERE id > ? ORDER BY id",
                                    ResultSet.TYPE_SCROLL_INSENSITIVE,
                                    ResultSet.CONCUR_READ_ONLY),
                            0);
                    ResultSet rows = query.executeQuery()) {
                StringBuilder shown = new StringBuilder();
                rows.last();
                shown.append(rows.getRow()).append(rows.getString(1)).append(rows.isLast());
                rows.first();
                shown.append(rows.getString("s"));
                rows.absolute(3);
                shown.append(rows.getString(1)).append(rows.relative(-1)).append(rows.getString(1));
                rows.absolute(-2);
                shown.append(rows.getString(1)).append(rows.previous()).append(rows.getObject(1));
                rows.afterLast();
                return shown.append(rows.isAfterLast()).append(rows.next()).append(rows.findColumn("S"));
            }
        });
        all.put("no row before the first", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(ALL)) {
                return rows.getString(2);
            }
        });
        all.put("no such column", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(ALL)) {
                rows.next();
                return rows.getString("nothing");
            }
        });
        all.put("a result after its statement was closed", connection -> {
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery(ALL);
            rows.next();
            statement.close();
            return rows.isClosed() + rows.getString(2);
        });
        all.put("as many rows as asked for", connection -> {
            try (PreparedStatement query = connection.prepareStatement(ALL)) {
                query.setMaxRows(2);
                return all(query.executeQuery());
            }
        });
        all.put("SQL's own cursor", connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("DECLARE c CURSOR FOR SELECT s, n FROM t ORDER BY id");
                return all(statement.executeQuery("FETCH 2 FROM c")) + all(statement.executeQuery("FETCH 2 FROM c"));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        });
    }

    private static void transactions(Map<String, Action> all) {
        all.put("a savepoint", connection -> {
            connection.setAutoCommit(false);
            try {
                query(connection, "INSERT INTO t (id, s) VALUES (?, ?)", 600, "kept");
                Savepoint point = connection.setSavepoint("here");
                String failed = outcome(connection, c -> query(c, "INSERT INTO t (id, s) VALUES (?, ?)", 600, "twice"));
                String aborted = outcome(connection, c -> query(c, "SELECT s FROM t WHERE s = ? /* new */", "kept"));
                connection.rollback(point);
                query(connection, "INSERT INTO t (id, s) VALUES (?, ?)", 601, "after");
                connection.commit();
                return failed + aborted + query(connection, ALL);
            } finally {
                connection.setAutoCommit(true);
            }
        });
        all.put("a transaction taken back", connection -> {
            connection.setAutoCommit(false);
            try {
                query(connection, "UPDATE t SET s = NULL, n = ?", new BigDecimal("1"));
                connection.rollback();
                return query(connection, ALL);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        });
        all.put("a read-only transaction", connection -> {
            connection.setReadOnly(true);
            try {
                return outcome(connection, c -> query(c, "UPDATE t SET s = ?", "x")) + query(connection, ALL);
            } finally {
                connection.setReadOnly(false);
            }
        });
    }

    /** Statements of every shape on a table with encrypted columns and on its plain twin (AE-4, AE-130, B-4, B-13). */
    @Test
    void everyStatementHasTheOutcomeItHasOnAPlainTable() throws Exception {
        String columns = "id int PRIMARY KEY, s varchar(30) %s UNIQUE, n numeric(12,3) %s, w text";
        List<String> differences = new ArrayList<>();
        try (Connection setUp = server.connect("postgres");
                Statement statement = setUp.createStatement()) {
            statement.execute("CREATE SCHEMA plain");
            statement.execute("CREATE SCHEMA encrypted");
            statement.execute("CREATE TABLE plain.t (" + columns.formatted("", "") + ")");
            statement.execute("CREATE TABLE encrypted.t ("
                    + columns.formatted(KeyHolder.deterministic("cek1"), KeyHolder.randomized("cek2")) + ")");
        }
        try (Connection plain = server.connect("postgres", "currentSchema", "plain");
                Connection encrypted = keys.connect(server.port(), "postgres", "currentSchema", "encrypted")) {
            actions().forEach((what, action) -> {
                String expected = outcome(plain, action);
                String found = outcome(encrypted, action);
                if (!expected.equals(found)) {
                    differences.add(what + "\n  plain:     " + expected + "\n  encrypted: " + found);
                }
            });
        }
        assertThat(String.join("\n", differences)).isEmpty();
    }
}
