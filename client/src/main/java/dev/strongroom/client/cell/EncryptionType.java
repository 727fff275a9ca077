package dev.strongroom.client.cell;

/** The two ways to encrypt a cell; the number is the one of {@code sys.columns} and of the wire. */
public enum EncryptionType {
    /** The same plaintext gives the same cell, so the server can compare for equality. */
    DETERMINISTIC(1),
    /** The same plaintext gives another cell each time. */
    RANDOMIZED(2);

    private final int code;

    EncryptionType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
