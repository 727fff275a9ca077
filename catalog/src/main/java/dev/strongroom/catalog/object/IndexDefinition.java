package dev.strongroom.catalog.object;

import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index. The index a table is clustered by has the table's own tree and is index 0 of {@code storage.table.Table}.
 *
 * @param parts key columns
 * @param included numbers of INCLUDE columns
 * @param predicate WHERE text of a partial index
 * @param valid false while it is being built
 */
public record IndexDefinition(
        int oid,
        int schemaOid,
        String name,
        int ownerOid,
        int tableOid,
        long treeId,
        List<Part> parts,
        List<Integer> included,
        boolean unique,
        boolean primary,
        boolean nullsNotDistinct,
        @Nullable String predicate,
        boolean valid,
        List<String> options)
        implements Relation {

    /**
     * One key column.
     *
     * @param column column number, 0 for an expression
     * @param expression text of the expression, null for a column
     */
    public record Part(
            int column, @Nullable String expression, ColumnType type, boolean descending, boolean nullsFirst) {
        /** Ascending, nulls last. */
        public static Part of(Column column) {
            return new Part(column.number(), null, column.type(), false, false);
        }

        /** Key part for storage; only for plain columns. */
        public KeyPart key() {
            assert column > 0;
            return new KeyPart(column - 1, descending, nullsFirst);
        }
    }

    public IndexDefinition {
        parts = List.copyOf(parts);
        included = List.copyOf(included);
        options = List.copyOf(options);
    }

    @Override
    public char relkind() {
        return 'i';
    }

    @Override
    public @Nullable Acl acl() {
        return null;
    }

    @Override
    public List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (Part part : parts) {
            columns.add(Column.of(columns.size() + 1, "column" + (columns.size() + 1), part.type(), false));
        }
        for (int ignored : included) {
            columns.add(Column.of(columns.size() + 1, "column" + (columns.size() + 1), PgType.ANY));
        }
        return columns;
    }

    /** Key parts for storage. */
    public List<KeyPart> keyParts() {
        return parts.stream().map(Part::key).toList();
    }

    /** Layout as a secondary index. */
    public IndexLayout layout() {
        return new IndexLayout(treeId, name, keyParts(), unique, nullsNotDistinct);
    }

    /** Whether storage keeps it by itself: plain columns, no predicate. */
    public boolean plain() {
        return predicate == null && parts.stream().allMatch(part -> part.column() > 0);
    }

    @Override
    public IndexDefinition withName(String name) {
        return new IndexDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                tableOid,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                valid,
                options);
    }

    @Override
    public IndexDefinition withSchema(int schemaOid) {
        return new IndexDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                tableOid,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                valid,
                options);
    }

    @Override
    public IndexDefinition withOwner(int ownerOid) {
        return new IndexDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                tableOid,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                valid,
                options);
    }

    @Override
    public IndexDefinition withAcl(@Nullable Acl acl) {
        return this;
    }

    public IndexDefinition withTree(long treeId) {
        return new IndexDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                tableOid,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                valid,
                options);
    }

    public IndexDefinition withParts(List<Part> parts) {
        return new IndexDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                tableOid,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                valid,
                options);
    }
}
