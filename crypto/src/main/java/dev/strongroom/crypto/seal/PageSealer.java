package dev.strongroom.crypto.seal;

import static dev.strongroom.crypto.seal.PageFormat.ALGORITHM;
import static dev.strongroom.crypto.seal.PageFormat.BODY_BYTES;
import static dev.strongroom.crypto.seal.PageFormat.FORMAT;
import static dev.strongroom.crypto.seal.PageFormat.FORMAT_1;
import static dev.strongroom.crypto.seal.PageFormat.INTS;
import static dev.strongroom.crypto.seal.PageFormat.KEY_VERSION;
import static dev.strongroom.crypto.seal.PageFormat.LONGS;
import static dev.strongroom.crypto.seal.PageFormat.NONCE;
import static dev.strongroom.crypto.seal.PageFormat.NONCE_BYTES;
import static dev.strongroom.crypto.seal.PageFormat.PAGE_BYTES;
import static dev.strongroom.crypto.seal.PageFormat.RESERVED;
import static dev.strongroom.crypto.seal.PageFormat.TAG;
import static dev.strongroom.crypto.seal.PageFormat.TAG_BYTES;

import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.XaesKey;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/// Seals and opens the pages of one database, in place, on a heap array of 8192 bytes. One instance belongs to one
/// thread;
/// instances of a database share its {@link DatabaseKeys} and {@link NonceSource}.
///
/// Associated data of a sealed page (TDE-502), 40 bytes:
///
/// ```text
/// 0   4   "SRTD"
/// 4   1   format, 1
/// 5   1   algorithm
/// 6   1   kind: 1 data, 3 temp
/// 7   1   zero
/// 8   16  encryption id
/// 24  4   file id
/// 28  8   page number
/// 36  4   key version
/// ```
///
/// A plain page carries a CRC-32C over database UUID, file id, page number, body and the last 8 bytes (S-9), so that a
/// page in the wrong place is found there too.
public final class PageSealer {
    static final int AAD_BYTES = 40;
    private static final int AAD_ALGORITHM = 5;
    private static final int AAD_ENCRYPTION_ID = 8;
    private static final int AAD_FILE = 24;
    private static final int AAD_PAGE = 28;
    private static final int AAD_VERSION = 36;
    private static final int UUID_BYTES = 16;
    private static final int OPEN_SLOTS = 8;

    private final SealKind kind;
    private final DatabaseKeys keys;
    private final NonceSource nonces;
    private final byte[] aad = new byte[AAD_BYTES];
    private final byte[] identity = new byte[UUID_BYTES + Integer.BYTES + Long.BYTES];
    private final byte[] scratch = new byte[BODY_BYTES + TAG_BYTES];
    private final CRC32C crc = new CRC32C();
    private final Cipher sealCipher = Jca.gcm();
    private final Cipher[] openCiphers = new Cipher[OPEN_SLOTS];
    private @Nullable TripleDesPages tripleDes;

    /** A sealer for data pages. {@code databaseUuid} has 16 bytes. */
    public PageSealer(byte[] databaseUuid, DatabaseKeys keys, NonceSource nonces) {
        this(SealKind.DATA, databaseUuid, keys, nonces);
    }

    /** A sealer for pages of the given kind, data or temp; each kind has a key of its own. */
    public PageSealer(SealKind kind, byte[] databaseUuid, DatabaseKeys keys, NonceSource nonces) {
        if (kind != SealKind.DATA && kind != SealKind.TEMP) {
            throw new IllegalArgumentException("no pages of kind " + kind);
        }
        if (databaseUuid.length != UUID_BYTES) {
            throw new IllegalArgumentException("database UUID of " + databaseUuid.length + " bytes");
        }
        this.kind = kind;
        this.keys = keys;
        this.nonces = nonces;
        System.arraycopy(databaseUuid, 0, identity, 0, UUID_BYTES);
        aad[0] = 'S';
        aad[1] = 'R';
        aad[2] = 'T';
        aad[3] = 'D';
        aad[4] = FORMAT_1;
        aad[6] = (byte) kind.code();
        for (int slot = 0; slot < OPEN_SLOTS; slot++) {
            openCiphers[slot] = Jca.gcm();
        }
    }

    /** Seals the body of {@code page} in place under {@code version} and writes the trailer. */
    public void seal(byte[] page, int fileId, long pageNumber, KeyVersion version) {
        assert page.length == PAGE_BYTES;
        if (version.algorithm() == DekAlgorithm.TRIPLE_DES_3KEY && kind == SealKind.DATA) {
            prepareAad(PageFormat.TRIPLE_DES_CBC_HMAC, fileId, pageNumber, version);
            tripleDesPages().seal(page, aad, version);
            return;
        }
        nonces.next(scratch, 0);
        sealWith(scratch, page, fileId, pageNumber, version);
    }

    /** As {@link #seal}, with a given nonce: for the published vectors only. */
    void sealWith(byte[] nonce, byte[] page, int fileId, long pageNumber, KeyVersion version) {
        prepareAad(PageFormat.XAES_256_GCM, fileId, pageNumber, version);
        try {
            SecretKey derived = purposeKey(version).derive(nonce, 0);
            sealCipher.init(
                    Cipher.ENCRYPT_MODE,
                    derived,
                    new GCMParameterSpec(
                            XaesKey.TAG_BITS, nonce, XaesKey.PREFIX_BYTES, NONCE_BYTES - XaesKey.PREFIX_BYTES));
            sealCipher.updateAAD(aad);
            int written = sealCipher.doFinal(page, 0, BODY_BYTES, page, 0);
            assert written == BODY_BYTES + TAG_BYTES;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
        // The tag came out behind the body, where the nonce belongs.
        System.arraycopy(page, BODY_BYTES, page, TAG, TAG_BYTES);
        System.arraycopy(nonce, 0, page, NONCE, NONCE_BYTES);
        PageFormat.putTrailer(page, version.number(), PageFormat.XAES_256_GCM);
    }

    /** Writes the trailer of a plain page with its CRC. */
    public void finishPlain(byte[] page, int fileId, long pageNumber) {
        assert page.length == PAGE_BYTES;
        for (int at = NONCE; at < KEY_VERSION; at += Long.BYTES) {
            LONGS.set(page, at, 0L);
        }
        PageFormat.putTrailer(page, 0, PageFormat.PLAIN);
        INTS.set(page, TAG, plainCrc(page, fileId, pageNumber));
    }

    /**
     * Opens {@code page} in place. Unless the result is {@link OpenResult#opened}, the array holds the bytes as they were
     * read. The trailer stays as it is in either case.
     */
    public OpenResult open(byte[] page, int fileId, long pageNumber) {
        assert page.length == PAGE_BYTES;
        if (page[FORMAT] != FORMAT_1 || page[RESERVED] != 0 || page[RESERVED + 1] != 0) {
            return OpenResult.ILLEGAL_TRAILER;
        }
        int number = PageFormat.keyVersion(page);
        switch (page[ALGORITHM]) {
            case PageFormat.PLAIN:
                return number != 0 ? OpenResult.ILLEGAL_TRAILER : checkPlain(page, fileId, pageNumber);
            case PageFormat.XAES_256_GCM:
            case PageFormat.TRIPLE_DES_CBC_HMAC:
                break;
            default:
                return OpenResult.ILLEGAL_TRAILER;
        }
        KeyVersion version = keys.find(number);
        if (version == null) {
            return number == 0 ? OpenResult.ILLEGAL_TRAILER : OpenResult.UNKNOWN_KEY_VERSION;
        }
        boolean tripleDesKey = version.algorithm() == DekAlgorithm.TRIPLE_DES_3KEY && kind == SealKind.DATA;
        if (tripleDesKey != (page[ALGORITHM] == PageFormat.TRIPLE_DES_CBC_HMAC)) {
            return OpenResult.ILLEGAL_TRAILER;
        }
        prepareAad(page[ALGORITHM], fileId, pageNumber, version);
        return tripleDesKey ? tripleDesPages().open(page, aad, version) : openXaes(page, version);
    }

    private OpenResult openXaes(byte[] page, KeyVersion version) {
        SecretKey derived = purposeKey(version).derive(page, NONCE);
        // A slot keeps the key schedule of its last key; pages of few prefixes thus rarely pay for a key change.
        Cipher cipher = openCiphers[System.identityHashCode(derived) & (OPEN_SLOTS - 1)];
        System.arraycopy(page, 0, scratch, 0, BODY_BYTES);
        System.arraycopy(page, TAG, scratch, BODY_BYTES, TAG_BYTES);
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    derived,
                    new GCMParameterSpec(
                            XaesKey.TAG_BITS, page, NONCE + XaesKey.PREFIX_BYTES, NONCE_BYTES - XaesKey.PREFIX_BYTES));
            cipher.updateAAD(aad);
            cipher.doFinal(scratch, 0, BODY_BYTES + TAG_BYTES, page, 0);
            return OpenResult.SEALED;
        } catch (AEADBadTagException e) {
            System.arraycopy(scratch, 0, page, 0, BODY_BYTES);
            return OpenResult.TAG_MISMATCH;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    private OpenResult checkPlain(byte[] page, int fileId, long pageNumber) {
        long padding = (long) LONGS.get(page, NONCE)
                | (long) LONGS.get(page, NONCE + 8)
                | (long) LONGS.get(page, NONCE + 16)
                | (int) INTS.get(page, TAG + 4)
                | (long) LONGS.get(page, TAG + 8);
        if (padding != 0) {
            return OpenResult.ILLEGAL_TRAILER;
        }
        return (int) INTS.get(page, TAG) == plainCrc(page, fileId, pageNumber)
                ? OpenResult.PLAIN
                : OpenResult.CRC_MISMATCH;
    }

    private int plainCrc(byte[] page, int fileId, long pageNumber) {
        INTS.set(identity, UUID_BYTES, fileId);
        LONGS.set(identity, UUID_BYTES + Integer.BYTES, pageNumber);
        crc.reset();
        crc.update(identity, 0, identity.length);
        crc.update(page, 0, BODY_BYTES);
        crc.update(page, KEY_VERSION, PAGE_BYTES - KEY_VERSION);
        return (int) crc.getValue();
    }

    private XaesKey purposeKey(KeyVersion version) {
        return kind == SealKind.DATA ? version.data() : version.temp();
    }

    private void prepareAad(int algorithm, int fileId, long pageNumber, KeyVersion version) {
        aad[AAD_ALGORITHM] = (byte) algorithm;
        version.putEncryptionId(aad, AAD_ENCRYPTION_ID);
        INTS.set(aad, AAD_FILE, fileId);
        LONGS.set(aad, AAD_PAGE, pageNumber);
        INTS.set(aad, AAD_VERSION, version.number());
    }

    private TripleDesPages tripleDesPages() {
        TripleDesPages pages = tripleDes;
        if (pages == null) {
            pages = new TripleDesPages(nonces);
            tripleDes = pages;
        }
        return pages;
    }
}
