package dev.strongroom.catalog.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view.
 *
 * @param query the SELECT as text, names qualified so that it means the same under any search path
 * @param references relations, columns and functions the query uses
 */
public record ViewDefinition(
        int oid,
        int schemaOid,
        String name,
        int ownerOid,
        Persistence persistence,
        List<Column> columns,
        String query,
        List<ObjectRef> references,
        int rowTypeOid,
        int arrayTypeOid,
        List<String> options,
        @Nullable Acl acl)
        implements Relation {
    public ViewDefinition {
        columns = List.copyOf(columns);
        references = List.copyOf(references);
        options = List.copyOf(options);
    }

    @Override
    public char relkind() {
        return 'v';
    }

    @Override
    public ViewDefinition withName(String newName) {
        return of(schemaOid, newName, ownerOid, acl);
    }

    @Override
    public ViewDefinition withSchema(int newSchemaOid) {
        return of(newSchemaOid, name, ownerOid, acl);
    }

    @Override
    public ViewDefinition withOwner(int newOwnerOid) {
        return of(schemaOid, name, newOwnerOid, acl);
    }

    @Override
    public ViewDefinition withAcl(@Nullable Acl newAcl) {
        return of(schemaOid, name, ownerOid, newAcl);
    }

    /** CREATE OR REPLACE VIEW. */
    public ViewDefinition withQuery(List<Column> newColumns, String newQuery, List<ObjectRef> newReferences) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                newColumns,
                newQuery,
                newReferences,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }

    /** The same view, of another place, name, owner or privileges. */
    private ViewDefinition of(int newSchemaOid, String newName, int newOwnerOid, @Nullable Acl newAcl) {
        return new ViewDefinition(
                oid,
                newSchemaOid,
                newName,
                newOwnerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                newAcl);
    }
}
