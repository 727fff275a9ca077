package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes of key under a mixed load, and kill -9, again and again; for nights:
 * {@code mvn -Pnightly -pl server -am test -Dtest=RotationTortureTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dtorture.minutes=60}. The load inserts, updates, sorts in temporary files, fails, is audited and backed up.
 */
@Tag("nightly")
final class RotationTortureTest {
    private static final long SEED = 20_261_122L;
    private static final int LEAST_KILLS = 20;
    private static final int ROWS_MAX = 30_000;
    private static final long MILLI = 1_000_000L;
    private static final String MARKER = "raspberries-in-october";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "TDE-514, TDE-520: kill -9 at any moment of a rotation loses nothing, and no plain text is on the disk")
    void killsInRotationsLoseNothing() throws Exception {
        long end = System.nanoTime() + Long.getLong("torture.minutes", 1L) * 60_000 * MILLI;
        SplittableRandom random = new SplittableRandom(SEED);
        PlaintextHunt hunt = new PlaintextHunt(List.of(MARKER));
        try (ServerProcess server =
                ServerProcess.start(directory.resolve("data")).longLived()) {
            prepare(server);
            int acknowledged = 0;
            int kill = 0;
            while (kill < LEAST_KILLS || System.nanoTime() < end) {
                acknowledged = round(server, acknowledged, random.nextLong(2000 * MILLI));
                kill++;
                assertThat(hunt.findings(directory))
                        .as("kill %d, seed %d", kill, SEED)
                        .isEmpty();
                assertThat(server.logText()).as("kill %d, seed %d", kill, SEED).doesNotContain(MARKER);
                if (acknowledged > ROWS_MAX) {
                    acknowledged = 0;
                    try (KeySql database = new KeySql(server, "postgres")) {
                        database.ok("TRUNCATE t");
                    }
                }
            }
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
            System.out.println("torture: " + kill + " kills, seed " + SEED);
        }
    }

    private static void prepare(ServerProcess server) throws SQLException {
        EncryptionLifeTest.createCertificate(server);
        try (KeySql master = new KeySql(server, "master")) {
            master.ok(
                    "CREATE SERVER AUDIT trail TO FILE (FILEPATH = '.', MAXSIZE = 10 MB, MAX_ROLLOVER_FILES = 3)"
                            + " WITH (STATE = ON)",
                    "CREATE SERVER AUDIT SPECIFICATION changes FOR SERVER AUDIT trail"
                            + " ADD (DATABASE_OBJECT_CHANGE_GROUP), ADD (BACKUP_RESTORE_GROUP) WITH (STATE = ON)");
        }
        try (KeySql database = new KeySql(server, "postgres")) {
            database.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                    "ALTER DATABASE CURRENT SET ENCRYPTION ON",
                    "CREATE TABLE t (id int PRIMARY KEY, secret text)",
                    "EXEC sp_configure 'tde scan max mb per s', 4; RECONFIGURE");
        }
    }

    /** Begins a change of key under load, kills the server after a while, and looks. */
    private static int round(ServerProcess server, int before, long nanos) throws SQLException {
        AtomicInteger told = new AtomicInteger(before);
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> insert(server, told));
        CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> doTheRest(server));
        try (KeySql database = new KeySql(server, "postgres")) {
            String outcome = database.ok("CHECKPOINT")
                    .outcome("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256");
            assertThat(outcome).as("begun, or the last one still runs").isIn("ok", "33110", "33122");
        }
        LockSupport.parkNanos(nanos);
        server.kill();
        load.join();
        rest.join();
        server.start();
        try (KeySql database = new KeySql(server, "postgres")) {
            int there = Integer.parseInt(
                    String.valueOf(database.text("SELECT count(*) FROM t WHERE secret = '" + MARKER + "' || id")));
            assertThat(there).as("acknowledged rows").isBetween(told.get(), told.get() + 1);
            return there;
        }
    }

    private static void insert(ServerProcess server, AtomicInteger told) {
        try (KeySql session = new KeySql(server, "postgres")) {
            while (true) {
                int id = told.get() + 1;
                session.ok("INSERT INTO t VALUES (" + id + ", '" + MARKER + "' || " + id + ")");
                told.set(id);
            }
        } catch (SQLException e) {
            requireKilled(e);
        }
    }

    /** What else could leave plain text somewhere, until the server is killed. */
    private static void doTheRest(ServerProcess server) {
        try (KeySql session = new KeySql(server, "postgres")) {
            session.ok("SET work_mem = '64kB'");
            while (true) {
                session.ok(
                        "SELECT count(*) FROM (SELECT secret FROM t ORDER BY secret || id DESC OFFSET 1) AS sorted",
                        "UPDATE t SET secret = secret WHERE id % 10 = 3",
                        "CREATE OR REPLACE VIEW v AS SELECT '" + MARKER + "' AS secret",
                        "BACKUP DATABASE postgres TO DISK = 'mixed.bak' WITH INIT",
                        "BACKUP LOG postgres TO DISK = 'mixed-log.bak' WITH INIT");
                assertThat(session.outcome("SELECT 1 / (id - id) FROM t WHERE secret = '" + MARKER + "1'"))
                        .isIn("ok", "22012");
            }
        } catch (SQLException e) {
            requireKilled(e);
        }
    }

    private static void requireKilled(SQLException failure) {
        if (!String.valueOf(failure.getSQLState()).startsWith("08")) {
            throw new AssertionError(failure);
        }
    }
}
