package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;
import java.util.UUID;

/**
 * A server audit (TDE-210). It stands with the keys because its statements are of their family: one durable change each,
 * outside transactions.
 *
 * @param predicate which events it records; empty for all
 * @param sequence number of the newest file there is, so that one taken away is missed
 */
public record AuditEntry(
        int id,
        String name,
        UUID guid,
        int ownerOid,
        Target target,
        int queueDelayMillis,
        Failure onFailure,
        boolean enabled,
        String predicate,
        int sequence,
        long createdMicros,
        long modifiedMicros)
        implements KeyEntry {
    public static final int FIRST_ID = 0x5001_0000;

    static final int CODE = 8;

    private static final int ID_BASE = 0x5000_0000;

    /** Where records go: {@code FL} file, {@code AL} and {@code SL} the server's log. */
    public record Target(
            String type, String path, long maxSizeMebibytes, int maxRolloverFiles, int maxFiles, boolean reserve) {
        /** What stands for UNLIMITED. */
        public static final int UNLIMITED = 2_147_483_647;

        public boolean file() {
            return type.equals("FL");
        }
    }

    /** What happens when a record cannot be written. */
    public enum Failure {
        CONTINUE,
        SHUTDOWN,
        FAIL_OPERATION;

        /** Column {@code on_failure_desc}. */
        public String description() {
            return this == SHUTDOWN ? "SHUTDOWN SERVER INSTANCE" : name();
        }
    }

    @Override
    public int databaseOid() {
        return DatabaseDefinition.MASTER;
    }

    /** Column {@code audit_id}. */
    public int number() {
        return id - ID_BASE;
    }

    public AuditEntry withSequence(int newest) {
        return new AuditEntry(
                id,
                name,
                guid,
                ownerOid,
                target,
                queueDelayMillis,
                onFailure,
                enabled,
                predicate,
                newest,
                createdMicros,
                modifiedMicros);
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putText(name).putUuid(guid).putInt(ownerOid);
        out.putText(target.type()).putText(target.path()).putLong(target.maxSizeMebibytes());
        out.putInt(target.maxRolloverFiles()).putInt(target.maxFiles()).putInt(target.reserve() ? 1 : 0);
        out.putInt(queueDelayMillis)
                .putInt(onFailure.ordinal())
                .putInt(enabled ? 1 : 0)
                .putInt(sequence);
        out.putLong(createdMicros).putLong(modifiedMicros).putText(predicate);
    }

    static AuditEntry decode(int id, FieldReader in) {
        String name = in.takeText();
        UUID guid = in.takeUuid();
        int owner = in.takeInt();
        Target target =
                new Target(in.takeText(), in.takeText(), in.takeLong(), in.takeInt(), in.takeInt(), in.takeInt() != 0);
        int delay = in.takeInt();
        Failure failure = Failure.values()[in.takeInt()];
        boolean enabled = in.takeInt() != 0;
        int sequence = in.takeInt();
        long created = in.takeLong();
        long modified = in.takeLong();
        String predicate = in.takeText();
        return new AuditEntry(
                id, name, guid, owner, target, delay, failure, enabled, predicate, sequence, created, modified);
    }
}
