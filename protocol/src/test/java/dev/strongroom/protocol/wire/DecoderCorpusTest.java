package dev.strongroom.protocol.wire;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Inputs that once were interesting, replayed. */
final class DecoderCorpusTest {
    @ParameterizedTest
    @CsvFileSource(resources = "corpus.csv", delimiter = ';')
    void replays(String name, String hex) {
        byte[] input = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatCode(() -> DecoderFuzz.fuzzerTestOneInput(input)).as(name).doesNotThrowAnyException();
    }
}
