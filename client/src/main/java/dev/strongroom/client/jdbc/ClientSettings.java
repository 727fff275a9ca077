package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.key.KeyProviders;
import dev.strongroom.client.statement.RequiredColumns;
import java.time.Duration;

/**
 * What the connection's properties say about encryption.
 *
 * @param setting what is done unless a statement says otherwise
 * @param providers key stores
 * @param timeToLive of opened column keys
 * @param required columns the client insists on encrypting
 * @param requiredText the same as text, part of the plan cache's key
 * @param address host list, port and database of the URL: the client's own name for the server
 */
public record ClientSettings(
        ColumnEncryptionSetting setting,
        KeyProviders providers,
        Duration timeToLive,
        RequiredColumns required,
        String requiredText,
        String address) {}
