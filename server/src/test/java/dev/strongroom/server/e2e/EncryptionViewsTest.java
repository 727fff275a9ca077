package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views of tde.md section 2 as a client sees them, and names as SQL Server's scripts spell them. */
final class EncryptionViewsTest {
    @TempDir
    Path directory;

    private ServerProcess server;

    @BeforeEach
    void start() {
        server = ServerProcess.start(directory.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("TDE-100, TDE-101, TDE-81, TDE-82: names in any spelling; the report of encryptors never backed up")
    void scriptsMaySpellNamesInAnyCase() throws SQLException {
        String script = """
                CREATE DATABASE [AdventureWorks2022];
                GO
                USE [master];
                GO
                CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough';
                CREATE CERTIFICATE [MyServerCert] WITH SUBJECT = 'My DEK Certificate';
                GO
                USE AdventureWorks2022;
                GO
                CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_128
                ENCRYPTION BY SERVER CERTIFICATE MyServerCert;
                GO
                ALTER DATABASE ADVENTUREWORKS2022 SET ENCRYPTION ON;
                GO
                SELECT db_name() AS here;
                """;
        ClientRun run = server.psql("postgres", script, "-v", "ON_ERROR_STOP=1");
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("AdventureWorks2022");
        String report = """
                SELECT c.pvt_key_last_backup_date, db_name(dek.database_id) AS encrypteddatabase,
                       c.name AS Certificate_Name
                FROM sys.certificates c
                INNER JOIN sys.dm_database_encryption_keys dek ON c.thumbprint = dek.encryptor_thumbprint""";
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            assertThat(row(statement, report)).isEqualTo("null|AdventureWorks2022|MyServerCert");
            statement.execute("BACKUP CERTIFICATE MYSERVERCERT TO FILE = 'c.cer' WITH PRIVATE KEY"
                    + " (FILE = 'c.pvk', ENCRYPTION BY PASSWORD = 'An0ther-one')");
            assertThat(row(statement, report)).startsWith("20").endsWith("|AdventureWorks2022|MyServerCert");
            assertThat(row(statement, "SELECT count(*), count(create_date) FROM sys.databases"))
                    .isEqualTo("6|6");
        }
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            String count = " WHERE name = 'MyServerCert'";
            assertThat(row(statement, "SELECT count(*) FROM sys.certificates" + count))
                    .isEqualTo("0");
            assertThat(row(statement, "SELECT count(*) FROM master.sys.certificates" + count))
                    .as("P-11")
                    .isEqualTo("1");
            assertThat(row(statement, "SELECT count(*) FROM master.sys.databases"))
                    .isEqualTo("6");
            assertThatThrownBy(() -> statement.execute("SELECT * FROM msdb.sys.databases"))
                    .hasMessageContaining("cross-database references are not implemented: \"msdb.sys.databases\"");
        }
    }

    @Test
    @DisplayName("TDE-200, TDE-202 to TDE-208: every column of the views, with its type")
    void columnsAreSqlServers() throws SQLException {
        String name = "varchar(128)";
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            assertColumns(
                    statement,
                    "dm_database_encryption_keys",
                    "database_id int4, encryption_state int4, create_date timestamp, regenerate_date timestamp,"
                            + " modify_date timestamp, set_date timestamp, opened_date timestamp,"
                            + " key_algorithm varchar(32), key_length int4, encryptor_thumbprint bytea,"
                            + " encryptor_type varchar(32), percent_complete float4, encryption_state_desc varchar(32),"
                            + " encryption_scan_state int4, encryption_scan_state_desc varchar(32),"
                            + " encryption_scan_modify_date timestamp, sr_key_version int8, sr_pages_total int8,"
                            + " sr_pages_done int8, sr_plain_log_bytes int8, sr_oldest_key_version int8");
            assertColumns(
                    statement,
                    "certificates",
                    "name " + name + ", certificate_id int4, principal_id int4, pvt_key_encryption_type bpchar(2),"
                            + " pvt_key_encryption_type_desc varchar(60), is_active_for_begin_dialog int2,"
                            + " issuer_name varchar(442), cert_serial_number varchar(64), sid bytea,"
                            + " string_sid varchar(128), subject varchar(4000), expiry_date timestamp,"
                            + " start_date timestamp, thumbprint bytea, attested_by varchar(260),"
                            + " pvt_key_last_backup_date timestamp, key_length int4");
            assertColumns(
                    statement,
                    "asymmetric_keys",
                    "name " + name + ", principal_id int4, asymmetric_key_id int4, pvt_key_encryption_type bpchar(2),"
                            + " pvt_key_encryption_type_desc varchar(60), thumbprint bytea, algorithm bpchar(2),"
                            + " algorithm_desc varchar(60), key_length int4, sid bytea, string_sid varchar(128),"
                            + " public_key bytea, attested_by varchar(260), provider_type varchar(120),"
                            + " cryptographic_provider_guid uuid, cryptographic_provider_algid bytea");
            assertColumns(
                    statement,
                    "symmetric_keys",
                    "name " + name + ", principal_id int4, symmetric_key_id int4, key_length int4,"
                            + " key_algorithm bpchar(2), algorithm_desc varchar(60), create_date timestamp,"
                            + " modify_date timestamp, key_guid uuid, key_thumbprint bytea, provider_type varchar(120),"
                            + " cryptographic_provider_guid uuid, cryptographic_provider_algid bytea");
            assertColumns(
                    statement,
                    "key_encryptions",
                    "key_id int4, thumbprint bytea, crypt_type bpchar(4), crypt_type_desc varchar(60),"
                            + " crypt_property bytea");
            assertColumns(
                    statement,
                    "cryptographic_providers",
                    "provider_id int4, name " + name + ", guid uuid, version varchar(50), dll_path varchar(512),"
                            + " is_enabled int2");
            assertColumns(
                    statement,
                    "credentials",
                    "credential_id int4, name " + name + ", credential_identity varchar(4000), create_date timestamp,"
                            + " modify_date timestamp, target_type varchar(100), target_id int4");
            assertColumns(
                    statement,
                    "dm_db_log_info(NULL)",
                    "database_id int4, file_id int2, vlf_begin_offset int8, vlf_size_mb float8,"
                            + " vlf_sequence_number int8, vlf_active int2, vlf_status int4, vlf_parity int2,"
                            + " vlf_first_lsn varchar, vlf_create_lsn varchar, vlf_encryptor_thumbprint bytea");
        }
    }

    private static void assertColumns(Statement statement, String view, String expected) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT * FROM sys." + view + " LIMIT 0")) {
            ResultSetMetaData columns = result.getMetaData();
            StringBuilder found = new StringBuilder();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                String type = columns.getColumnTypeName(i);
                int precision = columns.getPrecision(i);
                boolean limited = type.endsWith("char") && precision < Integer.MAX_VALUE;
                found.append(i == 1 ? "" : ", ")
                        .append(columns.getColumnName(i))
                        .append(' ')
                        .append(type);
                found.append(limited ? "(" + precision + ")" : "");
            }
            assertThat(found).as(view).hasToString(expected);
        }
    }

    private static String row(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            StringBuilder text = new StringBuilder();
            if (result.next()) {
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    text.append(i == 1 ? "" : "|").append(result.getString(i));
                }
            }
            return text.toString();
        }
    }
}
