package dev.strongroom.client.cell;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * An opened column encryption key: the cell cipher AEAD_AES_256_CBC_HMAC_SHA_256 with its three derived keys (AE-70 …
 * AE-75). Layout of a cell:
 *
 * <pre>
 * offset  bytes  content
 * 0       1      version 0x01
 * 1       32     tag = HMAC-SHA-256(MAC key, 0x01 ‖ IV ‖ body ‖ 0x01)
 * 33      16     IV: random, or the first 16 bytes of HMAC-SHA-256(IV key, plaintext)
 * 49      16·k   body = AES-256-CBC(encryption key, IV, plaintext with PKCS#7 padding)
 * </pre>
 *
 * <p>Any thread may call; closing zeroes the keys, and what is called afterwards throws {@link ClosedKeyException}.
 */
public final class ColumnKey implements AutoCloseable {
    /** Bytes of a column encryption key and of each derived key. */
    public static final int KEY_BYTES = 32;

    static final byte VERSION = 1;
    static final byte VERSION_BYTES = 1;

    private static final int TAG_OFFSET = 1;
    private static final int TAG_BYTES = 32;
    private static final int IV_OFFSET = TAG_OFFSET + TAG_BYTES;
    private static final int BODY_OFFSET = IV_OFFSET + CellWorker.BLOCK_BYTES;
    private static final int MINIMUM_BYTES = BODY_OFFSET + CellWorker.BLOCK_BYTES;
    private static final int WORKERS = 16;

    private final byte[] encryptionKey;
    private final byte[] macKey;
    private final byte[] ivKey;
    private final SecureRandom random = new SecureRandom();
    private final AtomicReferenceArray<@Nullable CellWorker> idle = new AtomicReferenceArray<>(WORKERS);
    private volatile boolean closed;

    private ColumnKey(byte[] encryptionKey, byte[] macKey, byte[] ivKey) {
        this.encryptionKey = encryptionKey;
        this.macKey = macKey;
        this.ivKey = ivKey;
    }

    /** Derives the three keys; the caller keeps and zeroes the column key itself. */
    public static ColumnKey of(byte[] columnKey) throws ColumnEncryptionException {
        if (columnKey.length != KEY_BYTES) {
            throw new ColumnEncryptionException(
                    Reason.KEY_INVALID, "a column encryption key has " + KEY_BYTES + " bytes, got " + columnKey.length);
        }
        return new ColumnKey(derive(columnKey, "encryption"), derive(columnKey, "MAC"), derive(columnKey, "IV"));
    }

    /** The derivation string spells HMAC_SHA256 without the underscore the DDL name has before 256 (AE-70). */
    static byte[] derive(byte[] columnKey, String purpose) {
        String salt = "Microsoft SQL Server cell " + purpose
                + " key with encryption algorithm:AEAD_AES_256_CBC_HMAC_SHA256 and key length:256";
        try {
            Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
            mac.init(new SecretKeySpec(columnKey, "HmacSHA256"));
            return mac.doFinal(salt.getBytes(StandardCharsets.UTF_16LE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
        }
    }

    /** Length of the cell of a plaintext of this many bytes. */
    public static int cellBytes(int plainBytes) {
        return BODY_OFFSET + CellWorker.BLOCK_BYTES * (plainBytes / CellWorker.BLOCK_BYTES + 1);
    }

    public byte[] encrypt(EncryptionType type, byte[] plain) {
        byte[] cell = new byte[cellBytes(plain.length)];
        encrypt(type, plain, cell, 0);
        return cell;
    }

    /** Writes the cell at an offset of a buffer that has room for {@link #cellBytes}. */
    void encrypt(EncryptionType type, byte[] plain, byte[] target, int at) {
        int bodyBytes = cellBytes(plain.length) - BODY_OFFSET;
        CellWorker worker = borrow();
        try {
            target[at] = VERSION;
            switch (type) {
                case DETERMINISTIC -> worker.deterministicIv(plain, target, at + IV_OFFSET);
                case RANDOMIZED -> worker.randomIv(target, at + IV_OFFSET);
            }
            System.arraycopy(plain, 0, target, at + BODY_OFFSET, plain.length);
            byte padding = (byte) (bodyBytes - plain.length);
            Arrays.fill(target, at + BODY_OFFSET + plain.length, at + BODY_OFFSET + bodyBytes, padding);
            worker.encrypt(target, at + IV_OFFSET, bodyBytes);
            byte[] tag = worker.tag(target, at + IV_OFFSET, CellWorker.BLOCK_BYTES + bodyBytes);
            System.arraycopy(tag, 0, target, at + TAG_OFFSET, TAG_BYTES);
        } finally {
            giveBack(worker);
        }
    }

    public byte[] decrypt(byte[] cell) throws ColumnEncryptionException {
        return decrypt(cell, 0);
    }

    /** Opens the cell that fills a buffer from an offset on; never returns anything unless its whole tag fits. */
    byte[] decrypt(byte[] buffer, int at) throws ColumnEncryptionException {
        int length = buffer.length - at;
        if (length < MINIMUM_BYTES) {
            throw refused(Reason.CELL_TOO_SHORT, "a cell has at least " + MINIMUM_BYTES + " bytes, got " + length);
        }
        if ((length - BODY_OFFSET) % CellWorker.BLOCK_BYTES != 0) {
            throw refused(Reason.CELL_BAD_LENGTH, "no cell has " + length + " bytes");
        }
        if (buffer[at] != VERSION) {
            throw refused(Reason.CELL_BAD_VERSION, "unknown cell version " + (buffer[at] & 0xff));
        }
        int bodyBytes = length - BODY_OFFSET;
        byte[] padded;
        CellWorker worker = borrow();
        try {
            byte[] tag = worker.tag(buffer, at + IV_OFFSET, CellWorker.BLOCK_BYTES + bodyBytes);
            if (!CellWorker.sameTag(tag, buffer, at + TAG_OFFSET)) {
                throw refused(Reason.CELL_BAD_MAC, "the cell was changed or belongs to another key");
            }
            padded = worker.decrypt(buffer, at + IV_OFFSET, bodyBytes);
        } finally {
            giveBack(worker);
        }
        return withoutPadding(padded);
    }

    private static byte[] withoutPadding(byte[] padded) throws ColumnEncryptionException {
        int padding = padded[padded.length - 1];
        boolean good = padding >= 1 && padding <= CellWorker.BLOCK_BYTES;
        for (int i = padded.length - Math.max(padding, 1); good && i < padded.length; i++) {
            good = padded[i] == padding;
        }
        if (!good) {
            throw refused(Reason.CELL_BAD_PADDING, "the cell's padding is invalid");
        }
        return Arrays.copyOfRange(padded, CellWorker.BLOCK_BYTES, padded.length - padding);
    }

    private static ColumnEncryptionException refused(Reason reason, String message) {
        return new ColumnEncryptionException(reason, "cannot decrypt: " + message);
    }

    private CellWorker borrow() {
        if (closed) {
            throw new ClosedKeyException();
        }
        @Nullable CellWorker worker = idle.getAndSet(slot(), null);
        if (worker != null) {
            return worker;
        }
        synchronized (this) {
            if (closed) {
                throw new ClosedKeyException();
            }
            return new CellWorker(encryptionKey, macKey, ivKey, random);
        }
    }

    private void giveBack(CellWorker worker) {
        @Nullable CellWorker surplus = closed ? worker : idle.getAndSet(slot(), worker);
        if (surplus != null) {
            surplus.destroy();
        }
        if (closed) {
            destroyIdle();
        }
    }

    private static int slot() {
        return (int) (Thread.currentThread().threadId() & (WORKERS - 1));
    }

    /** Zeroes the keys. Calls that run at this moment end well. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            Arrays.fill(encryptionKey, (byte) 0);
            Arrays.fill(macKey, (byte) 0);
            Arrays.fill(ivKey, (byte) 0);
        }
        destroyIdle();
    }

    private void destroyIdle() {
        for (int i = 0; i < WORKERS; i++) {
            @Nullable CellWorker worker = idle.getAndSet(i, null);
            if (worker != null) {
                worker.destroy();
            }
        }
    }

    @Override
    public String toString() {
        return closed ? "closed column key" : "column key";
    }
}
