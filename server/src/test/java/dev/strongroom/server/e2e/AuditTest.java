package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits through a real server: what is recorded, what is hidden, what tampering shows. */
final class AuditTest {
    private static final String RECORDS =
            "SELECT string_agg(trim(action_id) || trim(class_type) || succeeded || object_name, ','"
                    + " ORDER BY file_name, audit_file_offset) FROM sys.fn_get_audit_file('*.sqlaudit', default, default)"
                    + " WHERE server_principal_name <> '##SR_TdeScan##'";

    @TempDir
    Path directory;

    private List<Path> auditFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data-audit"))) {
            return files.filter(file -> file.toString().endsWith(".sqlaudit"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @DisplayName(
            "TDE-43, TDE-104, TDE-210 to TDE-214, TDE-307, TDE-344, S-23, AE-58: key statements, scans and failures are recorded,"
                    + " sealed; verify finds what was changed")
    void whatIsDoneIsRecorded() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            try (KeySql master = new KeySql(server, "master")) {
                master.ok(
                                "CREATE SERVER AUDIT trail TO FILE (FILEPATH = 'tde', MAXSIZE = 10 MB,"
                                        + " MAX_ROLLOVER_FILES = 5, RESERVE_DISK_SPACE = OFF)"
                                        + " WITH (QUEUE_DELAY = 0, ON_FAILURE = CONTINUE)",
                                "ALTER SERVER AUDIT trail WITH (STATE = ON)",
                                "CREATE SERVER AUDIT SPECIFICATION keys FOR SERVER AUDIT trail"
                                        + " ADD (DATABASE_OBJECT_CHANGE_GROUP), ADD (SERVER_OBJECT_CHANGE_GROUP),"
                                        + " ADD (BACKUP_RESTORE_GROUP), ADD (DATABASE_CHANGE_GROUP),"
                                        + " ADD (DATABASE_OBJECT_PERMISSION_CHANGE_GROUP) WITH (STATE = ON)",
                                "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'",
                                "CREATE CERTIFICATE c WITH SUBJECT = 'c'")
                        .fails(15151, "DROP CERTIFICATE nothing")
                        .ok("CREATE CREDENTIAL cred WITH IDENTITY = 'i', SECRET = 'Hidden-1'", "CREATE DATABASE vault");
            }
            try (KeySql vault = new KeySql(server, "vault")) {
                vault.ok(
                        "CREATE COLUMN MASTER KEY cmk WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE', KEY_PATH = 'm.pem')",
                        "CREATE COLUMN ENCRYPTION KEY cek WITH VALUES (COLUMN_MASTER_KEY = cmk,"
                                + " ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = 0x0100000001" + "5a".repeat(512) + ")",
                        "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                        "ALTER DATABASE vault SET ENCRYPTION ON");
                ServerProcess.await("end of the scan", () -> isEncrypted(server));
                assertThat(scanCompleted(server))
                        .as("recorded before the state shows it")
                        .isTrue();
            }
            try (KeySql master = new KeySql(server, "master")) {
                assertThat(master.text(RECORDS))
                        .isEqualTo("CRMK1,CRCR1c,DRCR0nothing,CRCD1cred,CRDB1vault,CRCM1cmk,CRCK1cek,CRDK1,ALDB1vault");
                assertThat(master.text("SELECT string_agg(server_principal_name || ' ' || statement, E'\\n' ORDER BY"
                                + " audit_file_offset) FROM sys.fn_get_audit_file('tde/*', NULL, NULL)"
                                + " WHERE statement LIKE 'CREATE COLUMN%'"))
                        .isEqualTo("postgres CREATE COLUMN MASTER KEY cmk WITH (KEY_STORE_PROVIDER_NAME = 'PEM_FILE',"
                                + " KEY_PATH = 'm.pem')\npostgres CREATE COLUMN ENCRYPTION KEY cek WITH VALUES"
                                + " (COLUMN_MASTER_KEY = cmk, ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = '***')");
                assertThat(master.text("SELECT statement FROM sys.fn_get_audit_file('tde/*', NULL, NULL)"
                                + " WHERE class_type = 'CD'"))
                        .isEqualTo("CREATE CREDENTIAL cred WITH IDENTITY = 'i', SECRET = '***'");
                assertThat(master.text("SELECT additional_information FROM sys.fn_get_audit_file('*', NULL, NULL)"
                                + " WHERE class_type = 'DB' AND action_id = 'AL'"))
                        // Of an empty database: its scan is over when the statement is (TDE-306).
                        .contains("<old state=\"1\" key_version=\"1\"")
                        .contains("<new state=\"3\"");
                assertThat(master.text(
                                "SELECT status_desc || (audit_file_size > 256)::text FROM sys.dm_server_audit_status"))
                        .isEqualTo("STARTEDtrue");
                views(master);
                copiesAndGrants(master);
            }
            assertThat(server.logText()).doesNotContain("Hidden-1").doesNotContain("Backed-up-1");
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
            Path file = auditFiles().get(0);
            byte[] content = Files.readAllBytes(file);
            assertThat(new String(content, StandardCharsets.ISO_8859_1)).doesNotContain("CERTIFICATE");
            content[300] ^= 1;
            Files.write(file, content);
            ServerProcess.Result verified = server.verify();
            assertThat(verified.exitCode()).isEqualTo(1);
            assertThat(verified.output()).contains("was changed, moved or cut off (33206)");
        }
    }

    private static boolean isEncrypted(ServerProcess server) {
        try (KeySql vault = new KeySql(server, "vault")) {
            return "3"
                    .equals(vault.text("SELECT encryption_state FROM sys.dm_database_encryption_keys"
                            + " WHERE database_id = db_id()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean scanCompleted(ServerProcess server) {
        try (KeySql master = new KeySql(server, "master")) {
            return "1"
                    .equals(master.text("SELECT count(*) FROM sys.fn_get_audit_file('*', NULL, NULL)"
                            + " WHERE additional_information LIKE '<scan event=\"complete\" state=\"3\"%'"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TDE-344: backups of keys and databases, and what is granted, denied and refused. */
    private static void copiesAndGrants(KeySql master) throws SQLException {
        String before = master.text(RECORDS);
        master.ok("BACKUP CERTIFICATE c TO FILE = 'c.cer' WITH PRIVATE KEY (FILE = 'c.key', ENCRYPTION BY PASSWORD ="
                        + " 'Backed-up-1')")
                .ok("BACKUP MASTER KEY TO FILE = 'm.key' ENCRYPTION BY PASSWORD = 'Backed-up-1'")
                .ok("BACKUP DATABASE vault TO DISK = 'v.bak'")
                .ok("CREATE ROLE clerk", "GRANT ALTER ON DATABASE::vault TO clerk")
                .ok("DENY CONTROL ON CERTIFICATE::c TO clerk")
                .fails(91006, "ALTER DATABASE vault SET ENCRYPTION SUSPEND");
        assertThat(master.text(RECORDS)).isEqualTo(before + ",BACR1c,BAMK1,BADB1vault,GDB1vault,DCR1c,ALDB0vault");
        assertThat(master.text("SELECT count(*) FROM sys.fn_get_audit_file('*', NULL, NULL)"
                        + " WHERE statement LIKE '%Backed-up%'"))
                .isEqualTo("0");
    }

    private static void views(KeySql master) throws SQLException {
        assertThat(master.text(
                        "SELECT name || trim(type) || type_desc || on_failure_desc || queue_delay || max_file_size"
                                + " || max_rollover_files || log_file_path FROM sys.server_file_audits"))
                .isEqualTo("trailFLFILECONTINUE0105tde");
        assertThat(master.text(
                        "SELECT string_agg(trim(audit_action_id) || audited_result, ',' ORDER BY audit_action_id)"
                                + " FROM sys.server_audit_specification_details d"
                                + " JOIN sys.server_audit_specifications s USING (server_specification_id)"
                                + " JOIN sys.server_audits a USING (audit_guid)"))
                .isEqualTo(
                        "BRDBSUCCESS AND FAILURE,GRDOSUCCESS AND FAILURE,MNDBSUCCESS AND FAILURE,MNDOSUCCESS AND FAILURE,"
                                + "MNSOSUCCESS AND FAILURE");
        assertThat(master.text("SELECT count(*) FROM sys.dm_audit_actions WHERE name = 'DATABASE_CHANGE_GROUP'"))
                .isEqualTo("2");
        assertThat(master.text("SELECT class_type_desc FROM sys.dm_audit_class_type_map WHERE class_type = 'DK'"))
                .isEqualTo("DATABASE ENCRYPTION KEY");
    }

    @Test
    @DisplayName(
            "TDE-43: SET ENCRYPTION is recorded under either group alone; a database specification sees its database")
    void eachGroupAloneRecordsSetEncryption() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            EncryptionLifeTest.createCertificate(server);
            try (KeySql postgres = new KeySql(server, "postgres")) {
                postgres.ok("CREATE DATABASE one", "CREATE DATABASE two")
                        .ok("CREATE SERVER AUDIT a TO FILE (FILEPATH = '.') WITH (QUEUE_DELAY = 0, STATE = ON)");
            }
            String[][] cases = {{"one", "DATABASE_OBJECT_CHANGE_GROUP"}, {"two", "DATABASE_CHANGE_GROUP"}};
            for (String[] each : cases) {
                try (KeySql database = new KeySql(server, each[0])) {
                    database.ok(
                            "CREATE DATABASE AUDIT SPECIFICATION s FOR SERVER AUDIT a ADD (" + each[1]
                                    + ") WITH (STATE = ON)",
                            "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                            "ALTER DATABASE " + each[0] + " SET ENCRYPTION ON");
                    assertThat(database.text("SELECT name FROM sys.database_audit_specifications"))
                            .isEqualTo("s");
                    assertThat(database.text("SELECT trim(audit_action_name) FROM"
                                    + " sys.database_audit_specification_details"))
                            .isEqualTo(each[1]);
                }
            }
            try (KeySql master = new KeySql(server, "master")) {
                assertThat(master.text("SELECT string_agg(database_name || class_type, ',' ORDER BY audit_file_offset)"
                                + " FROM sys.fn_get_audit_file('*', default, default) WHERE statement <> ''"))
                        .isEqualTo("oneDK,oneDB,twoDB");
                master.fails(33227, "CREATE SERVER AUDIT b TO FILE (FILEPATH = '.') WITH (QUEUE_DELAY = 10)")
                        .fails(15530, "CREATE SERVER AUDIT a TO APPLICATION_LOG")
                        .fails(15151, "ALTER SERVER AUDIT b WITH (STATE = ON)")
                        .fails(15247, "CREATE SERVER AUDIT b TO FILE (FILEPATH = '/tmp')")
                        .ok("ALTER SERVER AUDIT a WITH (STATE = OFF)", "ALTER SERVER AUDIT a MODIFY NAME = z");
                assertThat(master.outcome("ALTER SERVER AUDIT SPECIFICATION none WITH (STATE = OFF)"))
                        .isEqualTo("15151");
                master.ok("DROP SERVER AUDIT z");
            }
        }
    }

    @Test
    @DisplayName("TDE-160: when FAIL_OPERATION cannot write, the statement is refused before it does anything (33239)")
    void nothingHappensUnaudited() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            try (KeySql master = new KeySql(server, "master")) {
                master.ok(
                        "CREATE SERVER AUDIT a TO FILE (FILEPATH = '.', MAX_FILES = 1)"
                                + " WITH (QUEUE_DELAY = 0, ON_FAILURE = FAIL_OPERATION, STATE = ON)",
                        "CREATE SERVER AUDIT SPECIFICATION s FOR SERVER AUDIT a ADD (SERVER_PRINCIPAL_CHANGE_GROUP)"
                                + " WITH (STATE = ON)",
                        "CREATE ROLE first");
            }
            server.stop();
            server.start();
            try (KeySql master = new KeySql(server, "master")) {
                master.fails(33239, "CREATE ROLE second");
                assertThat(master.text(
                                "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname IN ('first', 'second')"))
                        .isEqualTo("first");
                assertThat(master.text("SELECT status_desc FROM sys.dm_server_audit_status"))
                        .isEqualTo("RUNTIME_FAIL");
                master.ok("ALTER SERVER AUDIT a WITH (STATE = OFF)")
                        .fails(33206, "ALTER SERVER AUDIT a WITH (STATE = ON)")
                        .ok("ALTER SERVER AUDIT a WITH (STATE = OFF)", "CREATE ROLE second");
            }
        }
    }
}
