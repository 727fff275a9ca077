package dev.strongroom.client;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;
import java.sql.SQLException;

/** What a statement of this driver can do beyond JDBC: {@code statement.unwrap(SrStatement.class)}. */
public interface SrStatement {
    /** Overrides the connection's setting for this statement; so does a comment {@code /}{@code *+ae(off|results|on)*}{@code /}. */
    void setColumnEncryption(ColumnEncryptionSetting setting) throws SQLException;

    /** The setting in force. */
    ColumnEncryptionSetting getColumnEncryption();

    /**
     * Insists that a parameter is encrypted: if the server says it need not be, the statement is refused before any value
     * is sent (AE-129).
     *
     * @param parameterIndex from 1
     */
    void setForceEncryption(int parameterIndex, boolean force) throws SQLException;

    /**
     * States that a parameter of a statement about protected columns is meant to go in plain (decision A-3).
     *
     * @param parameterIndex from 1
     */
    void setPlaintext(int parameterIndex) throws SQLException;

    /** Adds a key store for this statement alone. */
    void registerColumnKeyProvider(ColumnKeyProvider provider) throws ColumnEncryptionException;
}
