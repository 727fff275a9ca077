package dev.strongroom.catalog.object;

/** Anything with an OID and a name that DDL creates and drops. */
public sealed interface CatalogObject permits DatabaseDefinition, Role, Schema, Relation, Constraint, ColumnKeyObject {
    int oid();

    String name();

    ObjectClass objectClass();

    /** The same object under another name. */
    CatalogObject withName(String name);

    default ObjectRef ref() {
        return ObjectRef.of(objectClass(), oid());
    }

    /** Whether it is kept in {@code master} for all databases. */
    default boolean shared() {
        return objectClass().shared();
    }
}
