package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views of tde.md section 2 as a client sees them, and names as SQL Server's scripts spell them. */
final class EncryptionViewsTest {
    @TempDir
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @DisplayName("TDE-517: sys.sr_verify finds nothing wrong in a database in use, and others see how far it is")
    void verificationBesideWritersShowsHowFarItIs() throws Exception {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE busy (id int PRIMARY KEY, v text)");
            statement.execute("CREATE INDEX ON busy (v)");
            statement.execute("INSERT INTO busy SELECT g, 'v' || g % 1000 FROM generate_series(1, 5000) g");
        }
        AtomicBoolean stop = new AtomicBoolean();
        Set<Integer> levels = new TreeSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection watcher = server.connect("master");
                Statement watching = watcher.createStatement()) {
            Future<List<String>> verified = threads.submit(() -> verify(stop));
            Future<Integer> changed = threads.submit(() -> change(stop));
            try {
                ServerProcess.await("a row of sys.sr_verify_progress", () -> {
                    levels.addAll(levelsUnderWay(watching));
                    return !levels.isEmpty();
                });
            } finally {
                stop.set(true);
            }
            assertThat(levels).isSubsetOf(1, 3, 4);
            assertThat(verified.get()).isEmpty();
            assertThat(changed.get()).isPositive();
            assertThat(levelsUnderWay(watching)).as("after the end").isEmpty();
        }
    }

    private static List<String> verify(AtomicBoolean stop) throws SQLException {
        List<String> findings = new ArrayList<>();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            while (!stop.get()) {
                try (ResultSet rows = statement.executeQuery("SELECT finding FROM sys.sr_verify")) {
                    while (rows.next()) {
                        findings.add(rows.getString(1));
                    }
                }
            }
        }
        return findings;
    }

    /** Rows get other index keys, go and come back, so that trees split and merge. */
    private static int change(AtomicBoolean stop) throws SQLException {
        int rounds = 0;
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (; !stop.get(); rounds++) {
                int from = rounds * 97 % 4900;
                String where = " WHERE id BETWEEN " + from + " AND " + (from + 50);
                statement.execute("UPDATE busy SET v = 'w' || (id * 31 % 1777)" + where);
                statement.execute("DELETE FROM busy" + where);
                statement.execute("INSERT INTO busy SELECT g, 'v' || g FROM generate_series(" + Math.max(from, 1) + ", "
                        + (from + 50) + ") g");
            }
        }
        return rounds;
    }

    private static Set<Integer> levelsUnderWay(Statement statement) {
        Set<Integer> levels = new TreeSet<>();
        try (ResultSet rows = statement.executeQuery("SELECT level, done, total FROM sys.sr_verify_progress"
                + " WHERE database_name = 'postgres' AND percent_complete BETWEEN 0 AND 100")) {
            while (rows.next()) {
                assertThat(rows.getLong(2)).isBetween(0L, rows.getLong(3));
                levels.add(rows.getInt(1));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return levels;
    }

    @Test
    @DisplayName(
            "TDE-100, TDE-101, TDE-81, TDE-82, TDE-62, TDE-326: names in any spelling; the report of encryptors never backed up;"
                    + " tempdb follows the first encrypted database")
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
        String tempdb = "SELECT count(*) FROM sys.dm_database_encryption_keys WHERE database_id = 2";
        try (KeySql postgres = new KeySql(server, "postgres")) {
            assertThat(postgres.text(tempdb)).isEqualTo("0");
        }
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
            assertThat(row(statement, tempdb)).isEqualTo("1");
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
    @DisplayName("TDE-200, TDE-202 to TDE-208, TDE-215, TDE-216, TDE-519: every column of the views, with its type")
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
            assertColumns(
                    statement,
                    "sr_certificates",
                    "name " + name + ", certificate_id int4, thumbprint bytea, thumbprint_sha256 bytea,"
                            + " create_date timestamp");
            assertColumns(
                    statement,
                    "sr_unbacked_encryptors",
                    "database_id int4, database_name " + name + ", thumbprint bytea, certificate_name " + name);
            assertColumns(
                    statement,
                    "sr_manifest_head",
                    "database_id int4, database_name " + name + ", sequence int8, page_count int8, head bytea");
        }
    }

    @Test
    @DisplayName("TDE-209 to TDE-214: every column of the databases, of audits and their files, with its type")
    void auditColumnsAreSqlServers() throws SQLException {
        String name = "name varchar(128)";
        String audits = "audit_id int4, " + name + ", audit_guid uuid, create_date timestamp, modify_date timestamp,"
                + " principal_id int4, type bpchar(2), type_desc varchar(60), on_failure int2, on_failure_desc varchar(60),"
                + " is_state_enabled int2, queue_delay int4, predicate varchar";
        String specification =
                " int4, create_date timestamp, modified_date timestamp, is_state_enabled int2," + " audit_guid uuid";
        String details = " int4, audit_action_id bpchar(4), audit_action_name varchar(128), class int2,"
                + " class_desc varchar(60), major_id int4, minor_id int4, audited_principal_id int4,"
                + " audited_result varchar(60), is_group int2";
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            assertColumns(statement, "server_audits", audits + "(3000)");
            assertColumns(
                    statement,
                    "server_file_audits",
                    audits + "(8000), max_file_size int8, max_rollover_files int4, max_files int4,"
                            + " reserved_disk_space int4, log_file_path varchar(260), log_file_name varchar(260)");
            for (String level : new String[] {"server", "database"}) {
                assertColumns(
                        statement,
                        level + "_audit_specifications",
                        name + ", " + level + "_specification_id" + specification);
                assertColumns(statement, level + "_audit_specification_details", level + "_specification_id" + details);
            }
            assertColumns(
                    statement,
                    "dm_server_audit_status",
                    "audit_id int4, " + name + ", status int2, status_desc varchar(256), status_time timestamp,"
                            + " event_session_address bytea, audit_file_path varchar(256), audit_file_size int8");
            assertColumns(
                    statement,
                    "dm_audit_actions",
                    "action_id varchar(4), action_in_log int2, " + name + ", class_desc varchar(35),"
                            + " parent_class_desc varchar(35), covering_parent_action_name varchar(128),"
                            + " configuration_level varchar(10), containing_group_name varchar(128)");
            assertColumns(
                    statement,
                    "dm_audit_class_type_map",
                    "class_type bpchar(2), class_type_desc varchar(35), securable_class_desc varchar(35)");
            assertColumns(
                    statement,
                    "fn_get_audit_file('*', NULL, NULL)",
                    "event_time timestamp, sequence_number int4, action_id varchar, succeeded int2,"
                            + " permission_bitmask bytea, is_column_permission int2, session_id int4,"
                            + " server_principal_id int4, database_principal_id int4, target_server_principal_id int4,"
                            + " target_database_principal_id int4, object_id int4, class_type varchar,"
                            + " session_server_principal_name varchar, server_principal_name varchar,"
                            + " server_principal_sid bytea, database_principal_name varchar,"
                            + " target_server_principal_name varchar, target_server_principal_sid bytea,"
                            + " target_database_principal_name varchar, server_instance_name varchar,"
                            + " database_name varchar, schema_name varchar, object_name varchar, statement varchar,"
                            + " additional_information varchar, file_name varchar, audit_file_offset int8,"
                            + " user_defined_event_id int2, user_defined_information varchar, audit_schema_version int4,"
                            + " sequence_group_id bytea, transaction_id int8, client_ip varchar,"
                            + " application_name varchar, duration_milliseconds int8, response_rows int8,"
                            + " affected_rows int8, connection_id uuid, data_sensitivity_information varchar,"
                            + " host_name varchar, session_context varchar, client_tls_version int8,"
                            + " client_tls_version_name varchar");
            assertColumns(statement, "databases", databaseColumns());
        }
    }

    /** TDE-209, in SQL Server's order. */
    private static String databaseColumns() {
        return "name varchar(128), database_id int4, source_database_id int4, owner_sid bytea, create_date timestamp,"
                + " compatibility_level int2, collation_name varchar(128), user_access int2, user_access_desc varchar(60),"
                + " is_read_only int2, is_auto_close_on int2, is_auto_shrink_on int2, state int2, state_desc varchar(60),"
                + " is_in_standby int2, is_cleanly_shutdown int2, is_supplemental_logging_enabled int2,"
                + " snapshot_isolation_state int2, snapshot_isolation_state_desc varchar(60),"
                + " is_read_committed_snapshot_on int2, recovery_model int2, recovery_model_desc varchar(60),"
                + " page_verify_option int2, page_verify_option_desc varchar(60), is_auto_create_stats_on int2,"
                + " is_auto_create_stats_incremental_on int2, is_auto_update_stats_on int2,"
                + " is_auto_update_stats_async_on int2, is_ansi_null_default_on int2, is_ansi_nulls_on int2,"
                + " is_ansi_padding_on int2, is_ansi_warnings_on int2, is_arithabort_on int2,"
                + " is_concat_null_yields_null_on int2, is_numeric_roundabort_on int2, is_quoted_identifier_on int2,"
                + " is_recursive_triggers_on int2, is_cursor_close_on_commit_on int2, is_local_cursor_default int2,"
                + " is_fulltext_enabled int2, is_trustworthy_on int2, is_db_chaining_on int2,"
                + " is_parameterization_forced int2, is_master_key_encrypted_by_server int2, is_query_store_on int2,"
                + " is_published int2, is_subscribed int2, is_merge_published int2, is_distributor int2,"
                + " is_sync_with_backup int2, service_broker_guid uuid, is_broker_enabled int2, log_reuse_wait int2,"
                + " log_reuse_wait_desc varchar(60), is_date_correlation_on int2, is_cdc_enabled int2,"
                + " is_encrypted int2, is_honor_broker_priority_on int2, replica_id uuid, group_database_id uuid,"
                + " resource_pool_id int4, default_language_lcid int2, default_language_name varchar(128),"
                + " default_fulltext_language_lcid int4, default_fulltext_language_name varchar(128),"
                + " is_nested_triggers_on int2, is_transform_noise_words_on int2, two_digit_year_cutoff int2,"
                + " containment int2, containment_desc varchar(60), target_recovery_time_in_seconds int4,"
                + " delayed_durability int4, delayed_durability_desc varchar(60),"
                + " is_memory_optimized_elevate_to_snapshot_on int2, is_federation_member int2,"
                + " is_remote_data_archive_enabled int2, is_mixed_page_allocation_on int2,"
                + " is_temporal_retention_enabled int2, catalog_collation_type int4, catalog_collation_type_desc varchar(60)";
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
