package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.SystemAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One run of a program of the administrator's: bytes in, bytes out, killed when it takes too long. Stateless. */
@SystemAccess
final class ExternalProgram {
    private static final int MAX_OUTPUT_BYTES = 32 * 1024;

    private ExternalProgram() {}

    /** Why there is no answer. */
    static final class Failed extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Runs a program.
     *
     * @return what it wrote, for the caller to zero
     */
    static byte[] run(List<String> line, byte[] input, Duration timeout) throws Failed {
        Process process;
        try {
            process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new Failed("the command cannot be started", e);
        }
        FutureTask<byte[]> exchange = new FutureTask<>(() -> exchange(process, input));
        Thread.ofVirtual().name("sr-command").start(exchange);
        try {
            byte[] output = exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            if (process.exitValue() != 0) {
                throw new Failed("the command ended with status " + process.exitValue(), null);
            }
            return output;
        } catch (TimeoutException e) {
            throw new Failed("the command did not end within " + timeout.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw new Failed("the command failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("the server is stopping", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static byte[] exchange(Process process, byte[] input) throws IOException {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // A command need not read its input; its output decides.
        }
        try (InputStream stdout = process.getInputStream()) {
            return stdout.readNBytes(MAX_OUTPUT_BYTES);
        }
    }
}
