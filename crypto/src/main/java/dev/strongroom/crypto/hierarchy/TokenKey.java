package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;

/**
 * An RSA key whose private half never leaves its token. The token does the raw private operation; the OAEP padding is undone
 * here by Bouncy Castle, in time that does not depend on what it finds (decision S-19).
 *
 * @param privateOperation the token's raw RSA: a block as long as the modulus to one of the same length
 */
public record TokenKey(AsymmetricKey key, UnaryOperator<byte[]> privateOperation) implements DeviceKey {
    private static final CipherParameters NONE = new CipherParameters() {};

    @Override
    public Optional<KeyBuffer> open(byte[] wrapped, byte[] label) {
        int length = (key.keyBits() + Byte.SIZE - 1) / Byte.SIZE;
        if (wrapped.length != length) {
            return Optional.empty();
        }
        OAEPEncoding encoding =
                new OAEPEncoding(new Engine(length, privateOperation), new SHA256Digest(), new SHA256Digest(), label);
        encoding.init(false, NONE);
        try {
            return Optional.of(KeyBuffer.takeOver(encoding.processBlock(wrapped, 0, wrapped.length)));
        } catch (InvalidCipherTextException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "TokenKey[" + key.thumbprint() + "]";
    }

    /** The token as Bouncy Castle's RSA engine: what it returns lacks the leading zero byte. */
    private static final class Engine implements AsymmetricBlockCipher {
        private final int length;
        private final UnaryOperator<byte[]> privateOperation;

        Engine(int length, UnaryOperator<byte[]> privateOperation) {
            this.length = length;
            this.privateOperation = privateOperation;
        }

        @Override
        public void init(boolean forEncryption, CipherParameters parameters) {
            if (forEncryption) {
                throw new IllegalArgumentException("tokens only decrypt");
            }
        }

        @Override
        public int getInputBlockSize() {
            return length;
        }

        @Override
        public int getOutputBlockSize() {
            return length - 1;
        }

        @Override
        public byte[] processBlock(byte[] in, int offset, int count) {
            byte[] block = privateOperation.apply(Arrays.copyOfRange(in, offset, offset + count));
            if (block.length != length) {
                throw NumberedError.DECRYPTION_FAILED.exception("the token returned a block of a wrong length");
            }
            byte[] result = block[0] == 0 ? Arrays.copyOfRange(block, 1, length) : block.clone();
            Arrays.fill(block, (byte) 0);
            return result;
        }
    }
}
