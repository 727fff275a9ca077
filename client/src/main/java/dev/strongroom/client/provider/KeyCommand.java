package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program with bytes in and bytes out, ended by force if it takes too long. What it says is never made a
 * String, and our copies are zeroed; the pipe's own buffer is the JDK's.
 */
final class KeyCommand {
    private static final int OUTPUT_BYTES_MAX = 1 << 16;
    private static final byte[] NOTHING = {};

    private KeyCommand() {}

    /**
     * Runs a program.
     *
     * @return what it wrote, for the caller to zero
     * @throws ColumnEncryptionException if it cannot be run, fails, writes too much or does not end in time
     */
    static byte[] run(List<String> line, byte[] input, Duration timeout) throws ColumnEncryptionException {
        String program = line.getFirst();
        Process process = null;
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        try {
            process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Process started = process;
            // A program that does not read its input must not stop us either, so both pipes have threads of their own.
            Thread.ofVirtual().start(() -> feed(started, input));
            Thread.ofVirtual().start(() -> read(started, output));
            byte[] answer = process.onExit()
                    .thenCombine(output, (ended, bytes) -> bytes)
                    .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (process.exitValue() != 0) {
                Arrays.fill(answer, (byte) 0);
                throw KeyStoreFault.of("the key command failed: exit code " + process.exitValue());
            }
            return answer;
        } catch (IOException e) {
            throw KeyStoreFault.of("cannot run the key command " + program, e);
        } catch (ExecutionException e) {
            throw KeyStoreFault.of(
                    "cannot read the key command's answer: it has at most " + OUTPUT_BYTES_MAX + " bytes");
        } catch (TimeoutException e) {
            if (!output.cancel(false)) {
                Arrays.fill(output.getNow(NOTHING), (byte) 0);
            }
            throw KeyStoreFault.of("the key command did not end in " + timeout.toSeconds() + " s and was killed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KeyStoreFault.of("interrupted while the key command ran", e);
        } finally {
            end(process);
        }
    }

    /** Kills what still runs, its children too; one whose parent has gone before is nobody's and stays. */
    private static void end(@Nullable Process process) {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException unread) {
            // A command that fails before it reads says so by its exit code.
        } finally {
            Arrays.fill(input, (byte) 0);
        }
    }

    private static void read(Process process, CompletableFuture<byte[]> output) {
        byte[] buffer = new byte[OUTPUT_BYTES_MAX + 1];
        try (InputStream out = process.getInputStream()) {
            int length = out.readNBytes(buffer, 0, buffer.length);
            if (length > OUTPUT_BYTES_MAX) {
                throw new IOException("too much output");
            }
            byte[] answer = Arrays.copyOf(buffer, length);
            if (!output.complete(answer)) {
                Arrays.fill(answer, (byte) 0);
            }
        } catch (IOException e) {
            output.completeExceptionally(e);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }
}
