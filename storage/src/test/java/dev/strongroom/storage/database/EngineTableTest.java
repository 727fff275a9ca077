package dev.strongroom.storage.database;

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
        Storage<TableContent> started = new Storage<>(TestMachine.realFiles(directory), TableContent::new);
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
