package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of databases whose key provider goes away, with a clock in the test's hand. */
class ProviderWatchTest {
    private static final int DATABASE = 20_000;
    private static final long SECOND = 1_000_000_000L;

    private final List<String> happened = new ArrayList<>();
    private final FakeGround ground = new FakeGround();
    private long now;

    private final class FakeGround implements ProviderWatch.Ground {
        private boolean open = true;
        private boolean reachable = true;
        private long checkpoint = 100;
        private int asked;

        @Override
        public List<Integer> databases() {
            return List.of(DATABASE);
        }

        @Override
        public boolean isOpen(int databaseOid) {
            return open;
        }

        @Override
        public long checkpoint(int databaseOid) {
            return checkpoint;
        }

        @Override
        public Optional<DatabaseException> failure(int databaseOid) {
            asked++;
            return reachable ? Optional.empty() : Optional.of(new DatabaseException(ErrorCode.SYSTEM_ERROR, "away"));
        }

        @Override
        public void shut(int databaseOid) {
            open = false;
            happened.add("shut");
        }

        @Override
        public void open(int databaseOid) {
            open = true;
            happened.add("open");
        }

        @Override
        public void changed(int databaseOid, ProviderWatch.Change change) {
            happened.add(change.event());
        }
    }

    private final class FakeClock implements Clock {
        @Override
        public long epochMicros() {
            return now / 1000;
        }

        @Override
        public long monotonicNanos() {
            return now;
        }
    }

    private ProviderWatch watch(int ttl) {
        return new ProviderWatch(ground, new FakeClock(), ttl);
    }

    /** Lets the worker run as it would for so long. */
    private void run(ProviderWatch watch, long seconds) {
        long end = now + seconds * SECOND;
        while (now < end) {
            now += watch.step();
        }
    }

    @Test
    @DisplayName("TDE-149: without a limit a database goes on for ever; what changes is audited once")
    void unlimitedGoesOn() {
        ProviderWatch watch = watch(ProviderWatch.UNLIMITED);
        run(watch, 120);
        assertThat(happened).isEmpty();
        ground.reachable = false;
        ground.checkpoint++;
        run(watch, 1_000_000);
        assertThat(happened).containsExactly("provider unreachable");
        ground.reachable = true;
        run(watch, 20);
        assertThat(happened).containsExactly("provider unreachable", "provider reachable");
    }

    @Test
    @DisplayName("TDE-149: after ekm_cache_ttl without an answer the database is closed, and opened when there is one")
    void closedAfterTheTime() {
        ProviderWatch watch = watch(300);
        run(watch, 1);
        ground.reachable = false;
        run(watch, 298);
        assertThat(happened).containsExactly("provider unreachable");
        assertThat(ground.open).isTrue();
        run(watch, 5);
        assertThat(happened).containsExactly("provider unreachable", "cached key expired", "shut");
        run(watch, 3600);
        assertThat(happened).as("closed ones stay closed").hasSize(3);
        ground.reachable = true;
        run(watch, 11);
        assertThat(happened)
                .containsExactly("provider unreachable", "cached key expired", "shut", "provider reachable", "open");
    }

    @Test
    @DisplayName("TDE-149: a short outage within ekm_cache_ttl closes nothing")
    void shortOutage() {
        ProviderWatch watch = watch(300);
        run(watch, 1);
        for (int i = 0; i < 10; i++) {
            ground.reachable = false;
            run(watch, 200);
            ground.reachable = true;
            run(watch, 20);
        }
        assertThat(ground.open).isTrue();
        assertThat(happened).doesNotContain("shut");
    }

    @Test
    @DisplayName("TDE-149: with ekm_cache_ttl = 0 the next checkpoint closes a database whose provider is away")
    void zeroFailsAtTheNextCheckpoint() {
        ProviderWatch watch = watch(0);
        run(watch, 100);
        ground.checkpoint++;
        run(watch, 2);
        assertThat(happened).as("the provider answers").isEmpty();
        ground.reachable = false;
        run(watch, 1000);
        assertThat(happened).as("no checkpoint yet").containsExactly("provider unreachable");
        ground.checkpoint++;
        run(watch, 2);
        assertThat(happened).containsExactly("provider unreachable", "cached key expired", "shut");
    }

    @Test
    @DisplayName("TDE-149: a database that could not be opened at start is opened once its provider is back")
    void closedAtStart() {
        ground.open = false;
        ground.reachable = false;
        ProviderWatch watch = watch(ProviderWatch.UNLIMITED);
        run(watch, 60);
        assertThat(ground.asked).as("asked every ten seconds").isEqualTo(6);
        ground.reachable = true;
        run(watch, 10);
        assertThat(happened).containsExactly("provider unreachable", "provider reachable", "open");
    }
}
