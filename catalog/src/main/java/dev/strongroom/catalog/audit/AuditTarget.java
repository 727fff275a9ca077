package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.key.AuditEntry;
import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.SystemAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
    private final AuditPredicate predicate;
    private final AuditTrail.Parts parts;
    private final AuditFileFormat.Keys keys;
    private final AuditFileReader reader;
    private final AuditFile.Creator creator;
    private @Nullable AuditFile file;
    private AuditFileReader.@Nullable Last last;
    private @Nullable IOException failure;
    private int status = STARTED;
    private long statusMicros;
    private long dirtySinceNanos = -1;

    AuditTarget(
            AuditEntry audit,
            AuditTrail.Parts parts,
            AuditFileFormat.Keys keys,
            AuditFileReader reader,
            AuditFile.Creator creator) {
        this.audit = audit;
        this.predicate = AuditPredicate.parse(audit.predicate());
        this.parts = parts;
        this.keys = keys;
        this.reader = reader;
        this.creator = creator;
    }

    AuditEntry audit() {
        return audit;
    }

    /** Which events it records. */
    AuditPredicate predicate() {
        return predicate;
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

    /**
     * Goes on in a new file; refuses beyond MAX_FILES, removes the oldest beyond MAX_ROLLOVER_FILES. A file that could not be
     * closed is left behind: its failure counts for the record at hand, and the next one goes on.
     */
    private void roll() throws IOException {
        List<Path> files = files();
        AuditEntry.Target target = audit.target();
        if (target.maxFiles() > 0 && files.size() >= target.maxFiles()) {
            throw new IOException("the audit has reached its " + target.maxFiles() + " files (MAX_FILES)");
        }
        AuditFile.createDirectories(directory());
        leave();
        AuditFileReader.Last previous = last;
        int number = Math.max(previous == null ? 0 : previous.number(), sequence()) + 1;
        while (Files.exists(path(number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        byte[] tag = previous == null ? new byte[AuditFileFormat.TAG_BYTES] : previous.tag();
        long now = parts.clock().epochMicros();
        AuditFileFormat.Header header = new AuditFileFormat.Header(audit.guid(), number, tag, now);
        long limit = target.maxSizeMebibytes() == 0 ? Long.MAX_VALUE : target.maxSizeMebibytes() * MEBIBYTE;
        AuditFile.Size size = new AuditFile.Size(limit, target.reserve());
        file = creator.create(path(number), header, keys, parts.randomness(), size);
        last = new AuditFileReader.Last(number, tag);
        remember(number);
        // The file in use does not count; a target that has just failed removes nothing.
        if (status == STARTED && files.size() > target.maxRolloverFiles()) {
            for (Path old : files.subList(0, files.size() - target.maxRolloverFiles())) {
                Files.deleteIfExists(old);
            }
            AuditFile.forceDirectory(directory());
        }
    }

    /** Closes the file that was written so far, and knows its last tag for the next one. */
    private void leave() throws IOException {
        AuditFile before = file;
        if (before != null) {
            file = null;
            last = new AuditFileReader.Last(last == null ? 0 : last.number(), before.lastTag());
            before.close();
        }
    }

    private Path path(int number) {
        return directory().resolve(fileName(String.format(Locale.ROOT, "%08d", number) + AuditFileReader.SUFFIX));
    }

    /** The number of the newest file as {@code master} knows it: also of one that somebody took away. */
    private int sequence() {
        return parts.keys().head().audits().stream()
                .filter(entry -> entry.guid().equals(audit.guid()))
                .mapToInt(AuditEntry::sequence)
                .findFirst()
                .orElse(0);
    }

    private void remember(int number) {
        parts.keys()
                .change(head -> new Change(
                        head.audits().stream()
                                .filter(entry -> entry.guid().equals(audit.guid()))
                                .map(entry -> entry.withSequence(number))
                                .toList(),
                        List.of()));
    }

    /** Whether a record of the largest size could be written now; opens the next file if that is what it takes. */
    boolean ready() {
        if (!audit.target().file()) {
            return true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            AuditFile open = file;
            if (open == null || !open.hasRoom(AuditEvent.MAX_BYTES)) {
                roll();
            }
            recovered();
            return true;
        } catch (IOException e) {
            failed(RUNTIME_FAIL, e);
            failure = null;
            return false;
        } finally {
            restore(interrupted);
        }
    }

    /** An interrupt of the thread at hand would close the file: it is put off until the record is written. */
    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
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
        boolean interrupted = Thread.interrupted();
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
        } finally {
            restore(interrupted);
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
            boolean interrupted = Thread.interrupted();
            try {
                open.force();
            } catch (IOException e) {
                failed(RUNTIME_FAIL, e);
            } finally {
                restore(interrupted);
            }
        }
    }

    /** What cannot be written any more is left behind; the next record goes into a new file. */
    private void failed(int newStatus, IOException e) {
        failure = e;
        AuditFile open = file;
        if (open != null && !open.usable()) {
            last = new AuditFileReader.Last(last == null ? 0 : last.number(), open.lastTag());
            file = null;
        }
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
