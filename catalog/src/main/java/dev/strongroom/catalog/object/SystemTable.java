package dev.strongroom.catalog.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relation whose rows are computed from the catalog ({@code pg_catalog.pg_class} and the like). Its rows come from
 * {@code catalog.pgview.SystemRelations} under its OID. Never stored, dropped or altered.
 */
public record SystemTable(int oid, int schemaOid, String name, char relkind, List<Column> columns, int rowTypeOid)
        implements Relation {
    public SystemTable {
        columns = List.copyOf(columns);
    }

    @Override
    public int ownerOid() {
        return Role.POSTGRES;
    }

    @Override
    public @Nullable Acl acl() {
        return null;
    }

    @Override
    public SystemTable withName(String name) {
        return this;
    }

    @Override
    public SystemTable withSchema(int schemaOid) {
        return this;
    }

    @Override
    public SystemTable withOwner(int ownerOid) {
        return this;
    }

    @Override
    public SystemTable withAcl(@Nullable Acl acl) {
        return this;
    }
}
