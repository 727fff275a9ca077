package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
        server = ServerProcess.prepare(folder.resolve("data")).longLived();
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
}
