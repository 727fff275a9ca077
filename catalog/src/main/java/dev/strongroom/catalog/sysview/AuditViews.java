package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.audit.AuditEvent;
import dev.strongroom.catalog.audit.AuditGroup;
import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.key.AuditEntry;
import dev.strongroom.catalog.key.AuditSpecificationEntry;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.ComputedRelation;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelation;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.KeyObject;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Audits, their specifications, what they can record, and their records (TDE-210 to 214). */
final class AuditViews {
    private static final String AUDIT_COLUMNS =
            "audit_id int, name sysname, audit_guid uniqueidentifier, create_date datetime, modify_date datetime,"
                    + " principal_id int, type char(2), type_desc nvarchar(60), on_failure tinyint, on_failure_desc nvarchar(60),"
                    + " is_state_enabled tinyint, queue_delay int";

    static final SystemTable AUDITS = SysTable.of(15230, "server_audits", AUDIT_COLUMNS + ", predicate nvarchar(3000)");

    static final SystemTable FILE_AUDITS = SysTable.of(
            15231,
            "server_file_audits",
            AUDIT_COLUMNS
                    + ", predicate nvarchar(8000), max_file_size bigint, max_rollover_files int, max_files int, reserved_disk_space int,"
                    + " log_file_path nvarchar(260), log_file_name nvarchar(260)");

    /** What {@code sys.fn_get_audit_file} shows, of all files. */
    static final SystemTable RECORDS = SysTable.of(
            15232,
            "sr_audit_records",
            "event_time datetime, sequence_number int, action_id nvarchar(4), succeeded bit, "
                    + "permission_bitmask varbinary, is_column_permission bit, session_id int, server_principal_id int, "
                    + "database_principal_id int, target_server_principal_id int, target_database_principal_id int, "
                    + "object_id int, class_type nvarchar(2), session_server_principal_name sysname, "
                    + "server_principal_name sysname, server_principal_sid varbinary, database_principal_name sysname, "
                    + "target_server_principal_name sysname, target_server_principal_sid varbinary, "
                    + "target_database_principal_name sysname, server_instance_name sysname, database_name sysname, "
                    + "schema_name sysname, object_name sysname, statement nvarchar(4000), "
                    + "additional_information nvarchar(4000), file_name nvarchar(260), audit_file_offset bigint, "
                    + "user_defined_event_id smallint, user_defined_information nvarchar(4000), audit_schema_version int, "
                    + "sequence_group_id varbinary, transaction_id bigint, client_ip nvarchar(128), "
                    + "application_name nvarchar(128), duration_milliseconds bigint, response_rows bigint, "
                    + "affected_rows bigint, connection_id uniqueidentifier, data_sensitivity_information nvarchar(4000), "
                    + "host_name nvarchar(128), session_context nvarchar(4000), client_tls_version bigint, "
                    + "client_tls_version_name nvarchar(128)");

    static final SystemTable SERVER_SPECIFICATIONS = SysTable.of(
            15233,
            "server_audit_specifications",
            "name sysname, server_specification_id int, create_date datetime, modified_date datetime,"
                    + " is_state_enabled bit, audit_guid uniqueidentifier");

    static final SystemTable DATABASE_SPECIFICATIONS = SysTable.of(
            15234,
            "database_audit_specifications",
            "name sysname, database_specification_id int, create_date datetime, modified_date datetime,"
                    + " is_state_enabled bit, audit_guid uniqueidentifier");

    static final SystemTable SERVER_DETAILS = SysTable.of(
            15235,
            "server_audit_specification_details",
            "server_specification_id int, audit_action_id char(4), audit_action_name sysname, class tinyint,"
                    + " class_desc nvarchar(60), major_id int, minor_id int, audited_principal_id int,"
                    + " audited_result nvarchar(60), is_group bit");

    static final SystemTable DATABASE_DETAILS = SysTable.of(
            15236,
            "database_audit_specification_details",
            "database_specification_id int, audit_action_id char(4), audit_action_name sysname, class tinyint,"
                    + " class_desc nvarchar(60), major_id int, minor_id int, audited_principal_id int,"
                    + " audited_result nvarchar(60), is_group bit");

    static final SystemTable STATUS = SysTable.of(
            15237,
            "dm_server_audit_status",
            "audit_id int, name sysname, status smallint, status_desc nvarchar(256), status_time datetime,"
                    + " event_session_address varbinary, audit_file_path nvarchar(256), audit_file_size bigint");

    static final SystemTable ACTIONS = SysTable.of(
            15238,
            "dm_audit_actions",
            "action_id nvarchar(4), action_in_log bit, name sysname, class_desc nvarchar(35),"
                    + " parent_class_desc nvarchar(35), covering_parent_action_name nvarchar(128),"
                    + " configuration_level nvarchar(10), containing_group_name nvarchar(128)");

    static final SystemTable CLASS_TYPES = SysTable.of(
            15239,
            "dm_audit_class_type_map",
            "class_type char(2), class_type_desc nvarchar(35), securable_class_desc nvarchar(35)");

    private static final List<String> STATES =
            List.of("NOT_STARTED", "STARTED", "RUNTIME_FAIL", "TARGET_CREATION_FAILED", "SHUTTING_DOWN");
    private static final List<List<String>> CLASSES = List.of(
            List.of("DB", "DATABASE", "DATABASE"),
            List.of("DK", "DATABASE ENCRYPTION KEY", "DATABASE"),
            List.of("MK", "MASTER KEY", "DATABASE"),
            List.of("CR", "CERTIFICATE", "CERTIFICATE"),
            List.of("AK", "ASYMMETRIC KEY", "ASYMMETRIC KEY"),
            List.of("SK", "SYMMETRIC KEY", "SYMMETRIC KEY"),
            List.of("CP", "CRYPTOGRAPHIC PROVIDER", "SERVER"),
            List.of("CD", "CREDENTIAL", "SERVER"),
            List.of("LX", "LOGIN", "LOGIN"),
            List.of("A ", "SERVER AUDIT", "SERVER"),
            List.of("SR", "SERVER", "SERVER"));

    private final KeyServices services;
    private final AuditTrail trail;

    AuditViews(KeyServices services, AuditTrail trail) {
        this.services = services;
        this.trail = trail;
    }

    void addTo(List<SystemRelation> views) {
        views.add(live(AUDITS, (context, row, sink) -> audits(context, row, sink, false)));
        views.add(live(FILE_AUDITS, (context, row, sink) -> audits(context, row, sink, true)));
        views.add(live(RECORDS, this::records));
        views.add(live(SERVER_SPECIFICATIONS, (context, row, sink) -> specifications(context, row, sink, true)));
        views.add(live(DATABASE_SPECIFICATIONS, (context, row, sink) -> specifications(context, row, sink, false)));
        views.add(live(SERVER_DETAILS, (context, row, sink) -> details(context, row, sink, true)));
        views.add(live(DATABASE_DETAILS, (context, row, sink) -> details(context, row, sink, false)));
        views.add(live(STATUS, this::status));
        views.add(live(ACTIONS, (context, row, sink) -> actions(row, sink)));
        views.add(live(CLASS_TYPES, (context, row, sink) -> classTypes(row, sink)));
    }

    private static SystemRelation live(SystemTable table, ComputedRelation.Source source) {
        return new ComputedRelation(table, false, source);
    }

    private void audits(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean files) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        for (AuditEntry audit : services.catalog().head().audits()) {
            AuditEntry.Target target = audit.target();
            if (files && !target.file()) {
                continue;
            }
            row.set("audit_id", audit.number())
                    .set("name", audit.name())
                    .set("audit_guid", audit.guid())
                    .set("create_date", Viewer.timestamp(audit.createdMicros()))
                    .set("modify_date", Viewer.timestamp(audit.modifiedMicros()))
                    .set("principal_id", audit.ownerOid())
                    .set("type", target.type())
                    .set("type_desc", typeDescription(target.type()))
                    .set("on_failure", audit.onFailure().ordinal())
                    .set("on_failure_desc", audit.onFailure().description())
                    .set("is_state_enabled", audit.enabled() ? 1 : 0)
                    .set("queue_delay", audit.queueDelayMillis())
                    .set("predicate", audit.predicate().isEmpty() ? null : audit.predicate());
            if (files) {
                row.set("max_file_size", target.maxSizeMebibytes())
                        .set("max_rollover_files", target.maxRolloverFiles())
                        .set("max_files", target.maxFiles())
                        .set("reserved_disk_space", target.reserve() ? 1 : 0)
                        .set("log_file_path", target.path())
                        .set("log_file_name", audit.name() + "_" + audit.guid() + ".sqlaudit");
            }
            row.emit(sink);
        }
    }

    private static String typeDescription(String type) {
        return switch (type) {
            case "FL" -> "FILE";
            case "AL" -> "APPLICATION LOG";
            default -> "SECURITY LOG";
        };
    }

    private void specifications(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean server) {
        for (AuditSpecificationEntry entry : visible(context, server)) {
            row.set("name", entry.name())
                    .set(server ? "server_specification_id" : "database_specification_id", entry.number())
                    .set("create_date", Viewer.timestamp(entry.createdMicros()))
                    .set("modified_date", Viewer.timestamp(entry.modifiedMicros()))
                    .set("is_state_enabled", entry.enabled() ? 1 : 0)
                    .set("audit_guid", entry.auditGuid())
                    .emit(sink);
        }
    }

    private List<AuditSpecificationEntry> visible(SystemContext context, boolean server) {
        Viewer viewer = Viewer.of(context);
        boolean allowed = server ? viewer.seesServerState() : viewer.controls(viewer.databaseOid());
        return services.catalog().head().auditSpecifications().stream()
                .filter(entry -> allowed && entry.server() == server)
                .filter(entry -> server || entry.databaseOid() == viewer.databaseOid())
                .toList();
    }

    private void details(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean server) {
        for (AuditSpecificationEntry entry : visible(context, server)) {
            for (String group : new TreeSet<>(entry.groups())) {
                row.set(server ? "server_specification_id" : "database_specification_id", entry.number())
                        .set("audit_action_id", AuditGroup.valueOf(group).actionId())
                        .set("audit_action_name", group)
                        .set("class", server ? 100 : 0)
                        .set("class_desc", server ? "SERVER" : "DATABASE")
                        .set("major_id", 0)
                        .set("minor_id", 0)
                        .set("audited_principal_id", 0)
                        .set("audited_result", "SUCCESS AND FAILURE")
                        .set("is_group", 1)
                        .emit(sink);
            }
        }
    }

    private void status(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        for (AuditTrail.Status status : trail.status()) {
            Path file = status.file();
            row.set("audit_id", status.audit().number())
                    .set("name", status.audit().name())
                    .set("status", status.status())
                    .set("status_desc", STATES.get(status.status()))
                    .set("status_time", Viewer.timestamp(status.sinceMicros()))
                    .set("audit_file_path", file == null ? null : file.toString())
                    .set("audit_file_size", file == null ? null : status.size())
                    .emit(sink);
        }
    }

    private static void actions(RowBuilder row, Consumer<Row> sink) {
        for (AuditGroup group : AuditGroup.values()) {
            for (String level : group.serverOnly() ? List.of("SERVER") : List.of("SERVER", "DATABASE")) {
                row.set("action_id", group.actionId())
                        .set("action_in_log", 0)
                        .set("name", group.name())
                        .set("class_desc", level)
                        .set("parent_class_desc", level.equals("SERVER") ? null : "SERVER")
                        .set("configuration_level", "Group")
                        .emit(sink);
            }
        }
    }

    private static void classTypes(RowBuilder row, Consumer<Row> sink) {
        for (List<String> each : CLASSES) {
            row.set("class_type", each.get(0))
                    .set("class_type_desc", each.get(1))
                    .set("securable_class_desc", each.get(2))
                    .emit(sink);
        }
    }

    private void records(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            throw KeyRequest.denied();
        }
        trail.read(found -> {
            AuditEvent event = found.event();
            row.set("event_time", Viewer.timestamp(event.timeMicros()))
                    .set("sequence_number", 1)
                    .set("action_id", event.action())
                    .set("succeeded", event.succeeded() ? 1 : 0)
                    .set("permission_bitmask", new byte[16])
                    .set("is_column_permission", 0)
                    .set("session_id", event.who().session())
                    .set("server_principal_id", event.who().principal())
                    .set("database_principal_id", event.who().principal())
                    .set("target_server_principal_id", 0)
                    .set("target_database_principal_id", 0)
                    .set("object_id", 0)
                    .set("class_type", event.classType())
                    .set("session_server_principal_name", event.who().sessionUser())
                    .set("server_principal_name", event.who().user())
                    .set("database_principal_name", event.who().user())
                    .set(
                            "server_instance_name",
                            Long.toUnsignedString(services.instance().systemIdentifier()))
                    .set("database_name", event.what().database())
                    .set("object_name", event.what().object())
                    .set("statement", event.what().statement())
                    .set("additional_information", event.what().information())
                    .set("file_name", found.file().toString())
                    .set("audit_file_offset", found.offset())
                    .set("user_defined_event_id", 0)
                    .set("audit_schema_version", 1)
                    .set("sequence_group_id", KeyObject.guidBytes(found.audit()))
                    .set("transaction_id", 0L)
                    .set("client_ip", event.who().clientAddress())
                    .set("application_name", event.who().application())
                    .set("duration_milliseconds", event.what().durationMillis())
                    .set("response_rows", 0L)
                    .set("affected_rows", 0L)
                    .emit(sink);
        });
    }
}
