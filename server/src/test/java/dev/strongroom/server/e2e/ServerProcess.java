package dev.strongroom.server.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A real Strongroom server in a process of its own, as a user would start it: on a free loopback port, with its own data
 * directory. It can be stopped kindly, killed hard, and started again on the same data.
 */
public final class ServerProcess implements AutoCloseable {
    public static final String PASSWORD = "Gate-7-open";

    private static final int START_SECONDS = 60;

    private final Path dataDirectory;
    private final List<String> options;
    private final int port;
    private @Nullable Process process;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private final Map<String, String> environment = new HashMap<>();

    private boolean passwordGiven = true;

    private boolean longLived;

    private ServerProcess(Path dataDirectory, int port, List<String> options) {
        this.dataDirectory = dataDirectory;
        this.port = port;
        this.options = List.copyOf(options);
    }

    /** Starts a server on this data directory (initialising it if new) and waits until it is ready. */
    public static ServerProcess start(Path dataDirectory, String... options) {
        ServerProcess server = new ServerProcess(dataDirectory, freePort(), List.of(options));
        server.start();
        return server;
    }

    /** A server that is not started yet. */
    public static ServerProcess prepare(Path dataDirectory, String... options) {
        return new ServerProcess(dataDirectory, freePort(), List.of(options));
    }

    /** Sets a variable of the server's environment from its next start on. */
    public ServerProcess with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /**
     * The compiler for code that runs long is on, as for users. A server that lives for seconds only spends more than half of
     * its processor time in that compiler, so the others go without.
     */
    public ServerProcess longLived() {
        longLived = true;
        return this;
    }

    /** As {@link #start(Path, String...)}, leaving the first password to the server. */
    public static ServerProcess startWithoutPassword(Path dataDirectory) {
        ServerProcess server = prepare(dataDirectory);
        server.passwordGiven = false;
        server.start();
        return server;
    }

    /** Starts the server again on the same data and port. */
    public void start() {
        if (startAndAwaitExitOrReady().isAlive()) {
            return;
        }
        throw new IllegalStateException("server did not start:\n" + logText());
    }

    /** Starts the server, expecting that it refuses; returns its exit code. */
    public int startExpectingRefusal() {
        Process started = startAndAwaitExitOrReady();
        if (started.isAlive()) {
            kill();
            throw new IllegalStateException("server started though it should have refused:\n" + logText());
        }
        return started.exitValue();
    }

    private Process startAndAwaitExitOrReady() {
        List<String> command = program();
        command.addAll(List.of("serve", "--data", dataDirectory.toString(), "--port", Integer.toString(port)));
        if (!options.contains("--http-port")) {
            command.addAll(List.of("--http-port", "0"));
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (passwordGiven) {
            builder.environment().put("STRONGROOM_PASSWORD", PASSWORD);
        }
        builder.environment().putAll(environment);
        log.clear();
        CountDownLatch readyOrEnded = new CountDownLatch(1);
        try {
            Process started = builder.start();
            process = started;
            Thread.ofVirtual().start(() -> follow(started, readyOrEnded));
            if (!readyOrEnded.await(START_SECONDS, TimeUnit.SECONDS)) {
                started.destroyForcibly();
                throw new IllegalStateException("server neither ready nor ended in time:\n" + logText());
            }
            if (!isReady()) {
                started.waitFor(START_SECONDS, TimeUnit.SECONDS);
            }
            return started;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private List<String> program() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("java.options").toAbsolutePath(),
                "-ea",
                longLived ? "-XX:+TieredCompilation" : "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.strongroom.server.boot.Main"));
    }

    /** What a command left: exit code and everything it printed. */
    public record Result(int exitCode, String output) {}

    /** {@code strongroom verify} over this server's data; the server is stopped. */
    public Result verify(String... more) {
        return command("verify", more);
    }

    /** A command of {@code strongroom} over this server's data; the server is stopped. */
    public Result command(String name, String... more) {
        List<String> command = program();
        command.addAll(List.of(name, "--data", dataDirectory.toString()));
        command.addAll(List.of(more));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process running = builder.start();
            String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            awaitEnd(running);
            return new Result(running.exitValue(), output);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Process id of the running server. */
    public long pid() {
        return Objects.requireNonNull(process).pid();
    }

    /** Waits until something holds; fails after a minute. */
    public static void await(String what, BooleanSupplier condition) {
        for (int poll = 0; poll < START_SECONDS * 20; poll++) {
            if (condition.getAsBoolean()) {
                return;
            }
            LockSupport.parkNanos(50_000_000L);
        }
        throw new AssertionError("not in time: " + what);
    }

    private void follow(Process started, CountDownLatch readyOrEnded) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.contains("ready to accept connections")) {
                    readyOrEnded.countDown();
                }
            }
        } catch (IOException e) {
            log.add("log ended: " + e);
        } finally {
            readyOrEnded.countDown();
        }
    }

    private boolean isReady() {
        return logText().contains("ready to accept connections");
    }

    public int port() {
        return port;
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    /** Everything the server has printed since it was last started. */
    public String logText() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    /** kill -9. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            awaitEnd(running);
        }
    }

    /** SIGTERM; returns the exit code. */
    public int stop() {
        Process running = process;
        if (running == null) {
            return 0;
        }
        running.destroy();
        awaitEnd(running);
        return running.exitValue();
    }

    private static void awaitEnd(Process running) {
        try {
            if (!running.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly();
                throw new IllegalStateException("server did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A plain pgjdbc connection as the superuser. */
    public Connection connect(String database, String... properties) throws SQLException {
        Properties info = new Properties();
        info.put("user", "postgres");
        info.put("password", PASSWORD);
        for (int i = 0; i < properties.length; i += 2) {
            info.put(properties[i], properties[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, info);
    }

    /** Runs psql with these arguments and this standard input. */
    public ClientRun psql(String database, String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "psql", "-X", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres", "-d", database));
        command.addAll(List.of(arguments));
        return ClientRun.of(command, input, PASSWORD, null);
    }

    /** Runs pgbench with these arguments against a database. */
    public ClientRun pgbench(String database, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("pgbench", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres"));
        command.addAll(List.of(arguments));
        command.add(database);
        return ClientRun.of(command, "", PASSWORD, null);
    }

    @Override
    public void close() {
        kill();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
