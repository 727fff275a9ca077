package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;

/** A key store that cannot be used, in the words of the exception every provider throws. */
final class KeyStoreFault {
    private KeyStoreFault() {}

    static ColumnEncryptionException of(String message) {
        return new ColumnEncryptionException(Reason.KEY_STORE, message);
    }

    static ColumnEncryptionException of(String message, Throwable cause) {
        return new ColumnEncryptionException(Reason.KEY_STORE, message, cause);
    }
}
