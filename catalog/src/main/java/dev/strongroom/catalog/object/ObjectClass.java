package dev.strongroom.catalog.object;

/** The system catalog an object lives in, with the catalog's own OID ({@code classid} in {@code pg_depend}). */
public enum ObjectClass {
    TYPE(1247, "pg_type"),
    PROCEDURE(1255, "pg_proc"),
    RELATION(1259, "pg_class"),
    ROLE(1260, "pg_authid"),
    DATABASE(1262, "pg_database"),
    TABLESPACE(1213, "pg_tablespace"),
    CAST(2605, "pg_cast"),
    DEFAULT(2604, "pg_attrdef"),
    CONSTRAINT(2606, "pg_constraint"),
    LANGUAGE(2612, "pg_language"),
    SCHEMA(2615, "pg_namespace"),
    OPERATOR(2617, "pg_operator"),
    EXTENSION(3079, "pg_extension"),
    COLLATION(3456, "pg_collation"),
    COLUMN_MASTER_KEY(15811, "sr_column_master_key"),
    COLUMN_ENCRYPTION_KEY(15812, "sr_column_encryption_key"),
    ENCRYPTION_SCHEME(15813, "sr_encryption_scheme"),
    COLUMN_KEY_RIGHTS(15814, "sr_column_key_rights");

    private final int oid;
    private final String catalogName;

    ObjectClass(int oid, String catalogName) {
        this.oid = oid;
        this.catalogName = catalogName;
    }

    /** OID of the catalog. */
    public int oid() {
        return oid;
    }

    /** Name of the catalog. */
    public String catalogName() {
        return catalogName;
    }

    /** Whether objects of this class are kept in {@code master} for all databases. */
    public boolean shared() {
        return this == ROLE || this == DATABASE || this == TABLESPACE;
    }
}
