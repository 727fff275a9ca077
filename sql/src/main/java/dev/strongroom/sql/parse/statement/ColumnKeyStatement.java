package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Column master keys and column encryption keys of Always Encrypted (section 2.1). */
public sealed interface ColumnKeyStatement extends Statement {
    /** Name of the key. */
    String name();

    /** Whether the key is a master key. */
    default boolean ofMasterKey() {
        return this instanceof CreateMasterKey || this instanceof RenameMasterKey || this instanceof DropMasterKey;
    }

    /**
     * CREATE COLUMN MASTER KEY.
     *
     * @param signature of ENCLAVE_COMPUTATIONS, null without
     */
    record CreateMasterKey(String name, boolean ifNotExists, String provider, String path, byte @Nullable [] signature)
            implements ColumnKeyStatement {}

    /** ALTER COLUMN MASTER KEY … RENAME TO. */
    record RenameMasterKey(String name, String newName) implements ColumnKeyStatement {}

    record DropMasterKey(String name, boolean ifExists) implements ColumnKeyStatement {}

    /**
     * One value of a column encryption key.
     *
     * @param algorithm null where it was left out
     * @param encrypted null where it was left out
     */
    record Value(String masterKey, @Nullable String algorithm, byte @Nullable [] encrypted, int position) {}

    record CreateEncryptionKey(String name, boolean ifNotExists, List<Value> values) implements ColumnKeyStatement {
        public CreateEncryptionKey {
            values = List.copyOf(values);
        }
    }

    /** ALTER COLUMN ENCRYPTION KEY … ADD VALUE or DROP VALUE. */
    record AlterEncryptionKey(String name, boolean add, Value value) implements ColumnKeyStatement {}

    record DropEncryptionKey(String name, boolean ifExists) implements ColumnKeyStatement {}
}
