package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** {@code file:PATH}: a root key of 32 random bytes, in hex, in a file outside the data directory (TDE-111, TDE-115). */
public final class FileRootProvider implements RootProvider {
    private static final int HEX_DIGITS = 2 * XaesKey.KEY_BYTES;

    private final SecretFile file;

    FileRootProvider(Path path, boolean groupMayRead) {
        file = SecretFile.ofRoot("file:" + path, path, groupMayRead);
    }

    @Override
    public String specification() {
        return "file:" + file.path();
    }

    @Override
    public void prepareFirstStart(Randomness randomness) {
        if (!file.exists()) {
            byte[] key = new byte[XaesKey.KEY_BYTES];
            randomness.fill(key);
            byte[] text = (HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII);
            file.create(text);
            Arrays.fill(key, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    @Override
    public byte[] wrap(KeyBuffer serviceKey, byte[] label, Randomness randomness) {
        try (XaesKey root = rootKey()) {
            return serviceKey.use(bytes -> Xaes.sealWithNonce(root, randomness, bytes, label));
        }
    }

    @Override
    public KeyBuffer unwrap(byte[] wrapped, byte[] label) {
        try (XaesKey root = rootKey()) {
            return Xaes.openWithNonce(root, wrapped, label)
                    .map(KeyBuffer::takeOver)
                    .orElseThrow(() -> RootFailure.doesNotFit(specification()));
        }
    }

    private XaesKey rootKey() {
        byte[] content = file.read();
        try {
            int length = content.length;
            while (length > 0 && content[length - 1] <= ' ') {
                length--;
            }
            if (length != HEX_DIGITS) {
                throw malformed();
            }
            byte[] key = new byte[XaesKey.KEY_BYTES];
            for (int i = 0; i < key.length; i++) {
                int high = Character.digit(content[2 * i], 16);
                int low = Character.digit(content[2 * i + 1], 16);
                if (high < 0 || low < 0) {
                    throw malformed();
                }
                key[i] = (byte) (high << 4 | low);
            }
            return new XaesKey(KeyBuffer.takeOver(key));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private DatabaseException malformed() {
        return RootFailure.unavailable(specification(), "the file must hold " + HEX_DIGITS + " hexadecimal digits");
    }
}
