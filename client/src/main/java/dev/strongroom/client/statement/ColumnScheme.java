package dev.strongroom.client.statement;

import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.value.ColumnType;
import dev.strongroom.client.value.Usage;

/**
 * How a parameter or a result column is encrypted, as the server described it.
 *
 * @param encryption deterministic or randomized
 * @param key the column encryption key
 * @param type the declared type
 * @param usage what the statement does with a parameter
 * @param target column it meets, for messages
 */
public record ColumnScheme(EncryptionType encryption, EncryptedKey key, ColumnType type, Usage usage, String target) {}
