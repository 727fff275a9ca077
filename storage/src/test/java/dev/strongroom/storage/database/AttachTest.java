package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.DetachedFiles;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Detached files that are attached where they are. */
final class AttachTest {
    private static final long POOL = 1 << 20;
    private static final int ID = TestMachine.DATABASE;
    private static final int CELLS = 40;

    private static BackupDescription description(BootRecord boot) {
        return new BackupDescription(
                new byte[16],
                BackupKind.DATABASE,
                BackupMachine.origin(false),
                boot,
                boot.encryption().keys(),
                new BackupDescription.Range(
                        boot.redoLsn(), boot.checkpointLsn(), 0, boot.backup().baseUuid(), new byte[16]),
                BackupDescription.Sealing.NONE,
                0,
                0,
                boot.pageCount(),
                0);
    }

    private static void write(CellContent content, int round) {
        for (int i = 0; i < CELLS; i++) {
            CellContent.Change change = content.begin();
            change.set(i * 97, round * 1000L + i);
            change.commit();
        }
    }

    private static void expect(CellContent content, int round, long crashAt) {
        for (int i = 0; i < CELLS; i++) {
            assertThat(content.get(i * 97)).as("crash at %s", crashAt).isEqualTo(round * 1000L + i);
        }
    }

    /** As the catalog does it; what it writes to {@code master} comes between the last two steps. */
    private static StoredDatabase<CellContent> attach(Storage<CellContent> storage, StorageFiles files) {
        StorageFiles own = files.below(StoredDatabase.directory(ID));
        RestoreDirectory directory = storage.restoreDirectory(ID, false);
        directory.attach(DetachedFiles.read(own, "here"), own);
        return storage.recoverRestored(ID, RestoreEnd.ALL);
    }

    private static void writeMaster(StorageFiles files) {
        try (StorageFile file = files.create("master")) {
            file.write(ByteBuffer.allocate(512), 0);
            file.sync();
        }
        files.syncDirectory("");
    }

    private static long run(long crashAt) {
        TestMachine machine = new TestMachine(new SeededRandomness(20261122), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(ID, TestMachine.newKey(1));
        write(database.content(), 1);
        database.checkpoint();
        write(database.content(), 2);
        storage.close(ID);
        RestoreDirectory directory = storage.restoreDirectory(ID, false);
        directory.detach(description(directory.boot()), ManifestSigner.NOBODY);
        long before = machine.disk.operations();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        boolean known = false;
        try {
            StoredDatabase<CellContent> attached = attach(storage, machine.disk.files());
            // What goes on in an open database: log is let go of.
            machine.scheduler.await(
                    machine,
                    () -> attached.encryption().status().state() == EncryptionStatus.ENCRYPTED,
                    60_000_000_000L);
            attached.checkpoint();
            attached.checkpoint();
            writeMaster(machine.disk.files());
            known = true;
            storage.restoreDirectory(ID, false).attachAgain();
            if (crashAt == Long.MAX_VALUE) {
                return machine.disk.operations() - before;
            }
        } catch (SimulatedCrash crash) {
            // Go on after it.
        }
        machine.crash();
        storage = machine.start();
        storage.removeOrphans(known ? List.of(ID) : List.of());
        database = known ? storage.open(ID) : attach(storage, machine.disk.files());
        expect(database.content(), 2, crashAt);
        write(database.content(), 3);
        expect(database.content(), 3, crashAt);
        return 0;
    }

    @Test
    @DisplayName("TDE-15: power fails at any I/O of an attach in place; it is done again and nothing is lost")
    void aCrashAnywhereInAnAttachLosesNothing() {
        long total = run(Long.MAX_VALUE);
        assertThat(total).isPositive();
        for (long at = 1; at <= total; at++) {
            run(at);
        }
    }
}
