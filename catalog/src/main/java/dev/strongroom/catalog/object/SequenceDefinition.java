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
    public SequenceDefinition withName(String name) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                acl);
    }

    @Override
    public SequenceDefinition withSchema(int schemaOid) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                acl);
    }

    @Override
    public SequenceDefinition withOwner(int ownerOid) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                acl);
    }

    @Override
    public SequenceDefinition withAcl(@Nullable Acl acl) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                acl);
    }

    public SequenceDefinition withLayout(PgType dataType, SequenceLayout layout, long cache) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                ownedByTable,
                ownedByColumn,
                identity,
                acl);
    }

    /** OWNED BY; 0 for NONE. */
    public SequenceDefinition withOwnedBy(int table, int column, boolean identity) {
        return new SequenceDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                sequenceId,
                dataType,
                layout,
                cache,
                table,
                column,
                identity,
                acl);
    }
}
