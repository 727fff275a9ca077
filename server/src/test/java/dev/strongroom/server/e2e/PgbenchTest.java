package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** pgbench as it comes from Debian: initialisation, TPC-B in its three query modes, and the sums that must hold. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PgbenchTest {
    private ServerProcess server;

    @BeforeAll
    void load(@TempDir Path folder) {
        server = ServerProcess.prepare(folder.resolve("data"), "--set", "buffer_pool=128MB")
                .longLived();
        server.start();
        ClientRun run = server.pgbench("postgres", "-i", "-s", "1", "-q");
        assertThat(run.output()).contains("done in").doesNotContain("ERROR");
        assertThat(run.exitCode()).isZero();
        assertThat(server.psql("postgres", "SELECT count(*) FROM pgbench_accounts;", "-At")
                        .output())
                .isEqualTo("100000\n");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "prepared"})
    void tpcbRunsAndItsBalancesAddUp(String mode) {
        ClientRun run = server.pgbench("postgres", "-M", mode, "-c", "4", "-j", "2", "-t", "50", "-n");
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("number of transactions actually processed: 200/200");
        assertThat(server.psql(
                                "postgres",
                                "SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(tbalance) FROM"
                                        + " pgbench_tellers), (SELECT sum(tbalance) FROM pgbench_tellers) = (SELECT"
                                        + " sum(bbalance) FROM pgbench_branches), (SELECT sum(bbalance) FROM"
                                        + " pgbench_branches) = (SELECT sum(delta) FROM pgbench_history);",
                                "-At")
                        .output())
                .isEqualTo("t|t|t\n");
    }

    @Test
    void selectOnlyRuns() {
        ClientRun run = server.pgbench("postgres", "-S", "-M", "prepared", "-c", "4", "-j", "2", "-t", "500", "-n");
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    /** The server stays inside buffer_pool and 2 GiB; a statement that needs too much ends alone, with 53200. */
    @Test
    void manySessionsThatSortAtOnceStayWithinTheStatedMemory() throws Exception {
        List<Future<Long>> sorted = new ArrayList<>();
        try (ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                sorted.add(sessions.submit(() -> number("SELECT count(*) FROM (SELECT aid, filler FROM pgbench_accounts"
                        + " WHERE aid <= 20000 ORDER BY filler, aid DESC OFFSET 1) s")));
            }
            Future<String> tooMuch = sessions.submit(() -> {
                try {
                    number("SELECT max(s) FROM (SELECT sum(i) OVER () AS s FROM generate_series(1, 10000000) i) w");
                    return "enough memory";
                } catch (SQLException refused) {
                    return refused.getSQLState();
                }
            });
            for (Future<Long> one : sorted) {
                assertThat(one.get()).isEqualTo(19_999);
            }
            assertThat(tooMuch.get()).isEqualTo("53200");
        }
        assertThat(number("SELECT count(*) FROM pgbench_accounts")).isEqualTo(100_000);
        String most = Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow();
        long kilobytes = Long.parseLong(most.replaceAll("[^0-9]", ""));
        assertThat(kilobytes >> 10).isLessThan(128 + 2048);
    }

    private long number(String query) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SET work_mem = '64MB'");
            try (ResultSet rows = statement.executeQuery(query)) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
