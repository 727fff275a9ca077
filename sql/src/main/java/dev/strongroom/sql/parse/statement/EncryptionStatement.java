package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/** Database encryption key and switching (tde.md 1.6 and 1.7). A null database is the session's own. */
public sealed interface EncryptionStatement extends Statement {
    @Nullable
    String database();

    record CreateDatabaseKey(@Nullable String database, String algorithm, Encryptor encryptor)
            implements EncryptionStatement {}

    record RegenerateDatabaseKey(
            @Nullable String database,
            String algorithm,
            @Nullable Encryptor encryptor) implements EncryptionStatement {}

    record RewrapDatabaseKey(@Nullable String database, Encryptor encryptor) implements EncryptionStatement {}

    record DropDatabaseKey(@Nullable String database) implements EncryptionStatement {}

    /** ALTER DATABASE … SET ENCRYPTION. */
    record SetEncryption(@Nullable String database, Switch action) implements EncryptionStatement {}

    /** {@code SERVER CERTIFICATE name} or {@code SERVER ASYMMETRIC KEY name}. */
    record Encryptor(boolean asymmetricKey, String name) {}

    /** What SET ENCRYPTION does. */
    enum Switch {
        ON,
        OFF,
        SUSPEND,
        RESUME
    }
}
