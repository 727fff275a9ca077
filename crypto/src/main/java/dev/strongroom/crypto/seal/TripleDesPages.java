package dev.strongroom.crypto.seal;

import static dev.strongroom.crypto.seal.PageFormat.BODY_BYTES;
import static dev.strongroom.crypto.seal.PageFormat.NONCE;
import static dev.strongroom.crypto.seal.PageFormat.NONCE_BYTES;
import static dev.strongroom.crypto.seal.PageFormat.TAG;
import static dev.strongroom.crypto.seal.PageFormat.TAG_BYTES;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.key.XaesKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;

/// Data pages under TRIPLE_DES_3KEY (S-20): 3DES-CBC over the body, then a MAC.
///
/// ```text
/// 8144  8    IV: unpredictable, from a keyed hash of the opening's next nonce
/// 8152  16   zero
/// 8168  16   HMAC-SHA-256(mac key, associated data || the 24 nonce bytes || ciphertext), first 16 bytes
/// ```
///
/// The MAC is checked before anything is deciphered. One instance belongs to one thread.
final class TripleDesPages {
    private static final int IV_BYTES = 8;

    private final NonceSource nonces;
    private final byte[] nonce = new byte[XaesKey.NONCE_BYTES];
    private final Cipher cipher = Jca.cipher("DESede/CBC/NoPadding");

    TripleDesPages(NonceSource nonces) {
        this.nonces = nonces;
    }

    void seal(byte[] page, byte[] aad, KeyVersion version) {
        nonces.next(nonce, 0);
        byte[] unpredictable = macKey(version).mac(nonce);
        sealWith(Arrays.copyOf(unpredictable, IV_BYTES), page, aad, version);
    }

    void sealWith(byte[] iv, byte[] page, byte[] aad, KeyVersion version) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, cipherKey(version).asKey("DESede"), new IvParameterSpec(iv));
            int written = cipher.doFinal(page, 0, BODY_BYTES, page, 0);
            assert written == BODY_BYTES;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
        Arrays.fill(page, NONCE, NONCE + NONCE_BYTES, (byte) 0);
        System.arraycopy(iv, 0, page, NONCE, IV_BYTES);
        System.arraycopy(pageMac(page, aad, version), 0, page, TAG, TAG_BYTES);
        PageFormat.putTrailer(page, version.number(), PageFormat.TRIPLE_DES_CBC_HMAC);
        version.countTripleDesPage();
    }

    OpenResult open(byte[] page, byte[] aad, KeyVersion version) {
        byte[] mac = pageMac(page, aad, version);
        int difference = 0;
        for (int i = 0; i < TAG_BYTES; i++) {
            difference |= mac[i] ^ page[TAG + i];
        }
        for (int at = NONCE + IV_BYTES; at < TAG; at++) {
            difference |= page[at];
        }
        if (difference != 0) {
            return OpenResult.TAG_MISMATCH;
        }
        try {
            IvParameterSpec iv = new IvParameterSpec(page, NONCE, IV_BYTES);
            cipher.init(Cipher.DECRYPT_MODE, cipherKey(version).asKey("DESede"), iv);
            int opened = cipher.doFinal(page, 0, BODY_BYTES, page, 0);
            assert opened == BODY_BYTES;
            return OpenResult.SEALED;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    private static byte[] pageMac(byte[] page, byte[] aad, KeyVersion version) {
        Mac mac = macKey(version).newMac();
        mac.update(aad);
        mac.update(page, NONCE, NONCE_BYTES);
        mac.update(page, 0, BODY_BYTES);
        return mac.doFinal();
    }

    private static KeyBuffer cipherKey(KeyVersion version) {
        return Objects.requireNonNull(version.tripleDesCipher());
    }

    private static MacKey macKey(KeyVersion version) {
        return Objects.requireNonNull(version.tripleDesMac());
    }
}
