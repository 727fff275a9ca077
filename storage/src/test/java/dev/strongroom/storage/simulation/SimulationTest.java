package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole lives of a database by seed. {@code -Dstrongroom.seed=n} runs one; {@code -Psimulation -Dstrongroom.seeds=10000} runs as
 * many, from {@code -Dstrongroom.firstSeed} on.
 */
class SimulationTest {
    private static final int SEEDS_IN_THE_SUITE = 2000;

    @Test
    @DisplayName(
            "TDE-9, TDE-30, TDE-304, TDE-507, S-18, S-21: whatever fails and whenever power goes, the database is as its model says")
    void theEngineIsAsItsModelSays() {
        long first = Long.getLong("strongroom.firstSeed", 1);
        long count = Long.getLong("strongroom.seeds", SEEDS_IN_THE_SUITE);
        Long one = Long.getLong("strongroom.seed");
        Simulation.Facts all = new Simulation.Facts();
        live(one == null ? first : one, one == null ? first + count : one + 1, seed -> {
            Simulation simulation = new Simulation(seed);
            simulation.run();
            all.add(simulation.facts());
            if (seed % 500 == 0) {
                System.out.println("simulation: seed " + seed + " is clean");
            }
        });
        System.out.printf(
                "simulation: %d commits, %d crashes, %d recoveries, %d page changes redone, %d backups, %d restores,"
                        + " %d copies of the disk, %d indexes filled beside writers, %d nonces%n",
                all.commits,
                all.crashes,
                all.recoveries,
                all.redoChecked,
                all.backups,
                all.restores,
                all.clones,
                all.besideWriters,
                all.nonces);
        assertThat(all.recoveries).isPositive();
        if (one == null) {
            assertThat(all.commits).isGreaterThan(count);
            assertThat(count < 100 || all.restores > 0 && all.clones > 0 && all.besideWriters > 0)
                    .as("restores, copies and indexes filled beside writers")
                    .isTrue();
        }
    }

    /** On two threads, which have nothing in common; the first failure ends it. */
    private static void live(long first, long end, LongConsumer life) {
        AtomicLong next = new AtomicLong(first);
        Runnable lives = () -> {
            for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                boolean clean = false;
                try {
                    life.accept(seed);
                    clean = true;
                } finally {
                    if (!clean) {
                        next.set(end);
                    }
                }
            }
        };
        CompletableFuture<Void> other = CompletableFuture.runAsync(
                lives, task -> Thread.ofPlatform().name("simulation-2").start(task));
        lives.run();
        try {
            other.join();
        } catch (CompletionException wrapped) {
            if (wrapped.getCause() instanceof Error failure) {
                throw failure;
            }
            throw wrapped;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theSameSeedIsTheSameRun(long seed) {
        assertThat(new Simulation(seed).run()).isEqualTo(new Simulation(seed).run());
    }
}
