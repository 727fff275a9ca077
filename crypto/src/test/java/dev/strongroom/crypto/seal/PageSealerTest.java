package dev.strongroom.crypto.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.SeededRandomness;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageSealerTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] ENCRYPTION_ID = HEX.parseHex("00112233445566778899aabbccddeeff");
    private static final byte[] UUID = HEX.parseHex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");

    private final SeededRandomness randomness = new SeededRandomness(42);
    private final DatabaseKeys keys = new DatabaseKeys();
    private final PageSealer sealer = new PageSealer(UUID, keys, new NonceSource(randomness));

    @AfterEach
    void closeKeys() {
        keys.close();
    }

    /** TDE-501 to TDE-503, 510: every published intermediate value. */
    @Test
    void pageVectorFits() {
        KeyVersion version = addVersion(7, DekAlgorithm.AES_256);
        byte[] nonce = HEX.parseHex("808182838485868788898a8b8c8d8e8f9091929394959697");
        byte[] page = patternPage();
        sealer.sealWith(nonce, page, 3, 360, version);
        assertThat(HEX.formatHex(version.data().derive(nonce, 0).getEncoded()))
                .isEqualTo("ad9c1cfcc970d9f68542d09844b591a1bf5c90497740396648b95d6850d0327c");
        assertThat(HEX.formatHex(page, 0, 32))
                .isEqualTo("b700c648e9297384941b685a7c89eb3a95209aab1c2a2a0d979bb5f108dfe70f");
        assertThat(HEX.formatHex(page, PageFormat.NONCE, PageFormat.TAG)).isEqualTo(HEX.formatHex(nonce));
        assertThat(HEX.formatHex(page, PageFormat.TAG, PageFormat.KEY_VERSION))
                .isEqualTo("693f6790d4ac22ec2add51b8edf05cb9");
        assertThat(HEX.formatHex(page, PageFormat.KEY_VERSION, PageFormat.PAGE_BYTES))
                .isEqualTo("0000000701010000");
        assertThat(sha256(Arrays.copyOf(page, PageFormat.BODY_BYTES)))
                .isEqualTo("4dfca847860f1664863fb1be241f69bc75e5291ca5d5ebd657065a77a33537a3");
        assertThat(sha256(page)).isEqualTo(SelfTest.PAGE_SHA_256);
        assertThat(sealer.open(page, 3, 360)).isEqualTo(OpenResult.SEALED);
        assertThat(body(page)).isEqualTo(body(patternPage()));
    }

    /** TDE-523: both vectors and the page vector. */
    @Test
    void startUpSelfTestPasses() {
        assertThatNoException().isThrownBy(() -> SelfTest.run(randomness));
    }

    /** TDE-160, TDE-523: 91010, a random source that repeats itself. */
    @Test
    void aBrokenRandomSourceFailsTheSelfTest() {
        Randomness stuck = new Randomness() {
            @Override
            public void fill(byte[] bytes) {
                Arrays.fill(bytes, (byte) 1);
            }

            @Override
            public long nextLong() {
                return 1;
            }
        };
        assertThatThrownBy(() -> SelfTest.run(stuck))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL91010"));
    }

    /** TDE-505: any bit of body, nonce, tag or trailer; the failed page keeps its sealed bytes. */
    @Test
    void everyFlippedBitIsFound() {
        KeyVersion version = addVersion(1, DekAlgorithm.AES_256);
        addVersion(3, DekAlgorithm.AES_128);
        byte[] sealed = patternPage();
        sealer.seal(sealed, 1, 5, version);
        Random random = new Random(7);
        for (int round = 0; round < 10_000; round++) {
            int bit = round < 400 ? 8 * PageFormat.PAGE_BYTES - 1 - round : random.nextInt(8 * PageFormat.PAGE_BYTES);
            byte[] damaged = sealed.clone();
            damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
            byte[] before = damaged.clone();
            assertThat(sealer.open(damaged, 1, 5).opened()).as("bit %d", bit).isFalse();
            assertThat(Arrays.equals(damaged, before))
                    .as("bit %d leaves the bytes as read", bit)
                    .isTrue();
        }
        assertThat(sealer.open(sealed, 1, 5)).isEqualTo(OpenResult.SEALED);
    }

    /** TDE-504. */
    @Test
    void swappedPagesAreFound() {
        KeyVersion version = addVersion(1, DekAlgorithm.AES_256);
        KeyVersion other = KeyVersion.derive(
                1, HEX.parseHex("ffeeddccbbaa99887766554433221100"), DekAlgorithm.AES_256, dek(DekAlgorithm.AES_256));
        byte[] page = sealed(version, 2, 10);
        assertThat(sealer.open(page.clone(), 2, 11)).isEqualTo(OpenResult.TAG_MISMATCH);
        assertThat(sealer.open(page.clone(), 3, 10)).isEqualTo(OpenResult.TAG_MISMATCH);
        assertThat(sealer.open(sealed(other, 2, 10), 2, 10)).isEqualTo(OpenResult.TAG_MISMATCH);
        PageSealer temp = new PageSealer(SealKind.TEMP, UUID, keys, new NonceSource(randomness));
        assertThat(temp.open(page.clone(), 2, 10)).isEqualTo(OpenResult.TAG_MISMATCH);
        assertThat(sealer.open(page, 2, 10)).isEqualTo(OpenResult.SEALED);
    }

    /** A frame of the log, sealed under the same key, made up as a page: nonce and tag where a page has them. */
    private byte[] frameAsPage(KeyVersion version, long lsn) {
        byte[] nonce = new byte[PageFormat.TAG - PageFormat.NONCE];
        randomness.fill(nonce);
        byte[] page = patternPage();
        new FrameSealer(version, UUID, nonce)
                .seal(page, 0, PageFormat.BODY_BYTES, new FrameSealer.FramePosition(0, lsn), new byte[16], 0);
        System.arraycopy(page, PageFormat.BODY_BYTES, page, PageFormat.TAG, 16);
        System.arraycopy(nonce, 0, page, PageFormat.NONCE, nonce.length);
        System.arraycopy(sealed(version, 1, 1), PageFormat.KEY_VERSION, page, PageFormat.KEY_VERSION, 8);
        return page;
    }

    /** TDE-504: a thousand swaps of each kind, across pages, files, databases, key versions, and what is no page of data. */
    @Test
    void aThousandSwapsOfEachKindAreFound() {
        KeyVersion version = addVersion(1, DekAlgorithm.AES_256);
        KeyVersion next = addVersion(2, DekAlgorithm.AES_256);
        KeyVersion other = KeyVersion.derive(
                1, HEX.parseHex("ffeeddccbbaa99887766554433221100"), DekAlgorithm.AES_256, dek(DekAlgorithm.AES_256));
        PageSealer temp = new PageSealer(SealKind.TEMP, UUID, keys, new NonceSource(randomness));
        Random random = new Random(504);
        for (int round = 0; round < 1000; round++) {
            int file = 1 + random.nextInt(5);
            long page = random.nextInt(1_000_000);
            byte[] sealed = sealed(version, file, page);
            long elsewhere = page + 1 + random.nextInt(1000);
            assertThat(sealer.open(sealed.clone(), file, elsewhere).opened()).isFalse();
            assertThat(sealer.open(sealed.clone(), file + 1 + random.nextInt(5), page)
                            .opened())
                    .isFalse();
            assertThat(sealer.open(sealed(other, file, page), file, page).opened())
                    .isFalse();
            byte[] renamed = sealed.clone();
            renamed[PageFormat.KEY_VERSION + 3] = 2;
            assertThat(sealer.open(renamed, file, page).opened()).isFalse();
            assertThat(sealer.open(sealed(next, file, page), file, elsewhere).opened())
                    .isFalse();
            byte[] foreign = patternPage();
            temp.seal(foreign, file, page, version);
            assertThat(sealer.open(foreign, file, page).opened()).isFalse();
            byte[] log = frameAsPage(version, page);
            assertThat(sealer.open(log, file, page).opened()).isFalse();
            assertThat(sealer.open(sealed, file, page)).isEqualTo(OpenResult.SEALED);
        }
    }

    @Test
    void pageOfAnUnknownVersionSaysSo() {
        byte[] page =
                sealed(KeyVersion.derive(9, ENCRYPTION_ID, DekAlgorithm.AES_256, dek(DekAlgorithm.AES_256)), 1, 1);
        assertThat(sealer.open(page, 1, 1)).isEqualTo(OpenResult.UNKNOWN_KEY_VERSION);
        assertThat(PageFormat.keyVersion(page)).isEqualTo(9);
    }

    /** S-9: a plain page knows its database, file and number. */
    @Test
    void plainPageIdentifiesItself() {
        byte[] page = patternPage();
        sealer.finishPlain(page, 4, 77);
        assertThat(sealer.open(page.clone(), 4, 77)).isEqualTo(OpenResult.PLAIN);
        assertThat(sealer.open(page.clone(), 4, 78)).isEqualTo(OpenResult.CRC_MISMATCH);
        assertThat(sealer.open(page.clone(), 5, 77)).isEqualTo(OpenResult.CRC_MISMATCH);
        PageSealer elsewhere = new PageSealer(ENCRYPTION_ID, keys, new NonceSource(randomness));
        assertThat(elsewhere.open(page.clone(), 4, 77)).isEqualTo(OpenResult.CRC_MISMATCH);
        byte[] damaged = page.clone();
        damaged[100] ^= 4;
        assertThat(sealer.open(damaged, 4, 77)).isEqualTo(OpenResult.CRC_MISMATCH);
        page[PageFormat.NONCE + 3] = 1;
        assertThat(sealer.open(page, 4, 77)).isEqualTo(OpenResult.ILLEGAL_TRAILER);
    }

    @Test
    void emptyPageIsNotAPage() {
        byte[] page = new byte[PageFormat.PAGE_BYTES];
        assertThat(PageFormat.allZero(page)).isTrue();
        assertThat(sealer.open(page, 1, 1)).isEqualTo(OpenResult.ILLEGAL_TRAILER);
    }

    @Test
    void everyKeyLengthSealsAndOpens() {
        int number = 0;
        for (DekAlgorithm algorithm : DekAlgorithm.values()) {
            KeyVersion version = addVersion(++number, algorithm);
            byte[] page = sealed(version, 1, number);
            assertThat(body(page)).isNotEqualTo(body(patternPage()));
            assertThat(sealer.open(page, 1, number)).isEqualTo(OpenResult.SEALED);
            assertThat(body(page)).isEqualTo(body(patternPage()));
        }
    }

    /** S-20, our own vector, computed with OpenSSL: key 00..17, encryption id and version as TDE-510, IV 80..87. */
    @Test
    void tripleDesVectorFits() {
        KeyVersion version = addVersion(7, DekAlgorithm.TRIPLE_DES_3KEY);
        byte[] aad = HEX.parseHex("535254440102010000112233445566778899aabbccddeeff00000003000000000000016800000007");
        byte[] page = patternPage();
        new TripleDesPages(new NonceSource(randomness)).sealWith(HEX.parseHex("8081828384858687"), page, aad, version);
        assertThat(HEX.formatHex(page, 0, 16)).isEqualTo(TRIPLE_DES_BODY_START);
        assertThat(HEX.formatHex(page, PageFormat.TAG, PageFormat.PAGE_BYTES)).isEqualTo(TRIPLE_DES_TRAILER);
        assertThat(sealer.open(page, 3, 360)).isEqualTo(OpenResult.SEALED);
        assertThat(body(page)).isEqualTo(body(patternPage()));
    }

    private static final String TRIPLE_DES_BODY_START = "b69fe702af533d5a4e9c8a96ab1eb161";
    private static final String TRIPLE_DES_TRAILER = "ff2313d42d99bad604aa4d412f7697bc0000000701020000";

    @Test
    void tripleDesPagesRefuseDamageAndSwaps() {
        KeyVersion version = addVersion(1, DekAlgorithm.TRIPLE_DES_3KEY);
        byte[] sealed = sealed(version, 1, 5);
        for (int at : new int[] {0, 4000, 8143, 8144, 8151, 8152, 8167, 8168, 8183}) {
            byte[] damaged = sealed.clone();
            damaged[at] ^= 0x10;
            assertThat(sealer.open(damaged, 1, 5)).as("byte %d", at).isEqualTo(OpenResult.TAG_MISMATCH);
        }
        assertThat(sealer.open(sealed.clone(), 1, 6)).isEqualTo(OpenResult.TAG_MISMATCH);
        byte[] relabelled = sealed.clone();
        relabelled[PageFormat.ALGORITHM] = PageFormat.XAES_256_GCM;
        assertThat(sealer.open(relabelled, 1, 5)).isEqualTo(OpenResult.ILLEGAL_TRAILER);
        assertThat(sealer.open(sealed, 1, 5)).isEqualTo(OpenResult.SEALED);
    }

    private byte[] sealed(KeyVersion version, int file, long page) {
        byte[] bytes = patternPage();
        sealer.seal(bytes, file, page, version);
        return bytes;
    }

    private KeyVersion addVersion(int number, DekAlgorithm algorithm) {
        KeyVersion version = KeyVersion.derive(number, ENCRYPTION_ID, algorithm, dek(algorithm));
        keys.add(version);
        return version;
    }

    private static KeyBuffer dek(DekAlgorithm algorithm) {
        byte[] dek = new byte[algorithm.keyBytes()];
        for (int i = 0; i < dek.length; i++) {
            dek[i] = (byte) i;
        }
        return KeyBuffer.takeOver(dek);
    }

    private static byte[] patternPage() {
        byte[] page = new byte[PageFormat.PAGE_BYTES];
        for (int i = 0; i < PageFormat.BODY_BYTES; i++) {
            page[i] = (byte) (7 * i + 3);
        }
        return page;
    }

    private static byte[] body(byte[] page) {
        return Arrays.copyOf(page, PageFormat.BODY_BYTES);
    }

    private static String sha256(byte[] bytes) {
        return HEX.formatHex(Jca.digest("SHA-256").digest(bytes));
    }
}
