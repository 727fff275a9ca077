package dev.strongroom.catalog.key;

import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A server or database audit specification (TDE-211).
 *
 * @param databaseOid the database it is for; {@code master} where it is for the server
 * @param groups names of action groups
 */
public record AuditSpecificationEntry(
        int databaseOid,
        int id,
        boolean server,
        String name,
        UUID auditGuid,
        Set<String> groups,
        boolean enabled,
        long createdMicros,
        long modifiedMicros)
        implements KeyEntry {
    public static final int FIRST_SERVER_ID = 0x6001_0000;
    public static final int FIRST_DATABASE_ID = 0x7001_0000;

    static final int CODE = 9;

    private static final int NUMBER_MASK = 0x0FFF_FFFF;

    public AuditSpecificationEntry {
        groups = Set.copyOf(groups);
    }

    /** Column {@code server_specification_id} or {@code database_specification_id}. */
    public int number() {
        return id & NUMBER_MASK;
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putInt(server ? 1 : 0).putText(name).putUuid(auditGuid).putInt(enabled ? 1 : 0);
        out.putLong(createdMicros).putLong(modifiedMicros).putInt(groups.size());
        new TreeSet<>(groups).forEach(out::putText);
    }

    static AuditSpecificationEntry decode(int databaseOid, int id, FieldReader in) {
        boolean server = in.takeInt() != 0;
        String name = in.takeText();
        UUID audit = in.takeUuid();
        boolean enabled = in.takeInt() != 0;
        long created = in.takeLong();
        long modified = in.takeLong();
        Set<String> groups = new TreeSet<>();
        for (int count = in.takeInt(); count > 0; count--) {
            groups.add(in.takeText());
        }
        return new AuditSpecificationEntry(databaseOid, id, server, name, audit, groups, enabled, created, modified);
    }
}
