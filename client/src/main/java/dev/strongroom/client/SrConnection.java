package dev.strongroom.client;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;

/** What a connection of this driver can do beyond JDBC: {@code connection.unwrap(SrConnection.class)}. */
public interface SrConnection {
    /** Adds a key store for this connection. */
    void registerColumnKeyProvider(ColumnKeyProvider provider) throws ColumnEncryptionException;

    /** What this connection does about encrypted columns. */
    ColumnEncryptionSetting getColumnEncryption();
}
