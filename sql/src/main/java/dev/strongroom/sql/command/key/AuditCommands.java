package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.audit.AuditPredicate;
import dev.strongroom.catalog.audit.Audits;
import dev.strongroom.catalog.key.AuditEntry.Failure;
import dev.strongroom.catalog.key.AuditEntry.Target;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.ServiceKeys;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.AuditStatement;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER and DROP of server audits and audit specifications. */
final class AuditCommands {
    private static final Set<String> FILE_OPTIONS =
            Set.of("filepath", "maxsize", "max_rollover_files", "max_files", "reserve_disk_space");
    private static final Set<String> AUDIT_OPTIONS = Set.of("queue_delay", "on_failure", "audit_guid", "state");

    private final Audits audits;

    AuditCommands(Audits audits) {
        this.audits = audits;
    }

    String run(AuditStatement statement, KeyRequest request) {
        return switch (statement) {
            case AuditStatement.PutAudit put -> {
                if (put.create()) {
                    audits.create(request, put.name(), definition(put));
                } else {
                    audits.alter(request, put.name(), definition(put));
                }
                yield verb(put.create()) + " SERVER AUDIT";
            }
            case AuditStatement.RenameAudit rename -> {
                audits.rename(request, rename.name(), rename.newName());
                yield "ALTER SERVER AUDIT";
            }
            case AuditStatement.DropAudit drop -> {
                audits.drop(request, drop.name());
                yield "DROP SERVER AUDIT";
            }
            case AuditStatement.PutSpecification put -> {
                Audits.SpecificationName name = new Audits.SpecificationName(put.server(), put.name());
                Audits.Specification given =
                        new Audits.Specification(put.audit(), put.add(), put.drop(), put.enabled());
                if (put.create()) {
                    audits.createSpecification(request, name, given);
                } else {
                    audits.alterSpecification(request, name, given);
                }
                yield verb(put.create()) + kind(put.server());
            }
            case AuditStatement.DropSpecification drop -> {
                audits.dropSpecification(request, new Audits.SpecificationName(drop.server(), drop.name()));
                yield "DROP" + kind(drop.server());
            }
        };
    }

    private static String verb(boolean create) {
        return create ? "CREATE" : "ALTER";
    }

    private static String kind(boolean server) {
        return (server ? " SERVER" : " DATABASE") + " AUDIT SPECIFICATION";
    }

    private static Audits.Definition definition(AuditStatement.PutAudit put) {
        Map<String, String> options = put.options();
        requireKnown(options, AUDIT_OPTIONS);
        String delay = options.get("queue_delay");
        String failure = options.get("on_failure");
        String guid = options.get("audit_guid");
        String state = options.get("state");
        AuditStatement.AuditTarget target = put.target();
        return new Audits.Definition(
                target == null ? null : target(target),
                delay == null ? null : integer("QUEUE_DELAY", delay),
                failure == null ? null : failure(failure),
                guid == null ? null : guid(guid),
                state == null ? null : onOff("STATE", state),
                put.predicate() == null ? null : AuditPredicate.parse(put.predicate()));
    }

    private static void requireKnown(Map<String, String> options, Set<String> known) {
        for (String name : options.keySet()) {
            if (!known.contains(name)) {
                throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "unknown option \"" + name + "\" of a server audit")
                        .exception();
            }
        }
    }

    private static Target target(AuditStatement.AuditTarget target) {
        return switch (target.kind()) {
            case "file" -> file(target.options());
            case "application_log" -> new Target("AL", "", 0, Target.UNLIMITED, 0, false);
            case "security_log" -> new Target("SL", "", 0, Target.UNLIMITED, 0, false);
            default ->
                throw ServiceKeys.unsupported("audit target " + target.kind().toUpperCase(Locale.ROOT));
        };
    }

    private static Target file(Map<String, String> options) {
        requireKnown(options, FILE_OPTIONS);
        String path = options.get("filepath");
        if (path == null) {
            throw invalid("FILEPATH", "");
        }
        String rollover = options.get("max_rollover_files");
        String files = options.get("max_files");
        if (rollover != null && files != null) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "MAX_ROLLOVER_FILES and MAX_FILES cannot both be given")
                    .exception();
        }
        return new Target(
                "FL",
                path,
                mebibytes(options.getOrDefault("maxsize", "unlimited")),
                rollover == null || rollover.equalsIgnoreCase("unlimited")
                        ? Target.UNLIMITED
                        : integer("MAX_ROLLOVER_FILES", rollover),
                files == null ? 0 : integer("MAX_FILES", files),
                onOff("RESERVE_DISK_SPACE", options.getOrDefault("reserve_disk_space", "off")));
    }

    private static long mebibytes(String text) {
        String[] parts = text.toLowerCase(Locale.ROOT).split(" ", 2);
        if (parts[0].equals("unlimited")) {
            return 0;
        }
        long number = integer("MAXSIZE", parts[0]);
        long size = number
                * switch (parts.length > 1 ? parts[1] : "mb") {
                    case "mb" -> 1L;
                    case "gb" -> 1024L;
                    case "tb" -> 1024L * 1024;
                    default -> throw invalid("MAXSIZE", text);
                };
        if (size != 0 && size < 2) {
            throw invalid("MAXSIZE", text);
        }
        return size;
    }

    private static int integer(String option, String text) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw invalid(option, text);
    }

    private static Failure failure(String text) {
        try {
            return Failure.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("ON_FAILURE", text);
        }
    }

    private static UUID guid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid("AUDIT_GUID", text);
        }
    }

    private static boolean onOff(String option, @Nullable String text) {
        if ("on".equalsIgnoreCase(text) || "off".equalsIgnoreCase(text)) {
            return "on".equalsIgnoreCase(text);
        }
        throw invalid(option, String.valueOf(text));
    }

    private static RuntimeException invalid(String option, String value) {
        return ErrorReport.error(ErrorCode.INVALID_PARAMETER_VALUE, "invalid value \"" + value + "\" for " + option)
                .exception();
    }
}
