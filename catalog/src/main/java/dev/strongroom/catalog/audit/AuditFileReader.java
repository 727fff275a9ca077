package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.audit.AuditFileFormat.End;
import dev.strongroom.catalog.audit.AuditFileFormat.Header;
import dev.strongroom.catalog.audit.AuditFileFormat.Keys;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.key.Xaes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads audit files and says what is wrong with them. Reading stops in a file where its chain breaks. */
@SystemAccess
public final class AuditFileReader implements AutoCloseable {
    public static final String SUFFIX = ".sqlaudit";

    private static final Logger LOG = LoggerFactory.getLogger(AuditFileReader.class);
    private static final int BUFFER = 64 * 1024;

    private final Keys keys;

    /** @param instance the instance's key, from which those of audit files come */
    public AuditFileReader(MacKey instance) {
        keys = Keys.of(instance);
    }

    /** A record, where it stands and in which file. */
    public record Found(AuditEvent event, UUID audit, Path file, long offset) {}

    /** One file: the header, where the records end as far as the chain holds, and what is wrong, if anything. */
    private record Content(@Nullable Header header, byte[] lastTag, Optional<String> defect) {}

    /** All audit files below a directory, oldest first. */
    public static List<Path> filesBelow(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new Collector(found));
        } catch (IOException e) {
            LOG.error("the audit files below {} cannot be listed", directory, e);
        }
        found.sort(Comparator.comparing(Path::toString));
        return found;
    }

    /** Takes audit files; goes on where a directory or file cannot be read or has just gone. */
    private static final class Collector extends SimpleFileVisitor<Path> {
        private final List<Path> found;

        Collector(List<Path> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && file.toString().endsWith(SUFFIX)) {
                found.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            LOG.warn("{} cannot be read while looking for audit files", file, e);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    /** The records of a file, up to where its chain breaks. */
    public void read(Path file, Consumer<Found> sink) {
        content(file, sink);
    }

    /**
     * Checks the chain of every file, and that no file of an audit is missing between others or at the end.
     *
     * @param newest the number of the newest file of each audit, as {@code master} knows it
     * @param findings file and defect
     */
    public void verify(List<Path> files, Map<UUID, Integer> newest, Consumer<String> findings) {
        Map<UUID, TreeMap<Integer, Content>> audits = new HashMap<>();
        for (Path file : files) {
            Content content = content(file, ignored -> {});
            content.defect().ifPresent(defect -> findings.accept("audit file " + file + ": " + defect));
            Header header = content.header();
            if (header != null) {
                audits.computeIfAbsent(header.audit(), ignored -> new TreeMap<>())
                        .put(header.number(), content);
            }
        }
        audits.forEach((audit, contents) -> verifyOrder(audit, contents, findings));
        newest.forEach((audit, number) -> {
            TreeMap<Integer, Content> contents = audits.get(audit);
            if (number > 0 && (contents == null || contents.lastKey() < number)) {
                findings.accept("audit " + audit + ": file number " + number + " is missing");
            }
        });
    }

    private static void verifyOrder(UUID audit, TreeMap<Integer, Content> contents, Consumer<String> findings) {
        int expected = contents.firstKey();
        Header first = contents.values().iterator().next().header();
        if (expected > 1 && first != null && Arrays.equals(first.previousTag(), new byte[AuditFileFormat.TAG_BYTES])) {
            findings.accept(
                    "audit " + audit + ": when file number " + expected + " was begun, the one before was missing");
        }
        byte[] tag = null;
        for (Map.Entry<Integer, Content> each : contents.entrySet()) {
            Header header = each.getValue().header();
            if (each.getKey() != expected) {
                findings.accept("audit " + audit + ": file number " + expected + " is missing");
            } else if (tag != null && header != null && !Arrays.equals(tag, header.previousTag())) {
                findings.accept("audit " + audit + ": file number " + expected + " does not follow the one before it");
            }
            tag = each.getValue().lastTag();
            expected = each.getKey() + 1;
        }
    }

    /** Number and last tag of the newest file of an audit; empty if there is none. Reads no more than what is new in it. */
    Optional<Last> last(List<Path> files, UUID audit) {
        Header newest = null;
        Path path = null;
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                Header header = Header.decode(header(in), keys.mac()).orElse(null);
                if (header != null
                        && header.audit().equals(audit)
                        && (newest == null || newest.number() < header.number())) {
                    newest = header;
                    path = file;
                }
            } catch (IOException e) {
                LOG.warn("audit file {} cannot be read", file, e);
            }
        }
        return newest == null || path == null
                ? Optional.empty()
                : Optional.of(new Last(
                        newest.number(), content(path, true, ignored -> {}).lastTag()));
    }

    /** Where an audit left off. */
    record Last(int number, byte[] tag) {}

    private Content content(Path file, Consumer<Found> sink) {
        return content(file, false, sink);
    }

    /** @param newOnly whether to begin behind the end that the header names */
    private Content content(Path file, boolean newOnly, Consumer<Found> sink) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = header(in);
            if (head.length < AuditFileFormat.HEADER_BYTES) {
                return broken("is shorter than its header");
            }
            Optional<Header> decoded = Header.decode(head, keys.mac());
            if (decoded.isEmpty()) {
                return broken("has a header that this server did not write, or that was changed");
            }
            Header header = decoded.get();
            Optional<End> known = end(head, header);
            End start = new End(0, AuditFileFormat.HEADER_BYTES, header.firstTag(keys.mac()));
            if (newOnly && known.isPresent()) {
                start = known.get();
                if (Files.size(file) < start.offset()) {
                    return new Content(header, start.tag(), Optional.of("was cut off"));
                }
                in.skipNBytes(start.offset() - AuditFileFormat.HEADER_BYTES);
            }
            Opened opened = (at, record) -> sink.accept(new Found(AuditEvent.decode(record), header.audit(), file, at));
            End found = records(new BufferedInputStream(in, BUFFER), header, start, opened);
            return new Content(header, found.tag(), defect(known, found));
        } catch (IOException e) {
            return broken("cannot be read");
        }
    }

    private static byte[] header(InputStream in) throws IOException {
        return in.readNBytes(AuditFileFormat.HEADER_BYTES);
    }

    private static Content broken(String defect) {
        return new Content(null, new byte[AuditFileFormat.TAG_BYTES], Optional.of(defect));
    }

    /** Takes one opened record and where it stands. */
    private interface Opened {
        void accept(long at, byte[] record);
    }

    /** Opens record after record, as far as the chain holds; where that is. Holds one record at a time. */
    private End records(InputStream in, Header header, End start, Opened sink) throws IOException {
        End end = start;
        while (true) {
            byte[] framed = in.readNBytes(AuditFileFormat.LENGTH_BYTES);
            int length = framed.length < AuditFileFormat.LENGTH_BYTES
                    ? 0
                    : ByteBuffer.wrap(framed).getInt();
            if (length < AuditFileFormat.TAG_BYTES || length > AuditFileFormat.MAX_RECORD) {
                return end;
            }
            byte[] sealed = in.readNBytes(length);
            Optional<byte[]> opened = sealed.length < length
                    ? Optional.empty()
                    : Xaes.openWithNonce(keys.seal(), sealed, header.associatedData(end.count(), end.tag()));
            if (opened.isEmpty()) {
                return end;
            }
            sink.accept(end.offset(), opened.get());
            end = new End(
                    end.count() + 1,
                    end.offset() + AuditFileFormat.LENGTH_BYTES + length,
                    Arrays.copyOfRange(sealed, length - AuditFileFormat.TAG_BYTES, length));
        }
    }

    /** The newer of the two ends that the header names. */
    private Optional<End> end(byte[] head, Header header) {
        return Stream.of(0, 1)
                .map(copy -> AuditFileFormat.END_AT + copy * AuditFileFormat.END_BYTES)
                .map(from -> Arrays.copyOfRange(head, from, from + AuditFileFormat.END_BYTES))
                .flatMap(copy -> End.decode(copy, header, keys.mac()).stream())
                .max(Comparator.comparingLong(End::count));
    }

    /** The last good record must not stand before the end that the header names. */
    private static Optional<String> defect(Optional<End> known, End found) {
        if (known.isEmpty()) {
            return Optional.of("its end marks were changed");
        }
        long ends = known.get().count();
        return found.count() >= ends
                ? Optional.empty()
                : Optional.of("record " + (found.count() + 1) + " of " + ends + ", at offset " + found.offset()
                        + ", was changed, moved or cut off (33206)");
    }

    @Override
    public void close() {
        keys.close();
    }
}
