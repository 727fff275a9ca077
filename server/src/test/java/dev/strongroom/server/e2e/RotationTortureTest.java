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

/** Changes of key, a load and kill -9, again and again; for nights: {@code mvn -Pnightly test -Dtorture.minutes=60}. */
@Tag("nightly")
final class RotationTortureTest {
    private static final long SEED = 20_261_122L;
    private static final int LEAST_KILLS = 20;
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
            EncryptionLifeTest.createCertificate(server);
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok(
                        "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c",
                        "ALTER DATABASE CURRENT SET ENCRYPTION ON",
                        "CREATE TABLE t (id int PRIMARY KEY, secret text)",
                        "EXEC sp_configure 'tde scan max mb per s', 4; RECONFIGURE");
            }
            int acknowledged = 0;
            for (int kill = 1; kill <= LEAST_KILLS || System.nanoTime() < end; kill++) {
                acknowledged = round(server, acknowledged, random.nextLong(2000 * MILLI));
                assertThat(hunt.findings(directory))
                        .as("kill %d, seed %d", kill, SEED)
                        .isEmpty();
            }
            server.stop();
            assertThat(server.verify().exitCode()).isZero();
        }
    }

    /** Begins a change of key under load, kills the server after a while, and looks. */
    private static int round(ServerProcess server, int before, long nanos) throws SQLException {
        AtomicInteger told = new AtomicInteger(before);
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> insert(server, told));
        try (KeySql database = new KeySql(server, "postgres")) {
            String outcome = database.ok("CHECKPOINT")
                    .outcome("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256");
            assertThat(outcome).as("begun, or the last one still runs").isIn("ok", "33110", "33122");
        }
        LockSupport.parkNanos(nanos);
        server.kill();
        load.join();
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
            // The server was killed.
        }
    }
}
