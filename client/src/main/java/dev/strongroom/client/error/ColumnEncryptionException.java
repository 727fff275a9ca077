package dev.strongroom.client.error;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** An error of the client's side of Always Encrypted. Its message never holds plaintext or key bytes (AE-132). */
public final class ColumnEncryptionException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public ColumnEncryptionException(Reason reason, String message) {
        this(reason, message, null);
    }

    public ColumnEncryptionException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, reason.sqlState(), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
