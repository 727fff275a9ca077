package dev.strongroom.crypto.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.crypto.SeededRandomness;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.seal.FrameSealer.FramePosition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamAndFrameSealerTest {
    private final SeededRandomness randomness = new SeededRandomness(11);
    private final KeyVersion version =
            KeyVersion.derive(2, new byte[16], DekAlgorithm.AES_256, KeyBuffer.random(randomness, 32));
    private final byte[] segment = drawn(16);
    private final byte[] nonce = drawn(24);
    private final byte[] headerMac = drawn(16);

    @Test
    void framesOpenInTheirOrderOnly() {
        FrameSealer sealer = new FrameSealer(version, segment, nonce);
        byte[] first = frame("first".repeat(1000), 0, 100, headerMac, sealer);
        byte[] firstTag = Arrays.copyOfRange(first, 5000, 5016);
        byte[] second = frame("secnd".repeat(1000), 1, 5100, firstTag, sealer);
        assertThat(open(sealer, first, 0, 100, headerMac)).isEqualTo("first".repeat(1000));
        assertThat(open(sealer, second, 1, 5100, firstTag)).isEqualTo("secnd".repeat(1000));
        assertThat(open(sealer, second, 0, 100, headerMac))
                .as("first frame cut out")
                .isNull();
        assertThat(open(sealer, first, 1, 5100, firstTag))
                .as("first frame repeated")
                .isNull();
        assertThat(open(sealer, second, 1, 5100, headerMac))
                .as("wrong predecessor")
                .isNull();
        assertThat(open(sealer, second, 1, 5101, firstTag))
                .as("wrong stream position")
                .isNull();
        FrameSealer elsewhere = new FrameSealer(version, drawn(16), nonce);
        assertThat(open(elsewhere, first, 0, 100, headerMac))
                .as("other segment")
                .isNull();
    }

    @Test
    void chunksAreBoundToFileNumberAndEnd() {
        StreamSealer sealer = StreamSealer.start(SealKind.TEMP, version, randomness);
        byte[] chunk = new byte[1016];
        Arrays.fill(chunk, 0, 1000, (byte) 9);
        sealer.seal(chunk, 0, 1000, 5, false);
        byte[] target = new byte[1000];
        StreamSealer reader = new StreamSealer(SealKind.TEMP, version, sealer.startNonce());
        assertThat(reader.open(chunk, 0, 1000, 5, false, target, 0)).isTrue();
        assertThat(target).containsOnly(9);
        assertThat(reader.open(chunk, 0, 1000, 6, false, target, 0)).isFalse();
        assertThat(target).containsOnly(0);
        assertThat(reader.open(chunk, 0, 1000, 5, true, target, 0)).isFalse();
        assertThat(new StreamSealer(SealKind.BACKUP, version, sealer.startNonce())
                        .open(chunk, 0, 1000, 5, false, target, 0))
                .isFalse();
        assertThat(StreamSealer.start(SealKind.TEMP, version, randomness).open(chunk, 0, 1000, 5, false, target, 0))
                .isFalse();
    }

    private static byte[] frame(String text, int number, long lsn, byte[] previousTag, FrameSealer sealer) {
        byte[] buffer = new byte[text.length() + FrameSealer.TAG_BYTES];
        System.arraycopy(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, buffer, 0, text.length());
        sealer.seal(buffer, 0, text.length(), new FramePosition(number, lsn), previousTag, 0);
        return buffer;
    }

    private static @Nullable String open(FrameSealer sealer, byte[] frame, int number, long lsn, byte[] previousTag) {
        byte[] target = new byte[frame.length - FrameSealer.TAG_BYTES];
        boolean fits = sealer.open(frame, 0, target.length, new FramePosition(number, lsn), previousTag, 0, target, 0);
        return fits ? new String(target, java.nio.charset.StandardCharsets.US_ASCII) : null;
    }

    private byte[] drawn(int length) {
        byte[] bytes = new byte[length];
        randomness.fill(bytes);
        return bytes;
    }
}
