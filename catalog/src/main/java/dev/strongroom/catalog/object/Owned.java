package dev.strongroom.catalog.object;

import org.jspecify.annotations.Nullable;

/** Something with an owner and an access control list. */
public sealed interface Owned permits DatabaseDefinition, Schema, Relation {
    int ownerOid();

    /** Null means the defaults of the kind, as a null {@code relacl} does. */
    @Nullable
    Acl acl();

    CatalogObject withOwner(int ownerOid);

    CatalogObject withAcl(@Nullable Acl acl);
}
