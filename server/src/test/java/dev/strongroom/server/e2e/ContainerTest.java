package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The image of the last commit: built from the Dockerfile, started, used, stopped and started again by {@code docker/test/run},
 * which needs root on Debian and installs what it builds with.
 */
final class ContainerTest {
    @Test
    void imageServesKeepsItsDataAndRefusesToStartWithoutItsKey() {
        Path script = Path.of("..", "docker", "test", "run").toAbsolutePath().normalize();
        ClientRun run = ClientRun.of(
                List.of(
                        "env",
                        "JAVA_HOME=" + System.getProperty("java.home"),
                        "STRONGROOM_TEST_PORT=" + ServerProcess.freePort(),
                        script.toString()),
                "",
                "",
                null);
        assertThat(run.output()).endsWith("container: 1 passed, 0 failed\n");
        assertThat(run.exitCode()).isZero();
    }
}
