package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

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
