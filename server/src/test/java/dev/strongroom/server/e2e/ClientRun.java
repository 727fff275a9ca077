package dev.strongroom.server.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a client program printed, standard output and error together in the order written, and how it ended. */
public record ClientRun(int exitCode, String output) {
    private static final int LIMIT_SECONDS = 900;

    /** Runs a client to its end, bounded in time. */
    public static ClientRun of(List<String> command, String input, String password, @Nullable Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("PGCONNECT_TIMEOUT", "30");
        builder.environment().put("LC_ALL", "C.UTF-8");
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        try {
            Process process = builder.start();
            Thread.ofVirtual().start(() -> feed(process, input));
            Thread guard = Thread.ofVirtual().start(() -> endIfLate(process));
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            guard.interrupt();
            return new ClientRun(exitCode, output);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot run " + command.getFirst() + ": is it installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The client ended before reading everything; its exit code tells.
        }
    }

    private static void endIfLate(Process process) {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
