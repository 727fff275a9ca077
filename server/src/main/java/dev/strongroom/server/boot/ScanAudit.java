package dev.strongroom.server.boot;

import dev.strongroom.catalog.audit.AuditEvent;
import dev.strongroom.catalog.audit.AuditGroup;
import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Clock;
import dev.strongroom.sql.command.key.AuditedCommands;
import dev.strongroom.storage.encryption.EncryptionStatus;
import java.util.Set;

/**
 * What the server does to encrypted databases by itself, as audit events (TDE-344): scans, and opening their keys. They have
 * no session. Thread-safe.
 */
record ScanAudit(AuditTrail trail, Clock clock, SharedCatalog shared) {
    void changed(int databaseOid, EncryptionStatus status) {
        String event = switch (status.scanState()) {
            case EncryptionStatus.SCAN_RUNNING -> "running";
            case EncryptionStatus.SCAN_SUSPENDED -> "suspended";
            case EncryptionStatus.SCAN_ABORTED -> "aborted";
            case EncryptionStatus.SCAN_COMPLETE -> "complete";
            default -> "none";
        };
        boolean ok = status.scanState() != EncryptionStatus.SCAN_ABORTED;
        AuditEvent record = event(
                databaseOid, "AL", ok, "<scan event=\"" + event + "\" " + AuditedCommands.describe(status) + "/>");
        if (status.scanState() == EncryptionStatus.SCAN_COMPLETE) {
            // Its state is not set before this is written (TDE-307).
            trail.atOnce(record);
        } else {
            trail.later(record);
        }
    }

    void opened(int databaseOid, EncryptionStatus status) {
        if (status.state() != EncryptionStatus.NO_KEY) {
            trail.later(event(
                    databaseOid, "OP", true, "<encryptor event=\"opened\" " + AuditedCommands.describe(status) + "/>"));
        }
    }

    void failed(int databaseOid, DatabaseException failure) {
        String routine = failure.report().routine();
        trail.later(event(
                databaseOid,
                "OP",
                false,
                "<database event=\"not opened\" error=\"" + (routine == null ? failure.code() : routine) + "\"/>"));
    }

    void provider(int databaseOid, ProviderWatch.Change change) {
        boolean ok = change == ProviderWatch.Change.REACHABLE;
        trail.later(event(databaseOid, "OP", ok, "<encryptor event=\"" + change.event() + "\"/>"));
    }

    private AuditEvent event(int databaseOid, String action, boolean ok, String information) {
        String name = shared.head()
                .database(databaseOid)
                .map(DatabaseDefinition::name)
                .orElse("");
        return new AuditEvent(
                clock.epochMicros(),
                action,
                "DK",
                ok,
                AuditEvent.Who.SERVER,
                new AuditEvent.What(databaseOid, name, name, "", information, 0),
                Set.of(AuditGroup.DATABASE_OBJECT_CHANGE_GROUP));
    }
}
