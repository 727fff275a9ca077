package dev.strongroom.storage.database;

import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.table.BaseTableTest;
import dev.strongroom.storage.table.Database;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The table suite on the whole engine: sealed, real files, real threads. */
class EngineTableTest extends BaseTableTest {
    @TempDir
    Path directory = Path.of("unset");

    private @Nullable Storage<TableContent> storage;

    @Override
    protected Database open() {
        TestMachine machine = new TestMachine(new dev.strongroom.testkit.random.SeededRandomness(1), 1 << 20);
        StorageEnvironment simulated = machine.environment(machine.disk.files());
        StorageEnvironment real = new StorageEnvironment(
                new DiskFiles(directory),
                new ThreadScheduler((role, failure) -> {}),
                simulated.clock(),
                simulated.randomness(),
                simulated.instanceKey(),
                simulated.encryptors(),
                simulated.settings(),
                stopped -> {});
        Storage<TableContent> started = new Storage<>(real, TableContent::new);
        storage = started;
        return started.create(Storage.POSTGRES, TestMachine.newKey(1)).content().tables();
    }

    @AfterEach
    void close() {
        if (storage != null) {
            storage.close();
        }
    }
}
