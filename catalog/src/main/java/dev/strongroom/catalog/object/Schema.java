package dev.strongroom.catalog.object;

import org.jspecify.annotations.Nullable;

/** A schema ({@code pg_namespace}). */
public record Schema(
        int oid, String name, int ownerOid, @Nullable Acl acl) implements CatalogObject, Owned {
    public static final int PG_CATALOG = 11;
    public static final int PG_TOAST = 99;
    public static final int PUBLIC = 2200;
    /** {@code information_schema} (decision P-4's own range). */
    public static final int INFORMATION_SCHEMA = 15001;
    /** {@code sys}, tried last (decision P-1). */
    public static final int SYS = 15002;

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.SCHEMA;
    }

    @Override
    public Schema withName(String name) {
        return new Schema(oid, name, ownerOid, acl);
    }

    @Override
    public Schema withOwner(int ownerOid) {
        return new Schema(oid, name, ownerOid, acl);
    }

    @Override
    public Schema withAcl(@Nullable Acl acl) {
        return new Schema(oid, name, ownerOid, acl);
    }

    /** True for the schemas of the server itself. */
    public boolean system() {
        return oid == PG_CATALOG || oid == PG_TOAST || oid == INFORMATION_SCHEMA || oid == SYS;
    }
}
