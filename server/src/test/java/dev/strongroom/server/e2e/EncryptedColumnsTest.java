package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** Encrypted columns behind an unmodified pgjdbc, psql and pg_dump. The cells are stand-ins: the server cannot tell. */
final class EncryptedColumnsTest {
    private static final String KEYS = """
            CREATE COLUMN MASTER KEY [CMK1]
            WITH (KEY_STORE_PROVIDER_NAME = N'MSSQL_JAVA_KEYSTORE', KEY_PATH = N'strongroom-cmk-1');
            GO
            CREATE COLUMN ENCRYPTION KEY CEK1
            WITH VALUES (COLUMN_MASTER_KEY = CMK1, ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = 0x%s);
            GO
            """.formatted(keyValue());

    private static final String TABLE = """
            CREATE TABLE patient (id int PRIMARY KEY,
            ssn char(11) COLLATE "C" ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = CEK1, ENCRYPTION_TYPE = DETERMINISTIC,
            ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA_256') NOT NULL UNIQUE,
            birth date ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = CEK1, ENCRYPTION_TYPE = RANDOMIZED));
            CREATE VIEW patient_number AS SELECT id, ssn FROM patient;
            """;

    @TempDir
    Path folder;

    private static String keyValue() {
        byte[] value = new byte[5 + 2 * 256];
        Arrays.fill(value, (byte) 0x5a);
        value[0] = 1;
        value[1] = 0;
        value[2] = 0;
        value[3] = 0;
        value[4] = 1;
        return HexFormat.of().formatHex(value);
    }

    private static byte[] cell(int number) {
        byte[] cell = new byte[65];
        Arrays.fill(cell, (byte) number);
        cell[0] = 1;
        return cell;
    }

    /** What the describe function says of one parameter, as an envelope round a cell. */
    private static byte[] enveloped(Connection connection, String sql, int parameter, byte[] cell) throws SQLException {
        try (PreparedStatement describe =
                connection.prepareStatement("SELECT * FROM sys.describe_parameter_encryption(?, NULL)")) {
            describe.setArray(1, connection.createArrayOf("text", new String[] {sql}));
            try (ResultSet rows = describe.executeQuery()) {
                while (rows.next()) {
                    if (rows.getInt("parameter_ordinal") == parameter && rows.getInt("column_encryption_type") != 0) {
                        return ByteBuffer.allocate(28 + cell.length)
                                .putInt(0x53524145)
                                .put((byte) 1)
                                .put(rows.getByte("column_encryption_type"))
                                .put(rows.getByte("column_encryption_algorithm"))
                                .put(rows.getByte("column_encryption_normalization_rule_version"))
                                .putInt(rows.getInt("column_encryption_key_id"))
                                .put(rows.getBytes("column_encryption_key_metadata_version"))
                                .putInt(rows.getInt("base_type_oid"))
                                .putInt(rows.getInt("base_typmod"))
                                .put(cell)
                                .array();
                    }
                }
            }
        }
        throw new AssertionError("parameter " + parameter + " is not encrypted in " + sql);
    }

    private static void insert(Connection connection, int id, int number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO patient VALUES (?, ?, ?)")) {
            String sql = "INSERT INTO patient VALUES ($1, $2, $3)";
            insert.setInt(1, id);
            insert.setBytes(2, enveloped(connection, sql, 2, cell(number)));
            insert.setBytes(3, enveloped(connection, sql, 3, cell(number + 100)));
            insert.executeUpdate();
        }
    }

    private static Connection encrypting(ServerProcess server, String database) throws SQLException {
        return server.connect(database, "options", "-c strongroom.column_encryption=on", "prepareThreshold", "1");
    }

    /** AE-58: one audit record a statement, without the encrypted value. */
    private static final String AUDIT = """
            CREATE SERVER AUDIT trail TO FILE (FILEPATH = 'ae', MAXSIZE = 10 MB, MAX_ROLLOVER_FILES = 2,
            RESERVE_DISK_SPACE = OFF) WITH (QUEUE_DELAY = 0, ON_FAILURE = CONTINUE);
            ALTER SERVER AUDIT trail WITH (STATE = ON);
            CREATE SERVER AUDIT SPECIFICATION keys FOR SERVER AUDIT trail ADD (DATABASE_OBJECT_CHANGE_GROUP)
            WITH (STATE = ON);
            """;

    private static void checkAudit(ServerProcess server) {
        assertThat(server.psql(
                                "master",
                                "SELECT class_type, object_name, statement FROM sys.fn_get_audit_file('*', NULL, NULL)"
                                        + " WHERE class_type IN ('CM', 'CK');",
                                "-At")
                        .output())
                .contains("CM|CMK1|CREATE COLUMN MASTER KEY [CMK1]")
                .contains("CK|cek1|CREATE COLUMN ENCRYPTION KEY CEK1")
                .contains("ENCRYPTED_VALUE = '***'")
                .doesNotContain("5a5a5a");
    }

    /** AE-105 to AE-109, AE-111, AE-120, decision A-2: carrier A through a pgjdbc that knows nothing of it; keys survive kill -9. */
    @Test
    void unmodifiedDriverCarriesCellsAndKeysSurviveAKill() throws SQLException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            script(server, "master", AUDIT);
            script(server, "postgres", KEYS + TABLE);
            checkAudit(server);
            try (Connection connection = encrypting(server, "postgres")) {
                insert(connection, 1, 1);
                insert(connection, 2, 2);
                assertThatThrownBy(() -> insert(connection, 3, 2))
                        .isInstanceOf(PSQLException.class)
                        .hasMessageContaining("cell(65 bytes, 02020202…)");
                String epoch = connection.unwrap(PGConnection.class).getParameterStatus("strongroom.ae_epoch");
                assertThat(epoch).isNotEqualTo("0");
            }
            server.kill();
            server.start();
            try (Connection connection = encrypting(server, "postgres")) {
                byte[] wanted = enveloped(connection, "SELECT id FROM patient WHERE ssn = $1", 1, cell(2));
                for (int i = 0; i < 3; i++) {
                    assertThat(find(connection, wanted)).containsExactly(2);
                }
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT ssn, birth FROM patient WHERE id = 2")) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getMetaData().getColumnTypeName(1)).contains("sr_encrypted_det");
                    assertThat(row.getString(1))
                            .isEqualTo("\\x" + HexFormat.of().formatHex(wanted));
                }
            }
            assertThat(server.psql("postgres", "SELECT ssn FROM patient ORDER BY id;", "-At")
                            .output())
                    .isEqualTo("\\x" + HexFormat.of().formatHex(cell(1)) + "\n\\x"
                            + HexFormat.of().formatHex(cell(2)) + "\n");
        }
    }

    private static List<Integer> find(Connection connection, byte[] value) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT id FROM patient_number WHERE ssn = ?")) {
            select.setBytes(1, value);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getInt(1));
                }
            }
        }
        return ids;
    }

    /** AE-46, AE-60, B-16, AE-156, AE-160, decision A-8: a dump restores under a user who may load cells as they are. */
    @Test
    void dumpOfEncryptedTablesRestores() throws SQLException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            script(server, "postgres", KEYS + TABLE);
            try (Connection connection = encrypting(server, "postgres")) {
                insert(connection, 1, 1);
                insert(connection, 2, 2);
            }
            String dump = dump(server, "postgres");
            assertThat(dump)
                    .contains("ssn character(11) ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek1, ENCRYPTION_TYPE ="
                            + " DETERMINISTIC, ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA_256') NOT NULL")
                    .contains("birth date ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek1, ENCRYPTION_TYPE = RANDOMIZED,");
            script(
                    server,
                    "postgres",
                    "CREATE DATABASE copy; CREATE DATABASE second;"
                            + " ALTER USER postgres WITH ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = OFF;");
            script(server, "copy", KEYS);
            script(server, "second", KEYS);
            assertThat(server.psql("second", dump, "-v", "ON_ERROR_STOP=1").output())
                    .contains("COPY FROM cannot fill encrypted column \"ssn\" in this session");
            script(server, "postgres", "ALTER USER postgres WITH ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON;");
            script(server, "copy", dump);
            assertThat(body(dump(server, "copy"))).isEqualTo(body(dump));
            try (Connection connection = encrypting(server, "copy")) {
                byte[] wanted = enveloped(connection, "SELECT id FROM patient WHERE ssn = $1", 1, cell(2));
                assertThat(find(connection, wanted)).containsExactly(2);
            }
        }
    }

    private static void script(ServerProcess server, String database, String text) {
        ClientRun run = server.psql(database, text, "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null");
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static String dump(ServerProcess server, String database) {
        List<String> command = new ArrayList<>(List.of("pg_dump", "-h", "127.0.0.1", "-p", "" + server.port()));
        command.addAll(List.of("-U", "postgres", database));
        ClientRun run = ClientRun.of(command, "", ServerProcess.PASSWORD, null);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return Objects.requireNonNull(run.output());
    }

    private static List<String> body(String dump) {
        return dump.lines()
                .filter(line -> !line.startsWith("--") && !line.startsWith("\\"))
                .toList();
    }
}
