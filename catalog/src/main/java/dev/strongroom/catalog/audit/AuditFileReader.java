package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.audit.AuditFileFormat.End;
import dev.strongroom.catalog.audit.AuditFileFormat.Header;
import dev.strongroom.catalog.audit.AuditFileFormat.Keys;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.key.Xaes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Reads audit files and says what is wrong with them. Reading stops in a file where its chain breaks. */
@SystemAccess
public final class AuditFileReader implements AutoCloseable {
    public static final String SUFFIX = ".sqlaudit";

    private final Keys keys;

    /** @param instance the instance's key, from which those of audit files come */
    public AuditFileReader(MacKey instance) {
        keys = Keys.of(instance);
    }

    /** A record, where it stands and in which file. */
    public record Found(AuditEvent event, UUID audit, Path file, long offset) {}

    /** One file: its records as far as the chain holds, and what is wrong with it, if anything. */
    private record Content(@Nullable Header header, byte[] lastTag, List<Found> records, Optional<String> defect) {}

    /** All audit files below a directory, oldest first. */
    public static List<Path> filesBelow(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.toString().endsWith(SUFFIX))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The records of a file, up to where its chain breaks. */
    public void read(Path file, Consumer<Found> sink) {
        content(file).records().forEach(sink);
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
            Content content = content(file);
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

    /** Number and last tag of the newest file of an audit; empty if there is none. */
    Optional<Last> last(List<Path> files, UUID audit) {
        Last newest = null;
        for (Path file : files) {
            Content content = content(file);
            Header header = content.header();
            if (header != null
                    && header.audit().equals(audit)
                    && (newest == null || newest.number() < header.number())) {
                newest = new Last(header.number(), content.lastTag());
            }
        }
        return Optional.ofNullable(newest);
    }

    /** Where an audit left off. */
    record Last(int number, byte[] tag) {}

    private Content content(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            return broken("cannot be read");
        }
        if (bytes.length < AuditFileFormat.HEADER_BYTES) {
            return broken("is shorter than its header");
        }
        Optional<Header> decoded = Header.decode(bytes, keys.mac());
        return decoded.isEmpty()
                ? broken("has a header that this server did not write, or that was changed")
                : records(file, bytes, decoded.get());
    }

    private static Content broken(String defect) {
        return new Content(null, new byte[0], List.of(), Optional.of(defect));
    }

    private Content records(Path file, byte[] bytes, Header header) {
        List<Found> found = new ArrayList<>();
        byte[] tag = header.firstTag(keys.mac());
        int at = AuditFileFormat.HEADER_BYTES;
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (at + AuditFileFormat.LENGTH_BYTES <= bytes.length) {
            int length = buffer.getInt(at);
            int from = at + AuditFileFormat.LENGTH_BYTES;
            if (length <= 0 || length > AuditFileFormat.MAX_RECORD || from + length > bytes.length) {
                break;
            }
            byte[] sealed = Arrays.copyOfRange(bytes, from, from + length);
            Optional<byte[]> opened = Xaes.openWithNonce(keys.seal(), sealed, header.associatedData(found.size(), tag));
            if (opened.isEmpty()) {
                break;
            }
            found.add(new Found(AuditEvent.decode(opened.get()), header.audit(), file, at));
            tag = Arrays.copyOfRange(sealed, length - AuditFileFormat.TAG_BYTES, length);
            at = from + length;
        }
        return new Content(header, tag, found, defect(bytes, header, found.size(), at));
    }

    /** What follows the last good record must be nothing, and not before the end the header names. */
    private Optional<String> defect(byte[] bytes, Header header, int count, int at) {
        long ends = Stream.of(0, 1)
                .map(copy -> AuditFileFormat.END_AT + copy * AuditFileFormat.END_BYTES)
                .map(from -> Arrays.copyOfRange(bytes, from, from + AuditFileFormat.END_BYTES))
                .flatMap(copy -> End.decode(copy, header, keys.mac()).stream())
                .mapToLong(End::count)
                .max()
                .orElse(-1);
        if (ends < 0) {
            return Optional.of("its end marks were changed");
        }
        if (count < ends) {
            return Optional.of("record " + (count + 1) + " of " + ends + ", at offset " + at
                    + ", was changed, moved or cut off (33206)");
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        keys.close();
    }
}
