package dev.strongroom.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.Vectors;
import dev.strongroom.client.Vectors.Vector;
import dev.strongroom.client.error.ColumnEncryptionException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain values to bytes and back (AE-90, AE-93, AE-94, decision A-1). */
final class PlainValuesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    static Stream<Vector> values() {
        return Vectors.of("cells").filter(vector -> !vector.text("pg_type").equals("bytea"));
    }

    static ColumnType type(String name) {
        String bare = name.replaceFirst("\\(.*", "");
        int modifier = -1;
        if (name.contains("(")) {
            String[] numbers = name.replaceAll(".*\\(|\\)", "").split(",");
            modifier = numbers.length == 2
                    ? (Integer.parseInt(numbers[0]) << 16 | (Integer.parseInt(numbers[1]) & 0x7ff)) + 4
                    : bare.startsWith("time") ? Integer.parseInt(numbers[0]) : Integer.parseInt(numbers[0]) + 4;
        }
        int oid = switch (bare) {
            case "bool" -> ColumnType.BOOL;
            case "int2" -> ColumnType.INT2;
            case "int4" -> ColumnType.INT4;
            case "int8" -> ColumnType.INT8;
            case "numeric" -> ColumnType.NUMERIC;
            case "text" -> ColumnType.TEXT;
            case "varchar" -> ColumnType.VARCHAR;
            case "char" -> ColumnType.BPCHAR;
            case "bytea" -> ColumnType.BYTEA;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "timestamp" -> ColumnType.TIMESTAMP;
            case "timestamptz" -> ColumnType.TIMESTAMPTZ;
            case "uuid" -> ColumnType.UUID;
            case "float4" -> ColumnType.FLOAT4;
            case "float8" -> ColumnType.FLOAT8;
            case "json" -> ColumnType.JSON;
            case "jsonb" -> ColumnType.JSONB;
            case "interval" -> ColumnType.INTERVAL;
            default -> throw new IllegalArgumentException(name);
        };
        return new ColumnType(oid, modifier);
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyVectorHasItsNormalForm(Vector vector) throws Exception {
        ColumnType type = type(vector.text("pg_type"));
        byte[] plain = vector.bytes("plaintext_hex");
        Plain written = PlainValues.write(type, true, Usage.ASSIGN, vector.text("pg_value"), ZoneOffset.UTC);
        assertThat(written.bytes()).isEqualTo(plain);
        String back = new String(PlainValues.read(type, plain, ZoneOffset.UTC), StandardCharsets.UTF_8);
        String expected = vector.text("pg_value");
        switch (vector.text("pg_type")) {
            case "char(5)" -> assertThat(back).isEqualTo("ab   ");
            case "numeric(10,4)" -> assertThat(back).isEqualTo("0.0000");
            default -> assertThat(back).isEqualTo(expected.equals("-0") ? "0" : expected);
        }
    }

    private static String hex(String type, Object value) throws Exception {
        return HexFormat.of()
                .formatHex(PlainValues.write(type(type), true, Usage.ASSIGN, value, BERLIN)
                        .bytes());
    }

    private static String stored(String type, Object value) throws Exception {
        ColumnType column = type(type);
        byte[] plain =
                PlainValues.write(column, true, Usage.ASSIGN, value, BERLIN).bytes();
        return new String(PlainValues.read(column, plain, BERLIN), StandardCharsets.UTF_8);
    }

    @Test
    void whateverSetterIsUsedTheColumnDecides() throws Exception {
        for (Object value :
                new Object[] {7, 7L, (short) 7, (byte) 7, BigInteger.valueOf(7), new BigDecimal("7"), 7.0, "7"}) {
            assertThat(stored("int4", value)).isEqualTo("7");
            assertThat(stored("int8", value)).isEqualTo("7");
            assertThat(stored("numeric(9,2)", value)).isEqualTo("7.00");
            assertThat(stored("float8", value)).isEqualTo("7");
            assertThat(stored("varchar(5)", value)).isEqualTo("7");
        }
        assertThat(stored("int4", new BigDecimal("2.5"))).isEqualTo("3");
        assertThat(stored("int4", 2.5)).isEqualTo("2");
        assertThat(stored("numeric(9,2)", 1.005)).isEqualTo("1.01");
        assertThat(stored("numeric(9,2)", new BigDecimal("-1.005"))).isEqualTo("-1.01");
        assertThat(stored("numeric", new BigDecimal("1E+3"))).isEqualTo("1000");
        assertThat(stored("bool", "yes")).isEqualTo("t");
        assertThat(stored("uuid", UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")))
                .isEqualTo("00112233-4455-6677-8899-aabbccddeeff");
        assertThat(stored("varchar(3)", "abc   ")).isEqualTo("abc");
        assertThat(stored("bytea", new byte[] {0, (byte) 255})).isEqualTo("\\x00ff");
        assertThat(stored("float4", 1.1f)).isEqualTo("1.1");
        assertThat(stored("float8", 1e20)).isEqualTo("1e+20");
        assertThat(stored("float8", 1e-7)).isEqualTo("1e-07");
    }

    @Test
    void momentsFollowPostgresqlsCasts() throws Exception {
        LocalDateTime local = LocalDateTime.of(1999, 12, 31, 23, 59, 59, 500_000_000);
        assertThat(stored("timestamp(0)", local)).isEqualTo("1999-12-31 23:59:59");
        assertThat(stored("timestamp(0)", local.plusNanos(1000))).isEqualTo("2000-01-01 00:00:00");
        assertThat(stored("timestamp(0)", LocalDateTime.of(2001, 1, 1, 0, 0, 0, 500_000_000)))
                .isEqualTo("2001-01-01 00:00:01");
        assertThat(stored("timestamptz", LocalDateTime.of(2024, 7, 1, 12, 0))).isEqualTo("2024-07-01 12:00:00+02");
        OffsetDateTime offset = OffsetDateTime.of(2024, 1, 1, 23, 30, 0, 0, ZoneOffset.UTC);
        assertThat(stored("timestamp", offset)).isEqualTo("2024-01-02 00:30:00");
        assertThat(stored("date", offset)).isEqualTo("2024-01-02");
        assertThat(stored("date", LocalDate.of(9999, 12, 31))).isEqualTo("9999-12-31");
        assertThat(stored("time(3)", LocalTime.of(1, 2, 3, 4_500_000))).isEqualTo("01:02:03.005");
        assertThat(stored("time", "24:00:00")).isEqualTo("24:00:00");
        assertThat(hex("time", "24:00:00")).isEqualTo("00c0692ac9");
        assertThat(stored("timestamptz", "2024-02-29 12:34:56+05:30")).isEqualTo("2024-02-29 08:04:56+01");
    }

    @ParameterizedTest
    @CsvSource({
        "int2, 32768, 22003", "int4, 2147483648, 22003", "int4, x, 22023", "numeric(4;2), 123.4, 22003",
        "numeric(4;2), NaN, 22003", "varchar(3), abcd, 22001", "char(2), abc, 22001", "date, 10000-01-01, 22008",
        "date, infinity, 22008", "timestamp, infinity, 22008", "date, 2023-02-29, 22023", "uuid, 12, 22023",
        "jsonb, '{a:1}', 22023", "float4, 1e300, 22003", "numeric(4;2), 1e999999999, 22003",
    })
    void whatTheTypeCannotHoldIsRefused(String type, String value, String sqlState) {
        assertThatThrownBy(() -> stored(type.replace(';', ','), value))
                .isInstanceOfSatisfying(
                        ColumnEncryptionException.class,
                        e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
        assertThatThrownBy(() -> stored("text", "a\0b")).isInstanceOf(ColumnEncryptionException.class);
    }

    /** A compared value that no cell can equal is marked; a stored and compared one must fit (A-1). */
    @Test
    void comparingIsNotAssigning() throws Exception {
        assertThat(compared("int4", new BigDecimal("2.5")).exact()).isFalse();
        assertThat(compared("int4", 3_000_000_000L).exact()).isFalse();
        assertThat(compared("numeric(9,2)", new BigDecimal("1.001")).exact()).isFalse();
        assertThat(compared("numeric(9,2)", new BigDecimal("1.0100")).exact()).isTrue();
        assertThat(compared("date", LocalDateTime.of(2024, 1, 1, 0, 1)).exact()).isFalse();
        assertThat(compared("varchar(3)", "longer than three").exact()).isTrue();
        assertThat(compared("float4", 1.1).exact()).isFalse();
        assertThatThrownBy(() -> PlainValues.write(type("int4"), true, Usage.BOTH, new BigDecimal("2.5"), BERLIN))
                .hasMessageContaining("fit its type exactly");
    }

    private static Plain compared(String type, Object value) throws Exception {
        return PlainValues.write(type(type), true, Usage.COMPARE, value, BERLIN);
    }

    /** As the server reads them for a plain column (B-3). */
    @Test
    void floatsAsDecimalsHaveNoZerosBehindAndTimesNeedNoColons() throws Exception {
        assertThat(stored("numeric", 783073.74807779)).isEqualTo("783073.74807779");
        assertThat(stored("numeric", 1.5e20)).isEqualTo("150000000000000000000");
        assertThat(stored("numeric", 0.25f)).isEqualTo("0.25");
        assertThat(stored("time", "1728")).isEqualTo("17:28:00");
        assertThat(stored("time", "172805.5")).isEqualTo("17:28:05.5");
    }

    @Test
    void deterministicFloatsHaveOneZeroAndOneNan() throws Exception {
        assertThat(hex("float8", -0.0)).isEqualTo(hex("float8", 0.0));
        assertThat(hex("float4", Float.intBitsToFloat(0x7fc12345))).isEqualTo("0000c07f");
        assertThat(PlainValues.write(type("float8"), false, Usage.ASSIGN, -0.0, BERLIN)
                        .bytes()[7])
                .isEqualTo((byte) 0x80);
    }

    @Test
    void textFormsAreTheServers() throws Exception {
        assertThat(stored("jsonb", "{\"bb\":1.50,\"a\":[1e2,\"\\u00e9\\n\"],\"a\":{}, \"c\":null}"))
                .isEqualTo("{\"a\": {}, \"c\": null, \"bb\": 1.50}");
        assertThat(stored("jsonb", "[1e2, \"\\u00e9\\n\\u0001\", true]")).isEqualTo("[100, \"é\\n\\u0001\", true]");
        assertThat(stored("json", "{\"b\":1,  \"a\":2}")).isEqualTo("{\"b\":1,  \"a\":2}");
        assertThat(stored("interval", "1 year 2 mons -3 days 04:05:06.5"))
                .isEqualTo("1 year 2 mons -3 days +04:05:06.5");
        assertThat(ArrayText.canonical("{\"a\",\"b c\", NULL,\"null\",{1,2}}"))
                .isEqualTo("{a,\"b c\",NULL,\"null\",{1,2}}");
    }

    @Test
    void aWrongLengthIsAnErrorNotAGuess() {
        for (String name :
                new String[] {"int4", "date", "time", "timestamp", "timestamptz", "uuid", "float4", "numeric(5,1)"}) {
            assertThatThrownBy(() -> PlainValues.read(type(name), new byte[7], BERLIN))
                    .hasMessageContaining("does not have the form");
        }
    }
}
