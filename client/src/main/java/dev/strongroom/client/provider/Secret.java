package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.nio.file.Path;

/** Where a password comes from, asked each time it is needed. The caller zeroes what it gets. */
@FunctionalInterface
public interface Secret {
    char[] reveal() throws ColumnEncryptionException;

    /** Equal for secrets that come from the same place; it does not give the secret away. */
    default Object identity() {
        return this;
    }

    /** A secret that is in the configuration itself. */
    static Secret of(String text) {
        return new FixedSecret(text);
    }

    /** A secret in a file, without the line's end. */
    static Secret inFile(Path file) {
        return new FileSecret(file);
    }
}
