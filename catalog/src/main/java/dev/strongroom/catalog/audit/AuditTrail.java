package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.key.AuditEntry;
import dev.strongroom.catalog.key.AuditEntry.Failure;
import dev.strongroom.catalog.key.AuditSpecificationEntry;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.key.KeySnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.key.MacKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where audited events go (TDE-43, TDE-344). The audits and specifications that count are those of the key catalog's head; a
 * file is open for each enabled audit with a file target. Thread-safe: one event at a time.
 */
public final class AuditTrail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    private final Parts parts;
    private final AuditFile.Creator creator;
    private final AuditFileFormat.Keys keys;
    private final AuditFileReader reader;
    private final Map<UUID, AuditTarget> targets = new HashMap<>();
    private final Queue<AuditEvent> waiting = new ConcurrentLinkedQueue<>();
    private volatile Scheduler.@Nullable Worker worker;

    /**
     * What an audit trail works with.
     *
     * @param directory {@code audit_dir}: files lie below it
     * @param stop how ON_FAILURE = SHUTDOWN stops the server
     */
    public record Parts(
            KeyCatalog keys,
            MacKey instance,
            Path directory,
            Randomness randomness,
            Clock clock,
            Consumer<DatabaseException> stop) {}

    public AuditTrail(Parts parts) {
        this(parts, AuditFile::create);
    }

    AuditTrail(Parts parts, AuditFile.Creator creator) {
        this.parts = parts;
        this.creator = creator;
        keys = AuditFileFormat.Keys.of(parts.instance());
        reader = new AuditFileReader(parts.instance());
    }

    /** Opens the targets of enabled audits and starts forcing what is written later than at once. */
    public void start(Scheduler scheduler) {
        try {
            refresh();
        } catch (DatabaseException e) {
            // Logged; its FAIL_OPERATION refuses each statement until it can be written.
        }
        worker = scheduler.start("audit", this::forceDue);
    }

    /** Follows a change of the definitions; 33206 where a file with ON_FAILURE = FAIL_OPERATION cannot be made. */
    public synchronized void refresh() {
        KeySnapshot head = parts.keys().head();
        targets.entrySet().removeIf(each -> {
            boolean wanted = head.audits().stream()
                    .anyMatch(audit ->
                            audit.enabled() && sameTarget(audit, each.getValue().audit()));
            if (!wanted) {
                each.getValue().close();
            }
            return !wanted;
        });
        List<AuditTarget> opened = new ArrayList<>();
        for (AuditEntry audit : head.audits()) {
            if (audit.enabled() && !targets.containsKey(audit.guid())) {
                AuditTarget target = new AuditTarget(audit, parts, keys, reader, creator);
                targets.put(audit.guid(), target);
                target.open();
                opened.add(target);
            }
        }
        wake();
        opened.forEach(this::fail);
    }

    private static boolean sameTarget(AuditEntry audit, AuditEntry opened) {
        return audit.guid().equals(opened.guid())
                && audit.target().equals(opened.target())
                && audit.onFailure() == opened.onFailure()
                && audit.predicate().equals(opened.predicate())
                && audit.queueDelayMillis() == opened.queueDelayMillis();
    }

    /** Whether any audit wants one of these groups in this database. */
    public boolean listens(Set<AuditGroup> groups, int databaseOid) {
        return !listeners(groups, databaseOid).isEmpty();
    }

    private Set<UUID> listeners(Set<AuditGroup> groups, int databaseOid) {
        List<AuditSpecificationEntry> all = parts.keys().head().auditSpecifications();
        if (all.isEmpty()) {
            return Set.of();
        }
        return all.stream()
                .filter(AuditSpecificationEntry::enabled)
                .filter(specification -> specification.server() || specification.databaseOid() == databaseOid)
                .filter(specification ->
                        groups.stream().anyMatch(group -> specification.groups().contains(group.name())))
                .map(AuditSpecificationEntry::auditGuid)
                .collect(Collectors.toSet());
    }

    /**
     * To be called before what the event tells of is done: an audit with ON_FAILURE = FAIL_OPERATION that has no room for the
     * record refuses it (33239).
     */
    public synchronized void before(AuditEvent event) {
        for (UUID audit : listeners(event.groups(), event.what().databaseOid())) {
            AuditTarget target = targets.get(audit);
            if (target != null
                    && target.audit().onFailure() == Failure.FAIL_OPERATION
                    && target.predicate().mayWant(event)
                    && !target.ready()) {
                throw NumberedError.AUDIT_FAILS_OPERATION
                        .report("an error occurred while auditing this operation: audit \""
                                + target.audit().name() + "\" cannot be written")
                        .withHint("Fix the error in the audit and then retry this operation.")
                        .exception();
            }
        }
    }

    /** Writes a record for every audit that wants it. */
    public synchronized void write(AuditEvent event) {
        boolean delayed = false;
        for (UUID audit : listeners(event.groups(), event.what().databaseOid())) {
            AuditTarget target = targets.get(audit);
            if (target != null && target.predicate().wants(event)) {
                target.write(event);
                fail(target);
                delayed |= target.audit().queueDelayMillis() > 0;
            }
        }
        if (delayed) {
            wake();
        }
    }

    /** Writes a record soon, on the trail's own thread: for callers that hold locks of storage. */
    public void later(AuditEvent event) {
        waiting.add(event);
        wake();
    }

    /** Writes a record, after those that wait; a failure is logged, for the server's own acts have nobody to refuse. */
    public synchronized void atOnce(AuditEvent event) {
        waiting.add(event);
        writeWaiting();
    }

    private void writeWaiting() {
        for (AuditEvent event = waiting.poll(); event != null; event = waiting.poll()) {
            try {
                write(event);
            } catch (DatabaseException e) {
                LOG.error("an event of the server was not audited", e);
            }
        }
    }

    /** What a target's failure means to the server. */
    private void fail(AuditTarget target) {
        Optional<IOException> failure = target.takeFailure();
        if (failure.isEmpty()) {
            return;
        }
        ErrorReport report = target.failure();
        LOG.error("{}", report.message(), failure.get());
        switch (target.audit().onFailure()) {
            case CONTINUE -> {}
            case SHUTDOWN ->
                parts.stop()
                        .accept(NumberedError.AUDIT_STOPS_SERVER
                                .report("the server was stopped because audit \""
                                        + target.audit().name()
                                        + "\" is configured to shut down on failure")
                                .exception(failure.get()));
            case FAIL_OPERATION -> throw report.exception(failure.get());
        }
    }

    private void wake() {
        Scheduler.Worker running = worker;
        if (running != null) {
            running.wake();
        }
    }

    private synchronized long forceDue() {
        writeWaiting();
        long next = Long.MAX_VALUE;
        for (AuditTarget target : targets.values()) {
            next = Math.min(next, target.forceDue());
            if (target.audit().onFailure() == Failure.FAIL_OPERATION) {
                target.takeFailure();
            } else {
                fail(target);
            }
        }
        return next;
    }

    /** How a target does: {@code sys.dm_server_audit_status}. */
    public record Status(
            AuditEntry audit,
            int status,
            long sinceMicros,
            @Nullable Path file,
            long size) {}

    public synchronized List<Status> status() {
        List<Status> all = new ArrayList<>();
        for (AuditEntry audit : parts.keys().head().audits()) {
            AuditTarget target = targets.get(audit.guid());
            all.add(target == null ? new Status(audit, 0, audit.modifiedMicros(), null, 0) : target.status());
        }
        return all;
    }

    /** The records of every file below the audit directory, one at a time; what is written meanwhile may be missing. */
    public void read(Consumer<AuditFileReader.Found> sink) {
        for (Path file : AuditFileReader.filesBelow(parts.directory())) {
            reader.read(file, sink);
        }
    }

    /** Checks all files: see {@link AuditFileReader#verify}. */
    public synchronized void verify(Consumer<String> findings) {
        targets.values().forEach(AuditTarget::force);
        reader.verify(
                AuditFileReader.filesBelow(parts.directory()),
                newest(parts.keys().head()),
                findings);
    }

    /** The number of the newest file of each audit. */
    public static Map<UUID, Integer> newest(KeySnapshot head) {
        Map<UUID, Integer> numbers = new HashMap<>();
        head.audits().forEach(audit -> numbers.put(audit.guid(), audit.sequence()));
        return numbers;
    }

    @Override
    public void close() {
        Scheduler.Worker running = worker;
        if (running != null) {
            running.close();
        }
        synchronized (this) {
            writeWaiting();
            targets.values().forEach(AuditTarget::close);
            targets.clear();
            keys.close();
            reader.close();
        }
    }
}
