package dev.strongroom.client.cell;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One thread's set of initialised JCA objects for one column key. Setting up a cipher costs more than encrypting a cell,
 * so none is set up twice: CBC is one chain, and a chain can be made to continue with any IV.
 *
 * <ul>
 *   <li>Encrypting: the cipher adds (XOR) its last output block to the next input block. Adding that block and the IV to
 *       the first block of the plaintext beforehand leaves exactly the IV added.
 *   <li>Decrypting: the IV lies right before the body in a cell. Fed in as an ordinary block, it gives one block of
 *       nonsense, which is dropped, and then takes part in the next block as the IV it is.
 * </ul>
 *
 * <p>Not thread-safe.
 */
final class CellWorker {
    static final int BLOCK_BYTES = 16;

    private static final int RANDOM_BYTES = 64 * BLOCK_BYTES;

    private final Mac ivMac;
    private final Mac tagMac;
    private final Cipher encryptor;
    private final Cipher decryptor;
    private final byte[] lastBlock = new byte[BLOCK_BYTES];
    private final SecureRandom random;
    private final byte[] randomBytes = new byte[RANDOM_BYTES];
    private int randomUsed = RANDOM_BYTES;

    CellWorker(byte[] encryptionKey, byte[] macKey, byte[] ivKey, SecureRandom random) {
        this.random = random;
        try {
            SecretKey aes = new SecretKeySpec(encryptionKey, "AES");
            IvParameterSpec zero = new IvParameterSpec(new byte[BLOCK_BYTES]);
            encryptor = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
            encryptor.init(Cipher.ENCRYPT_MODE, aes, zero);
            decryptor = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
            decryptor.init(Cipher.DECRYPT_MODE, aes, zero);
            tagMac = mac(macKey);
            ivMac = mac(ivKey);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-CBC or HMAC-SHA-256", e);
        }
    }

    private static Mac mac(byte[] key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac;
    }

    /** IV of a deterministic cell: the first 16 bytes of the plaintext's MAC, written at an offset. */
    void deterministicIv(byte[] plain, byte[] cell, int offset) {
        byte[] full = ivMac.doFinal(plain);
        System.arraycopy(full, 0, cell, offset, BLOCK_BYTES);
    }

    /** Sixteen bytes of chance, never handed out twice. */
    void randomIv(byte[] cell, int offset) {
        if (randomUsed == RANDOM_BYTES) {
            random.nextBytes(randomBytes);
            randomUsed = 0;
        }
        System.arraycopy(randomBytes, randomUsed, cell, offset, BLOCK_BYTES);
        randomUsed += BLOCK_BYTES;
    }

    /** Encrypts the padded plaintext that lies behind its IV, in place. */
    void encrypt(byte[] cell, int ivOffset, int bodyBytes) {
        int body = ivOffset + BLOCK_BYTES;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            cell[body + i] ^= (byte) (cell[ivOffset + i] ^ lastBlock[i]);
        }
        try {
            requireWhole(encryptor.update(cell, body, bodyBytes, cell, body), bodyBytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        System.arraycopy(cell, body + bodyBytes - BLOCK_BYTES, lastBlock, 0, BLOCK_BYTES);
    }

    /** The padded plaintext, behind one block of nonsense. */
    byte[] decrypt(byte[] cell, int ivOffset, int bodyBytes) {
        byte[] plain = new byte[BLOCK_BYTES + bodyBytes];
        try {
            requireWhole(decryptor.update(cell, ivOffset, plain.length, plain, 0), plain.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return plain;
    }

    private static void requireWhole(int done, int wanted) {
        if (done != wanted) {
            throw new IllegalStateException("cipher held back blocks: got " + done + ", expected " + wanted);
        }
    }

    /** Tag over a stretch of the cell with the version byte before and its length behind. */
    byte[] tag(byte[] cell, int from, int count) {
        tagMac.update(ColumnKey.VERSION);
        tagMac.update(cell, from, count);
        tagMac.update(ColumnKey.VERSION_BYTES);
        return tagMac.doFinal();
    }

    /** Overwrites the keys inside the JCA objects as far as they let us. */
    void destroy() {
        byte[] zero = new byte[ColumnKey.KEY_BYTES];
        try {
            SecretKey none = new SecretKeySpec(zero, "AES");
            IvParameterSpec iv = new IvParameterSpec(new byte[BLOCK_BYTES]);
            encryptor.init(Cipher.ENCRYPT_MODE, none, iv);
            decryptor.init(Cipher.DECRYPT_MODE, none, iv);
            tagMac.init(new SecretKeySpec(zero, "HmacSHA256"));
            ivMac.init(new SecretKeySpec(zero, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Arrays.fill(lastBlock, (byte) 0);
    }

    static boolean sameTag(byte[] tag, byte[] cell, int offset) {
        return MessageDigest.isEqual(tag, Arrays.copyOfRange(cell, offset, offset + tag.length));
    }
}
