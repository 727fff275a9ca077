package dev.strongroom.keys;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.sql.Connection;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys verify}: opens every cell of a column (AE-155, B-15). */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Open every cell of a column; exit code 1 if one does not open.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private DatabaseOptions database = new DatabaseOptions();

    @Mixin
    private ScriptOptions script = new ScriptOptions();

    @Option(names = "--table", required = true, description = "[schema.]table")
    private String table = "";

    @Option(names = "--column", required = true, description = "Column.")
    private String column = "";

    @Option(names = "--batch", description = "Rows at a time; default ${DEFAULT-VALUE}.")
    private int batch = ColumnChange.DEFAULT_BATCH;

    @Override
    public Integer call() throws Exception {
        long[] cells = {0};
        long[] failures = {0};
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        try (Connection connection = database.encrypting(store)) {
            TableColumn found = TableColumn.find(connection, table, column);
            found.encryptionType();
            Progress progress = new Progress(script.out(), "verify", KeyOrder.count(connection, found));
            int index = found.key().size() + 1;
            new KeyOrder(connection, found, Ddl.name(column), batch)
                    .read(
                            (row, key) -> {
                                try {
                                    cells[0] += row.getBytes(index) == null ? 0 : 1;
                                } catch (ColumnEncryptionException e) {
                                    failures[0]++;
                                    first.compareAndSet(null, key + ": " + e.getMessage());
                                }
                            },
                            progress::add);
            progress.end();
        }
        script.out().println(cells[0] + " cells opened, " + failures[0] + " did not");
        if (failures[0] > 0) {
            script.out().println("first failure at key " + first.get());
        }
        return failures[0] == 0 ? 0 : KeyTool.FAILED;
    }
}
