package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For every type, a setter that works on a plain column works on the encrypted one and stores the same value; and every
 * getter returns the same (B-3, AE-93, AE-180). Plain columns of the same server are the oracle.
 */
final class AlwaysEncryptedValuesTest {
    private static final long SEED = Long.getLong("strongroom.seed", 20261122L);
    private static final int ROUNDS = Integer.getInteger("strongroom.rounds", 90);

    /** Column name to type; the encrypted twins are called {@code d_…} and {@code r_…}. */
    private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

    static {
        for (String type : List.of(
                "boolean",
                "smallint",
                "integer",
                "bigint",
                "numeric(12,3)",
                "text",
                "varchar(30)",
                "char(12)",
                "bytea",
                "date",
                "time(3)",
                "timestamp(3)",
                "timestamptz",
                "uuid",
                "real",
                "double precision")) {
            COLUMNS.put(type.replaceAll("[^a-z]", ""), type);
        }
        COLUMNS.put("free", "numeric");
        COLUMNS.put("doc", "jsonb");
    }

    private static ServerProcess server;
    private static KeyHolder keys;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = ServerProcess.start(folder.resolve("data"));
        keys = new KeyHolder(folder.resolve("keys"));
        try (Connection plain = server.connect("postgres");
                Statement statement = plain.createStatement()) {
            keys.prepare(plain);
            List<String> definitions = new ArrayList<>();
            COLUMNS.forEach((name, type) -> {
                definitions.add("p_" + name + " " + type);
                definitions.add("r_" + name + " " + type + " " + KeyHolder.randomized("cek1"));
                if (deterministic(name)) {
                    definitions.add("d_" + name + " " + type + " " + KeyHolder.deterministic("cek2"));
                }
            });
            statement.execute("CREATE TABLE twins (id int PRIMARY KEY, " + String.join(", ", definitions) + ")");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static boolean deterministic(String name) {
        return !name.equals("free") && !name.equals("doc");
    }

    private interface Setter {
        void set(PreparedStatement statement, int index) throws SQLException;
    }

    private static Map<String, Setter> setters(Random random) {
        int small = random.nextInt(60000) - 30000;
        long wide = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt();
        BigDecimal decimal = new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(6));
        double real = random.nextInt(3) == 0 ? random.nextGaussian() * 1e6 : small / 8.0;
        LocalDateTime moment = LocalDateTime.of(1800, 1, 1, 0, 0)
                .plusDays(random.nextInt(100_000))
                .plusNanos(random.nextLong(86_400_000_000L) * 1000);
        String text = random.nextBoolean() ? "Zürich € 🔐 " + small : Integer.toString(small);
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        Map<String, Setter> all = new LinkedHashMap<>();
        all.put("setBoolean", (s, i) -> s.setBoolean(i, small % 2 == 0));
        all.put("setByte", (s, i) -> s.setByte(i, (byte) small));
        all.put("setShort", (s, i) -> s.setShort(i, (short) small));
        all.put("setInt", (s, i) -> s.setInt(i, small));
        all.put("setLong", (s, i) -> s.setLong(i, wide));
        all.put("setFloat", (s, i) -> s.setFloat(i, (float) real));
        all.put("setDouble", (s, i) -> s.setDouble(i, real));
        all.put("setBigDecimal", (s, i) -> s.setBigDecimal(i, decimal));
        all.put("setString", (s, i) -> s.setString(i, text));
        all.put("setBytes", (s, i) -> s.setBytes(i, bytes));
        all.put("setBinaryStream", (s, i) -> s.setBinaryStream(i, new ByteArrayInputStream(bytes)));
        all.put("setCharacterStream", (s, i) -> s.setCharacterStream(i, new StringReader(text)));
        all.put("setDate", (s, i) -> s.setDate(i, Date.valueOf(moment.toLocalDate())));
        all.put(
                "setTime",
                (s, i) -> s.setTime(i, Time.valueOf(moment.toLocalTime().withNano(0))));
        all.put("setTimestamp", (s, i) -> s.setTimestamp(i, Timestamp.valueOf(moment)));
        all.put(
                "setTimestamp with calendar",
                (s, i) -> s.setTimestamp(
                        i, Timestamp.valueOf(moment), Calendar.getInstance(TimeZone.getTimeZone("GMT+05:30"))));
        all.put("LocalDate", (s, i) -> s.setObject(i, moment.toLocalDate()));
        all.put("LocalTime", (s, i) -> s.setObject(i, moment.toLocalTime()));
        all.put("LocalDateTime", (s, i) -> s.setObject(i, moment));
        all.put("OffsetDateTime", (s, i) -> s.setObject(i, OffsetDateTime.of(moment, ZoneOffset.ofHours(3))));
        all.put("UUID", (s, i) -> s.setObject(i, new UUID(wide, small)));
        all.put("Integer", (s, i) -> s.setObject(i, small));
        all.put("BigInteger", (s, i) -> s.setObject(i, BigInteger.valueOf(wide)));
        all.put("text as numeric", (s, i) -> s.setObject(i, Integer.toString(small), Types.NUMERIC));
        all.put("text as other", (s, i) -> s.setObject(i, text, Types.OTHER));
        all.put("json", (s, i) -> s.setObject(i, "{\"b\": [1.50, \"ü\"], \"a\":" + small + "}", Types.OTHER));
        all.put("decimal with scale", (s, i) -> s.setObject(i, decimal, Types.DECIMAL, 2));
        all.put("boolean as integer", (s, i) -> s.setObject(i, true, Types.INTEGER));
        all.put("NULL", (s, i) -> s.setNull(i, Types.OTHER));
        return all;
    }

    @Test
    void everySetterStoresWhatItStoresInAPlainColumn() throws Exception {
        Random random = new Random(SEED);
        List<String> differences = new ArrayList<>();
        int compared = 0;
        try (Connection plain = server.connect("postgres");
                Connection encrypted = keys.connect(server.port(), "postgres")) {
            int id = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<String, Setter> setter : setters(random).entrySet()) {
                    for (String name : COLUMNS.keySet()) {
                        id++;
                        if (refusal(plain, "p_" + name, setter.getValue(), id) != null) {
                            continue;
                        }
                        compared++;
                        String what = setter.getKey() + " into " + name + ", seed " + SEED;
                        for (String kind : deterministic(name) ? List.of("r_", "d_") : List.of("r_")) {
                            String refusal = refusal(encrypted, kind + name, setter.getValue(), id);
                            if (refusal != null) {
                                differences.add(what + " refused: " + refusal);
                            }
                        }
                        compare(encrypted, name, id, what, differences);
                    }
                }
            }
        }
        System.out.println("compared " + compared + " values with seed " + SEED);
        assertThat(differences.stream().distinct().limit(30)).isEmpty();
    }

    /** Writes one value; the message of the refusal, or null. */
    private static @Nullable String refusal(Connection connection, String column, Setter setter, int id) {
        try (PreparedStatement write = connection.prepareStatement("INSERT INTO twins (id, " + column
                + ") VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET " + column + " = excluded." + column)) {
            write.setInt(1, id);
            setter.set(write, 2);
            write.executeUpdate();
            return null;
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    private static void compare(Connection connection, String name, int id, String what, List<String> differences)
            throws SQLException {
        String columns = "p_" + name + ", r_" + name + (deterministic(name) ? ", d_" + name : "");
        try (PreparedStatement read = connection.prepareStatement("SELECT " + columns + " FROM twins WHERE id = ?")) {
            read.setInt(1, id);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
                    String plain = shown(row, 1);
                    String decrypted = shown(row, i);
                    if (!plain.equals(decrypted)) {
                        differences.add(what + ": " + plain + " became " + decrypted);
                    }
                }
            }
        }
    }

    private static String shown(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getMetaData().getColumnType(column) == Types.BINARY ? row.getBytes(column) : null;
        return bytes != null
                ? java.util.Arrays.toString(bytes)
                : row.getObject(column) + " " + row.getMetaData().getColumnTypeName(column);
    }

    @Test
    void theSameGettersWorkOnEncryptedColumns() throws Exception {
        try (Connection connection = keys.connect(server.port(), "postgres")) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO twins (id, r_timestamptz, r_bytea, r_text, r_integer, r_boolean) VALUES (?, ?, ?, ?, ?, ?)")) {
                insert.setInt(1, -1);
                insert.setObject(2, OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 0, ZoneOffset.UTC));
                insert.setBytes(3, new byte[] {1, 2});
                insert.setString(4, "12");
                insert.setInt(5, 7);
                insert.setBoolean(6, true);
                insert.executeUpdate();
            }
            try (ResultSet row = connection.createStatement().executeQuery("SELECT * FROM twins WHERE id = -1")) {
                row.next();
                assertThat(row.getObject("r_timestamptz", OffsetDateTime.class).toInstant())
                        .isEqualTo(Instant.parse("2024-02-29T12:00:00Z"));
                assertThat(row.getTimestamp("r_timestamptz").toInstant())
                        .isEqualTo(Instant.parse("2024-02-29T12:00:00Z"));
                assertThat(row.getBinaryStream("r_bytea").readAllBytes()).containsExactly(1, 2);
                assertThat(row.getInt("r_text")).isEqualTo(12);
                assertThat(row.getCharacterStream("r_text").read()).isEqualTo('1');
                assertThat(row.getLong("r_integer")).isEqualTo(7);
                assertThat(row.getObject("r_integer", Integer.class)).isEqualTo(7);
                assertThat(row.getBoolean("r_boolean")).isTrue();
                assertThat(row.getObject("r_uuid")).isNull();
            }
        }
    }

    /** Dates of the far past and future, as the plain column shows them. */
    @Test
    void edgesOfTheCalendar() throws Exception {
        List<String> differences = new ArrayList<>();
        try (Connection connection = keys.connect(server.port(), "postgres")) {
            int id = 1_000_000;
            for (LocalDate date :
                    List.of(LocalDate.of(1, 1, 1), LocalDate.of(1582, 10, 15), LocalDate.of(9999, 12, 31))) {
                for (LocalTime time : List.of(LocalTime.MIDNIGHT, LocalTime.of(12, 30))) {
                    id++;
                    for (String column : List.of("p_timestamp", "r_timestamp", "d_timestamp")) {
                        refusal(connection, column, (s, i) -> s.setObject(i, date.atTime(time)), id);
                    }
                    compare(connection, "timestamp", id, date + " " + time, differences);
                }
            }
        }
        assertThat(differences).isEmpty();
    }
}
