package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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
public final class CommandRootProvider implements RootProvider {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

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
        try {
            return ExternalProgram.run(List.of("/bin/sh", "-c", command), input, timeout);
        } catch (ExternalProgram.Failed e) {
            throw RootFailure.unavailable(specification, String.valueOf(e.getMessage()), e);
        }
    }
}
