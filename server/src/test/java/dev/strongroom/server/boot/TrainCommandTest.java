package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainCommandTest {
    @Test
    void aServerOnThrowAwayDataAnswersItsOwnClient() {
        assertThat(Main.run("train", "--seconds", "1")).isZero();
    }
}
