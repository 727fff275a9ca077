package dev.strongroom.sql.command.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.parse.SqlTextParser;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix of tde.md 3.2: what runs while what else runs, and what a scan locks out. */
class DatabaseOperationsTest {
    private static final Map<String, Integer> DATABASES = Map.of("d", 7, "other", 8, "scanned", 9);

    private final DatabaseOperations operations =
            new DatabaseOperations(name -> Optional.ofNullable(DATABASES.get(name)), database -> database == 9);

    private static AuditedStatement statement(String text) {
        return new AuditedStatement(
                SqlTextParser.parse(text).get(0).statement(), text, 7, new AuditedStatement.Client(1, 10, 10, "", ""));
    }

    private String outcome(String text) {
        try {
            return operations.run(statement(text), () -> "ok");
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

    @ParameterizedTest
    @DisplayName("TDE-44, TDE-46: nothing is restored over a database while it is scanned; backups go on")
    @CsvSource(delimiter = '|', textBlock = """
            RESTORE DATABASE scanned FROM DISK = 'f' | 91003
            RESTORE LOG scanned FROM DISK = 'f' | 91003
            RESTORE DATABASE d FROM DISK = 'f' | ok
            BACKUP DATABASE scanned TO DISK = 'f' | ok
            ALTER DATABASE scanned RENAME TO e | ok
            """)
    void aScanLocksOutRestores(String text, String expected) {
        assertThat(outcome(text)).isEqualTo(expected);
    }
}
