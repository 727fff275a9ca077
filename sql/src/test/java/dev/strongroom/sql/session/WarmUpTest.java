package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WarmUpTest {
    private final TestingServer server = new TestingServer();

    @Test
    void everyQueryRunsThenTheSessionIsGone() {
        WarmUp warmUp = new WarmUp(server.engine());
        int steps = 0;
        while (warmUp.run() == 0) {
            steps++;
            assertThat(server.engine().sessions()).hasSize(1);
        }
        assertThat(steps).as("a query that fails ends the warm-up early").isEqualTo(WarmUp.QUERIES.size());
        assertThat(server.engine().sessions()).isEmpty();
    }

    @Test
    void closingHalfWayEndsTheSession() {
        WarmUp warmUp = new WarmUp(server.engine());
        warmUp.run();
        warmUp.close();
        assertThat(server.engine().sessions()).isEmpty();
    }
}
