package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.storage.backup.BackupCheck;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupOrder;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.ChunkReader;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power failures at every I/O of backups and restores, and backups somebody changed. */
class BackupFaultTest extends SeededTest {
    private static final long POOL = 80 * 8192;
    private static final int COPY = 7;
    private static final int CELLS = CellContent.PAGES * CellContent.CELLS_PER_PAGE;
    private static final int MOST_OPERATIONS = 400;

    private static long[] cells(CellContent content) {
        long[] values = new long[CELLS];
        for (int i = 0; i < CELLS; i++) {
            values[i] = content.get(i);
        }
        return values;
    }

    private static void fill(CellContent content, SeededRandomness random, int transactions) {
        for (int i = 0; i < transactions; i++) {
            CellContent.Change change = content.begin();
            change.set(random.below(CELLS), random.nextLong());
            change.commit();
        }
    }

    private static void lay(TestMachine machine, Storage<?> storage, String... names) {
        BackupMachine.lay(machine.disk.files(), storage, COPY, names);
    }

    @Test
    @DisplayName("a power failure at any I/O of a backup leaves the database as it was, and a whole backup or none")
    void powerFailsDuringABackup() {
        int operations = 1;
        for (boolean crashed = true; crashed; operations += 1 + random().below(3)) {
            assertThat(operations).isLessThan(MOST_OPERATIONS);
            TestMachine machine = new TestMachine(random().split(), POOL);
            Storage<CellContent> storage = machine.start();
            StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
            fill(database.content(), random(), 20);
            BackupMachine.backup(
                    machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, "a.bak", "b.bak");
            fill(database.content(), random(), 20);
            long[] expected = cells(database.content());
            machine.disk.crashAfter(operations);
            crashed = false;
            try {
                BackupMachine.backup(
                        machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, "new.bak");
                BackupMachine.backup(machine.disk.files(), database, BackupKind.LOG, BackupProgress.NONE, "log.trn");
            } catch (SimulatedCrash | DatabaseException failure) {
                crashed = true;
            }
            machine.crash();
            Storage<CellContent> again = machine.start();
            assertThat(cells(again.open(TestMachine.DATABASE).content()))
                    .as("after %s", operations)
                    .isEqualTo(expected);
            boolean whole = machine.disk.files().exists(BackupMachine.DIRECTORY + "/new.bak");
            assertThat(whole || crashed).isTrue();
            if (whole) {
                lay(machine, again, "new.bak");
                assertThat(cells(again.recoverRestored(COPY, RestoreEnd.ALL).content()))
                        .isEqualTo(expected);
            }
            lay(machine, again, "b.bak", "a.bak");
            again.recoverRestored(COPY, RestoreEnd.ALL);
        }
    }

    @Test
    @DisplayName("a power failure at any I/O of a restore never leaves a database that opens half restored")
    void powerFailsDuringARestore() {
        int operations = 1;
        for (boolean crashed = true; crashed; operations += 1 + random().below(3)) {
            assertThat(operations).isLessThan(MOST_OPERATIONS);
            TestMachine machine = new TestMachine(random().split(), POOL);
            Storage<CellContent> storage = machine.start();
            StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
            fill(database.content(), random(), 20);
            StorageFiles files = machine.disk.files();
            BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
            fill(database.content(), random(), 20);
            BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log.trn");
            long[] expected = cells(database.content());
            fill(database.content(), random(), 3);
            long[] original = cells(database.content());
            machine.disk.crashAfter(operations);
            crashed = false;
            try {
                lay(machine, storage, "full.bak");
                lay(machine, storage, "log.trn");
                storage.recoverRestored(COPY, RestoreEnd.ALL);
            } catch (SimulatedCrash | DatabaseException failure) {
                crashed = true;
            }
            machine.crash();
            Storage<CellContent> again = machine.start();
            assertThat(cells(again.open(TestMachine.DATABASE).content())).isEqualTo(original);
            if (!again.exists(COPY)) {
                assertThat(crashed).isTrue();
                continue;
            }
            Throwable refused = catchThrowable(() -> again.open(COPY));
            if (refused != null) {
                assertThat(refused).hasMessageContaining("in the middle of a restore");
                Throwable log = catchThrowable(() -> lay(machine, again, "log.trn"));
                if (log != null) {
                    assertThat(log).hasMessageContaining("too early");
                }
                again.recoverRestored(COPY, RestoreEnd.ALL);
            }
            assertThat(cells(again.open(COPY).content()))
                    .as("after %s", operations)
                    .isEqualTo(expected);
        }
    }

    private static void replace(StorageFiles files, String name, byte[] content) {
        String path = BackupMachine.DIRECTORY + "/" + name;
        if (files.exists(path)) {
            files.delete(path);
        }
        try (StorageFile file = files.create(path)) {
            file.write(ByteBuffer.wrap(content), 0);
            // The simulated disk keeps what is not durable yet: it must not keep all of them.
            file.sync();
        }
        files.syncDirectory(BackupMachine.DIRECTORY);
    }

    private static Throwable verification(TestMachine machine, String name) {
        return catchThrowable(() -> {
            try (MediaReader media = MediaReader.open(machine.disk.files(), BackupMachine.paths(name));
                    DatabaseKeys keys = new DatabaseKeys()) {
                keys.add(TestMachine.key(1));
                MediaReader.BackupSet set = media.set(1);
                var stream = set.description().sealing().key() == null ? null : keys.find(1);
                try (ChunkReader chunks = new ChunkReader(media, set, stream)) {
                    new BackupCheck(set, keys, machine.random.split()).run(chunks, BackupProgress.NONE);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "TDE-331, TDE-505: every changed, cut, moved or doubled piece of a backup is refused, with device and byte")
    void everyChangeIsFound(boolean compressed) {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        fill(database.content(), random(), 50);
        for (int i = 0; i < 300; i++) {
            database.content().addPage(random().nextLong());
        }
        BackupOrder order = new BackupOrder(
                BackupKind.DATABASE, BackupMachine.origin(false), compressed, null, null, ManifestSigner.NOBODY, false);
        StorageFiles files = machine.disk.files();
        BackupMachine.backup(files, database, order, BackupProgress.NONE, "good.bak");
        assertThat(verification(machine, "good.bak")).isNull();
        byte[] good = machine.disk.bytes(BackupMachine.DIRECTORY + "/good.bak");
        List<Integer> chunks = chunks(good);
        assertThat(chunks.size()).isGreaterThan(5);
        for (int i = 0; i < 170; i++) {
            replace(files, "bad.bak", i < 3 ? rearranged(good, chunks, i) : changed(good, i < 20));
            Throwable found = verification(machine, "bad.bak");
            assertThat(found).isInstanceOf(DatabaseException.class);
            assertThat(found.getMessage()).containsAnyOf("3189", "bad.bak\"").contains("byte");
            if (random().oneIn(4)) {
                assertThat(catchThrowable(() -> lay(machine, storage, "bad.bak")))
                        .isNotNull();
                assertThat(storage.exists(COPY)).isFalse();
            }
        }
    }

    private byte[] changed(byte[] good, boolean cut) {
        if (cut) {
            return Arrays.copyOf(good, random().below(good.length));
        }
        byte[] flipped = good.clone();
        // Every byte counts, but the unused rest of the media header, which its checksum covers, is dull.
        int at = random().oneIn(10) ? random().below(200) : 4096 + random().below(good.length - 4096);
        flipped[at] ^= (byte) (1 << random().below(8));
        return flipped;
    }

    private static byte[] rearranged(byte[] good, List<Integer> chunks, int how) {
        return switch (how) {
            case 0 -> swapped(good, chunks, 1, 2);
            case 1 -> without(good, chunks, 2);
            default -> doubled(good, chunks, 2);
        };
    }

    /** Where chunks begin. */
    static List<Integer> chunks(byte[] file) {
        List<Integer> starts = new ArrayList<>();
        for (int at = 4096; at < file.length; at += 64 + ByteBuffer.wrap(file).getInt(at + 12)) {
            starts.add(at);
        }
        return starts;
    }

    private static byte[] join(byte[]... pieces) {
        ByteBuffer out = ByteBuffer.allocate(
                Arrays.stream(pieces).mapToInt(piece -> piece.length).sum());
        for (byte[] piece : pieces) {
            out.put(piece);
        }
        return out.array();
    }

    private static byte[] piece(byte[] file, List<Integer> chunks, int number) {
        return Arrays.copyOfRange(file, chunks.get(number), chunks.get(number + 1));
    }

    private static byte[] swapped(byte[] file, List<Integer> chunks, int first, int second) {
        return join(
                Arrays.copyOf(file, chunks.get(first)),
                piece(file, chunks, second),
                piece(file, chunks, first),
                Arrays.copyOfRange(file, chunks.get(second + 1), file.length));
    }

    private static byte[] without(byte[] file, List<Integer> chunks, int number) {
        return join(
                Arrays.copyOf(file, chunks.get(number)), Arrays.copyOfRange(file, chunks.get(number + 1), file.length));
    }

    private static byte[] doubled(byte[] file, List<Integer> chunks, int number) {
        return join(
                Arrays.copyOf(file, chunks.get(number + 1)),
                piece(file, chunks, number),
                Arrays.copyOfRange(file, chunks.get(number + 1), file.length));
    }
}
