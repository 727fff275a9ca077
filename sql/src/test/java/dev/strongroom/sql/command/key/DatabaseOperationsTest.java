package dev.strongroom.sql.command.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.parse.SqlTextParser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix of tde.md 3.2: what runs while what else runs, and what a scan locks out. */
class DatabaseOperationsTest {
    private static final Map<String, Integer> DATABASES = Map.of("d", 7, "other", 8, "scanned", 9, "lonely", 10);

    private final DatabaseOperations operations = new DatabaseOperations(
            name -> Optional.ofNullable(DATABASES.get(name)), database -> database >= 9, database -> database == 10);

    private static AuditedStatement statement(String text) {
        return statement(text, "d");
    }

    private static AuditedStatement statement(String text, String database) {
        return new AuditedStatement(
                SqlTextParser.parse(text).get(0).statement(),
                text,
                Objects.requireNonNull(DATABASES.get(database)),
                new AuditedStatement.Client(1, 10, 10, "", ""));
    }

    private String outcome(String text) {
        return outcome(text, "d");
    }

    private String outcome(String text, String database) {
        try {
            return operations.run(statement(text, database), () -> "ok");
        } catch (DatabaseException e) {
            return String.valueOf(e.report().routine()).replace("MSSQL", "");
        }
    }

    @ParameterizedTest
    @DisplayName(
            "TDE-45, TDE-46, TDE-160: key statements and other statements about the same database exclude each other")
    @CsvSource(delimiter = '|', textBlock = """
            DROP DATABASE ENCRYPTION KEY | DROP DATABASE ENCRYPTION KEY | 33115
            DROP DATABASE ENCRYPTION KEY FOR DATABASE d | ALTER DATABASE d SET ENCRYPTION ON | 33116
            ALTER DATABASE d SET ENCRYPTION ON | BACKUP DATABASE d TO DISK = 'f' | 5061
            ALTER DATABASE d SET ENCRYPTION ON | RESTORE DATABASE d FROM DISK = 'f' | 5061
            ALTER DATABASE d SET ENCRYPTION ON | ALTER DATABASE d RENAME TO e | 5061
            ALTER DATABASE d SET ENCRYPTION ON | DROP DATABASE d | 5061
            ALTER DATABASE d SET ENCRYPTION ON | BACKUP LOG d TO DISK = 'f' | ok
            ALTER DATABASE d SET ENCRYPTION ON | BACKUP DATABASE other TO DISK = 'f' | ok
            BACKUP DATABASE d TO DISK = 'f' | ALTER DATABASE d SET ENCRYPTION ON | 33116
            BACKUP DATABASE d TO DISK = 'f' | DROP DATABASE ENCRYPTION KEY | 33115
            BACKUP DATABASE d TO DISK = 'f' | BACKUP DATABASE d TO DISK = 'g' | ok
            BACKUP LOG d TO DISK = 'f' | ALTER DATABASE d SET ENCRYPTION ON | ok
            RESTORE DATABASE d FROM DISK = 'f' | ALTER DATABASE d SET ENCRYPTION ON | 33116
            RESTORE DATABASE d FROM DISK = 'f' | RESTORE DATABASE d FROM DISK = 'g' | 5061
            RESTORE DATABASE d FROM DISK = 'f' | BACKUP LOG d TO DISK = 'g' | 5061
            BACKUP DATABASE d TO DISK = 'f' | DROP DATABASE d | 5061
            BACKUP LOG d TO DISK = 'f' | RESTORE DATABASE d FROM DISK = 'g' | 5061
            ALTER DATABASE d RENAME TO e | ALTER DATABASE d SET ENCRYPTION OFF | 33116
            BACKUP DATABASE other TO DISK = 'f' | DROP DATABASE ENCRYPTION KEY | ok
            """)
    void statementsExcludeEachOther(String first, String second, String expected) {
        String found = operations.run(statement(first), () -> outcome(second));
        assertThat(found).isEqualTo(expected);
        assertThat(outcome(second)).as("afterwards").isEqualTo("ok");
    }

    private static final List<String> KEY_STATEMENTS = List.of(
            "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
            "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256",
            "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c",
            "DROP DATABASE ENCRYPTION KEY",
            "ALTER DATABASE d SET ENCRYPTION ON",
            "ALTER DATABASE d SET ENCRYPTION OFF",
            "ALTER DATABASE d SET ENCRYPTION SUSPEND",
            "ALTER DATABASE d SET ENCRYPTION RESUME");

    /** Columns: a statement, what it gets while a key statement runs, what a key statement gets while it runs. */
    @ParameterizedTest
    @DisplayName("TDE-45, TDE-46, TDE-37: the table of tde.md 3.2, for each of the eight key statements")
    @CsvSource(delimiter = '|', textBlock = """
            DROP DATABASE d | 5061 | 33115
            ALTER DATABASE d SET OFFLINE | 5061 | 33115
            EXEC sp_detach_db 'd' | 5061 | 33115
            ALTER DATABASE d SET READ_ONLY | 5061 | 33115
            ALTER DATABASE d SET SINGLE_USER | 5061 | 33115
            ALTER DATABASE d SET RECOVERY SIMPLE | 5061 | 33115
            ALTER DATABASE d OWNER TO postgres | 5061 | 33115
            ALTER DATABASE d RENAME TO e | 5061 | 33115
            BACKUP DATABASE d TO DISK = 'f' | 5061 | 33115
            BACKUP DATABASE d TO DISK = 'f' WITH DIFFERENTIAL | 5061 | 33115
            BACKUP LOG d TO DISK = 'f' | ok | ok
            BACKUP LOG d TO DISK = 'f' WITH NORECOVERY | 5061 | 33115
            RESTORE DATABASE d FROM DISK = 'f' | 5061 | 33115
            RESTORE LOG d FROM DISK = 'f' | 5061 | 33115
            VACUUM FULL | 5061 | 33115
            CLUSTER | 5061 | 33115
            REINDEX DATABASE d | 5061 | 33115
            REINDEX INDEX i | 5061 | 33115
            VACUUM | ok | ok
            ANALYZE | ok | ok
            CREATE INDEX i ON t (a) | ok | ok
            CHECKPOINT | ok | ok
            INSERT INTO t VALUES (1) | ok | ok
            """)
    void eachCellOfTheTable(String text, String meanwhile, String keyStatement) {
        for (String key : KEY_STATEMENTS) {
            assertThat(operations.run(statement(key), () -> outcome(text)))
                    .as("%s during %s", text, key)
                    .isEqualTo(meanwhile);
            String found = operations.run(statement(text), () -> outcome(key));
            // A statement that names its database gets the number that does so, too.
            String expected =
                    keyStatement.equals("33115") && key.startsWith("ALTER DATABASE d") ? "33116" : keyStatement;
            assertThat(found).as("%s during %s", key, text).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @DisplayName("TDE-37, TDE-309: a scan puts maintenance off, unless one user is alone; other work goes on")
    @CsvSource(delimiter = '|', textBlock = """
            VACUUM FULL | 91003
            VACUUM (FULL) t | 91003
            CLUSTER t | 91003
            REINDEX TABLE t | 91003
            REINDEX SYSTEM scanned | 91003
            VACUUM t | ok
            VACUUM ANALYZE | ok
            CREATE INDEX i ON t (a) | ok
            CHECKPOINT | ok
            """)
    void aScanPutsMaintenanceOff(String text, String expected) {
        assertThat(outcome(text, "scanned")).isEqualTo(expected);
        assertThat(outcome(text, "lonely")).as("single user").isEqualTo("ok");
        assertThat(outcome(text, "d")).as("no scan").isEqualTo("ok");
    }

    @ParameterizedTest
    @DisplayName("TDE-44, TDE-46: nothing is restored over a database while it is scanned; backups go on")
    @CsvSource(delimiter = '|', textBlock = """
            RESTORE DATABASE scanned FROM DISK = 'f' | 91003
            RESTORE LOG scanned FROM DISK = 'f' | 91003
            RESTORE DATABASE d FROM DISK = 'f' | ok
            BACKUP DATABASE scanned TO DISK = 'f' | ok
            ALTER DATABASE scanned RENAME TO e | ok
            ALTER DATABASE scanned SET SINGLE_USER | ok
            ALTER DATABASE scanned SET OFFLINE | 91003
            ALTER DATABASE scanned SET READ_ONLY | 91003
            EXEC sp_detach_db 'scanned' | 91003
            """)
    void aScanLocksOutRestores(String text, String expected) {
        assertThat(outcome(text)).isEqualTo(expected);
    }
}
