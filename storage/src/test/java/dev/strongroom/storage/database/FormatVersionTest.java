package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.boot.TwoSlotRecord;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What another version wrote is whole, and is refused by its format: never as damaged. */
class FormatVersionTest extends SeededTest {
    private static final long BOOT_MAGIC = 0x5352424F4F543031L;
    private static final String FULL = "full.bak";

    private final TestMachine machine = new TestMachine(random(), 1 << 20);

    private static void isRefused(NumberedError error, String message, ThrowingCallable use) {
        DatabaseException refused = catchThrowableOfType(DatabaseException.class, use);
        assertThat(refused)
                .hasMessageContaining(message)
                .hasMessageContaining("this build of Strongroom does not read");
        assertThat(NumberedError.numberOf(refused.report())).hasValue(error.number());
        assertThat(refused.report().hint()).contains("dump the databases with pg_dump");
        assertThat(refused).hasMessageNotContaining("damage");
    }

    private BackupManifest backup() {
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        BackupManifest manifest =
                BackupMachine.backup(machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, FULL);
        database.close();
        return manifest;
    }

    @Test
    @DisplayName("948: a database of an earlier format is not opened, and the message says which it is and what to do")
    void aDatabaseOfAnEarlierFormat() {
        backup();
        StorageFiles folder = machine.disk.files().below(StoredDatabase.directory(TestMachine.DATABASE));
        TwoSlotRecord slots = new TwoSlotRecord(folder, "boot", BOOT_MAGIC);
        byte[] boot = Objects.requireNonNull(slots.read());
        int known = ByteBuffer.wrap(boot).getInt();
        ByteBuffer.wrap(boot).putInt(known - 1);
        slots.write(boot, TestMachine.instanceKey());
        machine.kill();
        isRefused(
                NumberedError.DATABASE_VERSION,
                "the database has format " + (known - 1),
                () -> machine.start().open(TestMachine.DATABASE));
    }

    @Test
    @DisplayName("3169: a backup file of a later format is refused as that")
    void aBackupFileOfALaterFormat() {
        backup();
        String path = BackupMachine.paths(FULL).getFirst();
        try (StorageFile file = machine.disk.files().open(path)) {
            ByteBuffer header = ByteBuffer.allocate(4096);
            file.read(header, 0);
            header.putInt(8, 2);
            CRC32C crc = new CRC32C();
            crc.update(header.array(), 0, 4092);
            header.putInt(4092, (int) crc.getValue()).rewind();
            file.write(header, 0);
        }
        isRefused(
                NumberedError.BACKUP_VERSION,
                "the backup file has format 2",
                () -> MediaReader.open(machine.disk.files(), List.of(path)).close());
    }

    @Test
    @DisplayName("3169: a backup of a database of an earlier format is refused as that")
    void aBackupOfADatabaseOfAnEarlierFormat() {
        BackupDescription description = backup().description();
        byte[] boot = description.boot().encode();
        byte[] bytes = description.encode();
        int at = indexOf(bytes, boot);
        int known = ByteBuffer.wrap(bytes).getInt(at);
        ByteBuffer.wrap(bytes).putInt(at, known - 1);
        isRefused(
                NumberedError.BACKUP_VERSION,
                "the database in the backup has format " + (known - 1),
                () -> BackupDescription.decode(bytes));
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (ByteBuffer.wrap(bytes, at, part.length).equals(ByteBuffer.wrap(part))) {
                return at;
            }
        }
        throw new AssertionError("the part is not there");
    }
}
