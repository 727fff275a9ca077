package dev.strongroom.storage.table;

import java.util.List;

/**
 * How a table is stored: index-organised by its primary key, or by a hidden 8-byte row id where it has none.
 *
 * @param schema schema name, for errors only
 * @param name table name, for errors only
 * @param schemaStep current step, 0…255: raised when columns are added
 * @param primaryKeyName constraint name, for UNIQUE_VIOLATION; empty without a primary key
 * @param primaryKey key columns in order; empty for a hidden row id
 */
public record TableLayout(
        long treeId,
        String schema,
        String name,
        int schemaStep,
        List<ColumnLayout> columns,
        String primaryKeyName,
        List<KeyPart> primaryKey,
        List<IndexLayout> indexes) {
    public TableLayout {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        indexes = List.copyOf(indexes);
    }
}
