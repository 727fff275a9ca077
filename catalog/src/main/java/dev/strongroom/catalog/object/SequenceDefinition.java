package dev.strongroom.catalog.object;

import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.table.SequenceLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sequence.
 *
 * @param sequenceId number in {@code storage.table.Sequences}
 * @param ownedByTable table of the owning column, 0 for none
 * @param ownedByColumn number of the owning column
 * @param identity belongs to an identity column (internal dependency) rather than OWNED BY (automatic one)
 */
public record SequenceDefinition(
        int oid,
        int schemaOid,
        String name,
        int ownerOid,
        Persistence persistence,
        long sequenceId,
        PgType dataType,
        SequenceLayout layout,
        long cache,
        int ownedByTable,
        int ownedByColumn,
        boolean identity,
        @Nullable Acl acl)
        implements Relation {
    private static final List<Column> COLUMNS = List.of(
            Column.of(1, "last_value", ColumnType.of(PgType.INT8), true),
            Column.of(2, "log_cnt", ColumnType.of(PgType.INT8), true),
            Column.of(3, "is_called", ColumnType.of(PgType.BOOL), true));

    @Override
    public char relkind() {
        return 'S';
    }

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public SequenceDefinition withName(String newName) {
        return of(schemaOid, newName, ownerOid, acl);
    }

    @Override
    public SequenceDefinition withSchema(int newSchemaOid) {
        return of(newSchemaOid, name, ownerOid, acl);
    }

    @Override
    public SequenceDefinition withOwner(int newOwnerOid) {
        return of(schemaOid, name, newOwnerOid, acl);
    }

    @Override
    public SequenceDefinition withAcl(@Nullable Acl newAcl) {
        return of(schemaOid, name, ownerOid, newAcl);
    }

    public SequenceDefinition withLayout(PgType newDataType, SequenceLayout newLayout, long newCache) {
        return counting(newDataType, newLayout, newCache, ownedByTable, ownedByColumn, identity);
    }

    /** OWNED BY; 0 for NONE. */
    public SequenceDefinition withOwnedBy(int table, int column, boolean newIdentity) {
        return counting(dataType, layout, cache, table, column, newIdentity);
    }

    /** The same sequence, of another place, name, owner or privileges. */
    private SequenceDefinition of(int newSchemaOid, String newName, int newOwnerOid, @Nullable Acl newAcl) {
        return new SequenceDefinition(
                oid,
                newSchemaOid,
                newName,
                newOwnerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                newAcl);
    }

    /** The same sequence, counting otherwise or for another column. */
    private SequenceDefinition counting(
            PgType newDataType,
            SequenceLayout newLayout,
            long newCache,
            int newTable,
            int newColumn,
            boolean newIdentity) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                newDataType,
                newLayout,
                newCache,
                newTable,
                newColumn,
                newIdentity,
                acl);
    }
}
