package dev.strongroom.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Test;

/** TDE-501: the published vectors. */
class XaesTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NONCE = "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLAINTEXT = "XAES-256-GCM".getBytes(StandardCharsets.US_ASCII);

    @Test
    void publishedVectorOneFits() {
        try (XaesKey key = keyOf(1)) {
            assertThat(HEX.formatHex(key.derive(NONCE, 0).getEncoded()))
                    .isEqualTo("c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b");
            assertThat(HEX.formatHex(Xaes.seal(key, NONCE, PLAINTEXT, new byte[0])))
                    .isEqualTo("ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
        }
    }

    @Test
    void publishedVectorTwoFits() {
        byte[] aad = "c2sp.org/XAES-256-GCM".getBytes(StandardCharsets.US_ASCII);
        try (XaesKey key = keyOf(3)) {
            assertThat(HEX.formatHex(key.derive(NONCE, 0).getEncoded()))
                    .isEqualTo("e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8");
            byte[] sealed = Xaes.seal(key, NONCE, PLAINTEXT, aad);
            assertThat(HEX.formatHex(sealed)).isEqualTo("986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
            assertThat(Xaes.open(key, NONCE, sealed, aad)).contains(PLAINTEXT);
            assertThat(Xaes.open(key, NONCE, sealed, new byte[1])).isEmpty();
            sealed[3] ^= 1;
            assertThat(Xaes.open(key, NONCE, sealed, aad)).isEmpty();
        }
    }

    @Test
    void tenThousandAccumulatedRoundsFit() {
        SHAKEDigest source = new SHAKEDigest(128);
        SHAKEDigest hash = new SHAKEDigest(128);
        byte[] length = new byte[1];
        for (int round = 0; round < 10_000; round++) {
            byte[] keyBytes = draw(source, XaesKey.KEY_BYTES);
            byte[] nonce = draw(source, XaesKey.NONCE_BYTES);
            source.doOutput(length, 0, 1);
            byte[] plaintext = draw(source, length[0] & 0xff);
            source.doOutput(length, 0, 1);
            byte[] aad = draw(source, length[0] & 0xff);
            try (XaesKey key = new XaesKey(KeyBuffer.takeOver(keyBytes))) {
                byte[] sealed = Xaes.seal(key, nonce, plaintext, aad);
                hash.update(sealed, 0, sealed.length);
                assertThat(Xaes.open(key, nonce, sealed, aad)).contains(plaintext);
            }
        }
        byte[] result = new byte[32];
        hash.doFinal(result, 0, result.length);
        assertThat(HEX.formatHex(result)).isEqualTo("e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
    }

    @Test
    void derivedKeysAreKeptByPrefixAndTheTableIsBounded() {
        try (XaesKey key = keyOf(5)) {
            byte[] nonce = NONCE.clone();
            var first = key.derive(nonce, 0);
            nonce[20] ^= 1;
            assertThat(key.derive(nonce, 0)).isSameAs(first);
            for (int i = 0; i < 5_000; i++) {
                nonce[0] = (byte) i;
                nonce[1] = (byte) (i >> 8);
                key.derive(nonce, 0);
            }
            assertThat(key.derive(NONCE, 0).getEncoded()).isEqualTo(first.getEncoded());
        }
    }

    @Test
    void closedKeyBufferHandsOutNothing() {
        KeyBuffer buffer = KeyBuffer.copyOf(new byte[] {1, 2, 3});
        buffer.close();
        buffer.close();
        org.assertj.core.api.Assertions.assertThatIllegalStateException().isThrownBy(buffer::copy);
    }

    private static byte[] draw(SHAKEDigest source, int length) {
        byte[] drawn = new byte[length];
        source.doOutput(drawn, 0, length);
        return drawn;
    }

    private static XaesKey keyOf(int value) {
        byte[] bytes = new byte[XaesKey.KEY_BYTES];
        Arrays.fill(bytes, (byte) value);
        return new XaesKey(KeyBuffer.takeOver(bytes));
    }
}
