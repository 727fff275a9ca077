package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Column master keys and column encryption keys as catalog objects (Always Encrypted, sections 2.1 to 2.3). */
final class ColumnKeyStatementsTest {
    private TestingServer server;
    private TestingServer.Client client;

    @BeforeEach
    void connect() {
        server = new TestingServer();
        client = server.connect();
    }

    /** AE-17, AE-50, AE-55, AE-59. */
    @Test
    void masterKeyIsAPointerToAKeyStore() {
        assertThat(client.run(
                        "CREATE COLUMN MASTER KEY [My Key] WITH (KEY_STORE_PROVIDER_NAME = N'MSSQL_CERTIFICATE_STORE',"
                                + " KEY_PATH = N'CurrentUser/My/BBF037EC4A133ADCA89FFAEC16CA5BFA8878FB94',"
                                + " ENCLAVE_COMPUTATIONS (SIGNATURE = 0x6c01))"))
                .isEqualTo("CREATE COLUMN MASTER KEY");
        assertThat(client.query("SELECT name, key_store_provider_name, key_path, allow_enclave_computations, signature"
                        + " FROM sys.column_master_keys"))
                .containsExactly(
                        "My Key|MSSQL_CERTIFICATE_STORE|CurrentUser/My/BBF037EC4A133ADCA89FFAEC16CA5BFA8878FB94"
                                + "|1|\\x6c01");
        assertThat(client.run("ALTER COLUMN MASTER KEY [My Key] RENAME TO k")).isEqualTo("ALTER COLUMN MASTER KEY");
        assertThat(client.run("DROP COLUMN MASTER KEY k")).isEqualTo("DROP COLUMN MASTER KEY");
        assertThat(client.run("DROP COLUMN MASTER KEY IF EXISTS k")).isEqualTo("DROP COLUMN MASTER KEY");
        assertThat(client.error("DROP COLUMN MASTER KEY k")).startsWith("42704");
    }

    /** AE-54. */
    @Test
    void providerNamesThatBeginWithMssqlAreReserved() {
        assertThat(client.error(
                        "CREATE COLUMN MASTER KEY k WITH (KEY_STORE_PROVIDER_NAME = 'MSSQL_MINE', KEY_PATH = 'x')"))
                .startsWith("22023 invalid key store provider name");
        assertThat(client.run("CREATE COLUMN MASTER KEY k WITH (KEY_STORE_PROVIDER_NAME = 'MINE', KEY_PATH = 'x')"))
                .isEqualTo("CREATE COLUMN MASTER KEY");
    }

    /** AE-53, AE-56, AE-61: one or two values, each under another master key; every change moves the version. */
    @Test
    void encryptionKeyHasOneOrTwoValues() {
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk2"));
        client.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk3"));
        assertThat(client.run(CellClient.createKey("cek"))).isEqualTo("CREATE COLUMN ENCRYPTION KEY");
        assertThat(client.error("DROP COLUMN MASTER KEY cmk")).startsWith("SR287");
        String value = ", ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = '"
                + CellClient.keyValue(9).replace("0x", "\\x") + "')";
        assertThat(client.error("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk" + value))
                .startsWith("SR291");
        assertThat(client.error("ALTER COLUMN ENCRYPTION KEY cek DROP VALUE (COLUMN_MASTER_KEY = cmk2)"))
                .startsWith("SR290");
        assertThat(client.error("ALTER COLUMN ENCRYPTION KEY cek DROP VALUE (COLUMN_MASTER_KEY = cmk)"))
                .startsWith("SR275");
        long before = version();
        assertThat(client.run("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk2" + value))
                .isEqualTo("ALTER COLUMN ENCRYPTION KEY");
        assertThat(version()).isGreaterThan(before);
        assertThat(client.error("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk3" + value))
                .startsWith("SR288");
        assertThat(client.query("SELECT count(*), min(encryption_algorithm_name), min(length(encrypted_value))"
                        + " FROM sys.column_encryption_key_values"))
                .containsExactly("2|RSA_OAEP|527");
        assertThat(client.run("ALTER COLUMN ENCRYPTION KEY cek DROP VALUE (COLUMN_MASTER_KEY = cmk)"))
                .isEqualTo("ALTER COLUMN ENCRYPTION KEY");
        assertThat(client.run("DROP COLUMN MASTER KEY cmk")).isEqualTo("DROP COLUMN MASTER KEY");
        assertThat(client.run("DROP COLUMN ENCRYPTION KEY cek")).isEqualTo("DROP COLUMN ENCRYPTION KEY");
    }

    /** AE-53: the rule on values holds in CREATE as in ALTER. */
    @Test
    void createTakesOneOrTwoValues() {
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk2"));
        client.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk3"));
        String first = value("cmk", 1);
        String create = "CREATE COLUMN ENCRYPTION KEY two WITH VALUES " + first;
        assertThat(client.error(create + ", " + first)).startsWith("SR291");
        assertThat(client.error(create + ", " + value("cmk2", 2) + ", " + value("cmk3", 3)))
                .startsWith("SR288");
        assertThat(client.error(create + ", " + value("nobody", 2))).startsWith("42704");
        assertThat(client.error("CREATE COLUMN ENCRYPTION KEY two WITH VALUES ()"))
                .startsWith("42601");
        assertThat(client.run(create + ", " + value("cmk2", 2))).isEqualTo("CREATE COLUMN ENCRYPTION KEY");
        assertThat(client.query("SELECT count(DISTINCT column_master_key_id) FROM sys.column_encryption_key_values"))
                .containsExactly("2");
        assertThat(client.error(create)).startsWith("42710");
        assertThat(client.run(create.replace("KEY two", "KEY IF NOT EXISTS two")))
                .isEqualTo("CREATE COLUMN ENCRYPTION KEY");
    }

    private static String value(String masterKey, int seed) {
        return "(COLUMN_MASTER_KEY = " + masterKey + ", ALGORITHM = 'rsa_oaep', ENCRYPTED_VALUE = "
                + CellClient.keyValue(seed) + ")";
    }

    /** AE-50: keywords in any case, bytes in three spellings, names of a script for SQL Server. */
    @Test
    void statementsAreReadAsSqlServerWritesThem() {
        client.run("create column master key [cmk] with (key_store_provider_name = N'MINE', key_path = N'a')");
        String hex = CellClient.keyValue(3).substring(2);
        String[] spellings = {"0x" + hex, "'\\x" + hex + "'", "X'" + hex + "'", "0X" + hex.toUpperCase(Locale.ROOT)};
        for (int i = 0; i < spellings.length; i++) {
            assertThat(client.run("Create Column Encryption Key k" + i + " With Values (column_master_key = [cmk],"
                            + " algorithm = N'RSA_OAEP', encrypted_value = " + spellings[i] + ")"))
                    .isEqualTo("CREATE COLUMN ENCRYPTION KEY");
        }
        assertThat(client.query("SELECT DISTINCT encrypted_value FROM sys.column_encryption_key_values"))
                .containsExactly("\\x" + hex);
        assertThat(client.run("create table t ([a b] int encrypted with (encryption_type = randomized,"
                        + " algorithm = N'AEAD_AES_256_CBC_HMAC_SHA_256', column_encryption_key = [k0]) null)"))
                .isEqualTo("CREATE TABLE");
        assertThat(client.run("drop column encryption key if exists k1")).isEqualTo("DROP COLUMN ENCRYPTION KEY");
    }

    /** AE-55: computations without a signature, or with one that is no bytes, are refused. */
    @Test
    void enclaveComputationsNeedASignature() {
        String create = "CREATE COLUMN MASTER KEY k WITH (KEY_STORE_PROVIDER_NAME = 'MINE', KEY_PATH = 'x',"
                + " ENCLAVE_COMPUTATIONS %)";
        for (String signature : List.of("", "()", "(SIGNATURE)", "(SIGNATURE = )", "(SIGNATURE = 'text')")) {
            assertThat(client.error(create.replace("%", signature)))
                    .as(signature)
                    .matches("(?s)(42601|22023|22P02) .*");
        }
        assertThat(client.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("0");
    }

    /** AE-57: keys belong to a database, and the names of each kind are its own. */
    @Test
    void keysBelongToOneDatabase() {
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.createKey("cmk"));
        assertThat(client.error(CellClient.MASTER_KEY)).startsWith("42710");
        assertThat(client.error(CellClient.createKey("cmk"))).startsWith("42710");
        TestingServer.Client elsewhere = server.connect("postgres", "master");
        assertThat(elsewhere.query("SELECT name FROM sys.column_master_keys")).isEmpty();
        assertThat(elsewhere.error("CREATE TABLE t (a int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cmk,"
                        + " ENCRYPTION_TYPE = RANDOMIZED))"))
                .startsWith("42704");
        client.run("CREATE SCHEMA s");
        client.run("SET search_path = s");
        assertThat(client.run("CREATE TABLE t (a int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cmk, ENCRYPTION_TYPE ="
                        + " RANDOMIZED))"))
                .isEqualTo("CREATE TABLE");
    }

    /** AE-61: neither the id nor the version of a dropped key comes back with the next one. */
    @Test
    void idsAreNotUsedAgain() {
        client.run(CellClient.MASTER_KEY);
        String ids = "SELECT column_master_key_id FROM sys.column_master_keys UNION ALL"
                + " SELECT column_encryption_key_id FROM sys.column_encryption_keys";
        client.run(CellClient.createKey("cek"));
        List<String> before = client.query(ids);
        long version = version();
        client.run("DROP COLUMN ENCRYPTION KEY cek");
        client.run("DROP COLUMN MASTER KEY cmk");
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.createKey("cek"));
        assertThat(client.query(ids)).hasSize(2).doesNotContainAnyElementsOf(before);
        assertThat(version()).isGreaterThan(version);
    }

    /** AE-59, decision P-17: what SQL Server's types are here. */
    @Test
    void viewsMapSqlServersTypes() {
        String types = "SELECT string_agg(attname || ' ' || format_type(atttypid, -1), ', ' ORDER BY attnum)"
                + " FROM pg_attribute WHERE attrelid = 'sys.%'::regclass AND attnum > 0";
        assertThat(client.query(types.replace("%", "column_master_keys")).getFirst())
                .contains(
                        "name character varying",
                        "column_master_key_id integer",
                        "create_date timestamp without time zone")
                .contains(
                        "modify_date timestamp without time zone",
                        "key_store_provider_name character varying",
                        "key_path character varying")
                .contains("allow_enclave_computations smallint", "signature bytea");
        assertThat(client.query(types.replace("%", "column_encryption_keys")).getFirst())
                .contains(
                        "name character varying",
                        "column_encryption_key_id integer",
                        "create_date timestamp",
                        "modify_date");
        assertThat(client.query(types.replace("%", "column_encryption_key_values"))
                        .getFirst())
                .contains("column_encryption_key_id integer", "column_master_key_id integer")
                .contains("encrypted_value bytea", "encryption_algorithm_name character varying");
    }

    private long version() {
        return client.session()
                .snapshot()
                .columnKeys()
                .encryptionKey("cek")
                .orElseThrow()
                .version();
    }

    /** AE-52: 32 bytes of plaintext key never reach the catalog. */
    @Test
    void pastedPlaintextKeyIsRefused() {
        client.run(CellClient.MASTER_KEY);
        assertThat(client.error("CREATE COLUMN ENCRYPTION KEY cek WITH VALUES (COLUMN_MASTER_KEY = cmk,"
                        + " ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = X'" + "01".repeat(32) + "')"))
                .startsWith("22023 ENCRYPTED_VALUE is no encrypted column encryption key");
        assertThat(client.error("CREATE COLUMN ENCRYPTION KEY cek WITH VALUES (COLUMN_MASTER_KEY = cmk,"
                        + " ALGORITHM = 'RSA', ENCRYPTED_VALUE = " + CellClient.keyValue(1) + ")"))
                .startsWith("SR292");
    }

    /** AE-58: a rollback takes keys back like any other object. */
    @Test
    void keyStatementsAreTransactional() {
        client.run("BEGIN");
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.createKey("cek"));
        assertThat(client.query("SELECT count(*) FROM sys.column_encryption_keys"))
                .containsExactly("1");
        client.run("ROLLBACK");
        assertThat(client.query("SELECT count(*) FROM sys.column_encryption_keys"))
                .containsExactly("0");
        assertThat(client.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("0");
    }

    /** AE-58: audits and pg_stat_activity show the statement without the value. */
    @Test
    void encryptedValuesAreMasked() {
        assertThat(Masking.mask(CellClient.createKey("cek"))).endsWith("ENCRYPTED_VALUE = '***')");
        assertThat(Masking.mask("x (ALGORITHM = 'RSA_OAEP', encrypted_value = N'\\x0102')"))
                .isEqualTo("x (ALGORITHM = 'RSA_OAEP', encrypted_value = '***')");
    }

    /** AE-63: one database may hide its keys from PUBLIC. */
    @Test
    void strictDatabaseShowsKeysToNobody() {
        client.run(CellClient.MASTER_KEY);
        client.run("CREATE USER u");
        client.run("ALTER DATABASE postgres SET strongroom.strict_column_key_visibility = on");
        TestingServer.Client other = server.connect("u", "postgres");
        assertThat(other.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("0");
        client.run("GRANT VIEW ANY COLUMN MASTER KEY DEFINITION TO u");
        assertThat(other.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("1");
    }

    /** AE-57, AE-62, AE-63, section 2.3. */
    @Test
    void permissionsAreGrantedInTheDatabase() {
        client.run(CellClient.MASTER_KEY);
        client.run("CREATE USER u");
        TestingServer.Client other = server.connect("u", "postgres");
        assertThat(other.error(CellClient.MASTER_KEY.replace("cmk", "other"))).startsWith("42501");
        client.run("GRANT ALTER ANY COLUMN MASTER KEY TO u");
        assertThat(other.run(CellClient.MASTER_KEY.replace("cmk", "other"))).isEqualTo("CREATE COLUMN MASTER KEY");
        assertThat(other.error(CellClient.createKey("cek"))).startsWith("42501");
        client.run("GRANT ALTER ANY COLUMN ENCRYPTION KEY ON DATABASE::postgres TO u");
        assertThat(other.run(CellClient.createKey("cek"))).isEqualTo("CREATE COLUMN ENCRYPTION KEY");
        assertThat(other.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("2");
        client.run("REVOKE VIEW ANY COLUMN MASTER KEY DEFINITION FROM PUBLIC");
        assertThat(other.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("0");
        assertThat(client.query("SELECT count(*) FROM sys.column_master_keys")).containsExactly("2");
    }
}
