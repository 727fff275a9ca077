package dev.strongroom.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.NumberedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The manual of encryption says everything it has to. */
class ManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "tde.md");

    /** What happens when no session is there to be told. */
    private static final Set<NumberedError> LOGGED =
            Set.of(NumberedError.SCAN_COMPLETE, NumberedError.SCAN_ABORTED, NumberedError.ROOT_WRAP_FAILED);

    @Test
    @DisplayName(
            "TDE-3, TDE-4, TDE-8, TDE-11, TDE-17, TDE-19, TDE-30, TDE-55, TDE-63 to TDE-65, TDE-76 to TDE-78, TDE-83:"
                    + " what the manual must say is in it")
    void manualRowsAreInTheManual() throws IOException {
        List<RequirementsTable.Number> cited = RequirementsTable.cited(Files.readString(MANUAL));
        assertThat(RequirementsTable.requirements().stream()
                        .filter(each -> each.kind() == RequirementsTable.Kind.MANUAL
                                || each.kind() == RequirementsTable.Kind.NOT_HERE)
                        .map(RequirementsTable.Requirement::number))
                .isSubsetOf(cited);
    }

    @Test
    @DisplayName("TDE-160: the manual lists every number of key management that the server can send, and as what")
    void everyNumberIsInTheManual() throws IOException {
        String manual = Files.readString(MANUAL);
        assertThat(Stream.of(NumberedError.values())
                        .filter(error -> !error.code().sqlState().startsWith("SR")))
                .allSatisfy(error -> assertThat(manual)
                        .containsPattern("\\| " + error.number() + " \\| "
                                + error.code().sqlState() + " \\| "
                                + (LOGGED.contains(error)
                                        ? "log"
                                        : error.severity().name().toLowerCase(Locale.ROOT)) + " \\|"));
    }

    @Test
    @DisplayName("TDE-400: every complaint about other systems has an answer, and the test that holds it is there")
    void everyComplaintHasItsTest() throws IOException {
        String manual = Files.readString(MANUAL);
        int from = manual.indexOf("## What users of other systems complain of");
        String[] rows = manual.substring(from, manual.indexOf("\n## ", from)).split("\n", -1);
        List<String> named = Stream.of(rows)
                .filter(row -> row.startsWith("| ") && row.endsWith("` |"))
                .map(row -> row.substring(row.lastIndexOf("| `") + 3, row.length() - 3))
                .toList();
        assertThat(named).hasSizeGreaterThanOrEqualTo(16);
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            Map<String, Path> tests = files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> String.valueOf(file.getFileName()).replace(".java", ""),
                            Function.identity(),
                            (one, other) -> one));
            for (String test : named) {
                String[] parts = test.split("\\.", 2);
                assertThat(tests).containsKey(parts[0]);
                String source = Files.readString(Objects.requireNonNull(tests.get(parts[0])));
                assertThat(source).as(test).contains(parts.length == 1 ? "@Test" : "void " + parts[1] + "(");
            }
        }
    }
}
