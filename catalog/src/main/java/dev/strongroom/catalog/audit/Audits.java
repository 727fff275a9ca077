package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.key.AuditEntry;
import dev.strongroom.catalog.key.AuditEntry.Failure;
import dev.strongroom.catalog.key.AuditEntry.Target;
import dev.strongroom.catalog.key.AuditSpecificationEntry;
import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.KeySnapshot;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.KeyObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The audit statements. Each needs CONTROL SERVER; database specifications also do with CONTROL on the database. */
public final class Audits {
    private static final int MAX_NAME = 128;

    private final KeyServices services;
    private final AuditTrail trail;
    private final Path directory;

    /** @param directory {@code audit_dir} */
    public Audits(KeyServices services, AuditTrail trail, Path directory) {
        this.services = services;
        this.trail = trail;
        this.directory = directory;
    }

    /** What CREATE and ALTER SERVER AUDIT say; null where they say nothing. */
    public record Definition(
            @Nullable Target target,
            @Nullable Integer queueDelay,
            @Nullable Failure onFailure,
            @Nullable UUID guid,
            @Nullable Boolean enabled,
            @Nullable AuditPredicate predicate) {}

    /** CREATE SERVER AUDIT; it starts disabled. */
    public void create(KeyRequest request, String name, Definition definition) {
        request.requireControlServer();
        requireName(name);
        Target target = definition.target();
        if (target == null) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR, "CREATE SERVER AUDIT needs a target: TO FILE (FILEPATH = …)")
                    .exception();
        }
        requireBelow(target);
        checkDelay(definition.queueDelay());
        UUID given = definition.guid();
        UUID guid = given == null ? KeyObject.newGuid(services.randomness()) : given;
        Integer delay = definition.queueDelay();
        Failure failure = definition.onFailure();
        AuditPredicate predicate = definition.predicate();
        long now = services.clock().epochMicros();
        services.catalog().change(head -> {
            if (head.audit(name).isPresent()) {
                throw exists("audit", name);
            }
            return Change.put(new AuditEntry(
                    head.nextId(AuditEntry.class, DatabaseDefinition.MASTER, AuditEntry.FIRST_ID),
                    name,
                    guid,
                    request.userOid(),
                    target,
                    delay == null ? 1000 : delay,
                    failure == null ? Failure.CONTINUE : failure,
                    Boolean.TRUE.equals(definition.enabled()),
                    String.valueOf(predicate == null ? AuditPredicate.ALWAYS : predicate),
                    0,
                    now,
                    now));
        });
        trail.refresh();
    }

    /** ALTER SERVER AUDIT; all but STATE needs it to be off. */
    public void alter(KeyRequest request, String name, Definition definition) {
        request.requireControlServer();
        checkDelay(definition.queueDelay());
        Target target = definition.target();
        if (target != null) {
            requireBelow(target);
        }
        services.catalog().change(head -> {
            AuditEntry old = require(head, name);
            boolean onlyState = target == null
                    && definition.queueDelay() == null
                    && definition.onFailure() == null
                    && definition.predicate() == null;
            if (old.enabled() && !onlyState) {
                throw mustBeOff("audit", name);
            }
            Integer delay = definition.queueDelay();
            Failure failure = definition.onFailure();
            Boolean enabled = definition.enabled();
            AuditPredicate predicate = definition.predicate();
            return Change.put(new AuditEntry(
                    old.id(),
                    old.name(),
                    old.guid(),
                    old.ownerOid(),
                    target == null ? old.target() : target,
                    delay == null ? old.queueDelayMillis() : delay,
                    failure == null ? old.onFailure() : failure,
                    enabled == null ? old.enabled() : enabled,
                    predicate == null ? old.predicate() : predicate.toString(),
                    old.sequence(),
                    old.createdMicros(),
                    services.clock().epochMicros()));
        });
        trail.refresh();
    }

    /** ALTER SERVER AUDIT … MODIFY NAME. */
    public void rename(KeyRequest request, String name, String newName) {
        request.requireControlServer();
        requireName(newName);
        services.catalog().change(head -> {
            AuditEntry old = require(head, name);
            if (old.enabled()) {
                throw mustBeOff("audit", name);
            }
            if (head.audit(newName).isPresent()) {
                throw exists("audit", newName);
            }
            return Change.put(new AuditEntry(
                    old.id(),
                    newName,
                    old.guid(),
                    old.ownerOid(),
                    old.target(),
                    old.queueDelayMillis(),
                    old.onFailure(),
                    false,
                    old.predicate(),
                    old.sequence(),
                    old.createdMicros(),
                    services.clock().epochMicros()));
        });
    }

    /** DROP SERVER AUDIT; its files stay. */
    public void drop(KeyRequest request, String name) {
        request.requireControlServer();
        services.catalog().change(head -> {
            AuditEntry old = require(head, name);
            if (old.enabled()) {
                throw mustBeOff("audit", name);
            }
            return Change.remove(old);
        });
    }

    /** Which specification: of the server or of the request's database. */
    public record SpecificationName(boolean server, String name) {}

    /** What CREATE and ALTER … AUDIT SPECIFICATION say; null where they say nothing. */
    public record Specification(
            @Nullable String audit,
            List<String> add,
            List<String> drop,
            @Nullable Boolean enabled) {
        public Specification {
            add = List.copyOf(add);
            drop = List.copyOf(drop);
        }
    }

    public void createSpecification(KeyRequest request, SpecificationName name, Specification given) {
        requireControl(request, name);
        requireName(name.name());
        String auditName = given.audit();
        long now = services.clock().epochMicros();
        services.catalog().change(head -> {
            if (find(head, request, name).isPresent()) {
                throw exists("audit specification", name.name());
            }
            if (auditName == null) {
                throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "FOR SERVER AUDIT is missing")
                        .exception();
            }
            int database = databaseOf(request, name);
            return Change.put(new AuditSpecificationEntry(
                    database,
                    nextId(head, name.server(), database),
                    name.server(),
                    name.name(),
                    require(head, auditName).guid(),
                    groups(Set.of(), given, name.server()),
                    Boolean.TRUE.equals(given.enabled()),
                    now,
                    now));
        });
    }

    public void alterSpecification(KeyRequest request, SpecificationName name, Specification given) {
        requireControl(request, name);
        services.catalog().change(head -> {
            AuditSpecificationEntry old =
                    find(head, request, name).orElseThrow(() -> notFound("audit specification", name.name()));
            boolean onlyState = given.audit() == null
                    && given.add().isEmpty()
                    && given.drop().isEmpty();
            if (old.enabled() && !onlyState) {
                throw mustBeOff("audit specification", name.name());
            }
            String audit = given.audit();
            Boolean enabled = given.enabled();
            return Change.put(new AuditSpecificationEntry(
                    old.databaseOid(),
                    old.id(),
                    old.server(),
                    old.name(),
                    audit == null ? old.auditGuid() : require(head, audit).guid(),
                    groups(old.groups(), given, name.server()),
                    enabled == null ? old.enabled() : enabled,
                    old.createdMicros(),
                    services.clock().epochMicros()));
        });
    }

    public void dropSpecification(KeyRequest request, SpecificationName name) {
        requireControl(request, name);
        services.catalog().change(head -> {
            AuditSpecificationEntry old =
                    find(head, request, name).orElseThrow(() -> notFound("audit specification", name.name()));
            if (old.enabled()) {
                throw mustBeOff("audit specification", name.name());
            }
            return Change.remove(old);
        });
    }

    private static int databaseOf(KeyRequest request, SpecificationName name) {
        return name.server() ? DatabaseDefinition.MASTER : request.databaseOid();
    }

    private static void requireControl(KeyRequest request, SpecificationName name) {
        if (name.server()) {
            request.requireControlServer();
        } else {
            request.requireControl();
        }
    }

    private static Optional<AuditSpecificationEntry> find(
            KeySnapshot head, KeyRequest request, SpecificationName name) {
        return head.auditSpecifications().stream()
                .filter(entry -> entry.server() == name.server())
                .filter(entry -> entry.databaseOid() == databaseOf(request, name))
                .filter(entry -> entry.name().equalsIgnoreCase(name.name()))
                .findFirst();
    }

    private static int nextId(KeySnapshot head, boolean server, int database) {
        int first = server ? AuditSpecificationEntry.FIRST_SERVER_ID : AuditSpecificationEntry.FIRST_DATABASE_ID;
        return head.auditSpecifications().stream()
                        .filter(entry -> entry.server() == server && entry.databaseOid() == database)
                        .mapToInt(AuditSpecificationEntry::id)
                        .max()
                        .orElse(first - 1)
                + 1;
    }

    private static Set<String> groups(Set<String> before, Specification given, boolean server) {
        Set<String> groups = new TreeSet<>(before);
        given.drop().forEach(name -> groups.remove(group(name, server).name()));
        given.add().forEach(name -> groups.add(group(name, server).name()));
        return groups;
    }

    private static AuditGroup group(String name, boolean server) {
        return AuditGroup.named(name)
                .filter(group -> server || !group.serverOnly())
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.FEATURE_NOT_SUPPORTED,
                                "audit action \"" + name + "\" is not supported in this audit specification")
                        .withHint("sys.dm_audit_actions lists the action groups.")
                        .exception());
    }

    private void requireBelow(Target target) {
        if (target.file() && !directory.resolve(target.path()).normalize().startsWith(directory)) {
            throw NumberedError.NO_PERMISSION
                    .report("the directory \"" + target.path() + "\" is outside the directory for audit files")
                    .withHint("Name a directory below \"" + directory + "\" (audit_dir).")
                    .exception();
        }
    }

    private static void checkDelay(@Nullable Integer delay) {
        if (delay != null && delay != 0 && delay < 1000) {
            throw NumberedError.AUDIT_QUEUE_DELAY.exception(
                    "the value " + delay + " is not valid for QUEUE_DELAY: it is 0 or at least 1000");
        }
    }

    private static AuditEntry require(KeySnapshot head, String name) {
        return head.audit(name).orElseThrow(() -> notFound("audit", name));
    }

    private static void requireName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw ErrorReport.error(ErrorCode.INVALID_NAME, "the name must have 1 to " + MAX_NAME + " characters")
                    .exception();
        }
    }

    private static DatabaseException exists(String kind, String name) {
        return NumberedError.OBJECT_NAME_EXISTS.exception("the " + kind + " with name \"" + name + "\" already exists");
    }

    private static DatabaseException notFound(String kind, String name) {
        return NumberedError.NOT_FOUND_OR_DENIED.exception("cannot find the " + kind + " \"" + name
                + "\", because it does not exist or you do not have permission");
    }

    private static DatabaseException mustBeOff(String kind, String name) {
        return ErrorReport.error(
                        ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "the " + kind + " \"" + name + "\" must be disabled for this operation")
                .withHint("Use WITH (STATE = OFF) first.")
                .exception();
    }
}
