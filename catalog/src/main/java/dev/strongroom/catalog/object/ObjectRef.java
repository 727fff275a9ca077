package dev.strongroom.catalog.object;

/**
 * Address of an object or of a column of a relation.
 *
 * @param subId column number, 0 for the whole object
 */
public record ObjectRef(ObjectClass objectClass, int oid, int subId) {
    public static ObjectRef of(ObjectClass objectClass, int oid) {
        return new ObjectRef(objectClass, oid, 0);
    }

    public static ObjectRef relation(int oid) {
        return new ObjectRef(ObjectClass.RELATION, oid, 0);
    }

    public static ObjectRef column(int relationOid, int number) {
        return new ObjectRef(ObjectClass.RELATION, relationOid, number);
    }

    /** The object without the column. */
    public ObjectRef whole() {
        return subId == 0 ? this : new ObjectRef(objectClass, oid, 0);
    }
}
