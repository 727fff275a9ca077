package dev.strongroom.catalog.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relation whose rows are computed from the catalog ({@code pg_catalog.pg_class} and the like). Its rows come from
 * {@code catalog.pgview.SystemRelations} under its OID. Never stored, dropped or altered.
 */
public record SystemTable(int oid, int schemaOid, String name, char relkind, List<Column> columns, int rowTypeOid)
        implements Relation {
    /** Added to the OID of a relation as {@code master} shows it: above all OIDs of system relations. */
    private static final int MASTER = 1 << 20;

    private static final int FIRST_USER_OID = 16_384;

    public SystemTable {
        columns = List.copyOf(columns);
    }

    /** The relation as {@code master} shows it, whichever database looks (decision P-11). */
    public SystemTable inMaster() {
        return new SystemTable(oid | MASTER, schemaOid, name, relkind, columns, rowTypeOid);
    }

    /** Whether an OID is that of a relation as {@code master} shows it. */
    public static boolean isInMaster(int oid) {
        return oid >= MASTER && oid < MASTER + FIRST_USER_OID;
    }

    /** The OID without the note that it is {@code master}'s. */
    public static int plainOid(int oid) {
        return oid & ~MASTER;
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
