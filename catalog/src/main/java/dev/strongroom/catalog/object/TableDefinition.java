package dev.strongroom.catalog.object;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary table.
 *
 * @param treeId tree of the rows
 * @param clusterIndexOid index whose key the rows are organised by (its {@code treeId} is the table's), 0 for a hidden row
 *     id; it need not be the primary key's, which may have been added later as a secondary index
 * @param schemaStep current schema step of new rows, 0…255
 * @param rowTypeOid {@code reltype}
 * @param arrayTypeOid array type over the row type
 * @param options WITH (…) as {@code name=value}
 */
public record TableDefinition(
        int oid,
        int schemaOid,
        String name,
        int ownerOid,
        Persistence persistence,
        List<Column> columns,
        long treeId,
        int clusterIndexOid,
        int schemaStep,
        int rowTypeOid,
        int arrayTypeOid,
        List<String> options,
        @Nullable Acl acl)
        implements Relation {
    public TableDefinition {
        columns = List.copyOf(columns);
        options = List.copyOf(options);
        for (int i = 0; i < columns.size(); i++) {
            assert columns.get(i).number() == i + 1;
        }
    }

    @Override
    public char relkind() {
        return 'r';
    }

    @Override
    public TableDefinition withName(String newName) {
        return of(schemaOid, newName, ownerOid, acl);
    }

    @Override
    public TableDefinition withSchema(int newSchemaOid) {
        return of(newSchemaOid, name, ownerOid, acl);
    }

    @Override
    public TableDefinition withOwner(int newOwnerOid) {
        return of(schemaOid, name, newOwnerOid, acl);
    }

    @Override
    public TableDefinition withAcl(@Nullable Acl newAcl) {
        return of(schemaOid, name, ownerOid, newAcl);
    }

    public TableDefinition withColumns(List<Column> newColumns) {
        return holding(newColumns, treeId, clusterIndexOid, schemaStep, options);
    }

    /** Replaces the column of the same number. */
    public TableDefinition withColumn(Column column) {
        List<Column> changed = new ArrayList<>(columns);
        changed.set(column.number() - 1, column);
        return withColumns(changed);
    }

    /** Columns and the schema step that new rows are written with. */
    public TableDefinition withColumns(List<Column> newColumns, int newSchemaStep) {
        return holding(newColumns, treeId, clusterIndexOid, newSchemaStep, options);
    }

    /** Rows moved to another tree (rewrite), organised by another key. */
    public TableDefinition withStorage(long newTreeId, int newClusterIndexOid, int newSchemaStep) {
        return holding(columns, newTreeId, newClusterIndexOid, newSchemaStep, options);
    }

    public TableDefinition withOptions(List<String> newOptions) {
        return holding(columns, treeId, clusterIndexOid, schemaStep, newOptions);
    }

    /** The same table, of another place, name, owner or privileges. */
    private TableDefinition of(int newSchemaOid, String newName, int newOwnerOid, @Nullable Acl newAcl) {
        return new TableDefinition(
                oid,
                newSchemaOid,
                newName,
                newOwnerOid,
                persistence,
                columns,
                treeId,
                clusterIndexOid,
                schemaStep,
                rowTypeOid,
                arrayTypeOid,
                options,
                newAcl);
    }

    /** The same table, of another shape or with its rows elsewhere. */
    private TableDefinition holding(
            List<Column> newColumns,
            long newTreeId,
            int newClusterIndexOid,
            int newSchemaStep,
            List<String> newOptions) {
        return new TableDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                newColumns,
                newTreeId,
                newClusterIndexOid,
                newSchemaStep,
                rowTypeOid,
                arrayTypeOid,
                newOptions,
                acl);
    }
}
