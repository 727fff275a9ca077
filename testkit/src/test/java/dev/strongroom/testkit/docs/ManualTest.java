package dev.strongroom.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.NumberedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The manual of encryption says everything it has to. */
class ManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "tde.md");

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
    @DisplayName("TDE-160: the manual lists every number of key management that the server can send")
    void everyNumberIsInTheManual() throws IOException {
        String manual = Files.readString(MANUAL);
        assertThat(Stream.of(NumberedError.values())
                        .filter(error -> !error.code().sqlState().startsWith("SR")))
                .allSatisfy(error -> assertThat(manual)
                        .contains("| " + error.number() + " | " + error.code().sqlState()));
    }
}
