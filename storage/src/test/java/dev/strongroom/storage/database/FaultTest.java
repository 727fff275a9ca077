package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.testkit.disk.CheckedFiles;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that lie, fail or run full. */
class FaultTest extends SeededTest {
    private static final long POOL = 70 * 8192;
    private static final String DATA = "db/5/data.00000001";
    private static final int FRAME = 4096;
    private static final int FRAME_MAGIC = 0x53524652;
    private static final int SEGMENT_UUID = 48;

    private static void write(CellContent content, int count) {
        for (int i = 0; i < count; i++) {
            CellContent.Change change = content.begin();
            change.set(i * 13 % (CellContent.PAGES * CellContent.CELLS_PER_PAGE), i + 1);
            change.commit();
        }
    }

    @Test
    @DisplayName("TDE-505: every flipped bit of a stored page is found at its first read")
    void everyFlippedBitOfAPageIsFound() {
        for (NewKey key : new NewKey[] {null, TestMachine.newKey(1)}) {
            TestMachine machine = new TestMachine(random(), POOL);
            Storage<CellContent> storage = machine.start();
            StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, key);
            write(database.content(), 50);
            storage.close();
            byte[] intact = machine.disk.bytes(DATA);
            storage = machine.start();
            database = storage.open(TestMachine.DATABASE);
            byte[] image = new byte[8192];
            for (int i = 0; i < 300; i++) {
                int position = random().below(64 * 8192);
                int bit = random().below(8);
                machine.disk.flipBit(DATA, position, bit);
                StoredDatabase<CellContent> open = database;
                assertThatThrownBy(() -> open.store().read(position / 8192, image))
                        .as("bit %s of byte %s", bit, position)
                        .isInstanceOfSatisfying(DatabaseException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
                            assertThat(e.getMessage()).contains("page " + position / 8192);
                        });
                machine.disk.flipBit(DATA, position, bit);
            }
            assertThat(machine.disk.bytes(DATA)).isEqualTo(intact);
        }
    }

    @Test
    @DisplayName("TDE-504: a page copied over another is found at its first read")
    void aPageInTheWrongPlaceIsFound() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        write(database.content(), 50);
        database.checkpoint();
        byte[] bytes = machine.disk.bytes(DATA);
        for (int i = 0; i < 100; i++) {
            int from = random().below(64);
            int to = random().below(64);
            if (from != to) {
                byte[] swapped = bytes.clone();
                System.arraycopy(bytes, from * 8192, swapped, to * 8192, 8192);
                machine.disk.replace(DATA, swapped);
                assertThatThrownBy(() -> database.store().read(to, new byte[8192]))
                        .isInstanceOf(DatabaseException.class);
            }
        }
    }

    @Test
    void aLostPageWriteIsFoundByRecoveryOrHarmless() {
        for (int at = 1; at < 60; at++) {
            SeededRandomness random = new SeededRandomness(seed() + at);
            TestMachine machine = new TestMachine(random, POOL);
            StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
            write(database.content(), 10);
            if (at % 2 == 0) {
                machine.disk.loseWriteAfter(at);
            } else {
                machine.disk.misdirectWriteAfter(at);
            }
            try {
                for (int round = 0; round < 4; round++) {
                    write(database.content(), 15);
                    database.checkpoint();
                }
                write(database.content(), 20);
                machine.crash();
                CellContent content = machine.start().open(TestMachine.DATABASE).content();
                for (int i = 0; i < 20; i++) {
                    assertThat(content.get(i * 13))
                            .as("lost write %s %s", at, machine.disk.faults())
                            .isEqualTo(i + 1);
                }
            } catch (DatabaseException found) {
                assertThat(found.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
            }
        }
    }

    @Test
    void aFailedSyncStopsTheDatabaseAndTheLogHasWhatWasAcknowledged() {
        for (int at = 1; at < 40; at++) {
            SeededRandomness random = new SeededRandomness(seed() + at);
            TestMachine machine = new TestMachine(random, POOL);
            StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
            machine.disk.failSyncAfter(at);
            int acknowledged = 0;
            try {
                for (; acknowledged < 40; acknowledged++) {
                    CellContent.Change change = database.content().begin();
                    change.set(acknowledged, acknowledged + 1);
                    change.commit();
                    if (acknowledged % 7 == 6) {
                        database.checkpoint();
                    }
                }
            } catch (DatabaseException failure) {
                assertThat(database.isStopped()).isTrue();
                assertThatThrownBy(() -> write(database.content(), 1)).isInstanceOf(DatabaseException.class);
            }
            machine.crash();
            CellContent content = machine.start().open(TestMachine.DATABASE).content();
            for (int i = 0; i < acknowledged; i++) {
                assertThat(content.get(i)).as("sync %s", at).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void aFullDiskRefusesGrowthAndLosesNothing() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        write(database.content(), 20);
        machine.disk.freeBytes(3000);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        database.content().addPage(i);
                    }
                })
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
        assertThat(database.isStopped()).isFalse();
        machine.disk.freeBytes(Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            database.content().addPage(i);
        }
        machine.crash();
        assertThat(machine.start().open(TestMachine.DATABASE).content().get(13)).isEqualTo(2);
    }

    @Test
    @DisplayName("TDE-512: a changed log frame is refused with 91002")
    void aLogFrameThatWasChangedIsRefused() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        write(database.content(), 20);
        machine.crash();
        String segment = machine.disk.paths().stream()
                .filter(path -> path.endsWith(".seg"))
                .findFirst()
                .orElseThrow();
        machine.disk.flipBit(segment, 4096 + 4096 * 3 + 100, 1);
        assertThatThrownBy(() -> machine.start().open(TestMachine.DATABASE))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL91002"));
    }

    /**
     * TDE-512: frames removed, swapped, doubled or taken from a clone's log are refused with 91002, also by somebody who numbers
     * them anew and mends their sums: only the key can mend the tags.
     */
    @Test
    void framesOfTheLogCannotBeRearranged() {
        TestMachine machine = new TestMachine(random(), POOL);
        machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        machine.crash();
        TestMachine clone = new TestMachine(machine.disk.copy(random().split()), random().split(), POOL);
        for (TestMachine each : new TestMachine[] {machine, clone}) {
            write(each.start().open(TestMachine.DATABASE).content(), each == machine ? 20 : 21);
            each.crash();
        }
        String segment = newestSegment(machine);
        byte[] good = machine.disk.bytes(segment);
        byte[] foreign = clone.disk.bytes(newestSegment(clone));
        List<Integer> frames = frames(good);
        assertThat(frames).hasSizeGreaterThan(12);
        for (int round = 0; round < 30; round++) {
            int at = frames.get(2 + random().below(6));
            int next = at + FRAME;
            byte[] bad = good.clone();
            switch (round % 5) {
                case 0 -> System.arraycopy(good, next, bad, at, good.length - next);
                case 1 -> {
                    System.arraycopy(good, next, bad, at, FRAME);
                    System.arraycopy(good, at, bad, next, FRAME);
                }
                case 2 -> System.arraycopy(good, at, bad, next, good.length - next);
                case 3 -> System.arraycopy(good, at, bad, next, FRAME);
                default -> System.arraycopy(foreign, at, bad, at, FRAME);
            }
            assertThat(bad).isNotEqualTo(good);
            if (round >= 15) {
                mend(bad, good);
            }
            machine.disk.replace(segment, bad);
            assertThatThrownBy(() -> machine.start().open(TestMachine.DATABASE))
                    .as("round %s at %s", round, at)
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.report().routine()).isEqualTo("MSSQL91002"));
            machine.crash();
        }
    }

    private static String newestSegment(TestMachine machine) {
        return machine.disk.paths().stream()
                .filter(path -> path.startsWith("db/5/") && path.endsWith(".seg"))
                .filter(path -> frames(machine.disk.bytes(path)).size() > 12)
                .max(String::compareTo)
                .orElseThrow();
    }

    /** Where the frames of a segment begin; those of this test are 4 KiB on disk each. */
    private static List<Integer> frames(byte[] segment) {
        List<Integer> found = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(segment);
        for (int at = FRAME; at + FRAME <= segment.length && in.getInt(at) == FRAME_MAGIC; at += FRAME) {
            found.add(at);
        }
        return found;
    }

    /** Gives each frame the number, position in the log and sum that it would have in its place. */
    private static void mend(byte[] bad, byte[] good) {
        ByteBuffer in = ByteBuffer.wrap(bad);
        long lsn = ByteBuffer.wrap(good).getLong(FRAME + 16);
        for (int at : frames(bad)) {
            int payload = in.getInt(at + 8) & 0xFFFFFF;
            in.putInt(at + 4, at / FRAME - 1).putLong(at + 16, lsn);
            CRC32C sum = new CRC32C();
            sum.update(bad, SEGMENT_UUID, 16);
            sum.update(bad, at, 12);
            sum.update(bad, at + 16, 8 + payload + 16);
            in.putInt(at + 12, (int) sum.getValue());
            lsn += payload;
        }
    }

    private enum LogDamage {
        FLIPPED,
        ZEROED,
        SWAPPED,
        STALE
    }

    /** Whole blocks of the log, as disks and people put them in the wrong place, with a key and without. */
    @ParameterizedTest
    @EnumSource(LogDamage.class)
    @DisplayName("TDE-512: flipped, zeroed, swapped and stale log blocks with others after them are refused with 91002")
    void aLogBlockThatIsNotItselfIsRefused(LogDamage damage) {
        for (NewKey key : new NewKey[] {null, TestMachine.newKey(1)}) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, key);
            write(database.content(), 20);
            machine.crash();
            String segment = lastSegment(machine);
            byte[] bytes = machine.disk.bytes(segment);
            byte[] before = bytes.clone();
            switch (damage) {
                case FLIPPED -> bytes[5 * FRAME + 100] ^= 1;
                case ZEROED -> Arrays.fill(bytes, 5 * FRAME, 6 * FRAME, (byte) 0);
                case SWAPPED -> {
                    System.arraycopy(before, 6 * FRAME, bytes, 5 * FRAME, FRAME);
                    System.arraycopy(before, 5 * FRAME, bytes, 6 * FRAME, FRAME);
                }
                case STALE -> System.arraycopy(before, 4 * FRAME, bytes, 5 * FRAME, FRAME);
            }
            assertThat(bytes).isNotEqualTo(before);
            machine.disk.replace(segment, bytes);
            assertRefused(machine, damage + (key == null ? " in clear" : " sealed"));
        }
    }

    /** What the boot record says was durable must be there: a segment cut off, or put back as it once was, is no end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("TDE-512, S-5: a log that is truncated, or older than its boot record, is refused with 91002")
    void aLogThatEndsBeforeItsCheckpointIsRefused(boolean sealed) {
        for (boolean stale : new boolean[] {false, true}) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            StoredDatabase<CellContent> database =
                    machine.start().create(TestMachine.DATABASE, sealed ? TestMachine.newKey(1) : null);
            write(database.content(), 5);
            String segment = lastSegment(machine);
            byte[] old = machine.disk.bytes(segment);
            write(database.content(), 15);
            database.checkpoint();
            machine.crash();
            assertThat(lastSegment(machine)).isEqualTo(segment);
            machine.disk.replace(segment, stale ? old : Arrays.copyOf(machine.disk.bytes(segment), 4 * FRAME));
            assertRefused(machine, (sealed ? "sealed" : "in clear") + (stale ? ", stale" : ", truncated"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("TDE-505: a page that a truncated file lacks, in part or whole, is refused")
    void aPageThatWasCutOffIsRefused(boolean sealed) {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database =
                machine.start().create(TestMachine.DATABASE, sealed ? TestMachine.newKey(1) : null);
        write(database.content(), 20);
        database.checkpoint();
        byte[] bytes = machine.disk.bytes(DATA);
        for (int left : new int[] {40 * 8192, 40 * 8192 + 4096, 41 * 8192 - 100}) {
            machine.disk.replace(DATA, Arrays.copyOf(bytes, left));
            assertThatThrownBy(() -> database.store().read(40, new byte[8192]))
                    .as("%s bytes left", left)
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
        }
    }

    private static String lastSegment(TestMachine machine) {
        return machine.disk.paths().stream()
                .filter(path -> path.endsWith(".seg"))
                .max(String::compareTo)
                .orElseThrow();
    }

    private static void assertRefused(TestMachine machine, String damage) {
        assertThatThrownBy(() -> machine.start().open(TestMachine.DATABASE))
                .as(damage)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).as(damage).isEqualTo("MSSQL91002"));
    }

    @Test
    @DisplayName("TDE-522: without its key a database does not open")
    void withoutTheKeyNothingOpens() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        storage.close();
        StorageEnvironment right = machine.environment(machine.disk.files());
        StorageEnvironment wrong = new StorageEnvironment(
                right.files(),
                right.scheduler(),
                right.clock(),
                right.randomness(),
                right.instanceKey(),
                (database, wrapped) -> TestMachine.key(9),
                right.settings(),
                right.onStop());
        assertThatThrownBy(() -> new Storage<>(wrong, CellContent::new).open(TestMachine.DATABASE))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void aSecondProcessIsRefused() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        assertThatThrownBy(machine::start).isInstanceOf(DatabaseException.class);
        storage.close();
        machine.start().close();
    }

    @Test
    void closingLeavesNoFileOpenAndDroppingNoneBehind() {
        TestMachine machine = new TestMachine(random(), POOL);
        CheckedFiles files = new CheckedFiles(machine.disk.files());
        Storage<CellContent> storage = new Storage<>(machine.environment(files), CellContent::new);
        storage.create(TestMachine.DATABASE, null);
        storage.create(6, null);
        storage.drop(6);
        assertThat(machine.disk.paths()).noneMatch(path -> path.startsWith("db/6"));
        assertThat(Objects.requireNonNull(storage.directories())).containsExactly(TestMachine.DATABASE);
        storage.close();
        files.close();
    }
}
