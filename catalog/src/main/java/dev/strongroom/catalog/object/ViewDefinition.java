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
    public ViewDefinition withName(String name) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }

    @Override
    public ViewDefinition withSchema(int schemaOid) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }

    @Override
    public ViewDefinition withOwner(int ownerOid) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }

    @Override
    public ViewDefinition withAcl(@Nullable Acl acl) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }

    /** CREATE OR REPLACE VIEW. */
    public ViewDefinition withQuery(List<Column> columns, String query, List<ObjectRef> references) {
        return new ViewDefinition(
                oid,
                schemaOid,
                name,
                ownerOid,
                persistence,
                columns,
                query,
                references,
                rowTypeOid,
                arrayTypeOid,
                options,
                acl);
    }
}
