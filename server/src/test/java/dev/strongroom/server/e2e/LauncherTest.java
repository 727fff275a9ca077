package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A stranger's first minutes: the files of the last commit, {@code ./strongroom serve}, the printed command pasted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LauncherTest {
    private static final int LIMIT_SECONDS = 600;

    private Path project;

    @BeforeAll
    void checkOut(@TempDir Path folder) throws IOException {
        project = Files.createDirectory(folder.resolve("strongroom"));
        Path top = Path.of("..").toAbsolutePath().normalize();
        ClientRun copied = bash("git -C '" + top + "' archive HEAD | tar -x -C '" + project + "'");
        assertThat(copied.exitCode()).as(copied.output()).isZero();
    }

    @Test
    void serveBuildsStartsAndPrintsACommandThatConnects() throws Exception {
        int port = ServerProcess.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        "./strongroom", "serve", "--port", Integer.toString(port), "--http-port", "0")
                .directory(project.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeIf(name -> name.startsWith("STRONGROOM_"));
        Process server = builder.start();
        try {
            List<String> printed = readUntil(server, "Connect with:");
            assertThat(printed)
                    .anySatisfy(line -> assertThat(line).contains("ready to accept connections on 127.0.0.1:" + port));
            String command = printed.getLast().substring("Connect with:".length());
            ClientRun psql = bash(command + " -XAtc 'select 40 + 2'");
            assertThat(psql.output()).isEqualTo("42\n");
            server.destroy();
            assertThat(server.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as("clean shutdown").isZero();
        } finally {
            server.destroyForcibly();
        }
        assertThat(bash("./strongroom verify --data data").output()).contains(" 0 defects");
        assertThat(bash("./strongroom version").output()).startsWith("strongroom ");
        assertThat(bash("./strongroom help").output()).contains("serve", "verify", "version");
        assertThat(bash("./strongroom nonsense").exitCode()).isEqualTo(2);
    }

    private static List<String> readUntil(Process process, String start) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(line);
            if (line.startsWith(start)) {
                return lines;
            }
        }
        throw new IllegalStateException("the server ended:\n" + String.join("\n", lines));
    }

    private ClientRun bash(String command) {
        return ClientRun.of(
                List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), "bash", "-c", command), "", "", project);
    }
}
