package dev.strongroom.client.error;

/**
 * Why the client refused. The SQLSTATE is in class {@code SR}, as the server's own are; client codes count from 901, so
 * the two never meet.
 */
public enum Reason {
    /** A cell has fewer than 65 bytes. */
    CELL_TOO_SHORT("SR901"),
    /** A cell's length is not 49 + a multiple of 16. */
    CELL_BAD_LENGTH("SR901"),
    /** A cell's first byte is not 0x01. */
    CELL_BAD_VERSION("SR901"),
    /** A cell's tag does not fit: changed, or made with another key. */
    CELL_BAD_MAC("SR901"),
    /** A cell's tag fits and its padding does not. */
    CELL_BAD_PADDING("SR901"),
    /** What the server sent is not a cell in its envelope. */
    ENVELOPE_INVALID("SR901"),
    /** Decrypted bytes do not have the form of the column's type. */
    VALUE_MALFORMED("SR901"),
    /** An encrypted column key is malformed, tampered with, or not of this master key. */
    KEY_INVALID("SR902"),
    /** The algorithm or rule version is not known to this driver. */
    ALGORITHM_UNKNOWN("SR903"),
    /** No provider of this name is configured. */
    PROVIDER_UNKNOWN("SR904"),
    /** The key path is outside what the client trusts. */
    PATH_NOT_TRUSTED("SR905"),
    /** The key store cannot be opened or does not hold the key. */
    KEY_STORE("SR906"),
    /** The server calls something plain that this client insists on encrypting. */
    ENCRYPTION_REQUIRED("SR907"),
    /** The server's description of a statement is missing, incomplete or contradictory. */
    DESCRIPTION("SR908"),
    /** A Java value that the column's type cannot take. */
    VALUE_UNSUITABLE("42804"),
    /** A value outside the range of the type. */
    OUT_OF_RANGE("22003"),
    /** A date or time outside the range of the type. */
    DATETIME_OUT_OF_RANGE("22008"),
    /** A text longer than the column. */
    TOO_LONG("22001"),
    /** A value the type cannot read, or cannot hold exactly where it must. */
    INVALID_VALUE("22023"),
    /** A combination the driver does not offer. */
    NOT_SUPPORTED("0A000");

    private final String sqlState;

    Reason(String sqlState) {
        this.sqlState = sqlState;
    }

    public String sqlState() {
        return sqlState;
    }

    /** Whether the cell is at fault, and not the key it needs, a store or a setting. */
    public boolean concernsTheCell() {
        return sqlState.equals(CELL_BAD_MAC.sqlState);
    }
}
