package dev.strongroom.storage.simulation;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.testkit.random.SeededRandomness;

/** Ends log segments, perhaps empty ones, and drops old ones at any moment: beside scans, backups and restores. */
final class LogKeeper implements Runnable {
    private final Simulation simulation;
    private final SeededRandomness random;
    private final StoredDatabase<TableContent> database;

    LogKeeper(Simulation simulation, SeededRandomness random, StoredDatabase<TableContent> database) {
        this.simulation = simulation;
        this.random = random;
        this.database = database;
    }

    @Override
    public void run() {
        int actions = random.below(60);
        for (int i = 0; i < actions && !database.isStopped(); i++) {
            simulation.scheduler().await(this, () -> false, 100_000L * random.below(1 << random.below(8)));
            try {
                if (random.oneIn(2)) {
                    database.log().switchSegmentIfRoom();
                } else {
                    database.backupSource().checkpointer().trim();
                }
            } catch (DatabaseException failure) {
                if (!simulation.tolerates(failure)) {
                    throw failure;
                }
            }
        }
    }
}
