package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.database.OfflineVerification;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.database.TreeVerification;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.storage.verify.VerifyProgress;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who switches encryption on and off, changes keys, takes checkpoints and backups and restores them, at any moment. */
final class Operator implements Runnable {
    private final Simulation simulation;
    private final SeededRandomness random;
    private @Nullable StoredDatabase<TableContent> opened;
    private final Backups backups;
    private boolean on;
    private boolean offWanted;

    Operator(Simulation simulation, SeededRandomness random, boolean sealedFromTheStart) {
        this.simulation = simulation;
        this.random = random;
        this.backups = new Backups(simulation, random.split());
        this.on = sealedFromTheStart;
    }

    void takeOver(StoredDatabase<TableContent> database) {
        opened = database;
    }

    private StoredDatabase<TableContent> database() {
        return Objects.requireNonNull(opened);
    }

    @Override
    public void run() {
        int actions = random.below(12);
        for (int i = 0; i < actions && !database().isStopped(); i++) {
            simulation.scheduler().await(this, () -> false, 1_000_000L * random.below(1 << random.below(10)));
            simulation.faults().strike();
            try {
                act();
            } catch (DatabaseException failure) {
                String routine = failure.report().routine();
                boolean refused = routine != null && routine.startsWith("MSSQL");
                if (!refused && !simulation.tolerates(failure)) {
                    throw failure;
                }
                simulation.trace("operator", "refused: " + failure.getMessage());
            }
        }
    }

    private void act() {
        EncryptionControl encryption = database().encryption();
        EncryptionStatus status = encryption.status();
        int next = status.lastKeyVersion() + 1;
        int choice = random.below(14);
        simulation.trace("operator", "action " + choice + " in state " + status.state());
        switch (choice) {
            case 0, 1 -> database().checkpoint();
            case 2 -> {
                if (status.state() == EncryptionStatus.NO_KEY) {
                    encryption.createKey(TestMachine.wrapped(next), TestMachine.key(next));
                } else if (status.state() == EncryptionStatus.UNENCRYPTED) {
                    encryption.switchOn();
                    on = true;
                    offWanted = false;
                }
            }
            case 3 -> {
                if (status.state() == EncryptionStatus.ENCRYPTED || status.state() == EncryptionStatus.UNENCRYPTED) {
                    encryption.regenerate(TestMachine.wrapped(next), TestMachine.key(next));
                }
            }
            case 4 -> {
                if (status.state() == EncryptionStatus.ENCRYPTED && random.oneIn(2)) {
                    offWanted = true;
                    encryption.switchOff();
                    on = false;
                }
            }
            case 5 -> encryption.suspend();
            case 6 -> encryption.resume();
            case 7 -> encryption.rewrap(keys -> keys);
            case 9, 10, 11 -> backups.take(database());
            case 13 -> verify();
            case 12 -> backups.restore(simulation.storage());
            default -> {
                if (status.state() == EncryptionStatus.UNENCRYPTED && random.oneIn(2)) {
                    encryption.dropKey();
                }
            }
        }
        hunt();
    }

    /** Levels 1 to 3 under full load: no false alarm. */
    private void verify() {
        List<Finding> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(database(), findings::add);
        TreeVerification.checkLive(database(), findings::add, VerifyProgress.NONE);
        if (!simulation.faults().isDamaged() && !database().isStopped()) {
            assertThat(findings.stream().filter(finding -> !simulation.faults().spoilsReads(finding)))
                    .as("found beside the work of others")
                    .isEmpty();
        }
    }

    /** Once a database says it is encrypted, nothing of a row may be readable in any file. */
    void hunt() {
        if (database().encryption().status().state() == EncryptionStatus.ENCRYPTED) {
            simulation.vigilance().hunt(Content.MARKER);
        }
    }

    /** After a crash: what was acknowledged still holds. */
    void recovered(StoredDatabase<TableContent> database) {
        opened = database;
        backups.crashed();
        EncryptionStatus status = database.encryption().status();
        if (on && !offWanted) {
            assertThat(status.wanted()
                            || status.state() == EncryptionStatus.ENCRYPTED
                            || status.state() == EncryptionStatus.KEY_CHANGE)
                    .as("encryption was switched on; state %s", status.state())
                    .isTrue();
        }
        hunt();
        if (random.oneIn(3)
                && status.scanState() == EncryptionStatus.SCAN_RUNNING
                && status.state() == EncryptionStatus.ENCRYPTING) {
            backups.takeWaitingLog(database);
            boolean damaged = simulation.faults().isDamaged();
            boolean done = simulation
                    .scheduler()
                    .await(
                            this,
                            () -> {
                                EncryptionStatus now = database.encryption().status();
                                return now.state() == EncryptionStatus.ENCRYPTED
                                        || (damaged && now.scanState() == EncryptionStatus.SCAN_ABORTED);
                            },
                            600_000_000_000L);
            assertThat(done)
                    .as("the scan comes to its end, or to a damaged page")
                    .isTrue();
            simulation.facts().scans++;
            hunt();
        }
    }
}
