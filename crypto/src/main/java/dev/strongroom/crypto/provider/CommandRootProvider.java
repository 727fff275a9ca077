package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `command:wrap=COMMAND;unwrap=COMMAND` (TDE-114): two shell commands that read one form of a root key on standard
/// input
/// and write the other on standard output; so a key service of any kind can hold the key. The root key is drawn afresh
/// for
/// each wrap.
///
/// ```text
/// 0   2   length of what the wrap command gave
/// 2   ..  what it gave
/// ..  ..  nonce, service master key, tag under the root key
/// ```
@SystemAccess
public final class CommandRootProvider implements RootProvider {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_OUTPUT_BYTES = 32 * 1024;

    private final String specification;
    private final String wrapCommand;
    private final String unwrapCommand;
    private final Duration timeout;

    CommandRootProvider(String wrapCommand, String unwrapCommand) {
        this(wrapCommand, unwrapCommand, TIMEOUT);
    }

    CommandRootProvider(String wrapCommand, String unwrapCommand, Duration timeout) {
        specification = "command:wrap=" + wrapCommand + ";unwrap=" + unwrapCommand;
        this.wrapCommand = wrapCommand;
        this.unwrapCommand = unwrapCommand;
        this.timeout = timeout;
    }

    @Override
    public String specification() {
        return specification;
    }

    @Override
    public void prepareFirstStart(Randomness randomness) {
        // The key service holds what is needed.
    }

    @Override
    public byte[] wrap(KeyBuffer serviceKey, byte[] label, Randomness randomness) {
        try (KeyBuffer rootKey = KeyBuffer.random(randomness, XaesKey.KEY_BYTES);
                XaesKey xaes = new XaesKey(rootKey.duplicate())) {
            byte[] wrappedRoot = rootKey.use(bytes -> run(wrapCommand, bytes));
            if (wrappedRoot.length == 0) {
                throw RootFailure.unavailable(specification, "the wrap command gave no output");
            }
            byte[] sealed = serviceKey.use(bytes -> Xaes.sealWithNonce(xaes, randomness, bytes, label));
            return ByteBuffer.allocate(2 + wrappedRoot.length + sealed.length)
                    .putShort((short) wrappedRoot.length)
                    .put(wrappedRoot)
                    .put(sealed)
                    .array();
        }
    }

    @Override
    public KeyBuffer unwrap(byte[] wrapped, byte[] label) {
        byte[] wrappedRoot;
        byte[] sealed;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(wrapped);
            wrappedRoot = new byte[Short.toUnsignedInt(buffer.getShort())];
            buffer.get(wrappedRoot);
            sealed = new byte[buffer.remaining()];
            buffer.get(sealed);
        } catch (BufferUnderflowException e) {
            throw RootFailure.unavailable(specification, "the wrap in the instance record is damaged", e);
        }
        byte[] root = run(unwrapCommand, wrappedRoot);
        if (root.length != XaesKey.KEY_BYTES) {
            Arrays.fill(root, (byte) 0);
            throw RootFailure.doesNotFit(specification);
        }
        try (XaesKey xaes = new XaesKey(KeyBuffer.takeOver(root))) {
            return Xaes.openWithNonce(xaes, sealed, label)
                    .map(KeyBuffer::takeOver)
                    .orElseThrow(() -> RootFailure.doesNotFit(specification));
        }
    }

    private byte[] run(String command, byte[] input) {
        Process process;
        try {
            process = new ProcessBuilder("/bin/sh", "-c", command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw RootFailure.unavailable(specification, "the command cannot be started", e);
        }
        FutureTask<byte[]> exchange = new FutureTask<>(() -> exchange(process, input));
        Thread.ofVirtual().name("sr-root-command").start(exchange);
        try {
            byte[] output = exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            if (process.exitValue() != 0) {
                throw RootFailure.unavailable(specification, "the command ended with status " + process.exitValue());
            }
            return output;
        } catch (TimeoutException e) {
            throw RootFailure.unavailable(
                    specification, "the command did not end within " + timeout.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw RootFailure.unavailable(specification, "the command failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RootFailure.unavailable(specification, "the server is stopping", e);
        } finally {
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
