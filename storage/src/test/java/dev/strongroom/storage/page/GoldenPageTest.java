package dev.strongroom.storage.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The published page vector (TDE-510), written and read through the store. */
class GoldenPageTest {
    private static final long PAGE = 2 * PageCodec.PAGES_PER_FILE + 360;

    /** Draws 80, 81, 82 …: the vector's nonce. */
    private static final class Counting implements Randomness {
        private int next = 0x80;

        @Override
        public void fill(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) next++;
            }
        }

        @Override
        public long nextLong() {
            return next++;
        }
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static void body(byte[] image) {
        for (int i = 0; i < PageLayout.BODY_SIZE; i++) {
            image[i] = (byte) (7 * i + 3);
        }
    }

    private static KeyVersion key() {
        byte[] encryptionId = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
        return KeyVersion.derive(7, encryptionId, DekAlgorithm.AES_256, KeyBuffer.takeOver(counting(32)));
    }

    @Test
    void theStoreWritesThePublishedPage() throws Exception {
        SimulatedDisk disk = new SimulatedDisk(new SeededRandomness(1));
        byte[] uuid = new byte[16];
        DatabaseKeys keys = new DatabaseKeys();
        keys.add(key());
        Protection protection = new Protection(keys);
        protection.change(keys.require(7), Protection.PLAIN_NOWHERE);
        PageJournal.create(disk.files());
        for (int file = 1; file <= 3; file++) {
            disk.files().create(InPlacePageStore.fileName(file));
        }
        MacKey mac = new MacKey(KeyBuffer.copyOf(new byte[32]));
        InPlacePageStore store = new InPlacePageStore(
                disk.files(),
                new PageCodec(uuid, protection, new NonceSource(new Counting())),
                PageJournal.open(disk.files(), uuid, mac),
                PAGE + 1);
        // The vector says file 3, page 360; pages are numbered through the whole database (S-9), so the pair cannot
        // occur in
        // a real one. The codec takes both from the page number; the pair is checked on the sealer of module crypto.
        // Here:
        // what the store writes opens again, and is the same as sealing by hand.
        PageBatch batch = new PageBatch();
        body(batch.add(PAGE, 0));
        store.write(batch);
        byte[] expected = new byte[PageLayout.PAGE_SIZE];
        body(expected);
        new PageCodec(uuid, protection, new NonceSource(new Counting())).protect(expected, PAGE);
        byte[] written = new byte[PageLayout.PAGE_SIZE];
        store.readRaw(PAGE, written);
        assertThat(written).isEqualTo(expected);
        assertThat(HexFormat.of().formatHex(written, PageLayout.NONCE, PageLayout.TAG))
                .isEqualTo("808182838485868788898a8b8c8d8e8f9091929394959697");
        byte[] read = new byte[PageLayout.PAGE_SIZE];
        store.read(PAGE, read);
        byte[] plain = new byte[PageLayout.PAGE_SIZE];
        body(plain);
        assertThat(Arrays.copyOf(read, PageLayout.BODY_SIZE)).isEqualTo(Arrays.copyOf(plain, PageLayout.BODY_SIZE));
    }

    @Test
    void theSealerMakesThePublishedBytes() throws Exception {
        DatabaseKeys keys = new DatabaseKeys();
        keys.add(key());
        byte[] page = new byte[PageLayout.PAGE_SIZE];
        body(page);
        dev.strongroom.crypto.seal.PageSealer sealer =
                new dev.strongroom.crypto.seal.PageSealer(new byte[16], keys, new NonceSource(new Counting()));
        sealer.seal(page, 3, 360, keys.require(7));
        assertThat(HexFormat.of().formatHex(page, PageLayout.TAG, PageLayout.KEY_VERSION))
                .isEqualTo("693f6790d4ac22ec2add51b8edf05cb9");
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(page)))
                .isEqualTo("c9c86e5494d9bb9ab1817187eb042ee2a0c6369167f5f51e08ff4c0e97312293");
        assertThat(sealer.open(page, 3, 360)).isEqualTo(OpenResult.SEALED);
    }
}
