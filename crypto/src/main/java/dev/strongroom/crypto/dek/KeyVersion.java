package dev.strongroom.crypto.dek;

import dev.strongroom.crypto.key.Hkdf;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One version of a database encryption key, split into a key per purpose (TDE-501, S-8, S-20):
///
/// ```text
/// PRK       = HKDF-Extract-SHA-256(32 zero bytes, DEK)
/// K_purpose = HKDF-Expand(PRK, "strongroom/tde/v1/" || purpose || 00 || encryption id (16) || key version (u32), 32)
/// ```
///
/// Safe for any thread until closed.
public final class KeyVersion implements AutoCloseable {
    public static final int ENCRYPTION_ID_BYTES = 16;
    public static final int COMMITMENT_BYTES = 32;

    private static final byte[] LABEL = "strongroom/tde/v1/".getBytes(StandardCharsets.US_ASCII);
    private static final int PURPOSE_KEY_BYTES = 32;
    private static final int TRIPLE_DES_KEY_BYTES = 24;
    /** 2^32 blocks of 64 bits: where a repetition becomes thinkable. */
    private static final long TRIPLE_DES_PAGES_MAX = 1L << 22;

    private final int number;
    private final DekAlgorithm algorithm;
    private final byte[] encryptionId;
    private final byte[] commitment;
    private final XaesKey data;
    private final XaesKey log;
    private final XaesKey temp;
    private final XaesKey backup;
    private final MacKey manifest;
    private final MacKey boot;
    private final MacKey segment;
    private final @Nullable KeyBuffer tripleDesCipher;
    private final @Nullable MacKey tripleDesMac;
    private final AtomicLong tripleDesPages = new AtomicLong();

    private KeyVersion(int number, DekAlgorithm algorithm, byte[] encryptionId, KeyBuffer pseudoRandomKey) {
        this.number = number;
        this.algorithm = algorithm;
        this.encryptionId = encryptionId.clone();
        data = new XaesKey(expand(pseudoRandomKey, "data", PURPOSE_KEY_BYTES));
        log = new XaesKey(expand(pseudoRandomKey, "log", PURPOSE_KEY_BYTES));
        temp = new XaesKey(expand(pseudoRandomKey, "temp", PURPOSE_KEY_BYTES));
        backup = new XaesKey(expand(pseudoRandomKey, "backup", PURPOSE_KEY_BYTES));
        manifest = new MacKey(expand(pseudoRandomKey, "manifest", PURPOSE_KEY_BYTES));
        boot = new MacKey(expand(pseudoRandomKey, "boot", PURPOSE_KEY_BYTES));
        segment = new MacKey(expand(pseudoRandomKey, "segment", PURPOSE_KEY_BYTES));
        try (KeyBuffer commit = expand(pseudoRandomKey, "commit", COMMITMENT_BYTES)) {
            commitment = commit.copy();
        }
        boolean tripleDes = algorithm == DekAlgorithm.TRIPLE_DES_3KEY;
        tripleDesCipher = tripleDes ? expand(pseudoRandomKey, "data-3des-cipher", TRIPLE_DES_KEY_BYTES) : null;
        tripleDesMac = tripleDes ? new MacKey(expand(pseudoRandomKey, "data-3des-mac", PURPOSE_KEY_BYTES)) : null;
    }

    /**
     * Derives all purpose keys; {@code dek} stays the caller's and may be closed at once.
     *
     * @param number version number, above zero and below 2^31, never used twice in a database
     * @param encryptionId 16 bytes, made at CREATE DATABASE ENCRYPTION KEY
     */
    public static KeyVersion derive(int number, byte[] encryptionId, DekAlgorithm algorithm, KeyBuffer dek) {
        if (number <= 0) {
            throw new IllegalArgumentException("key version " + number);
        }
        if (encryptionId.length != ENCRYPTION_ID_BYTES) {
            throw new IllegalArgumentException("encryption id of " + encryptionId.length + " bytes");
        }
        if (dek.length() != algorithm.keyBytes()) {
            throw new IllegalArgumentException(algorithm + " key of " + dek.length() + " bytes");
        }
        try (KeyBuffer pseudoRandomKey = Hkdf.extract(dek)) {
            return new KeyVersion(number, algorithm, encryptionId, pseudoRandomKey);
        }
    }

    private KeyBuffer expand(KeyBuffer pseudoRandomKey, String purpose, int length) {
        byte[] name = purpose.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(LABEL.length + name.length + 1 + ENCRYPTION_ID_BYTES + Integer.BYTES);
        info.put(LABEL).put(name).put((byte) 0).put(encryptionId).putInt(number);
        return Hkdf.expand(pseudoRandomKey, info.array(), length);
    }

    /** The number pages, log segments and boot record name. */
    public int number() {
        return number;
    }

    public DekAlgorithm algorithm() {
        return algorithm;
    }

    public byte[] encryptionId() {
        return encryptionId.clone();
    }

    /** Puts the encryption id at {@code offset} of {@code target}. */
    public void putEncryptionId(byte[] target, int offset) {
        System.arraycopy(encryptionId, 0, target, offset, ENCRYPTION_ID_BYTES);
    }

    /** What {@code master} keeps to recognise this very key (S-2). Not secret. */
    public byte[] commitment() {
        return commitment.clone();
    }

    public XaesKey data() {
        return data;
    }

    public XaesKey log() {
        return log;
    }

    public XaesKey temp() {
        return temp;
    }

    public XaesKey backup() {
        return backup;
    }

    /** For the rollback manifest (TDE-519). */
    public MacKey manifest() {
        return manifest;
    }

    /** For the boot record of a sealed database. */
    public MacKey boot() {
        return boot;
    }

    /** For the headers of log segments (S-8). */
    public MacKey segment() {
        return segment;
    }

    /** The 24-byte 3DES key, present for TRIPLE_DES_3KEY only. */
    public @Nullable KeyBuffer tripleDesCipher() {
        return tripleDesCipher;
    }

    public @Nullable MacKey tripleDesMac() {
        return tripleDesMac;
    }

    /** Counts a page sealed with 3DES. */
    public void countTripleDesPage() {
        tripleDesPages.incrementAndGet();
    }

    /** Pages sealed with 3DES under this key. */
    public long tripleDesPages() {
        return tripleDesPages.get();
    }

    /** Goes on counting where an earlier opening of the database stopped. */
    public void resumeTripleDesPages(long before) {
        tripleDesPages.addAndGet(before);
    }

    /** Whether so many pages are sealed with 3DES that the key should be changed (S-20). */
    public boolean regenerationDue() {
        return tripleDesPages.get() >= TRIPLE_DES_PAGES_MAX;
    }

    @Override
    public void close() {
        data.close();
        log.close();
        temp.close();
        backup.close();
        manifest.close();
        boot.close();
        segment.close();
        if (tripleDesCipher != null) {
            tripleDesCipher.close();
        }
        if (tripleDesMac != null) {
            tripleDesMac.close();
        }
        Arrays.fill(commitment, (byte) 0);
    }

    @Override
    public String toString() {
        return "KeyVersion[" + number + " " + algorithm + " " + HexFormat.of().formatHex(encryptionId) + "]";
    }
}
