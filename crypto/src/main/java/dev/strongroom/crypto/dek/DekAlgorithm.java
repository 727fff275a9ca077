package dev.strongroom.crypto.dek;

import java.util.Optional;

/**
 * The algorithm names of CREATE DATABASE ENCRYPTION KEY. The AES names set the length of the key only: all of them drive
 * XAES-256-GCM through HKDF (TDE-141). TRIPLE_DES_3KEY really is 3DES, for data pages (S-20).
 */
public enum DekAlgorithm {
    AES_128(1, 16, "AES"),
    AES_192(2, 24, "AES"),
    AES_256(3, 32, "AES"),
    TRIPLE_DES_3KEY(4, 24, "TRIPLE_DES_3KEY");

    private final int code;
    private final int keyBytes;
    private final String viewName;

    DekAlgorithm(int code, int keyBytes, String viewName) {
        this.code = code;
        this.keyBytes = keyBytes;
        this.viewName = viewName;
    }

    /** The byte that stands for it on disk. */
    public int code() {
        return code;
    }

    public int keyBytes() {
        return keyBytes;
    }

    /** Column {@code key_algorithm} of {@code sys.dm_database_encryption_keys}. */
    public String viewName() {
        return viewName;
    }

    /** Column {@code key_length} of {@code sys.dm_database_encryption_keys}, in bits. */
    public int keyBits() {
        return 8 * keyBytes;
    }

    public boolean deprecated() {
        return this == TRIPLE_DES_3KEY;
    }

    public static Optional<DekAlgorithm> ofCode(int code) {
        for (DekAlgorithm algorithm : values()) {
            if (algorithm.code == code) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }
}
