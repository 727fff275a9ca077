package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.key.AuditEntry;
import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.SystemAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The target of one enabled audit: the file that is being written, or the server's log. Used under the trail's lock. */
@SystemAccess
final class AuditTarget {
    static final int STARTED = 1;
    static final int RUNTIME_FAIL = 2;
    static final int CREATION_FAILED = 3;

    private static final Logger LOG = LoggerFactory.getLogger(AuditTarget.class);
    private static final long MEBIBYTE = 1024 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AuditEntry audit;
    private final AuditTrail.Parts parts;
    private final AuditFileFormat.Keys keys;
    private final AuditFileReader reader;
    private @Nullable AuditFile file;
    private AuditFileReader.@Nullable Last last;
    private @Nullable IOException failure;
    private int status = STARTED;
    private long statusMicros;
    private long dirtySinceNanos = -1;

    AuditTarget(AuditEntry audit, AuditTrail.Parts parts, AuditFileFormat.Keys keys, AuditFileReader reader) {
        this.audit = audit;
        this.parts = parts;
        this.keys = keys;
        this.reader = reader;
    }

    AuditEntry audit() {
        return audit;
    }

    /** Opens a new file, if the target is one. */
    void open() {
        statusMicros = parts.clock().epochMicros();
        if (!audit.target().file()) {
            return;
        }
        try {
            last = reader.last(files(), audit.guid()).orElse(null);
            roll();
        } catch (IOException e) {
            failed(CREATION_FAILED, e);
        }
    }

    private Path directory() {
        return parts.directory().resolve(audit.target().path()).normalize();
    }

    private List<Path> files() {
        String prefix = fileName("");
        return AuditFileReader.filesBelow(directory()).stream()
                .filter(path -> String.valueOf(path.getFileName()).startsWith(prefix))
                .toList();
    }

    private String fileName(String rest) {
        String name = audit.name().replaceAll("[^A-Za-z0-9_-]", "%");
        return name + "_" + audit.guid().toString().toUpperCase(Locale.ROOT) + "_" + rest;
    }

    /** Goes on in a new file; refuses beyond MAX_FILES, removes the oldest beyond MAX_ROLLOVER_FILES. */
    private void roll() throws IOException {
        List<Path> files = files();
        AuditEntry.Target target = audit.target();
        if (target.maxFiles() > 0 && files.size() >= target.maxFiles()) {
            throw new IOException("the audit has reached its " + target.maxFiles() + " files (MAX_FILES)");
        }
        Files.createDirectories(directory());
        AuditFile before = file;
        if (before != null) {
            before.close();
            last = new AuditFileReader.Last(last == null ? 0 : last.number(), before.lastTag());
            file = null;
        }
        AuditFileReader.Last previous = last;
        int number = (previous == null ? 0 : previous.number()) + 1;
        byte[] tag =
                previous == null || previous.tag().length == 0 ? new byte[AuditFileFormat.TAG_BYTES] : previous.tag();
        long now = parts.clock().epochMicros();
        AuditFileFormat.Header header = new AuditFileFormat.Header(audit.guid(), number, tag, now);
        Path path = directory().resolve(fileName(String.format(Locale.ROOT, "%08d", number) + AuditFileReader.SUFFIX));
        long limit = target.maxSizeMebibytes() == 0 ? Long.MAX_VALUE : target.maxSizeMebibytes() * MEBIBYTE;
        file = AuditFile.create(path, header, keys, parts.randomness(), limit, target.reserve());
        last = new AuditFileReader.Last(number, tag);
        parts.keys()
                .change(head -> new Change(
                        head.audits().stream()
                                .filter(entry -> entry.guid().equals(audit.guid()))
                                .map(entry -> entry.withSequence(number))
                                .toList(),
                        List.of()));
        // The file in use does not count.
        for (Path old : files.subList(0, Math.max(0, files.size() - target.maxRolloverFiles()))) {
            Files.deleteIfExists(old);
        }
    }

    /** Whether a record of the largest size could be written now; opens the next file if that is what it takes. */
    boolean ready() {
        if (!audit.target().file()) {
            return true;
        }
        try {
            AuditFile open = file;
            if (open == null || !open.hasRoom(AuditFileFormat.MAX_RECORD / 2)) {
                roll();
            }
            recovered();
            return true;
        } catch (IOException e) {
            failed(RUNTIME_FAIL, e);
            failure = null;
            return false;
        }
    }

    void write(AuditEvent event) {
        if (!audit.target().file()) {
            LOG.info(
                    "audit {}: {} {} {} by {} on {}: {}",
                    audit.name(),
                    event.action(),
                    event.classType(),
                    event.succeeded() ? "succeeded" : "failed",
                    event.who().user(),
                    event.what().object(),
                    event.what().statement());
            return;
        }
        byte[] record = event.encode();
        try {
            AuditFile open = file;
            if (open == null || !open.hasRoom(record.length)) {
                roll();
                open = file;
            }
            if (open == null) {
                throw new IOException("there is no audit file");
            }
            open.append(record);
            if (audit.queueDelayMillis() == 0) {
                open.force();
            } else if (dirtySinceNanos < 0) {
                dirtySinceNanos = parts.clock().monotonicNanos();
            }
            recovered();
        } catch (IOException e) {
            failed(RUNTIME_FAIL, e);
        }
    }

    /** Forces what has waited QUEUE_DELAY; nanoseconds until there is something to do again. */
    long forceDue() {
        if (dirtySinceNanos < 0) {
            return Long.MAX_VALUE;
        }
        long left = dirtySinceNanos
                + audit.queueDelayMillis() * NANOS_PER_MILLI
                - parts.clock().monotonicNanos();
        if (left > 0) {
            return left;
        }
        force();
        return Long.MAX_VALUE;
    }

    void force() {
        dirtySinceNanos = -1;
        AuditFile open = file;
        if (open != null) {
            try {
                open.force();
            } catch (IOException e) {
                failed(RUNTIME_FAIL, e);
            }
        }
    }

    private void failed(int newStatus, IOException e) {
        failure = e;
        if (status != newStatus) {
            status = newStatus;
            statusMicros = parts.clock().epochMicros();
        }
    }

    private void recovered() {
        if (status != STARTED) {
            status = STARTED;
            statusMicros = parts.clock().epochMicros();
        }
    }

    /** The failure since this was last asked. */
    Optional<IOException> takeFailure() {
        IOException taken = failure;
        failure = null;
        return Optional.ofNullable(taken);
    }

    /** What the state of the target is called: 33206 where no file could be made, 33204 where none could be written. */
    ErrorReport failure() {
        return status == CREATION_FAILED
                ? NumberedError.AUDIT_CREATE.report(
                        "audit \"" + audit.name() + "\" failed to create a file in \"" + directory() + "\"")
                : NumberedError.AUDIT_WRITE.report(
                        "audit \"" + audit.name() + "\" could not write to its file in \"" + directory() + "\"");
    }

    AuditTrail.Status status() {
        AuditFile open = file;
        return new AuditTrail.Status(
                audit, status, statusMicros, open == null ? null : open.path(), open == null ? 0 : open.size());
    }

    void close() {
        AuditFile open = file;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.error("audit file {} was not closed", open.path(), e);
            }
            file = null;
        }
    }
}
