package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** What backup, restore and the states of databases refuse, by SQL Server's numbers. */
final class BackupNumbersTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("TDE-160: each refusal of backup, restore and database states has SQL Server's number")
    void refusalsHaveTheirNumbers() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"));
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE DATABASE d", "BACKUP DATABASE d TO DISK = 'd1.bak'");
            secondMessage(server);
            media(master);
            chains(master);
            refusedConnection(server, "e", "MSSQL927");
            states(server, master);
        }
    }

    /** What SQL Server says in a second message is told as where it happened. */
    private static void secondMessage(ServerProcess server) throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            PSQLException failure = catchThrowableOfType(
                    PSQLException.class, () -> statement.execute("BACKUP DATABASE tempdb TO DISK = 'x.bak'"));
            assertThat(Objects.requireNonNull(failure.getServerErrorMessage()).getWhere())
                    .isEqualTo("BACKUP DATABASE is terminating abnormally. (3013)");
        }
    }

    private void media(KeySql master) throws Exception {
        Files.write(directory.resolve("data-backups/garbage.bak"), new byte[70_000]);
        master.fails(3244, "BACKUP DATABASE d TO DISK = 'x.bak', DISK = 'x.bak'")
                .fails(3241, "RESTORE HEADERONLY FROM DISK = 'garbage.bak'")
                .ok("BACKUP DATABASE d TO DISK = 'kept.bak' WITH RETAINDAYS = 3, COPY_ONLY")
                .fails(4030, "BACKUP DATABASE d TO DISK = 'kept.bak' WITH INIT, COPY_ONLY");
    }

    private static void chains(KeySql master) throws SQLException {
        master.ok(
                        "BACKUP LOG d TO DISK = 'd.trn'",
                        "BACKUP LOG d TO DISK = 'd.trn'",
                        "BACKUP DATABASE d TO DISK = 'd2.bak'",
                        "BACKUP DATABASE d TO DISK = 'd.dif' WITH DIFFERENTIAL",
                        "RESTORE DATABASE e FROM DISK = 'd1.bak' WITH NORECOVERY")
                .fails(3136, "RESTORE DATABASE e FROM DISK = 'd.dif' WITH NORECOVERY")
                .fails(4305, "RESTORE LOG e FROM DISK = 'd.trn' WITH FILE = 2, NORECOVERY")
                .fails(4335, "RESTORE LOG e FROM DISK = 'd.trn' WITH STOPAT = '2001-01-01'")
                .ok("RESTORE DATABASE f FROM DISK = 'd2.bak' WITH NORECOVERY")
                .fails(4326, "RESTORE LOG f FROM DISK = 'd.trn' WITH NORECOVERY");
    }

    private static void states(ServerProcess server, KeySql master) throws SQLException {
        master.fails(1801, "CREATE DATABASE d ON (FILENAME = 'nowhere') FOR ATTACH")
                .fails(5058, "ALTER DATABASE model SET SINGLE_USER");
        try (KeySql own = new KeySql(server, "d")) {
            own.fails(5069, "ALTER DATABASE d SET OFFLINE").ok("ALTER DATABASE d SET SINGLE_USER");
            refusedConnection(server, "d", "MSSQL924");
            master.fails(5064, "ALTER DATABASE d SET MULTI_USER");
            own.ok("ALTER DATABASE d SET MULTI_USER");
        }
    }

    private static void refusedConnection(ServerProcess server, String database, String number) {
        PSQLException refused = catchThrowableOfType(PSQLException.class, () -> server.connect(database));
        assertThat(Objects.requireNonNull(refused.getServerErrorMessage()).getRoutine())
                .isEqualTo(number);
    }
}
