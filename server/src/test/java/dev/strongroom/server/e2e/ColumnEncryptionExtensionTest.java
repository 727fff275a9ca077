package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Carrier B: encrypted columns as a protocol extension (section 6.3), spoken by a client of the test's own. */
final class ColumnEncryptionExtensionTest {
    private static final Map<String, String> PLAIN = Map.of("user", "postgres", "database", "postgres");
    private static final Map<String, String> EXTENDED =
            Map.of("user", "postgres", "database", "postgres", "_pq_.strongroom.column_encryption", "1");

    @TempDir
    Path folder;

    private static byte[] cell(int number) {
        byte[] cell = new byte[65];
        Arrays.fill(cell, (byte) number);
        cell[0] = 1;
        return cell;
    }

    private static byte[] keyValue() {
        byte[] value = new byte[5 + 2 * 256];
        Arrays.fill(value, (byte) 0x5a);
        System.arraycopy(new byte[] {1, 0, 0, 0, 1}, 0, value, 0, 5);
        return value;
    }

    /** Key id, version and scheme as the server told them. */
    private record Known(int keyId, long version, int algorithm, int flags, int rule, int oid, int typmod) {
        byte[] envelope(byte[] cell) {
            return ByteBuffer.allocate(28 + cell.length)
                    .putInt(0x53524145)
                    .put((byte) 1)
                    .put((byte) (flags == 1 ? 1 : 2))
                    .put((byte) algorithm)
                    .put((byte) rule)
                    .putInt(keyId)
                    .putLong(version)
                    .putInt(oid)
                    .putInt(typmod)
                    .put(cell)
                    .array();
        }
    }

    /** Types of the messages, without reports of settings. */
    private static String types(List<WireClient.Message> messages) {
        StringBuilder types = new StringBuilder();
        messages.stream().filter(message -> message.type() != 'S').forEach(message -> types.append(message.type()));
        return types.toString();
    }

    private static WireClient.Message first(List<WireClient.Message> messages, char type) {
        return messages.stream()
                .filter(message -> message.type() == type)
                .findFirst()
                .orElseThrow();
    }

    /** AE-115 to AE-119. */
    @Test
    void keysAndSchemesComeWithTheDescriptions() throws IOException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"));
                WireClient plain = new WireClient(server.port(), PLAIN, new ArrayList<>());
                WireClient client = new WireClient(server.port(), EXTENDED, new ArrayList<>())) {
            assertThat(types(plain.query("CREATE COLUMN MASTER KEY cmk WITH (KEY_STORE_PROVIDER_NAME = 'STORE',"
                            + " KEY_PATH = 'path')")))
                    .contains("C");
            plain.query("CREATE COLUMN ENCRYPTION KEY cek WITH VALUES (COLUMN_MASTER_KEY = cmk, ALGORITHM = 'RSA_OAEP',"
                    + " ENCRYPTED_VALUE = 0x" + HexFormat.of().formatHex(keyValue()) + ")");
            plain.query("CREATE TABLE t (id int, ssn varchar(11) ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek,"
                    + " ENCRYPTION_TYPE = DETERMINISTIC))");

            List<WireClient.Message> described = client.describe("INSERT INTO t VALUES ($1, $2) RETURNING ssn");
            assertThat(types(described)).isEqualTo("1yYtT");
            long version = checkKeys(described);
            Known known = parameter(first(described, 't'), version);
            assertThat(known.oid()).isEqualTo(1043);
            assertThat(known.typmod()).isEqualTo(15);
            assertThat(known.flags()).isEqualTo(1);
            checkRow(first(described, 'T'), known);

            byte[] value = known.envelope(cell(21));
            List<WireClient.Message> inserted = client.run(new byte[] {0, 0, 0, 7}, value);
            assertThat(types(inserted)).isEqualTo("2DC");
            assertThat(onlyValue(first(inserted, 'D'))).isEqualTo(value);

            // Known keys are not sent again; a simple query describes its columns too.
            List<WireClient.Message> found = client.query("SELECT ssn FROM t");
            assertThat(types(found)).isEqualTo("TDC");
            checkRow(found.getFirst(), known);

            // A client without the extension sees PostgreSQL's messages.
            List<WireClient.Message> unextended = plain.query("SELECT ssn FROM t");
            assertThat(types(unextended)).isEqualTo("TDC");
            assertThat(unextended.getFirst().body().remaining()).isEqualTo(2 + "ssn".length() + 1 + 18);

            // A changed key is.
            plain.query("CREATE COLUMN MASTER KEY cmk2 WITH (KEY_STORE_PROVIDER_NAME = 'STORE', KEY_PATH = 'path2')");
            plain.query("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk2, ALGORITHM = 'RSA_OAEP',"
                    + " ENCRYPTED_VALUE = 0x" + HexFormat.of().formatHex(keyValue()) + ")");
            assertThat(types(client.describe("SELECT id FROM t WHERE ssn = $1")))
                    .isEqualTo("1yYYtT");
            assertThat(types(client.run(value))).isEqualTo("2DC");
            try (WireClient copying = new WireClient(server.port(), EXTENDED, new ArrayList<>())) {
                List<WireClient.Message> copied = copying.query("COPY t (ssn) TO STDOUT");
                assertThat(types(copied)).isEqualTo("yyYYHdcC");
                assertThat(new String(first(copied, 'd').body().array(), StandardCharsets.UTF_8))
                        .startsWith("\\\\x53524145")
                        .endsWith(HexFormat.of().formatHex(cell(21)) + "\n");
            }
        }
    }

    /** AE-115: extensions the server does not know are named in NegotiateProtocolVersion, this one is not. */
    @Test
    void unknownExtensionsAreNegotiatedAway() throws IOException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            List<WireClient.Message> greeting = new ArrayList<>();
            try (WireClient client = new WireClient(
                    server.port(),
                    Map.of("user", "postgres", "_pq_.strongroom.column_encryption", "1", "_pq_.other", "1"),
                    greeting)) {
                WireClient.Message negotiate = first(greeting, 'v');
                assertThat(negotiate.body().getInt()).isEqualTo(3 << 16);
                assertThat(negotiate.body().getInt()).isEqualTo(1);
                assertThat(negotiate.string()).isEqualTo("_pq_.other");
                assertThat(types(client.query("SHOW strongroom.column_encryption")))
                        .isEqualTo("TDC");
            }
        }
    }

    private static long checkKeys(List<WireClient.Message> messages) {
        WireClient.Message master = first(messages, 'y');
        int masterId = master.body().getInt();
        assertThat(List.of(master.string(), master.string(), master.string())).containsExactly("cmk", "STORE", "path");
        assertThat(master.body().get()).isZero();
        assertThat(master.body().getInt()).isZero();
        WireClient.Message key = first(messages, 'Y');
        key.body().getInt();
        long version = key.body().getLong();
        assertThat(key.body().getInt()).isEqualTo(masterId);
        assertThat(key.string()).isEqualTo("RSA_OAEP");
        assertThat(key.bytes(key.body().getInt())).isEqualTo(keyValue());
        return version;
    }

    private static Known parameter(WireClient.Message message, long version) {
        ByteBuffer body = message.body();
        assertThat(body.getShort()).isEqualTo((short) 2);
        assertThat(body.getInt()).isEqualTo(23);
        assertThat(body.getInt()).isZero();
        body.position(body.position() + 3 * Short.BYTES);
        assertThat(body.getInt()).isEqualTo(-1);
        int oid = body.getInt();
        int keyId = body.getInt();
        int algorithm = body.getShort();
        int flags = body.getShort();
        int rule = body.getShort();
        Known known = new Known(keyId, version, algorithm, flags, rule, oid, body.getInt());
        assertThat(body.remaining()).isZero();
        return known;
    }

    private static void checkRow(WireClient.Message message, Known known) {
        ByteBuffer body = message.body();
        assertThat(body.getShort()).isEqualTo((short) 1);
        assertThat(message.string()).isEqualTo("ssn");
        body.position(body.position() + 6);
        assertThat(body.getInt()).isEqualTo(known.oid());
        assertThat(body.getShort()).isEqualTo((short) -1);
        assertThat(body.getInt()).isEqualTo(known.typmod());
        body.getShort();
        assertThat(body.getInt()).isEqualTo(known.keyId());
        assertThat((int) body.getShort()).isEqualTo(known.algorithm());
        assertThat((int) body.getShort()).isEqualTo(known.flags());
        assertThat((int) body.getShort()).isEqualTo(known.rule());
        assertThat(body.remaining()).isZero();
    }

    private static byte[] onlyValue(WireClient.Message message) {
        message.body().getShort();
        return message.bytes(message.body().getInt());
    }
}
