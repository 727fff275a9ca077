package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.BackupOrder;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.database.BackupMachine;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.database.RestoreEnd;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.recovery.StopPoint;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Backups of all kinds while everybody works, and restores beside them: what comes back is the state of a moment within the
 * backup, or of the very moment asked for. Outlives crashes, as the media do.
 */
final class Backups {
    private static final int COPY = 7;
    private static final int OWN_KEYS = 1000;

    private final Simulation simulation;
    private final SeededRandomness random;
    private final List<Taken> taken = new ArrayList<>();
    private final List<Moment> moments = new ArrayList<>();
    private int names;

    /** A backup set that is durable, and which commits may be its last. */
    private record Taken(String name, BackupDescription description, boolean copyOnly, long low, long high) {
        BackupKind kind() {
            return description.kind();
        }

        long first() {
            return description.range().firstLsn();
        }

        long last() {
            return description.range().lastLsn();
        }
    }

    /** A place in the log, and which commits may be the last before it. */
    private record Moment(long lsn, long low, long high) {}

    Backups(Simulation simulation, SeededRandomness random) {
        this.simulation = simulation;
        this.random = random;
    }

    /** Log that no backup has may have gone with the power. */
    void crashed() {
        long durable = taken.stream().mapToLong(Taken::last).max().orElse(0);
        moments.removeIf(moment -> moment.lsn >= durable);
    }

    void take(StoredDatabase<TableContent> database) {
        // It would wait for room in the log, which nobody else makes once the sessions have ended.
        if (random.oneIn(5)) {
            takeOnFullDisk(database);
        }
        simulation.faults().makeRoom();
        BackupKind kind = kind();
        try {
            take(database, kind);
        } catch (DatabaseException failure) {
            if (failure.code() != ErrorCode.DISK_FULL) {
                throw failure;
            }
            again(database, kind);
        }
    }

    /** A backup for which there is no room fails, and nothing else does. */
    private void takeOnFullDisk(StoredDatabase<TableContent> database) {
        simulation.faults().fill();
        simulation.sendJanitor();
        try {
            take(database, kind());
        } catch (DatabaseException failure) {
            simulation.faults().makeRoom();
            if (failure.code() != ErrorCode.DISK_FULL) {
                throw failure;
            }
            simulation.facts().refusedBackups++;
            simulation.trace("backup", "refused on a full disk");
            assertThat(database.isStopped()).as("stopped by a full disk").isFalse();
        }
    }

    /** The log hears that there is room when it next tries, within a second. */
    private void again(StoredDatabase<TableContent> database, BackupKind kind) {
        simulation.scheduler().await(this, () -> false, 3_000_000_000L);
        simulation.faults().makeRoom();
        try {
            take(database, kind);
        } catch (DatabaseException failure) {
            assertThat(failure.code()).as("there is room again").isNotEqualTo(ErrorCode.DISK_FULL);
            throw failure;
        }
    }

    /** Plain log that waits for its backup keeps a database from being all encrypted. */
    void takeWaitingLog(StoredDatabase<TableContent> database) {
        if (database.boot().current().backup().logBackupLsn() > 0) {
            take(database, BackupKind.LOG);
        }
    }

    private void take(StoredDatabase<TableContent> database, BackupKind kind) {
        long lsn = database.log().endLsn();
        long now = simulation.model.now();
        moments.add(new Moment(lsn, now, now + 1));
        boolean copyOnly = kind != BackupKind.LOG && random.oneIn(5);
        BackupOrder order = new BackupOrder(
                kind, BackupMachine.origin(copyOnly), random.oneIn(3), null, null, ManifestSigner.NOBODY, false);
        String name = "b" + ++names;
        long low = simulation.model.durable();
        BackupManifest manifest;
        try {
            manifest = BackupMachine.backup(files(), database, order, BackupProgress.NONE, name);
        } catch (DatabaseException failure) {
            assertThat(failure.report().message().contains("detected an error on page")
                            && !simulation.faults().isDamaged())
                    .as("damage found by a backup: %s", failure.getMessage())
                    .isFalse();
            assertThat(failure.code() == ErrorCode.DISK_FULL || simulation.tolerates(failure))
                    .as("%s was refused: %s", kind, failure.getMessage())
                    .isTrue();
            throw failure;
        }
        taken.add(new Taken(name, manifest.description(), copyOnly, low, simulation.model.now()));
        simulation.facts().backups++;
        simulation.trace("backup", kind + " " + name + (copyOnly ? ", copy only" : ""));
        if (random.oneIn(3)) {
            // As a change of keys right behind it would.
            database.log().switchSegmentIfRoom();
        }
    }

    private BackupKind kind() {
        boolean base = taken.stream().anyMatch(each -> each.kind() == BackupKind.DATABASE && !each.copyOnly);
        return !base || random.oneIn(4)
                ? BackupKind.DATABASE
                : random.oneIn(2) ? BackupKind.DIFFERENTIAL : BackupKind.LOG;
    }

    private StorageFiles files() {
        return simulation.machine().disk.files();
    }

    /** Restores some chain into another database, compares, and lets it work a little. */
    void restore(Storage<TableContent> storage) {
        List<Taken> bases = taken.stream()
                .filter(each -> each.kind() == BackupKind.DATABASE)
                .toList();
        if (bases.isEmpty() || simulation.faults().isDamaged()) {
            return;
        }
        simulation.faults().makeRoom();
        List<Taken> chain = chain(bases.get(random.below(bases.size())));
        List<String> names = chain.stream().map(Taken::name).toList();
        simulation.trace("restore", names.toString());
        storage.close(COPY);
        chain.forEach(each -> lay(storage, each));
        Taken last = chain.getLast();
        Moment moment = new Moment(Long.MAX_VALUE, last.low, last.high);
        StopPoint stop = new StopPoint.End();
        List<Moment> within = within(chain);
        if (!within.isEmpty() && random.oneIn(2)) {
            moment = within.get(random.below(within.size()));
            stop = new StopPoint.Lsn(moment.lsn);
            simulation.trace("restore", "up to " + moment);
        }
        NewKey own = random.oneIn(3) ? TestMachine.newKey(OWN_KEYS + simulation.facts().restores) : null;
        StoredDatabase<TableContent> copy = storage.recoverRestored(COPY, new RestoreEnd(stop, own));
        Recovered recovered = new Recovered(simulation, copy);
        simulation.model.checkWas(
                recovered.read(simulation.model.known()),
                moment.low,
                moment.high,
                "restored " + names + " up to " + stop);
        recovered.verify();
        Scribble.on(copy, random);
        simulation.facts().restores++;
        storage.drop(COPY);
    }

    /** To be refused is a failure here, other than for who gives orders at any moment. */
    private void lay(Storage<TableContent> storage, Taken each) {
        try {
            BackupMachine.lay(files(), storage, COPY, each.name);
        } catch (DatabaseException failure) {
            assertThat(simulation.tolerates(failure))
                    .as("%s was refused: %s", each.name, failure.getMessage())
                    .isTrue();
            throw failure;
        }
    }

    /** A full backup, perhaps a differential one on it, and log from there on. */
    private List<Taken> chain(Taken base) {
        List<Taken> chain = new ArrayList<>(List.of(base));
        List<Taken> differentials = taken.stream()
                .filter(each -> each.kind() == BackupKind.DIFFERENTIAL
                        && Arrays.equals(each.description.range().baseUuid(), base.description.setUuid()))
                .toList();
        if (!differentials.isEmpty() && random.oneIn(2)) {
            chain.add(differentials.get(random.below(differentials.size())));
        }
        if (random.oneIn(3)) {
            return chain;
        }
        for (Taken each : taken) {
            long end = chain.getLast().last();
            if (each.kind() == BackupKind.LOG && each.first() <= end && each.last() > end) {
                chain.add(each);
                if (random.oneIn(4)) {
                    break;
                }
            }
        }
        return chain;
    }

    /** Moments that only the log backups of a chain reach. */
    private List<Moment> within(List<Taken> chain) {
        long from = chain.stream()
                .filter(each -> each.kind() != BackupKind.LOG)
                .mapToLong(Taken::last)
                .max()
                .orElseThrow();
        return moments.stream()
                .filter(moment ->
                        moment.lsn >= from && moment.lsn < chain.getLast().last())
                .toList();
    }
}
