package dev.strongroom.catalog.audit;

import java.util.Locale;
import java.util.Optional;

/** The action groups that can be audited (TDE-43, TDE-344). */
public enum AuditGroup {
    DATABASE_OBJECT_CHANGE_GROUP(false, "MNDO"),
    DATABASE_OBJECT_PERMISSION_CHANGE_GROUP(false, "GRDO"),
    DATABASE_CHANGE_GROUP(false, "MNDB"),
    BACKUP_RESTORE_GROUP(false, "BRDB"),
    AUDIT_CHANGE_GROUP(false, "CNAU"),
    SERVER_OBJECT_CHANGE_GROUP(true, "MNSO"),
    SERVER_PRINCIPAL_CHANGE_GROUP(true, "MNSP"),
    SERVER_ROLE_MEMBER_CHANGE_GROUP(true, "ADSP"),
    SERVER_STATE_CHANGE_GROUP(true, "STSV");

    private final boolean serverOnly;
    private final String actionId;

    AuditGroup(boolean serverOnly, String actionId) {
        this.serverOnly = serverOnly;
        this.actionId = actionId;
    }

    /** Whether only a server audit specification can have it. */
    public boolean serverOnly() {
        return serverOnly;
    }

    /** Column {@code action_id} of {@code sys.dm_audit_actions}. */
    public String actionId() {
        return actionId;
    }

    public static Optional<AuditGroup> named(String name) {
        try {
            return Optional.of(valueOf(name.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
