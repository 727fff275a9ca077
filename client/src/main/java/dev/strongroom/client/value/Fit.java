package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;

/** Whether one value fits its column, under the rules of its usage (decision A-1). One object for one conversion. */
final class Fit {
    private final Usage usage;
    private boolean exact = true;

    Fit(Usage usage) {
        this.usage = usage;
    }

    boolean exact() {
        return exact;
    }

    /** Whether the value is stored. */
    boolean assigns() {
        return usage != Usage.COMPARE;
    }

    /** The value had to be rounded: what an assignment does and a comparison must not. */
    void rounded() throws ColumnEncryptionException {
        if (usage != Usage.ASSIGN) {
            inexact();
        }
    }

    /** The value is outside what the type holds: an error of an assignment. */
    void outside(Reason reason, String message) throws ColumnEncryptionException {
        if (usage == Usage.ASSIGN) {
            throw new ColumnEncryptionException(reason, message);
        }
        inexact();
    }

    private void inexact() throws ColumnEncryptionException {
        if (usage == Usage.BOTH) {
            throw new ColumnEncryptionException(
                    Reason.INVALID_VALUE,
                    "a parameter that is both stored in and compared with an encrypted column must fit its type exactly");
        }
        exact = false;
    }

    static ColumnEncryptionException unsuitable(Object value, String type) {
        return new ColumnEncryptionException(
                Reason.VALUE_UNSUITABLE,
                "column is of type " + type + " but the parameter is a "
                        + value.getClass().getSimpleName());
    }

    static ColumnEncryptionException unreadable(String type) {
        return new ColumnEncryptionException(Reason.INVALID_VALUE, "invalid input syntax for type " + type);
    }
}
