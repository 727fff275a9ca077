package dev.strongroom.crypto.seal;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The start-up test (TDE-523): the two published XAES vectors and our page vector TDE-510 through the very classes that
 * seal pages, and a look at the random source. The server does not start on a machine where any of it fails.
 */
public final class SelfTest {
    static final String PAGE_SHA_256 = "c9c86e5494d9bb9ab1817187eb042ee2a0c6369167f5f51e08ff4c0e97312293";

    private static final int DRAW_BYTES = 32;

    private SelfTest() {}

    /** Fails with error 91010 if anything differs. */
    public static void run(Randomness randomness) {
        xaesVector(1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
        xaesVector(3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
        pageVector(randomness);
        randomSource(randomness);
    }

    private static void xaesVector(int keyByte, String associatedData, String expected) {
        byte[] key = new byte[XaesKey.KEY_BYTES];
        Arrays.fill(key, (byte) keyByte);
        try (XaesKey xaes = new XaesKey(KeyBuffer.takeOver(key))) {
            byte[] sealed = Xaes.seal(
                    xaes,
                    "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(StandardCharsets.US_ASCII),
                    "XAES-256-GCM".getBytes(StandardCharsets.US_ASCII),
                    associatedData.getBytes(StandardCharsets.US_ASCII));
            check(expected.equals(HexFormat.of().formatHex(sealed)), "XAES-256-GCM vector");
        }
    }

    private static void pageVector(Randomness randomness) {
        byte[] dek = new byte[DekAlgorithm.AES_256.keyBytes()];
        for (int i = 0; i < dek.length; i++) {
            dek[i] = (byte) i;
        }
        byte[] encryptionId = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
        byte[] nonce = new byte[XaesKey.NONCE_BYTES];
        for (int i = 0; i < nonce.length; i++) {
            nonce[i] = (byte) (0x80 + i);
        }
        byte[] page = new byte[PageFormat.PAGE_BYTES];
        for (int i = 0; i < PageFormat.BODY_BYTES; i++) {
            page[i] = (byte) (7 * i + 3);
        }
        byte[] body = Arrays.copyOf(page, PageFormat.BODY_BYTES);
        try (DatabaseKeys keys = new DatabaseKeys();
                KeyBuffer key = KeyBuffer.takeOver(dek)) {
            KeyVersion version = KeyVersion.derive(7, encryptionId, DekAlgorithm.AES_256, key);
            keys.add(version);
            PageSealer sealer = new PageSealer(encryptionId, keys, new NonceSource(randomness));
            sealer.sealWith(nonce, page, 3, 360, version);
            check(
                    PAGE_SHA_256.equals(
                            HexFormat.of().formatHex(Jca.digest("SHA-256").digest(page))),
                    "page vector");
            check(sealer.open(page, 3, 361) == OpenResult.TAG_MISMATCH, "moved page");
            check(sealer.open(page, 3, 360) == OpenResult.SEALED, "page opened again");
            check(Arrays.equals(body, Arrays.copyOf(page, PageFormat.BODY_BYTES)), "page body");
        }
    }

    private static void randomSource(Randomness randomness) {
        byte[] first = new byte[DRAW_BYTES];
        byte[] second = new byte[DRAW_BYTES];
        randomness.fill(first);
        randomness.fill(second);
        check(!Arrays.equals(first, second) && !Arrays.equals(first, new byte[DRAW_BYTES]), "random source");
    }

    private static void check(boolean fits, String what) {
        if (!fits) {
            throw NumberedError.SELF_TEST.exception("start-up self-test of the cryptography failed: " + what);
        }
    }
}
