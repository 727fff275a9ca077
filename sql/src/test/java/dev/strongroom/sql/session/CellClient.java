package dev.strongroom.sql.session;

import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends what an encrypting driver would. Its cells have the right shape and a plain number in them instead of ciphertext. */
final class CellClient {
    static final String MASTER_KEY =
            "CREATE COLUMN MASTER KEY cmk WITH (KEY_STORE_PROVIDER_NAME = 'MSSQL_JAVA_KEYSTORE', KEY_PATH = 'alias')";

    final TestingServer.Client client;
    private @Nullable List<ResultColumn> described;

    CellClient(TestingServer.Client client) {
        this.client = client;
    }

    /** An encrypted key of the right shape. */
    static String keyValue(int seed) {
        byte[] value = new byte[5 + 10 + 2 * 256];
        Arrays.fill(value, (byte) seed);
        value[0] = 1;
        value[1] = 10;
        value[2] = 0;
        value[3] = 0;
        value[4] = 1;
        return "0x" + HexFormat.of().formatHex(value);
    }

    static String createKey(String name) {
        return "CREATE COLUMN ENCRYPTION KEY " + name + " WITH VALUES (COLUMN_MASTER_KEY = cmk, ALGORITHM = 'RSA_OAEP',"
                + " ENCRYPTED_VALUE = " + keyValue(7) + ")";
    }

    /** A cell of the right shape; equal numbers give equal cells. */
    static byte[] cell(int number) {
        byte[] cell = new byte[65];
        Arrays.fill(cell, (byte) number);
        cell[0] = 1;
        return cell;
    }

    static String hex(byte[] bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes);
    }

    int keyId(String name) {
        return Integer.parseInt(client.query("SELECT column_encryption_key_id FROM sys.column_encryption_keys"
                        + " WHERE name = '" + name + "'")
                .getFirst());
    }

    /** Current metadata version of a key, as its creation time in the catalog says while it has one value. */
    private long version(String key) {
        return client.session()
                .snapshot()
                .columnKeys()
                .encryptionKey(key)
                .orElseThrow()
                .version();
    }

    /** The envelope a driver makes for a varchar(11) column. */
    CellEnvelope envelope(String key, byte type) {
        return new CellEnvelope(
                type,
                CellEnvelope.ALGORITHM,
                (byte) 1,
                keyId(key),
                version(key),
                PgType.VARCHAR.oid(),
                Typmods.characters(PgType.VARCHAR, 11));
    }

    /** Runs a statement with parameters in text form; SQLSTATE and message where it fails. */
    String run(String text, @Nullable String... values) {
        try {
            client.rows.clear();
            client.tags.clear();
            SqlSession session = client.session();
            session.parse("", text, new int[0]);
            byte[] @Nullable [] bytes = new byte[values.length][];
            for (int i = 0; i < values.length; i++) {
                String value = values[i];
                bytes[i] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
            }
            session.bind("", "", new short[0], bytes);
            described = session.describePortal("");
            client.describe(described);
            session.execute("", 0, client);
            session.sync();
            return client.tags.getLast();
        } catch (DatabaseException e) {
            client.session().sync();
            return e.code().sqlState() + " " + e.report().message();
        }
    }

    /** Types of the result columns of the last statement. */
    List<Integer> typeOids() {
        List<ResultColumn> columns = described;
        return columns == null
                ? List.of()
                : columns.stream().map(column -> column.type().oid()).toList();
    }

    List<String> rows() {
        return List.copyOf(client.rows);
    }
}
