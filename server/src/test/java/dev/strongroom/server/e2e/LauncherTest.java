package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A stranger's first minutes: the files of the last commit, {@code ./strongroom serve}, the printed command pasted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LauncherTest {
    private static final int LIMIT_SECONDS = 600;

    private static final String CONNECT = "Connect with:";

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
        Process server = start("exec ./strongroom serve --port " + port + " --http-port 0");
        try {
            List<String> printed = readUntil(server, CONNECT);
            assertThat(printed)
                    .anySatisfy(line -> assertThat(line).contains("ready to accept connections on 127.0.0.1:" + port));
            String command = printed.getLast().substring(CONNECT.length());
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

    /** The README's tour: certificate backup, a second server, a rotation. Only the ports are others. */
    @Test
    void theTourOfTheReadmeRunsAsWritten() throws Exception {
        assertThat(bash("rm -rf data data-* second*").exitCode()).isZero();
        Map<String, Process> servers = new HashMap<>();
        String second = Integer.toString(ServerProcess.freePort());
        String connect = "";
        List<String> answers = new ArrayList<>();
        try {
            for (MarkdownBlock block : MarkdownBlock.below(project.resolve("README.md"), "## Two minutes")) {
                if (block.language().equals("sql")) {
                    boolean watching = block.text().contains("dm_database_encryption_keys");
                    answers.add(watching ? untilEncrypted(connect, block.text()) : psql(connect, block.text()));
                    continue;
                }
                for (String line : block.text().lines().toList()) {
                    if (line.startsWith("./strongroom serve")) {
                        String command = line.contains("--port")
                                ? line.replace("5433", second)
                                : line + " --port " + ServerProcess.freePort() + " --http-port 0";
                        Process server = start("exec " + command);
                        servers.put(line, server);
                        connect = readUntil(server, CONNECT).getLast().substring(CONNECT.length());
                    } else {
                        if (line.startsWith("./strongroom verify")) {
                            servers.values().forEach(LauncherTest::kill);
                        }
                        ClientRun run = bash(line);
                        assertThat(run.exitCode())
                                .as(line + "\n" + run.output())
                                .isZero();
                        answers.add(run.output());
                    }
                }
            }
        } finally {
            servers.values().forEach(LauncherTest::kill);
        }
        String loaded = "100000|4000000000000001|2004-10-03";
        assertThat(servers).hasSize(2);
        assertThat(answers.getFirst()).contains(loaded);
        assertThat(answers.get(answers.size() - 2)).as("the second server").contains(loaded);
        assertThat(answers.getLast()).contains(" 0 defects");
    }

    /** AE-20 to AE-41 as an application's developer meets them: the page is one shell script. */
    @Test
    void theTourOfAlwaysEncryptedRunsAsWritten(@TempDir Path folder) throws Exception {
        StringBuilder script = new StringBuilder("set -eo pipefail\ntrap 'kill -9 $server' ERR\n");
        for (MarkdownBlock block :
                MarkdownBlock.below(project.resolve("docs/always-encrypted-tour.md"), "# A tour of Always Encrypted")) {
            script.append(block.text());
        }
        assertThat(script).contains("/tmp/strongroom-tour", "5532");
        ClientRun run = bash(script.toString()
                .replace("/tmp/strongroom-tour", folder.resolve("tour").toString())
                .replace("5532", Integer.toString(ServerProcess.freePort())));
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("refused, as it must be")
                .contains("owner 1: 4000 0012 7919 0001, 2027-02-01")
                .contains("somebody new: 4000 0012 0000 5001, 2029-06-30");
    }

    /** The key tool on an application's host: a folder that is copied there, with nothing of the server in it (AE-9, AE-150). */
    @Test
    void theKeyToolRunsAlone(@TempDir Path host) {
        Path folder = host.resolve("tool");
        ClientRun bundle = bash("./strongroom keys-bundle '" + folder + "' && ls '" + folder + "/lib'");
        assertThat(bundle.exitCode()).as(bundle.output()).isZero();
        assertThat(bundle.output())
                .contains("strongroom-keys.jar", "strongroom-client.jar", "postgresql-")
                .doesNotContain("strongroom-server", "strongroom-sql", "strongroom-storage", "strongroom-crypto");
        ClientRun alone = ClientRun.of(
                List.of(
                        "env",
                        "-i",
                        "JAVA_HOME=" + System.getProperty("java.home"),
                        "PATH=/usr/bin:/bin",
                        folder.resolve("strongroom-keys").toString(),
                        "cmk",
                        "create",
                        "--name",
                        "cmk1",
                        "--provider",
                        "PEM_FILE",
                        "--path",
                        "app-key.pem",
                        "--bits",
                        "2048",
                        "--out",
                        host.resolve("half.sql").toString(),
                        "-P",
                        "pemDirectory=" + host),
                "",
                "",
                host);
        assertThat(alone.exitCode()).as(alone.output()).isZero();
        assertThat(host.resolve("half.sql")).content().contains("CREATE COLUMN MASTER KEY cmk1");
    }

    private String untilEncrypted(String connect, String watch) {
        String[] last = {""};
        ServerProcess.await("the end of the scan", () -> {
            last[0] = psql(connect, watch);
            return last[0].contains("|ENCRYPTED|");
        });
        return last[0];
    }

    private String psql(String connect, String input) {
        ClientRun run = ClientRun.of(List.of("bash", "-c", connect + " -XAt -v ON_ERROR_STOP=1"), input, "", project);
        assertThat(run.exitCode()).as(input + "\n" + run.output()).isZero();
        return run.output();
    }

    private Process start(String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(project.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeIf(name -> name.startsWith("STRONGROOM_"));
        Process server = builder.start();
        server.onExit()
                .completeOnTimeout(server, LIMIT_SECONDS, TimeUnit.SECONDS)
                .thenAccept(Process::destroyForcibly);
        return server;
    }

    private static void kill(Process server) {
        server.destroyForcibly();
        server.onExit().join();
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
