package dev.strongroom.catalog.object;

import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.table.IndexDerivation;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An index. The index a table is clustered by has the table's own tree and is index 0 of {@code storage.table.Table}.
 *
 * @param parts key columns
 * @param included numbers of INCLUDE columns
 * @param predicate WHERE text of a partial index
 * @param mentioned numbers of the columns that expressions and predicate name
 * @param valid whether it may be read by; if not, it is kept in step all the same, but need not have all rows
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
        List<Integer> mentioned,
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
        /** Name of an expression's column: that of the function it calls, else {@code expr}. */
        public String label() {
            String text = expression == null ? "" : expression;
            int open = text.indexOf('(');
            boolean call = open > 0
                    && text.substring(0, open).chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')
                    && text.indexOf(' ') != open - 1;
            return call ? text.substring(0, open).toLowerCase(Locale.ROOT) : "expr";
        }

        /** The same key over another text or type. */
        public Part with(@Nullable String expression, ColumnType type) {
            return new Part(column, expression, type, descending, nullsFirst);
        }

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
        mentioned = List.copyOf(mentioned);
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

    /** Key parts for storage; only of a plain index. */
    public List<KeyPart> keyParts() {
        return parts.stream().map(Part::key).toList();
    }

    /** Layout as a secondary index over columns. */
    public IndexLayout layout() {
        return new IndexLayout(treeId, name, keyParts(), unique, nullsNotDistinct, null, valid);
    }

    /** Layout as a secondary index whose keys are computed. */
    public IndexLayout layout(IndexDerivation derivation) {
        List<KeyPart> keys = new ArrayList<>();
        for (Part part : parts) {
            keys.add(new KeyPart(keys.size(), part.descending(), part.nullsFirst()));
        }
        return new IndexLayout(treeId, name, keys, unique, nullsNotDistinct, derivation, valid);
    }

    /** Whether it holds every row, by columns alone. */
    public boolean plain() {
        return predicate == null && parts.stream().allMatch(part -> part.column() > 0);
    }

    private IndexDefinition with(
            int newSchemaOid,
            String newName,
            int newOwnerOid,
            long newTreeId,
            List<Part> newParts,
            @Nullable String where,
            boolean nowValid) {
        return new IndexDefinition(
                oid,
                newSchemaOid,
                newName,
                newOwnerOid,
                tableOid,
                newTreeId,
                newParts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                where,
                mentioned,
                nowValid,
                options);
    }

    @Override
    public IndexDefinition withName(String name) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    @Override
    public IndexDefinition withSchema(int schemaOid) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    @Override
    public IndexDefinition withOwner(int ownerOid) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    @Override
    public IndexDefinition withAcl(@Nullable Acl acl) {
        return this;
    }

    public IndexDefinition withTree(long treeId) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    public IndexDefinition withParts(List<Part> parts) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    /** Other texts for the same expressions and predicate. */
    public IndexDefinition withTexts(List<Part> parts, @Nullable String predicate) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }

    /** May be read by from now on, or no longer. */
    public IndexDefinition withValid(boolean valid) {
        return with(schemaOid, name, ownerOid, treeId, parts, predicate, valid);
    }
}
