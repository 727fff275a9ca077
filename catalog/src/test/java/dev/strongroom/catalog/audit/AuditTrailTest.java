package dev.strongroom.catalog.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.catalog.key.AuditEntry.Failure;
import dev.strongroom.catalog.key.AuditEntry.Target;
import dev.strongroom.catalog.key.TestingKeys;
import dev.strongroom.common.error.DatabaseException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Audit files: sealed, chained, rolled over. */
class AuditTrailTest {
    private static final int MASTER = 1;

    @TempDir
    Path directory;

    private TestingKeys keys;
    private AuditTrail trail;
    private Audits audits;
    private Path files;
    private @Nullable AuditFile newest;
    private final List<DatabaseException> stops = new ArrayList<>();

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 3);
        files = directory.resolve("audit");
        open();
    }

    private void open() {
        trail = new AuditTrail(
                new AuditTrail.Parts(
                        keys.services().catalog(),
                        keys.services().instance().instanceKey(),
                        files,
                        keys.services().randomness(),
                        keys.services().clock(),
                        stops::add),
                (path, header, sealing, randomness, size) -> {
                    AuditFile made = AuditFile.create(path, header, sealing, randomness, size);
                    newest = made;
                    return made;
                });
        trail.refresh();
        audits = new Audits(keys.services(), trail, files);
    }

    private AuditFile newest() {
        return Objects.requireNonNull(newest);
    }

    private void createAudit(Target target, Failure failure) {
        audits.create(keys.in(MASTER), "a", new Audits.Definition(target, 0, failure, null, true, null));
        audits.createSpecification(
                keys.in(MASTER),
                new Audits.SpecificationName(true, "s"),
                new Audits.Specification("a", List.of("database_object_change_group"), List.of(), true));
    }

    private static Target target(int maxRollover, int maxFiles) {
        return new Target("FL", ".", 1, maxRollover, maxFiles, false);
    }

    private static AuditEvent event(String statement) {
        return new AuditEvent(
                1,
                "CR",
                "CR",
                true,
                new AuditEvent.Who(7, 10, "postgres", "postgres", "127.0.0.1", "psql"),
                new AuditEvent.What(1, "master", "c", statement, "", 3),
                Set.of(AuditGroup.DATABASE_OBJECT_CHANGE_GROUP));
    }

    private List<String> statements() {
        List<String> found = new ArrayList<>();
        trail.read(record -> found.add(record.event().what().statement()));
        return found;
    }

    private List<String> defects() {
        List<String> found = new ArrayList<>();
        trail.verify(found::add);
        return found;
    }

    @ParameterizedTest
    @DisplayName("TDE-210, TDE-344: an audit's predicate says which events it records")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            statement LIKE '%one' | CREATE CERTIFICATE one
            NOT statement LIKE '%ONE' AND database_name = 'MASTER' | CREATE CERTIFICATE two
            (object_name = 'd' OR session_id > 6) AND class_type <> 'DB' | CREATE CERTIFICATE one,CREATE CERTIFICATE two
            [server_principal_name] = N'someone' OR duration_milliseconds < 3 | ""
            succeeded = 1 AND action_id = 'CR' AND client_ip != '::1' | CREATE CERTIFICATE one,CREATE CERTIFICATE two
            statement = 'CREATE CERTIFICATE t_o' | ""
            statement LIKE 'CREATE CERTIFICATE t_o' | CREATE CERTIFICATE two
            """)
    void predicatesChoose(String predicate, String expected) {
        audits.create(
                keys.in(MASTER),
                "a",
                new Audits.Definition(
                        target(Target.UNLIMITED, 0), 0, Failure.CONTINUE, null, true, AuditPredicate.parse(predicate)));
        audits.createSpecification(
                keys.in(MASTER),
                new Audits.SpecificationName(true, "s"),
                new Audits.Specification("a", List.of("database_object_change_group"), List.of(), true));
        trail.close();
        open();
        trail.write(event("CREATE CERTIFICATE one"));
        trail.write(event("CREATE CERTIFICATE two"));
        assertThat(String.join(",", statements())).isEqualTo(expected);
    }

    @ParameterizedTest
    @DisplayName("TDE-210: a predicate that is none is refused when it is given")
    @ValueSource(
            strings = {
                "statement",
                "statement =",
                "statement LIKE 3",
                "statement = other",
                "shoe_size = 3",
                "(succeeded = 1",
                "succeeded = 1 succeeded = 0",
                "1 = succeeded",
                "statement = 'open",
                "succeeded = 12345678901234567890"
            })
    void wrongPredicatesAreRefused(String predicate) {
        assertThatThrownBy(() -> AuditPredicate.parse(predicate)).hasMessageContaining("predicate of the audit");
    }

    @Test
    @DisplayName("TDE-214, S-23: records come back in order, across files and restarts; the files show nothing")
    void recordsComeBack() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.CONTINUE);
        trail.write(event("CREATE CERTIFICATE one"));
        trail.write(event("CREATE CERTIFICATE two"));
        trail.close();
        open();
        trail.write(event("CREATE CERTIFICATE three"));
        assertThat(statements())
                .containsExactly("CREATE CERTIFICATE one", "CREATE CERTIFICATE two", "CREATE CERTIFICATE three");
        assertThat(defects()).isEmpty();
        List<Path> written = AuditFileReader.filesBelow(files);
        assertThat(written).hasSize(2);
        assertThat(new String(Files.readAllBytes(written.get(0)), StandardCharsets.ISO_8859_1))
                .doesNotContain("CERTIFICATE");
    }

    @Test
    @DisplayName("TDE-344: an event of a group nobody audits leaves no record")
    void othersAreNotRecorded() {
        createAudit(target(Target.UNLIMITED, 0), Failure.CONTINUE);
        AuditEvent other = new AuditEvent(
                1, "CR", "DB", true, event("x").who(), event("x").what(), Set.of(AuditGroup.DATABASE_CHANGE_GROUP));
        assertThat(trail.listens(other.groups(), 1)).isFalse();
        trail.write(other);
        assertThat(statements()).isEmpty();
    }

    @Test
    @DisplayName("TDE-214, S-23: every changed byte, every cut and every missing file is found")
    void everyChangeIsFound() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.CONTINUE);
        for (int i = 0; i < 3; i++) {
            trail.write(event("statement " + i));
        }
        trail.close();
        open();
        trail.write(event("statement 3"));
        List<Path> written = AuditFileReader.filesBelow(files);
        Path first = written.get(0);
        byte[] good = Files.readAllBytes(first);
        for (int at = AuditFileFormat.HEADER_BYTES; at < good.length; at += 7) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(first, bad);
            assertThat(defects()).as("byte " + at).isNotEmpty();
        }
        for (int length = 0; length < good.length; length += 11) {
            Files.write(first, Arrays.copyOf(good, length));
            assertThat(defects()).as("cut at " + length).isNotEmpty();
        }
        Files.write(first, good);
        assertThat(defects()).isEmpty();
        byte[] newest = Files.readAllBytes(written.get(1));
        Files.delete(written.get(1));
        assertThat(defects()).singleElement().asString().contains("file number 2 is missing");
        Files.write(written.get(1), newest);
        Files.delete(first);
        assertThat(defects()).as("rolled over").isEmpty();
    }

    @Test
    @DisplayName("TDE-210: files roll over at MAXSIZE, the oldest go beyond MAX_ROLLOVER_FILES")
    void filesRollOver() {
        createAudit(target(2, 0), Failure.CONTINUE);
        String long4000 = "x".repeat(4000);
        for (int i = 0; i < 1200; i++) {
            trail.write(event(i + long4000));
        }
        assertThat(AuditFileReader.filesBelow(files)).hasSize(3);
        assertThat(statements().get(statements().size() - 1)).startsWith("1199x");
        assertThat(defects()).isEmpty();
    }

    @Test
    @DisplayName(
            "TDE-160, TDE-210: at MAX_FILES FAIL_OPERATION refuses with 33239, SHUTDOWN stops with 33219, CONTINUE goes on")
    void failureIsHandledAsTheAuditSays() {
        String long4000 = "x".repeat(4000);
        createAudit(target(Target.UNLIMITED, 1), Failure.FAIL_OPERATION);
        for (int i = 0; i < 250; i++) {
            trail.write(event(long4000));
        }
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        trail.before(event(long4000));
                        trail.write(event(long4000));
                    }
                })
                .hasMessageContaining("an error occurred while auditing this operation");
        assertThat(trail.status().get(0).status()).isEqualTo(AuditTarget.RUNTIME_FAIL);
        for (Failure failure : List.of(Failure.SHUTDOWN, Failure.CONTINUE)) {
            audits.alter(keys.in(MASTER), "a", new Audits.Definition(null, null, null, null, false, null));
            audits.alter(keys.in(MASTER), "a", new Audits.Definition(null, null, failure, null, null, null));
            audits.alter(keys.in(MASTER), "a", new Audits.Definition(null, null, null, null, true, null));
            trail.before(event("x"));
            trail.write(event("x"));
        }
        assertThat(stops).isNotEmpty();
        assertThat(stops.get(0).report().routine()).isEqualTo("MSSQL33219");
    }

    @Test
    @DisplayName("TDE-160, TDE-210: 33227 for QUEUE_DELAY between 0 and 1000; files stay below audit_dir")
    void definitionsAreChecked() {
        assertThatThrownBy(() -> audits.create(
                        keys.in(MASTER), "b", new Audits.Definition(target(1, 0), 500, null, null, null, null)))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL33227"));
        Target outside = new Target("FL", "../elsewhere", 0, Target.UNLIMITED, 0, false);
        assertThatThrownBy(() -> audits.create(
                        keys.in(MASTER), "b", new Audits.Definition(outside, null, null, null, null, null)))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL15247"));
    }

    /** TDE-210: what a crash left in the way of the next file, and files somebody took away, stop no audit; verify tells. */
    @Test
    void anAuditGoesOnPastWhatIsInItsWay() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.FAIL_OPERATION);
        trail.write(event("one"));
        trail.close();
        Path first = AuditFileReader.filesBelow(files).get(0);
        String name = String.valueOf(first.getFileName());
        Path second = files.resolve(name.replace("00000001", "00000002"));
        Files.writeString(files.resolve(second.getFileName() + ".unfinished"), "half a header");
        Files.writeString(second, "half a header");
        open();
        trail.write(event("two"));
        assertThat(trail.status().get(0).status()).isEqualTo(AuditTarget.STARTED);
        assertThat(statements()).containsExactly("one", "two");
        assertThat(AuditFileReader.filesBelow(files))
                .extracting(Path::getFileName)
                .extracting(Path::toString)
                .contains(name.replace("00000001", "00000003"));
        trail.close();
        for (Path file : AuditFileReader.filesBelow(files)) {
            Files.delete(file);
        }
        open();
        trail.write(event("three"));
        assertThat(statements()).containsExactly("three");
        assertThat(defects()).singleElement().asString().contains("the one before was missing");
    }

    /** TDE-210: a file that can no longer be written or closed costs the record at hand, not the audit. */
    @Test
    void anAuditOutlivesItsFile() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.CONTINUE);
        trail.write(event("one"));
        AuditFile lost = newest();
        lost.close();
        trail.write(event("lost"));
        assertThat(trail.status().get(0).status()).isEqualTo(AuditTarget.RUNTIME_FAIL);
        trail.write(event("two"));
        assertThat(trail.status().get(0).status()).isEqualTo(AuditTarget.STARTED);
        assertThat(newest().path()).isNotEqualTo(lost.path());
        newest().close();
        String large = "x".repeat(4000);
        for (int i = 0; i < 300; i++) {
            trail.write(event(large));
        }
        assertThat(trail.status().get(0).status()).isEqualTo(AuditTarget.STARTED);
        assertThat(statements()).startsWith("one", "two").hasSize(301);
        assertThat(defects()).isEmpty();
    }

    /** TDE-344: an interrupt, which closes a channel, reaches neither the file nor is it lost. */
    @Test
    void anInterruptLosesNoRecord() {
        createAudit(target(Target.UNLIMITED, 0), Failure.FAIL_OPERATION);
        Thread.currentThread().interrupt();
        trail.before(event("one"));
        trail.write(event("one"));
        assertThat(Thread.interrupted()).isTrue();
        trail.write(event("two"));
        assertThat(statements()).containsExactly("one", "two");
    }

    /** TDE-214: a record is cut to what its columns hold, so that whatever is written can be read. */
    @Test
    void hugeTextsAreCut() {
        createAudit(target(Target.UNLIMITED, 0), Failure.FAIL_OPERATION);
        String huge = "\u20ac".repeat(100_000);
        trail.write(new AuditEvent(
                1,
                "CR",
                "CR",
                true,
                new AuditEvent.Who(7, 10, huge, huge, huge, huge),
                new AuditEvent.What(
                        1, huge, huge, "\ud83d\ude00".repeat(100_000), "x" + "\ud83d\ude00".repeat(3000), 3),
                Set.of(AuditGroup.DATABASE_OBJECT_CHANGE_GROUP)));
        trail.write(event("after"));
        List<AuditEvent> found = new ArrayList<>();
        trail.read(record -> found.add(record.event()));
        assertThat(found).hasSize(2);
        assertThat(found.get(0).what().object()).hasSize(128);
        assertThat(found.get(0).what().statement()).hasSize(4000);
        assertThat(found.get(0).what().information()).hasSize(3999);
        assertThat(defects()).isEmpty();
    }

    /** TDE-214: a directory that cannot be read or goes away meanwhile does not stop the reading of the others. */
    @Test
    void unreadableDirectoriesAreSkipped() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.CONTINUE);
        trail.write(event("one"));
        Files.createSymbolicLink(files.resolve("loop.sqlaudit"), files.resolve("loop.sqlaudit"));
        Files.createDirectory(files.resolve("a"));
        Files.createSymbolicLink(files.resolve("a/gone.sqlaudit"), files.resolve("nowhere"));
        assertThat(statements()).containsExactly("one");
    }

    /** TDE-214: reading holds one record in memory, and a start reads no file whole. */
    @Test
    void filesAreNotHeldInMemory() throws IOException {
        createAudit(new Target("FL", ".", 0, Target.UNLIMITED, 0, false), Failure.CONTINUE);
        trail.write(event("one"));
        Path first = newest().path();
        trail.close();
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        open();
        trail.write(event("two"));
        assertThat(statements()).as("a file larger than any array").containsExactly("one", "two");
        assertThat(defects()).isEmpty();
    }

    /** TDE-160: 33204 where a record cannot be written, 33206 where a file cannot be made. */
    @Test
    void failuresHaveTheirNumbers() throws IOException {
        createAudit(target(Target.UNLIMITED, 0), Failure.FAIL_OPERATION);
        newest().close();
        assertThatThrownBy(() -> trail.write(event("lost")))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL33204"));
        Files.writeString(files.resolve("sub"), "a file where a directory should be");
        Target below = new Target("FL", "sub", 1, Target.UNLIMITED, 0, false);
        assertThatThrownBy(() -> audits.create(
                        keys.in(MASTER),
                        "b",
                        new Audits.Definition(below, 0, Failure.FAIL_OPERATION, null, true, null)))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL33206"));
    }
}
