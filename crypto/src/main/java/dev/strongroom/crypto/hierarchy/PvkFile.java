package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/// Microsoft's PVK file, which SQL Server writes in BACKUP CERTIFICATE. Little-endian.
///
/// ```text
/// 0   4   magic B0B5F11E
/// 4   4   reserved
/// 8   4   key type
/// 12  4   1 if encrypted
/// 16  4   salt length
/// 20  4   key length
/// 24  ..  salt, then the key: BLOBHEADER (8, never encrypted), "RSA2", bit length, public exponent,
///         modulus, p, q, d mod p-1, d mod q-1, inverse of q, d
/// ```
///
/// The cipher is RC4 under the first 16 bytes of SHA-1(salt, password), or its first 5 bytes and 11 zeros.
final class PvkFile {
    private static final int MAGIC = 0xB0B5F11E;
    private static final int RSA2 = 0x32415352;
    private static final int BLOB_HEADER_BYTES = 8;
    private static final int RC4_KEY_BYTES = 16;
    private static final int WEAK_KEY_BYTES = 5;
    private static final int MAX_KEY_BITS = 16384;

    private PvkFile() {}

    static boolean looksLikePvk(byte[] content) {
        return content.length > 24
                && ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
    }

    static KeyBuffer read(byte[] content, @Nullable String password) {
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        try {
            file.position(12);
            boolean encrypted = file.getInt() != 0;
            int saltLength = file.getInt();
            int keyLength = file.getInt();
            if (saltLength < 0 || keyLength < BLOB_HEADER_BYTES || saltLength + keyLength > file.remaining()) {
                throw invalid(null);
            }
            byte[] salt = new byte[saltLength];
            byte[] blob = new byte[keyLength];
            file.get(salt).get(blob);
            return encrypted ? decryptAndConvert(blob, salt, password) : convert(blob);
        } catch (BufferUnderflowException e) {
            throw invalid(e);
        }
    }

    private static KeyBuffer decryptAndConvert(byte[] blob, byte[] salt, @Nullable String password) {
        if (password == null) {
            throw PrivateKeyFile.wrongPassword();
        }
        for (Charset charset : new Charset[] {StandardCharsets.UTF_8, StandardCharsets.UTF_16LE}) {
            for (int keyBytes : new int[] {RC4_KEY_BYTES, WEAK_KEY_BYTES}) {
                byte[] plain = decrypt(blob, salt, password.getBytes(charset), keyBytes);
                try {
                    if (magicOf(plain) == RSA2) {
                        return convert(plain);
                    }
                } finally {
                    Arrays.fill(plain, (byte) 0);
                }
            }
        }
        throw PrivateKeyFile.wrongPassword();
    }

    private static byte[] decrypt(byte[] blob, byte[] salt, byte[] password, int keyBytes) {
        try {
            MessageDigest sha1 = Jca.digest("SHA-1");
            sha1.update(salt);
            byte[] key = Arrays.copyOf(Arrays.copyOf(sha1.digest(password), keyBytes), RC4_KEY_BYTES);
            Cipher cipher = Jca.cipher("ARCFOUR");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "ARCFOUR"));
            byte[] plain = blob.clone();
            cipher.doFinal(blob, BLOB_HEADER_BYTES, blob.length - BLOB_HEADER_BYTES, plain, BLOB_HEADER_BYTES);
            Arrays.fill(key, (byte) 0);
            return plain;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    private static int magicOf(byte[] blob) {
        return blob.length < BLOB_HEADER_BYTES + 4
                ? 0
                : ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN).getInt(BLOB_HEADER_BYTES);
    }

    private static KeyBuffer convert(byte[] blob) {
        ByteBuffer key = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        key.position(BLOB_HEADER_BYTES);
        if (key.getInt() != RSA2) {
            throw invalid(null);
        }
        int bits = key.getInt();
        if (bits <= 0 || bits > MAX_KEY_BITS || bits % 16 != 0) {
            throw invalid(null);
        }
        BigInteger exponent = BigInteger.valueOf(Integer.toUnsignedLong(key.getInt()));
        int full = bits / 8;
        int half = bits / 16;
        BigInteger modulus = number(key, full);
        BigInteger p = number(key, half);
        BigInteger q = number(key, half);
        BigInteger dp = number(key, half);
        BigInteger dq = number(key, half);
        BigInteger inverse = number(key, half);
        BigInteger d = number(key, full);
        try {
            AlgorithmIdentifier rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
            RSAPrivateKey pkcs1 = new RSAPrivateKey(modulus, exponent, d, p, q, dp, dq, inverse);
            return KeyBuffer.takeOver(new PrivateKeyInfo(rsa, pkcs1).getEncoded());
        } catch (IOException e) {
            throw invalid(e);
        }
    }

    private static BigInteger number(ByteBuffer key, int length) {
        byte[] reversed = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            reversed[i] = key.get();
        }
        BigInteger number = new BigInteger(1, reversed);
        Arrays.fill(reversed, (byte) 0);
        return number;
    }

    private static RuntimeException invalid(@Nullable Exception cause) {
        var report = NumberedError.KEY_DATA_INVALID.report("the private key file is not valid");
        return cause == null ? report.exception() : report.exception(cause);
    }
}
