package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TrainCommandTest {
    @Test
    void aServerOnThrowAwayDataAnswersItsOwnClient() {
        assertThat(new CommandLine(new Main()).execute("train", "--seconds", "1"))
                .isZero();
    }
}
